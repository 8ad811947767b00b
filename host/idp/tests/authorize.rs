//! The authorization endpoint and the code grant: RFC 6749 4.1, 4.2, RFC 7636, OpenID Connect Core 3.

use crate::support::browser::{Browser, parameters};
use crate::support::{API_V2, BASE, BILLING, ENVIRONMENT, Reply, Scene, TENANT, built_in, decoded, posted};
use claimgate_idp::mint::base64url;
use serde_json::json;

const CALLBACK: &str = "http://127.0.0.1:8000/callback";
const VERIFIER: &str = "dBjftJeZ4CVP-mBFn5mBFZgLbXS5zBnCMj0yqV5cBAs";

fn challenge() -> String {
    base64url(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, VERIFIER.as_bytes()).as_ref())
}

/// A request of `billing` of `shop`, with parameters that replace these; an empty one leaves its name out.
fn asking(change: &[(&str, &str)]) -> String {
    let usual = [
        ("client_id", "billing"),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid orders:read"),
        ("state", "s t&"),
        ("nonce", "n-1"),
    ];
    let kept = usual.iter().filter(|(name, _)| !change.iter().any(|(other, _)| other == name));
    let all = kept.chain(change).filter(|(_, value)| !value.is_empty());
    format!("/shop/authorize?{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(all).finish())
}

fn redeem(scene: &mut Scene, code: &str, more: &[(&str, &str)]) -> Reply {
    let form = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK)];
    scene.shop("token", &[&form[..], more].concat())
}

fn code(scene: &mut Scene, change: &[(&str, &str)]) -> String {
    parameters(&Browser::default().log_in(scene, &asking(change)), '?')["code"].clone()
}

#[test]
fn a_user_logs_in_and_the_client_gets_its_tokens() {
    let mut scene = Scene::new();
    let reply = Browser::default().log_in(&mut scene, &asking(&[]));
    assert!(reply.header("location").starts_with(CALLBACK), "{:?}", reply.headers);
    assert_eq!((reply.header("cache-control"), reply.header("referrer-policy")), ("no-store", "no-referrer"));
    let answer = parameters(&reply, '?');
    assert_eq!((&*answer["state"], &*answer["iss"]), ("s t&", &*format!("{BASE}/shop")));
    let tokens = redeem(&mut scene, &answer["code"], &[]).json();
    let (_, claims) = decoded(tokens["id_token"].as_str().unwrap());
    assert_eq!((&claims["nonce"], &claims["auth_time"]), (&json!("n-1"), &json!(scene.now)));
    scene.verify("/shop/jwks", tokens["access_token"].as_str().unwrap()).unwrap();
}

#[test]
fn every_shape_has_an_endpoint_of_its_own() {
    let mut scene = Scene::new();
    let azure = "http://localhost:8000/httpbin-azure";
    for (base, token_path, client, secret, redirect, scope) in [
        (
            format!("/{TENANT}/oauth2/v2.0/authorize"),
            format!("/{TENANT}/oauth2/v2.0/token"),
            BILLING,
            "billing-secret",
            azure,
            format!("openid api://{API_V2}/.default"),
        ),
        (
            format!("/{TENANT}/oauth2/authorize"),
            format!("/{TENANT}/oauth2/token"),
            BILLING,
            "billing-secret",
            azure,
            "openid".to_owned(),
        ),
        (
            "/oauth2/default/v1/authorize".to_owned(),
            "/oauth2/default/v1/token".to_owned(),
            "0oa1b2c3d4e5f6g7h8i9",
            "billing-secret",
            CALLBACK,
            "openid api.access".to_owned(),
        ),
        (
            format!("/{ENVIRONMENT}/as/authorize"),
            format!("/{ENVIRONMENT}/as/token"),
            "3c0f9a1e-6a52-4f8d-9c3f-0f7d5e1b2a44",
            "billing-secret",
            CALLBACK,
            "openid orders:read".to_owned(),
        ),
    ] {
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("client_id", client),
                ("redirect_uri", redirect),
                ("response_type", "code"),
                ("scope", &scope),
            ])
            .finish();
        let code =
            parameters(&Browser::default().log_in(&mut scene, &format!("{base}?{query}")), '?')["code"]
                .clone();
        let form = [
            ("grant_type", "authorization_code"),
            ("code", &*code),
            ("redirect_uri", redirect),
            ("client_id", client),
            ("client_secret", secret),
        ];
        let tokens = scene.post(&token_path, &form);
        assert_eq!(tokens.status, 200, "{base}: {:?}", tokens.body);
        assert!(tokens.json()["id_token"].is_string(), "{base}");
    }
}

