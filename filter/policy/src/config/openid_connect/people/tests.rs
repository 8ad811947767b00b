use crate::config::{Config, LoginAction, LoginToken, Method, OpenIdConnect, ResponseMode};
use crate::cookies::SameSite;
use crate::fixtures::{ISSUER, jwks};
use std::format;
use std::string::{String, ToString};
use std::sync::Arc;
use std::vec::Vec;

const SECRET: &str = r#""session_secret":"s3cret_s3cret_s3cret_s3cret_s3cr""#;

/// With which people log in.
const LOGIN: &str = r#""session_secret":"s3cret_s3cret_s3cret_s3cret_s3cr","client_id":["app"],"client_secret":["x"],
    "token_endpoint":"https://idp.example/t","authorization_endpoint":"https://idp.example/a""#;

fn document(members: &str) -> String {
    let jwks = jwks();
    format!(
        r#"{{"version":1,"body_tokens":true,"engine":"envoy","sources":[{{"id":"idp","issuer":"{ISSUER}","jwks":{jwks}}}],
            "services":[{{"id":"s","plugins":[{{"name":"openid-connect","config":{{"issuer":"{ISSUER}",{members}}}}}]}}]}}"#
    )
}

fn parsed(members: &str) -> (Arc<OpenIdConnect>, Vec<String>) {
    let config =
        Config::parse(document(members).as_bytes()).unwrap_or_else(|errors| panic!("{members}: {errors}"));
    let warnings = config.warnings.iter().map(ToString::to_string).collect();
    let rules = config.services[0].rules.as_ref().unwrap();
    (Arc::clone(rules.strategies().next().expect("a strategy")), warnings)
}

fn rules(members: &str) -> Arc<OpenIdConnect> {
    parsed(members).0
}

/// Each row: members beside `with`, the key that is wrong, and a part of what is said.
fn assert_refused(with: &str, rows: &[(&str, &str, &str)]) {
    for (members, key, says) in rows {
        let members = format!("{with},{members}");
        let errors = Config::parse(document(&members).as_bytes()).expect_err(&members).to_string();
        let found = errors.lines().any(|line| line.contains(&format!("config.{key}")) && line.contains(says));
        assert!(found, "{members}: expected {key}: {says}, found {errors}");
        assert!(!errors.contains("s3cret"), "{errors}");
    }
}

/// Each row: members beside `with`, the key, and a part of the warning; without a key there is none.
fn assert_warned(with: &str, rows: &[(&str, &str, &str)]) {
    for (members, key, says) in rows {
        let (_, warnings) = parsed(&format!("{with},{members}"));
        let found =
            warnings.iter().any(|line| line.contains(&format!("config.{key}: ")) && line.contains(says));
        assert!(
            found || key.is_empty() && warnings.is_empty(),
            "{members}: expected {key}: {says}, found {warnings:?}"
        );
    }
}

