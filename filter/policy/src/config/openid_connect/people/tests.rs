use crate::config::{Config, OpenIdConnect};
use crate::fixtures::{ISSUER, jwks};
use std::format;
use std::string::{String, ToString};
use std::sync::Arc;
use std::vec::Vec;

mod login;
mod logout;
mod session;

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
    let endless = r#""auth_methods":["authorization_code"]"#;
    let disabled = r#""disable_session":["authorization_code"]"#;
    let says = "a session that authorization_code begins";
    assert_refused(LOGIN, &[(endless, "auth_methods", says), (disabled, "auth_methods", says)]);
    assert!(rules(&format!(r#"{LOGIN},{endless},"login_action":"response""#)).session.is_none());
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
fn no_cookie_is_taken_for_another_or_for_a_part_of_it() {
    let cookie =
        |name: &str| format!(r#""bearer_token_param_type":["cookie"],"bearer_token_cookie_name":"{name}""#);
    for name in ["session", "session2", "authorization5", "__Host-session", "__Host-authorization3"] {
        assert_refused(LOGIN, &[(&cookie(name), "", "a name that is neither")]);
    }
    for name in ["authorization-aB0-_xyz", "authorization-aB0-_xyz2", "__Host-authorization-aB0-_xyz"] {
        assert_refused(LOGIN, &[(&cookie(name), "", "a dash and eight characters")]);
    }
    for name in ["authorization-short", "authorization-aB0-_xyz6", "authorization-longer-than-that"] {
        rules(&format!("{LOGIN},{}", cookie(name)));
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
            // Its second part has eight characters after the dash.
            (
                r#""authorization_cookie_name":"x","session_cookie_name":"x-1234567""#,
                "authorization_cookie_name",
                "a name that is neither",
            ),
        ],
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