#[test]
fn a_request_may_come_as_a_form() {
    let mut scene = Scene::new();
    let (_, query) =
        asking(&[]).split_once('?').map(|(path, query)| (path.to_owned(), query.to_owned())).unwrap();
    let pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (&**name, &**value)).collect();
    let page = scene.ask(&posted("/shop/authorize", &pairs));
    assert_eq!((page.status.as_u16(), page.header("content-type")), (200, "text/html; charset=utf-8"));
}

#[test]
fn what_only_the_person_may_be_told_goes_nowhere_else() {
    let mut scene = Scene::new();
    for change in [
        &[("client_id", "")][..],
        &[("client_id", "nobody")],
        &[("redirect_uri", "http://127.0.0.1:8000/callback/")],
        &[("redirect_uri", "http://127.0.0.1:8000/callback?a=1")],
        &[("redirect_uri", "HTTP://127.0.0.1:8000/callback")],
        &[("redirect_uri", "https://evil.example/")],
        &[("response_mode", "jwt")],
        &[("state", "1"), ("state", "2")],
    ] {
        let reply = scene.get(&asking(change));
        assert!(reply.status.is_client_error(), "{change:?}");
        assert_eq!(reply.header("location"), "", "{change:?}");
        assert_eq!(reply.header("content-type"), "text/html; charset=utf-8", "{change:?}");
    }
}

#[test]
fn a_client_with_one_redirect_uri_need_not_name_it() {
    let mut scene = Scene::new();
    let code = code(&mut scene, &[("redirect_uri", "")]);
    let form = [("grant_type", "authorization_code"), ("code", &*code)];
    assert_eq!(scene.shop("token", &form).status, 200);
}

#[test]
fn what_the_client_did_wrong_it_is_told() {
    let mut scene = Scene::new();
    let short = [("code_challenge", "abc"), ("code_challenge_method", "S256")];
    let challenge = challenge();
    for (change, error, separator) in [
        (&[("response_type", "")][..], "invalid_request", '?'),
        (&[("response_type", "magic")], "unsupported_response_type", '?'),
        (&[("response_type", "code token")], "unsupported_response_type", '#'),
        (&[("scope", "orders:burn")], "invalid_scope", '?'),
        (&[("prompt", "magic")], "invalid_request", '?'),
        (&[("prompt", "none login")], "invalid_request", '?'),
        (&[("prompt", "none")], "login_required", '?'),
        (&[("max_age", "-1")], "invalid_request", '?'),
        (&[("request", "a.b.c")], "request_not_supported", '?'),
        (&[("request_uri", "https://a.example/")], "request_uri_not_supported", '?'),
        (&[("code_challenge", &*challenge)], "invalid_request", '?'),
        (&[("code_challenge", &*challenge), ("code_challenge_method", "plain")], "invalid_request", '?'),
        (&short, "invalid_request", '?'),
        (&[("response_type", "id_token"), ("nonce", "")], "invalid_request", '#'),
        (&[("response_type", "id_token"), ("scope", "orders:read")], "invalid_scope", '#'),
        (&[("response_type", "token"), ("response_mode", "query")], "invalid_request", '?'),
    ] {
        let answer = parameters(&scene.get(&asking(change)), separator);
        assert_eq!((&*answer["error"], &*answer["state"]), (error, "s t&"), "{change:?}");
    }
}

