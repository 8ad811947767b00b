use super::{LOGIN, assert_refused, assert_warned, rules};
use crate::config::{LoginAction, LoginToken, ResponseMode};
use crate::cookies::SameSite;
use std::format;
use std::string::ToString;
use std::vec::Vec;

#[test]
fn a_login_comes_back_to_a_url_that_the_provider_knows() {
    let login = |members: &str| rules(&format!("{LOGIN},{members}")).login.clone().unwrap();
    let https = login(r#""redirect_uri":["https://app.example/callback"]"#);
    assert_eq!(
        https.redirect_uri(0).map(ToString::to_string).as_deref(),
        Some("https://app.example/callback")
    );
    assert_eq!(
        (https.cookies.rules.secure, https.cookies.rules.same_site, https.lifetime),
        (Some(true), SameSite::Lax, 600)
    );
    let session = rules(&format!(r#"{LOGIN},"redirect_uri":["https://app.example/callback"]"#));
    assert_eq!(session.session.as_ref().unwrap().cookie.secure, Some(true));
    assert_eq!(login(r#""redirect_uri":["http://127.0.0.1:8080/cb"]"#).cookies.rules.secure, None);
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
        login.cookies.rules.same_site
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