#[test]
fn what_is_on_where_nothing_is_said_has_all_that_it_needs() {
    let client = r#""client_id":["app"],"client_secret":["x"]"#;
    let token = r#""token_endpoint":"https://idp.example/t""#;
    for (members, session, login) in [
        (String::from(r#""leeway":0"#), false, false),
        (SECRET.into(), true, false),
        (format!("{SECRET},{client},{token}"), true, false),
        (LOGIN.into(), true, true),
        (
            LOGIN
                .replace("session_secret", "consumer_claim")
                .replace(r#""s3cret_s3cret_s3cret_s3cret_s3cr""#, r#"["sub"]"#),
            false,
            false,
        ),
        (format!(r#"{LOGIN},"auth_methods":["bearer"]"#), false, false),
        (format!(r#"{LOGIN},"auth_methods":["session","bearer"]"#), true, false),
    ] {
        let rules = rules(&members);
        assert_eq!((rules.methods.session, rules.methods.authorization_code), (session, login), "{members}");
        assert_eq!((rules.session.is_some(), rules.login.is_some()), (session, login), "{members}");
        assert!(rules.logout.is_none());
    }
}

#[test]
fn where_a_source_is_discovered_its_endpoints_are() {
    let document = r#"{"version":1,"services":[{"id":"s","plugins":[{"name":"openid-connect","config":{
        "issuer":"https://idp.example/","client_id":["app"],"client_secret":["x"],
        "session_secret":"s3cret_s3cret_s3cret_s3cret_s3cr","logout_uri_suffix":"/logout","logout_revoke":true}}]}]}"#;
    let config = Config::parse(document.as_bytes()).unwrap();
    let rules = config.services[0].rules.as_ref().unwrap().strategies().next().expect("a strategy");
    assert!(rules.login.as_ref().is_some_and(|login| login.authorization_endpoint.is_none()));
    assert!(rules.logout.as_ref().is_some_and(|logout| logout.revocation.is_some()));
}

#[test]
fn a_method_that_is_named_misses_what_it_needs() {
    assert_refused(
        r#""leeway":0"#,
        &[
            (r#""authorization_endpoint":"http://idp.example/a""#, "authorization_endpoint", "an https URL"),
            (r#""auth_methods":["session"]"#, "session_secret", "found nothing; auth_methods has session"),
            (
                r#""auth_methods":["authorization_code"]"#,
                "session_secret",
                "auth_methods has authorization_code",
            ),
            (
                r#""auth_methods":["session","authorization_code"]"#,
                "client_id",
                "people log in for the gateway's own client",
            ),
            (
                r#""auth_methods":["session","authorization_code"]"#,
                "token_endpoint",
                "the URL of the endpoint",
            ),
        ],
    );
    assert_refused(
        SECRET,
        &[(r#""auth_methods":["authorization_code"]"#, "authorization_endpoint", "the URL of the endpoint")],
    );
    assert_warned(
        LOGIN,
        &[(r#""auth_methods":["authorization_code"]"#, "auth_methods", "every request of a browser")],
    );
}

#[test]
fn a_secret_is_a_text_or_several_and_long_enough() {
    let long = "s3cret_s3cret_s3cret_s3cret_s3cr";
    for (secret, says) in [
        (String::from(r#""s3cret""#), "found 6 bytes"),
        (r#""""#.into(), "found 0 bytes"),
        (format!(r#"["{long}","s3cret"]"#), "[1]: expected a secret of 32 to 1024 bytes, found 6 bytes"),
        (
            format!(r#"["{long}",7]"#),
            "[1]: expected a secret of 32 to 1024 bytes, found a value that is no text",
        ),
        ("7".into(), "a value that is no text"),
        (r#""{vault://env/A_SECRET_OF_THE_SESSION}""#.into(), "found a reference"),
        (r#"["{file:/run/secrets/of/the/session}"]"#.into(), "found a reference"),
        (format!(r#""{}""#, "s3cret_".repeat(200)), "found 1400 bytes"),
    ] {
        let member = format!(r#""session_secret":{secret}"#);
        assert_refused(r#""leeway":0"#, &[(&member, "session_secret", says)]);
    }
    let several = rules(&format!(r#""session_secret":["{long}","{long}2"]"#));
    assert!(format!("{several:?}").contains("Keyring { keys: 2"));
    assert!(rules(r#""session_secret":[]"#).session.is_none());
}

#[test]
fn a_session_cookie_is_as_its_keys_say() {
    let plain = rules(SECRET).session.clone().unwrap().cookie;
    assert_eq!((&*plain.name, &*plain.path, plain.domain.as_deref()), ("session", "/", None));
    assert_eq!((plain.same_site, plain.http_only, plain.secure), (SameSite::Lax, true, None));
    assert!(plain.host_prefix);
    for (members, prefixed) in [
        (r#""session_cookie_path":"/app""#, false),
        (r#""session_cookie_domain":".example.com""#, false),
        (r#""session_cookie_name":"session""#, false),
        (r#""session_cookie_secure":false"#, false),
        (r#""session_cookie_secure":true"#, true),
        (r#""session_cookie_samesite":"Strict","session_cookie_httponly":false"#, true),
    ] {
        let cookie = rules(&format!("{SECRET},{members}")).session.clone().unwrap().cookie;
        assert_eq!(cookie.host_prefix, prefixed, "{members}");
    }
    let written = rules(&format!(
        r#"{SECRET},"session_cookie_samesite":"off","session_cookie_httponly":false,"session_cookie_domain":".Example.com",
           "session_cookie_path":"/app","session_cookie_name":"sid","session_cookie_secure":true"#
    ));
    let cookie = &written.session.as_ref().unwrap().cookie;
    assert_eq!(
        (&*cookie.name, &*cookie.path, cookie.domain.as_deref()),
        ("sid", "/app", Some("Example.com"))
    );
    assert_eq!((cookie.same_site, cookie.http_only, cookie.secure), (SameSite::Lax, false, Some(true)));
}

#[test]
fn a_cookie_that_browsers_drop_is_refused() {
    assert_refused(
        SECRET,
        &[
            (r#""session_cookie_name":"a b""#, "session_cookie_name", "a cookie's name"),
            (r#""session_cookie_name":"a=b""#, "session_cookie_name", "a cookie's name"),
            (
                r#""session_cookie_name":"0123456789012345678901234567890123456789012345678901234567890123x""#,
                "session_cookie_name",
                "64",
            ),
            (
                r#""session_cookie_name":"__host-s","session_cookie_path":"/a""#,
                "session_cookie_name",
                "Path=/",
            ),
            (
                r#""session_cookie_name":"__Host-s","session_cookie_domain":"a.example""#,
                "session_cookie_name",
                "no domain",
            ),
            (
                r#""session_cookie_name":"__Secure-s","session_cookie_secure":false"#,
                "session_cookie_name",
                "__Secure-",
            ),
            (
                r#""session_cookie_same_site":"None","session_cookie_secure":false"#,
                "session_cookie_secure",
                "SameSite=None",
            ),
            (r#""session_cookie_same_site":"lax""#, "session_cookie_same_site", "Strict, Lax"),
            (r#""session_cookie_path":"app""#, "session_cookie_path", "begins with a slash"),
            (r#""session_cookie_path":"/a;b""#, "session_cookie_path", "semicolons"),
            (r#""session_cookie_domain":"a;b""#, "session_cookie_domain", "letters, digits"),
            (r#""session_cookie_domain":".""#, "session_cookie_domain", "letters, digits"),
        ],
    );
    let kept = rules(&format!(r#"{SECRET},"session_cookie_name":"__Host-s""#));
    assert!(!kept.session.as_ref().unwrap().cookie.host_prefix);
}

#[test]
fn no_cookie_is_taken_for_another_or_for_a_part_of_it() {
    let cookie =
        |name: &str| format!(r#""bearer_token_param_type":["cookie"],"bearer_token_cookie_name":"{name}""#);
    for name in ["session", "session2", "authorization5", "__Host-session", "__Host-authorization3"] {
        assert_refused(LOGIN, &[(&cookie(name), "", "a name that is neither")]);
    }
    for name in ["session1", "session6", "Session", "__Secure-session"] {
        rules(&format!("{LOGIN},{}", cookie(name)));
    }
    assert_refused(
        LOGIN,
        &[
            (
                r#""authorization_cookie_name":"session""#,
                "authorization_cookie_name",
                "a name that is neither",
            ),
            (
                r#""authorization_cookie_name":"x","session_cookie_name":"x3""#,
                "authorization_cookie_name",
                "x, x2 to x5",
            ),
        ],
    );
}

#[test]
fn timeouts_may_be_off_and_are_compared() {
    let timeouts = |members: &str| rules(&format!("{SECRET},{members}")).session.as_ref().unwrap().timeouts;
    let plain = timeouts(r#""leeway":0"#);
    assert_eq!((plain.rolling, plain.idling, plain.absolute), (Some(3_600), Some(900), Some(86_400)));
    let older =
        timeouts(r#""session_cookie_lifetime":60,"session_cookie_idletime":0,"session_absolute_timeout":0"#);
    assert_eq!((older.rolling, older.idling, older.absolute), (Some(60), None, None));
    assert_refused(
        SECRET,
        &[
            (r#""session_rolling_timeout":-1"#, "session_rolling_timeout", "from 0 to 31536000"),
            (
                r#""session_rolling_timeout":60,"session_cookie_lifetime":61"#,
                "session_cookie_lifetime",
                "older name",
            ),
            (
                r#""session_cookie_same_site":"Lax","session_cookie_samesite":"Strict""#,
                "session_cookie_samesite",
                "older name",
            ),
        ],
    );
    assert_warned(
        SECRET,
        &[
            (
                r#""session_rolling_timeout":60,"session_cookie_lifetime":60,"session_idling_timeout":60"#,
                "",
                "",
            ),
            (r#""session_rolling_timeout":60"#, "session_idling_timeout", "900 s are never reached"),
            (r#""session_absolute_timeout":60"#, "session_rolling_timeout", "ends a session after 60 s"),
        ],
    );
}

#[test]
fn a_session_is_begun_by_methods_that_are_not_disabled() {
    let session = rules(&format!(
        r#"{SECRET},"disable_session":["bearer","session","kong_oauth2"],"session_audience":"shop","refresh_tokens":false,
           "unauthorized_destroy_session":false"#
    ));
    let session = session.session.as_ref().unwrap();
    assert_eq!(session.disabled, [Method::Bearer]);
    assert_eq!((&*session.audience, session.refreshes), ("shop", false));
    assert_eq!((session.ends_at(401), session.ends_at(403)), (false, true));
    assert_refused(
        SECRET,
        &[
            (r#""disable_session":["bearers"]"#, "disable_session[0]", "found \"bearers\""),
            (r#""session_audience":"a b""#, "session_audience", "visible"),
            (r#""session_storage":"redis""#, "session_storage", "gateways share nothing"),
            (r#""session_remember":true"#, "session_remember", "not supported yet"),
        ],
    );
}

#[test]
fn a_login_comes_back_to_a_url_that_the_provider_knows() {
    let login = |members: &str| rules(&format!("{LOGIN},{members}")).login.clone().unwrap();
    let https = login(r#""redirect_uri":["https://app.example/callback"]"#);
    assert_eq!(
        https.redirect_uri(0).map(ToString::to_string).as_deref(),
        Some("https://app.example/callback")
    );
    assert_eq!(
        (https.cookie.secure, https.cookie.same_site, https.lifetime),
        (Some(true), SameSite::Lax, 600)
    );
    let session = rules(&format!(r#"{LOGIN},"redirect_uri":["https://app.example/callback"]"#));
    assert_eq!(session.session.as_ref().unwrap().cookie.secure, Some(true));
    assert_eq!(login(r#""redirect_uri":["http://127.0.0.1:8080/cb"]"#).cookie.secure, None);
    assert_refused(
        LOGIN,
        &[
            (r#""redirect_uri":["/callback"]"#, "redirect_uri[0]", "an absolute URL"),
            (r#""redirect_uri":["https://app.example/cb?a=b"]"#, "redirect_uri[0]", "an absolute URL"),
            (r#""redirect_uri":["https://app.example/cb#a"]"#, "redirect_uri[0]", "an absolute URL"),
            (
                r#""redirect_uri":["https://App.example:443/cb"]"#,
                "redirect_uri[0]",
                "write \"https://app.example/cb\"",
            ),
            (
                r#""redirect_uri":["https://a.example/","https://b.example/"]"#,
                "redirect_uri",
                "one for each client_id: 1",
            ),
        ],
    );
    assert_warned(
        LOGIN,
        &[
            (r#""redirect_uri":["http://app.example/cb"]"#, "redirect_uri[0]", "can be read on the way"),
            (
                r#""redirect_uri":["https://app.example/cb"],"session_cookie_secure":false"#,
                "session_cookie_secure",
                "goes over http too",
            ),
            (r#""redirect_uri":["http://localhost/cb"]"#, "", ""),
        ],
    );
}

#[test]
fn a_code_in_a_form_needs_a_cookie_that_comes_along() {
    let cookie = |members: &str| {
        let rules = rules(&format!(r#"{LOGIN},"response_mode":"form_post"{members}"#));
        let login = rules.login.as_ref().unwrap();
        assert_eq!(login.response_mode, ResponseMode::FormPost);
        login.cookie.same_site
    };
    assert_eq!(cookie(r#","redirect_uri":["https://app.example/cb"]"#), SameSite::None);
    assert_eq!(cookie(r#","authorization_cookie_secure":true"#), SameSite::None);
    assert_eq!(cookie(""), SameSite::Default);
    assert_eq!(cookie(r#","authorization_cookie_same_site":"None""#), SameSite::None);
    assert_refused(
        LOGIN,
        &[
            (
                r#""response_mode":"form_post","authorization_cookie_same_site":"Lax""#,
                "authorization_cookie_same_site",
                "a POST",
            ),
            (
                r#""response_mode":"form_post","authorization_cookie_samesite":"Strict""#,
                "authorization_cookie_same_site",
                "a POST",
            ),
            (r#""response_mode":"jwt""#, "response_mode", "not supported"),
            (r#""response_type":["code id_token"]"#, "response_type", "not supported yet"),
        ],
    );
}

#[test]
fn an_authorization_request_says_what_the_flow_sets_itself() {
    let login = rules(&format!(
        r#"{LOGIN},"authorization_query_args_names":["prompt"],"authorization_query_args_values":["login"],
           "authorization_query_args_client":["login_hint"],"audience":["api://orders"],"authorization_rolling_timeout":60"#
    ));
    let login = login.login.as_ref().unwrap();
    assert_eq!(login.extras.arguments, [("prompt".into(), "login".into())]);
    assert_eq!((login.extras.client_arguments.len(), login.audience.len(), login.lifetime), (1, 1, 60));
    for name in [
        "state",
        "nonce",
        "scope",
        "code_challenge",
        "redirect_uri",
        "response_type",
        "client_id",
        "request_uri",
    ] {
        let own =
            format!(r#""authorization_query_args_names":["{name}"],"authorization_query_args_values":["x"]"#);
        let clients = format!(r#""authorization_query_args_client":["{name}"]"#);
        assert_refused(
            LOGIN,
            &[
                (&own, "authorization_query_args_names[0]", "another argument"),
                (&clients, "authorization_query_args_client[0]", "another argument"),
            ],
        );
    }
    assert_refused(
        LOGIN,
        &[
            (
                r#""require_proof_key_for_code_exchange":false"#,
                "require_proof_key_for_code_exchange",
                "RFC 9700",
            ),
            (r#""verify_nonce":false"#, "verify_nonce", "another login"),
            (r#""authorization_rolling_timeout":0"#, "authorization_rolling_timeout", "from 1 to 3600"),
        ],
    );
}

#[test]
fn after_a_login_people_see_what_its_action_says() {
    let action = |members: &str| rules(&format!("{LOGIN},{members}")).login.as_ref().unwrap().action.clone();
    let to = || Vec::from(["/home".into()]);
    let tokens = Vec::from([LoginToken::Id]);
    assert_eq!(action(r#""login_action":"upstream""#), LoginAction::Return);
    assert_eq!(action(r#""login_action":"redirect""#), LoginAction::Return);
    assert_eq!(
        action(r#""login_action":"redirect","login_redirect_uri":["/home"]"#),
        LoginAction::Redirect { to: to(), tokens, in_fragment: true }
    );
    assert_eq!(
        action(
            r#""login_action":"redirect","login_redirect_uri":["/home"],"login_tokens":[],"login_redirect_mode":"query""#
        ),
        LoginAction::Redirect { to: to(), tokens: Vec::new(), in_fragment: false }
    );
    assert_eq!(
        action(r#""login_action":"response","login_tokens":["access_token","refresh_token"]"#),
        LoginAction::Respond(Vec::from([LoginToken::Access, LoginToken::Refresh]))
    );
    assert_refused(
        LOGIN,
        &[
            (r#""login_tokens":["tokens"]"#, "login_tokens[0]", "not supported"),
            (r#""login_tokens":["introspection"]"#, "login_tokens[0]", "not supported"),
            (r#""login_redirect_uri":["//evil.example"]"#, "login_redirect_uri[0]", "one slash"),
            (r#""login_methods":["bearer"]"#, "login_methods", "not supported yet"),
        ],
    );
    assert_warned(
        LOGIN,
        &[
            (r#""login_action":"redirect""#, "login_action", "without login_redirect_uri"),
            (
                r#""login_action":"redirect","login_redirect_uri":["/home"],"login_redirect_mode":"query""#,
                "login_redirect_mode",
                "tokens stand in addresses",
            ),
        ],
    );
}

#[test]
fn a_logout_is_told_by_what_is_written() {
    let logout = |members: &str| rules(&format!("{LOGIN},{members}")).logout.clone();
    assert!(logout(r#""logout_methods":["POST"]"#).is_none());
    let found =
        logout(r#""logout_uri_suffix":"/logout","logout_redirect_uri":["https://app.example/bye"]"#).unwrap();
    assert_eq!((found.uri_suffix.as_deref(), &found.methods[..]), (Some("/logout"), &["POST", "DELETE"][..]));
    assert_eq!((found.redirect_uri(0), found.revocation.is_none()), (Some("https://app.example/bye"), true));
    let found = logout(
        r#""logout_query_arg":"logout","logout_post_arg":"logout","logout_methods":["POST"],"logout_revoke":true,
           "revocation_endpoint":"https://idp.example/r","logout_revoke_access_token":false"#,
    );
    let revocation = found.unwrap().revocation.unwrap();
    assert_eq!(
        (revocation.access_token, revocation.refresh_token, &*revocation.argument),
        (false, true, "token")
    );
    let by = r#""logout_uri_suffix":"/logout""#;
    assert_refused(
        &format!("{LOGIN},{by}"),
        &[
            (r#""logout_revoke":true"#, "revocation_endpoint", "the URL of the endpoint"),
            (r#""logout_post_arg":"a","logout_methods":["DELETE"]"#, "logout_methods", "POST among others"),
            (r#""logout_methods":[]"#, "logout_methods", "at least one"),
            (r#""logout_methods":["PUT"]"#, "logout_methods[0]", "POST, DELETE or GET"),
            (r#""logout_query_arg":"""#, "logout_query_arg", "not empty"),
            (r#""end_session_endpoint":"http://idp.example/e""#, "end_session_endpoint", "an https URL"),
            (
                r#""revocation_token_param_name":"client_id""#,
                "revocation_token_param_name",
                "another argument",
            ),
        ],
    );
    assert_refused(
        &format!("{SECRET},{by}"),
        &[(
            r#""logout_revoke":true,"revocation_endpoint":"https://idp.example/r""#,
            "client_id",
            "revoked for its client",
        )],
    );
    assert_warned(
        &format!("{LOGIN},{by}"),
        &[(r#""logout_methods":["GET"]"#, "logout_methods", "Sec-Fetch-Site")],
    );
}

#[test]
fn a_key_about_what_is_off_is_said_to_do_nothing() {
    assert_warned(
        r#""auth_methods":["bearer"]"#,
        &[
            (SECRET, "session_secret", "neither session nor authorization_code"),
            (r#""session_cookie_name":"sid""#, "session_cookie_name", "no session"),
            (r#""redirect_uri":["https://app.example/cb"]"#, "redirect_uri", "no authorization_code"),
            (r#""logout_uri_suffix":"/logout""#, "logout_uri_suffix", "no session"),
            (r#""authorization_cookie_same_site":"Default","session_cookie_name":"session""#, "", ""),
        ],
    );
    assert_warned(
        LOGIN,
        &[
            (r#""leeway":0"#, "", ""),
            (r#""logout_revoke":true"#, "logout_revoke", "none of logout_uri_suffix"),
            (r#""login_tokens":["access_token"]"#, "login_tokens", "no login hands out"),
            (r#""login_redirect_uri":["/"]"#, "login_redirect_uri", "no login redirects"),
            (
                r#""logout_uri_suffix":"/out","logout_revoke_access_token":false"#,
                "logout_revoke_access_token",
                "logout_revoke",
            ),
        ],
    );
}