#[test]
fn a_public_client_needs_a_challenge_and_its_verifier() {
    let mut scene = Scene::new();
    let phone = [("client_id", "phone"), ("redirect_uri", "http://localhost:3000/callback")];
    let without = scene.get(&asking(&phone));
    assert_eq!(parameters(&without, '?')["error"], "invalid_request");
    let challenge = challenge();
    let with = [&phone[..], &[("code_challenge", &*challenge), ("code_challenge_method", "S256")]].concat();
    let mut browser = Browser::default();
    let consent = browser.log_in(&mut scene, &asking(&with));
    let code =
        parameters(&browser.submit(&mut scene, &consent, &[("decision", "allow")]), '?')["code"].clone();
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("client_id", "phone"),
        ("redirect_uri", "http://localhost:3000/callback"),
    ];
    assert_eq!(scene.post("/shop/token", &form).error(), (400, "invalid_request".to_owned()));
    let wrong = [&form[..], &[("code_verifier", "another")]].concat();
    assert_eq!(scene.post("/shop/token", &wrong).error(), (400, "invalid_grant".to_owned()));
    let right = [&form[..], &[("code_verifier", VERIFIER)]].concat();
    assert_eq!(scene.post("/shop/token", &right).status, 200);
}

#[test]
fn a_verifier_without_a_challenge_is_refused() {
    let mut scene = Scene::new();
    let code = code(&mut scene, &[]);
    assert_eq!(
        redeem(&mut scene, &code, &[("code_verifier", VERIFIER)]).error(),
        (400, "invalid_grant".to_owned())
    );
}

#[test]
fn a_code_is_good_once_and_its_reuse_ends_what_it_gave() {
    let mut scene = Scene::new();
    let code = code(&mut scene, &[("scope", "openid offline_access orders:read")]);
    let tokens = redeem(&mut scene, &code, &[]).json();
    let active = |scene: &mut Scene, name: &str| {
        scene.shop("introspect", &[("token", tokens[name].as_str().unwrap())]).json()["active"].clone()
    };
    assert_eq!([active(&mut scene, "access_token"), active(&mut scene, "refresh_token")], [true, true]);
    assert_eq!(redeem(&mut scene, &code, &[]).error(), (400, "invalid_grant".to_owned()));
    assert_eq!([active(&mut scene, "access_token"), active(&mut scene, "refresh_token")], [false, false]);
}

#[test]
fn a_code_is_its_clients_for_its_redirect_uri_and_for_a_minute() {
    let mut scene = Scene::new();
    let code = code(&mut scene, &[]);
    let form = [("grant_type", "authorization_code"), ("code", &*code)];
    assert_eq!(scene.shop("token", &form).error(), (400, "invalid_grant".to_owned()), "no redirect URI");
    let other = [&form[..], &[("redirect_uri", "http://localhost:3000/callback")]].concat();
    assert_eq!(
        scene.shop("token", &other).error(),
        (400, "invalid_grant".to_owned()),
        "another redirect URI"
    );
    let phone = [&form[..], &[("redirect_uri", CALLBACK), ("client_id", "phone")]].concat();
    assert_eq!(
        scene.post("/shop/token", &phone).error(),
        (400, "invalid_grant".to_owned()),
        "another client"
    );
    scene.now += 60;
    assert_eq!(redeem(&mut scene, &code, &[]).error(), (400, "invalid_grant".to_owned()), "too late");
}

#[test]
fn tokens_come_back_in_the_fragment() {
    let mut scene = Scene::new();
    for (response_type, expected) in [
        ("token", &["access_token", "expires_in", "iss", "scope", "state", "token_type"][..]),
        ("id_token", &["id_token", "iss", "state"]),
        (
            "token id_token",
            &["access_token", "expires_in", "id_token", "iss", "scope", "state", "token_type"],
        ),
    ] {
        let reply = Browser::default().log_in(&mut scene, &asking(&[("response_type", response_type)]));
        let answer = parameters(&reply, '#');
        assert_eq!(answer.keys().map(String::as_str).collect::<Vec<_>>(), expected, "{response_type}");
        if let Some(id_token) = answer.get("id_token") {
            let (_, claims) = decoded(id_token);
            assert_eq!(claims["nonce"], "n-1");
            assert_eq!(
                claims.get("at_hash").is_some(),
                answer.contains_key("access_token"),
                "{response_type}"
            );
        }
    }
}

#[test]
fn an_answer_may_come_as_a_form_that_sends_itself() {
    let mut scene = Scene::new();
    let reply = Browser::default()
        .log_in(&mut scene, &asking(&[("response_mode", "form_post"), ("state", "\"><script>")]));
    let text = String::from_utf8(reply.body.to_vec()).unwrap();
    assert!(text.contains(&format!("action=\"{CALLBACK}\"")) && text.contains("name=\"code\""), "{text}");
    assert!(text.contains("value=\"&quot;&gt;&lt;script&gt;\""), "{text}");
    // The script is let run by its hash, and the button works without it.
    assert!(reply.header("content-security-policy").contains("script-src 'sha256-"));
    assert!(text.contains("<button"), "{text}");
}

#[test]
fn a_login_counts_for_the_next_request_until_a_working_day_is_over() {
    let mut scene = Scene::new();
    let mut browser = Browser::default();
    browser.log_in(&mut scene, &asking(&[]));
    let again = parameters(&browser.get(&mut scene, &asking(&[("prompt", "none")])), '?');
    let (_, claims) = decoded(&redeem(&mut scene, &again["code"], &[]).text("id_token"));
    assert_eq!(claims["auth_time"], scene.now);
    let fresh = Browser::default().get(&mut scene, &asking(&[("prompt", "none")]));
    assert_eq!(parameters(&fresh, '?')["error"], "login_required", "another browser");
    scene.now += 8 * 3_600;
    let late = browser.get(&mut scene, &asking(&[("prompt", "none")]));
    assert_eq!(parameters(&late, '?')["error"], "login_required");
}

#[test]
fn a_login_of_one_realm_is_none_of_another() {
    let mut scene = Scene::new();
    let mut browser = Browser::default();
    browser.log_in(&mut scene, &asking(&[]));
    let okta = format!(
        "/oauth2/default/v1/authorize?client_id=0oa1b2c3d4e5f6g7h8i9&response_type=code&scope=openid&prompt=none&redirect_uri={CALLBACK}"
    );
    assert_eq!(parameters(&browser.get(&mut scene, &okta), '?')["error"], "login_required");
}

#[test]
fn a_client_may_ask_for_a_fresh_login() {
    let mut scene = Scene::new();
    let mut browser = Browser::default();
    browser.log_in(&mut scene, &asking(&[]));
    scene.now += 100;
    for change in [("prompt", "login"), ("max_age", "99"), ("prompt", "select_account")] {
        assert_eq!(browser.get(&mut scene, &asking(&[change])).status, 200, "{change:?}");
    }
    assert_eq!(browser.get(&mut scene, &asking(&[("max_age", "100")])).status, 303);
    let reply = browser.log_in(&mut scene, &asking(&[("prompt", "login")]));
    let code = parameters(&reply, '?')["code"].clone();
    let (_, claims) = decoded(&redeem(&mut scene, &code, &[]).text("id_token"));
    assert_eq!(claims["auth_time"], scene.now);
}

#[test]
fn a_wrong_password_shows_the_page_again_with_the_name() {
    let mut scene = Scene::new();
    let mut browser = Browser::default();
    let page = browser.get(&mut scene, &asking(&[("login_hint", "bob@example.com")]));
    assert!(String::from_utf8(page.body.to_vec()).unwrap().contains("value=\"bob@example.com\""));
    let again = browser.submit(&mut scene, &page, &[("username", "alice@example.com"), ("password", "bob")]);
    let text = String::from_utf8(again.body.to_vec()).unwrap();
    assert!(text.contains("role=\"alert\"") && text.contains("value=\"alice@example.com\""), "{text}");
    let reply =
        browser.submit(&mut scene, &again, &[("username", "alice@example.com"), ("password", "alice")]);
    assert!(parameters(&reply, '?').contains_key("code"));
}

#[test]
fn a_user_may_refuse_to_log_in_or_to_consent() {
    let mut scene = consenting();
    let mut browser = Browser::default();
    let page = browser.get(&mut scene, &asking(&[]));
    let refused = browser.submit(&mut scene, &page, &[("decision", "deny")]);
    assert_eq!(parameters(&refused, '?')["error"], "access_denied");
    let consent = browser.log_in(&mut scene, &asking(&[]));
    let refused = browser.submit(&mut scene, &consent, &[("decision", "deny")]);
    assert_eq!(parameters(&refused, '?')["error"], "access_denied");
    let silent = browser.get(&mut scene, &asking(&[("prompt", "none")]));
    assert_eq!(parameters(&silent, '?')["error"], "consent_required");
}

/// The built-in realms, where `billing` of `shop` asks for consent.
fn consenting() -> Scene {
    let mut config = built_in();
    config.realms[3].clients[0].consent = true;
    Scene::of(config)
}

#[test]
fn consent_is_asked_for_once_for_each_scope() {
    let mut scene = consenting();
    let mut browser = Browser::default();
    let consent = browser.log_in(&mut scene, &asking(&[]));
    let text = String::from_utf8(consent.body.to_vec()).unwrap();
    assert!(text.contains("orders:read") && text.contains("Billing"), "{text}");
    assert!(
        parameters(&browser.submit(&mut scene, &consent, &[("decision", "allow")]), '?').contains_key("code")
    );
    assert!(parameters(&browser.get(&mut scene, &asking(&[])), '?').contains_key("code"));
    assert_eq!(browser.get(&mut scene, &asking(&[("prompt", "consent")])).status, 200);
    assert_eq!(browser.get(&mut scene, &asking(&[("scope", "openid orders:write")])).status, 200);
}

#[test]
fn a_page_is_answered_once_in_its_own_browser_and_in_time() {
    let mut scene = Scene::new();
    let alice = [("username", "alice@example.com"), ("password", "alice")];
    let (mut browser, mut other) = (Browser::default(), Browser::default());
    let page = browser.get(&mut scene, &asking(&[]));
    other.get(&mut scene, &asking(&[]));
    assert_eq!(other.submit(&mut scene, &page, &alice).status, 400, "another browser");
    assert_eq!(Browser::default().submit(&mut scene, &page, &alice).status, 400, "no cookie");
    assert_eq!(browser.submit(&mut scene, &page, &alice).status, 303);
    assert_eq!(browser.submit(&mut scene, &page, &alice).status, 400, "twice");
    let late = Browser::default().get(&mut scene, &asking(&[]));
    scene.now += 600;
    assert_eq!(Browser::default().submit(&mut scene, &late, &alice).status, 400, "too late");
}

#[test]
fn pages_bring_nothing_from_elsewhere_and_stand_in_no_frame() {
    let mut scene = Scene::new();
    let page = scene.get(&asking(&[("login_hint", "\"><img src=x>")]));
    let policy = page.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert_eq!(page.header("cache-control"), "no-store");
    let text = String::from_utf8(page.body.to_vec()).unwrap();
    assert!(!text.contains("<img"), "{text}");
    for needed in
        ["<!DOCTYPE html>", "lang=\"en\"", "name=\"viewport\"", "light dark", "<label>", "autofocus"]
    {
        assert!(text.contains(needed), "{needed}: {text}");
    }
}

#[test]
fn entra_tells_its_numbers_in_a_browser_too() {
    let mut scene = Scene::new();
    let query =
        format!("client_id={BILLING}&response_type=code&scope=openid&prompt=none&redirect_uri={CALLBACK}");
    let answer = parameters(&scene.get(&format!("/{TENANT}/oauth2/v2.0/authorize?{query}")), '?');
    assert_eq!(answer["error"], "login_required");
    assert!(answer["error_description"].starts_with("AADSTS50058: "), "{answer:?}");
}

#[test]
fn id_tokens_name_the_users_groups() {
    let mut scene = Scene::new();
    let code = code(&mut scene, &[]);
    let (_, claims) = decoded(&redeem(&mut scene, &code, &[]).text("id_token"));
    assert_eq!(claims["groups"], json!(["8f1d2c3b-4a59-4687-9b0c-d1e2f3a4b5c6"]));
}
