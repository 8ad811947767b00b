use crate::capabilities::Capabilities;
use crate::fixtures::ISSUER;
use crate::gate::browser::{
    Browser, LOGIN, TOKEN, access_token, code, consent, discovery, equip, id_token, provider, query, scene,
};
use crate::gate::scene::{DISCOVERY, Scene};
use crate::step::CallError;
use alloc::format;
use alloc::string::String;
use serde_json::{Value, json};
use std::vec::Vec;

const ORDERS: &str = "/orders?page=2";

#[test]
fn a_person_logs_in_lands_where_it_was_going_and_comes_back_with_the_cookie_alone() {
    let mut scene = scene(r#","preserve_query_args":true"#);
    let mut browser = Browser::default();
    let sent = browser.get(&mut scene, ORDERS);
    assert_eq!((sent.status, sent.reason), (Some(302), None), "{sent:?}");
    assert!(sent.location.starts_with("https://idp.example/authorize?"), "{}", sent.location);
    let asked = query(&sent.location);
    let asked = |name: &str| asked.get(name).map_or("", String::as_str);
    assert_eq!(asked("response_type"), "code");
    assert_eq!(asked("client_id"), "web");
    assert_eq!(asked("redirect_uri"), "https://gw.example/callback");
    assert_eq!(asked("scope"), "openid");
    assert_eq!(asked("code_challenge_method"), "S256");
    for unguessable in ["state", "nonce", "code_challenge"] {
        assert_eq!(asked(unguessable).len(), 43, "{unguessable}");
    }
    let back = browser.get(&mut scene, &consent(&sent.location));
    assert_eq!((back.status, &*back.location), (Some(302), "https://gw.example/orders?page=2"), "{back:?}");
    assert_eq!(scene.asked(), [DISCOVERY, "/keys", TOKEN]);
    let page = browser.get(&mut scene, ORDERS);
    assert_eq!((page.status, page.set_cookies.len()), (None, 0), "{page:?}");
    assert_eq!(page.upstream["authorization"], format!("Bearer {}", access_token("")));
    assert_eq!(page.upstream["cookie"], "", "the session is the gateway's");
    assert!(scene.asked().is_empty());
    assert_eq!(browser.cookies.keys().collect::<Vec<_>>(), ["__Host-session"], "and the login is over");
}

#[test]
fn the_upstream_gets_the_other_cookies_alone() {
    let mut scene = scene("");
    let mut browser = Browser::default();
    browser.log_in(&mut scene, "/orders");
    browser.cookies.insert("theme".into(), "dark".into());
    assert_eq!(browser.get(&mut scene, "/orders").upstream["cookie"], "theme=dark");
    let explicit = format!("Bearer {}", access_token(""));
    let page = browser.send(&mut scene, "GET", "/orders", &[("authorization", &explicit)]);
    assert_eq!(page.upstream["cookie"], "theme=dark", "whatever authenticates");
}

/// The callback lies where no route of any service is.
#[test]
fn the_place_of_the_redirect_uri_is_reserved_whatever_routes_there_are() {
    let document = format!(
        r#"{{"version":1,"services":[
            {{"name":"orders","routes":[{{"id":"o","paths":["/orders"]}}],"plugins":[
                {{"name":"openid-connect","config":{{"issuer":"{ISSUER}"{LOGIN}}}}}]}},
            {{"name":"bills","routes":[{{"id":"b","paths":["/bills"]}}],"plugins":[
                {{"name":"openid-connect","config":{{"issuer":"{ISSUER}"{LOGIN}}}}}]}}]}}"#
    );
    let mut scene = equip(Scene::of(&document));
    for target in ["/orders/1", "/bills/2"] {
        let mut browser = Browser::default();
        let back = browser.log_in(&mut scene, target);
        assert_eq!(back.location, format!("https://gw.example{target}"));
        assert_eq!(browser.get(&mut scene, target).status, None);
    }
    let mut browser = Browser::default();
    for (target, reason) in [
        ("/callback", "RouteUnknown"),
        ("/callback?state=s", "RouteUnknown"),
        ("/callback?code=c&state=s", "LoginUnknown"),
        ("/callback2?code=c&state=s", "RouteUnknown"),
    ] {
        assert_eq!(browser.get(&mut scene, target).reason, Some(reason), "{target}");
    }
}

#[test]
fn without_a_redirect_uri_people_come_back_to_where_they_were() {
    let config = LOGIN.replace(r#","redirect_uri":["https://gw.example/callback"]"#, "");
    let mut scene = equip(Scene::with(&config));
    let mut browser = Browser::default();
    let sent = browser.get(&mut scene, "/orders/7?a=b");
    assert_eq!(query(&sent.location)["redirect_uri"], "https://gw.example/orders/7");
    let back = browser.get(&mut scene, &consent(&sent.location));
    assert_eq!((back.status, &*back.location), (Some(302), "https://gw.example/orders/7"), "{back:?}");
    let page = browser.get(&mut scene, "/orders/7?code=of-the-upstream&state=s");
    assert_eq!(page.status, None, "another's code is the upstream's");
}

#[test]
fn a_code_can_come_in_a_form() {
    let mut scene = scene(r#","response_mode":"form_post""#);
    let mut browser = Browser::default();
    let sent = browser.get(&mut scene, "/orders");
    assert_eq!(query(&sent.location)["response_mode"], "form_post");
    assert!(sent.set_cookies.iter().any(|line| line.contains("SameSite=None; HttpOnly; Secure")), "{sent:?}");
    let consent = consent(&sent.location);
    let (path, form) = consent.split_once('?').expect("a query");
    let of_a_form = [("content-type", "application/x-www-form-urlencoded")];
    let in_query = browser.clone().get(&mut scene, &consent);
    assert_eq!(in_query.reason, Some("CredentialMissing").filter(|_| false), "{in_query:?}");
    assert!(in_query.location.contains("/authorize?"), "it was not asked for in the query: {in_query:?}");
    let back = browser.post(&mut scene, "POST", path, &of_a_form, Some(form));
    assert_eq!((back.status, &*back.location), (Some(302), "https://gw.example/orders"), "{back:?}");
    assert_eq!(browser.get(&mut scene, "/orders").status, None);
}

#[test]
fn a_state_that_is_swapped_replayed_or_of_another_browser_is_no_login() {
    let mut scene = scene("");
    let (mut ann, mut eve) = (Browser::default(), Browser::default());
    let of_ann = ann.get(&mut scene, "/orders");
    eve.get(&mut scene, "/orders");
    let refused = |page: crate::gate::browser::Page| {
        assert_eq!((page.status, page.reason), (Some(401), Some("LoginUnknown")), "{page:?}");
        assert!(page.set_cookies.iter().all(|line| !line.contains("session=")), "{page:?}");
    };
    let state = &query(&of_ann.location)["state"];
    // Ann's own redirect, stolen.
    refused(eve.clone().get(&mut scene, &consent(&of_ann.location)));
    refused(Browser::default().get(&mut scene, &consent(&of_ann.location)));
    for changed in
        [format!("{state}x"), state.chars().skip(1).collect(), state.to_ascii_lowercase(), String::new()]
    {
        let target = format!("/callback?code={}&state={changed}", code(&of_ann.location));
        let page = ann.clone().get(&mut scene, &target);
        assert_ne!(page.status, None);
        assert!(page.set_cookies.iter().all(|line| !line.contains("session=")), "{page:?}");
    }
    let back = ann.get(&mut scene, &consent(&of_ann.location));
    assert_eq!(back.status, Some(302));
    refused(ann.get(&mut scene, &consent(&of_ann.location)));
    let mut late = Browser::default();
    let sent = late.get(&mut scene, "/orders");
    scene.now += 600;
    refused(late.get(&mut scene, &consent(&sent.location)));
}

/// Login CSRF: eve's code, which another site's page has ann's browser bring, with eve's state or with ann's own.
#[test]
fn a_page_of_another_site_logs_nobody_in_as_somebody_else() {
    let mut scene = scene("");
    let (mut ann, mut eve) = (Browser::default(), Browser::default());
    let (of_ann, of_eve) = (ann.get(&mut scene, "/orders"), eve.get(&mut scene, "/orders"));
    let state = &query(&of_ann.location)["state"];
    let swapped = format!("/callback?code={}&state={state}", code(&of_eve.location));
    for (target, reason) in [
        (consent(&of_eve.location), "LoginUnknown"),
        // The code is bound to eve's verifier (RFC 7636 4.6).
        (swapped, "CredentialRejected"),
    ] {
        let mut browser = ann.clone();
        let page = browser.get(&mut scene, &target);
        assert_eq!((page.status, page.reason), (Some(401), Some(reason)), "{page:?}");
        assert!(!browser.cookies.contains_key("__Host-session"));
    }
}

#[test]
fn a_nonce_that_is_swapped_replayed_or_of_another_browser_is_no_login() {
    for nonce in ["", "another login's", "replayed"] {
        let mut scene = scene("");
        scene.answers_by(TOKEN, provider(move |_| Vec::from([("id_token", json!(id_token(nonce, "")))])));
        let mut browser = Browser::default();
        let sent = browser.get(&mut scene, "/orders");
        let back = browser.get(&mut scene, &consent(&sent.location));
        assert_eq!((back.status, back.reason), (Some(401), Some("NonceMismatch")), "{nonce:?}");
        assert!(!browser.cookies.contains_key("__Host-session"));
    }
}

#[test]
fn a_code_that_is_replayed_is_the_providers_to_refuse_and_leaves_no_session() {
    let mut scene = scene("");
    let mut browser = Browser::default();
    let sent = browser.get(&mut scene, "/orders");
    let mut copy = browser.clone();
    assert_eq!(browser.get(&mut scene, &consent(&sent.location)).status, Some(302));
    let again = copy.get(&mut scene, &consent(&sent.location));
    assert_eq!((again.status, again.reason), (Some(401), Some("CredentialRejected")));
    assert!(!copy.cookies.contains_key("__Host-session"));
}

/// RFC 9700 4.4: the code of an honest provider must not get to another one.
#[test]
fn a_mix_up_between_two_issuers_is_noticed_before_any_code_is_sent() {
    let mut scene = scene("");
    scene.answers(
        DISCOVERY,
        Ok((200, discovery(r#","authorization_response_iss_parameter_supported":true"#))),
    );
    let iss = |text: &str| format!("&iss={}", text.replace(':', "%3A").replace('/', "%2F"));
    for (issuer, good) in [
        (iss(ISSUER), true),
        (iss(ISSUER.trim_end_matches('/')), true),
        (iss("https://evil.example/"), false),
        (iss(""), false),
        (String::new(), false),
    ] {
        let mut browser = Browser::default();
        let sent = browser.get(&mut scene, "/orders");
        scene.asked();
        let back = browser.get(&mut scene, &format!("{}{issuer}", consent(&sent.location)));
        let reason = (!good).then_some("LoginIssuerMismatch");
        if issuer != iss("") {
            assert_eq!(back.reason, reason, "{issuer}");
        }
        assert_eq!(scene.asked().contains(&TOKEN.into()), good, "{issuer}");
        assert_eq!(browser.cookies.contains_key("__Host-session"), good, "{issuer}");
    }
}

/// The worker that a person comes back to need not be the one that sent it.
#[test]
fn who_comes_back_to_a_gateway_that_knows_nothing_of_the_provider_yet_is_held_to_the_same() {
    let mut scene = scene("");
    scene.answers(
        DISCOVERY,
        Ok((200, discovery(r#","authorization_response_iss_parameter_supported":true"#))),
    );
    let mut browser = Browser::default();
    let sent = browser.get(&mut scene, "/orders");
    scene.memory = Scene::with(LOGIN).memory;
    let back = browser.get(&mut scene, &consent(&sent.location));
    assert_eq!(back.reason, Some("LoginIssuerMismatch"), "{back:?}");
}

#[test]
fn two_services_of_two_issuers_with_one_redirect_uri_keep_their_logins_apart() {
    let config = |issuer: &str| format!(r#"{{"issuer":"{issuer}"{LOGIN}}}"#);
    let document = format!(
        r#"{{"version":1,"sources":[{{"id":"one","issuer":"{ISSUER}"}},
                {{"id":"two","issuer":"https://other.example/"}}],"services":[
            {{"name":"orders","routes":[{{"id":"o","paths":["/orders"]}}],"plugins":[
                {{"name":"openid-connect","config":{}}}]}},
            {{"name":"bills","routes":[{{"id":"b","paths":["/bills"]}}],"plugins":[
                {{"name":"openid-connect","config":{}}}]}}]}}"#,
        config(ISSUER),
        config("https://other.example/")
    );
    let mut scene = equip(Scene::of(&document));
    let mut browser = Browser::default();
    let of_one = browser.get(&mut scene, "/orders");
    assert!(of_one.location.starts_with("https://idp.example/authorize"), "{of_one:?}");
    browser.log_in(&mut scene, "/orders");
    let page = browser.get(&mut scene, "/bills");
    assert_ne!(page.status, None, "a session of one issuer is none of the other's: {page:?}");
}

#[test]
fn a_login_leads_to_this_site_alone() {
    let mut scene = scene(r#","preserve_query_args":true"#);
    for (target, expected) in [
        ("/orders?next=https://evil.example/", "https://gw.example/orders?next=https://evil.example/"),
        ("//evil.example/", "https://gw.example//evil.example/"),
        ("/\\evil.example/", "https://gw.example/\\evil.example/"),
        ("/orders\u{e9}", "https://gw.example/"),
        ("/orders?\u{e9}", "https://gw.example/orders"),
    ] {
        let mut browser = Browser::default();
        let back = browser.log_in(&mut scene, target);
        assert_eq!(back.location, expected, "{target}");
    }
    let long = format!("/{}", "a".repeat(2_000));
    assert_eq!(Browser::default().log_in(&mut scene, &long).location, "https://gw.example/");
    // What the redirect back says of a target counts for nothing.
    let mut browser = Browser::default();
    let sent = browser.get(&mut scene, "/orders");
    let more = format!("{}&redirect_uri=https://evil.example/&next=//evil.example", consent(&sent.location));
    assert_eq!(browser.get(&mut scene, &more).location, "https://gw.example/orders");
}

#[test]
fn an_id_token_that_is_not_for_this_login_lets_nobody_in() {
    let with = |more: &'static str, members: &'static str| {
        provider(move |nonce| {
            let token = match more {
                "none" => Value::Null,
                "garbage" => json!("a.b.c"),
                _ => json!(id_token(nonce, members)),
            };
            Vec::from([("id_token", token)])
        })
    };
    for (more, members, status, reason) in [
        ("aud", r#","azp":"other""#, 401, "IdTokenParty"),
        ("hash", r#","at_hash":"77QmUPtjPfzWtF2AnpK9RQ""#, 401, "AccessTokenHash"),
        ("none", "", 500, "ProviderMisconfigured"),
        ("garbage", "", 401, "MalformedToken"),
    ] {
        let mut scene = scene("");
        scene.answers_by(TOKEN, with(more, members));
        let mut browser = Browser::default();
        let sent = browser.get(&mut scene, "/orders");
        let back = browser.get(&mut scene, &consent(&sent.location));
        assert_eq!((back.status, back.reason), (Some(status), Some(reason)), "{more}");
        assert!(browser.cookies.is_empty(), "the login is over, and no session began: {browser:?}");
    }
}

#[test]
fn who_refuses_to_log_in_is_refused_and_no_code_is_looked_for() {
    let mut scene = scene("");
    let mut browser = Browser::default();
    let sent = browser.get(&mut scene, "/orders");
    let state = &query(&sent.location)["state"];
    let back = browser.get(&mut scene, &format!("/callback?error=access_denied&state={state}"));
    assert_eq!((back.status, back.reason), (Some(401), Some("LoginRefused")));
    assert!(browser.cookies.is_empty(), "{browser:?}");
}

#[test]
fn a_provider_that_is_down_while_the_code_is_redeemed_is_503_and_heals() {
    let mut scene = scene("");
    let mut browser = Browser::default();
    let sent = browser.get(&mut scene, "/orders");
    scene.answers(TOKEN, Err(CallError::Failed));
    let back = browser.get(&mut scene, &consent(&sent.location));
    assert_eq!((back.status, back.reason), (Some(503), Some("ProviderUnavailable")), "{back:?}");
    scene.answers_by(TOKEN, provider(|_| Vec::new()));
    scene.now += 10;
    let again = browser.get(&mut scene, &consent(&sent.location));
    assert_eq!(again.status, Some(302), "who reloads the page is let in: {again:?}");
}

#[test]
fn several_logins_can_be_under_way_in_one_browser() {
    let mut scene = scene("");
    let mut browser = Browser::default();
    let (one, two) = (browser.get(&mut scene, "/orders/1"), browser.get(&mut scene, "/orders/2"));
    for (sent, target) in [(&two, "/orders/2"), (&one, "/orders/1")] {
        let back = browser.get(&mut scene, &consent(&sent.location));
        assert_eq!(back.location, format!("https://gw.example{target}"));
    }
}

#[test]
fn only_who_navigates_is_sent_to_log_in_where_that_is_asked_for() {
    let mut scene = scene(r#","login_navigations_only":true"#);
    let html = ("accept", "text/html,application/xhtml+xml;q=0.9");
    for (method, headers, status) in [
        ("GET", &[html][..], 302),
        ("GET", &[html, ("sec-fetch-mode", "navigate")], 302),
        ("GET", &[html, ("sec-fetch-mode", "cors")], 401),
        ("GET", &[("accept", "application/json")], 401),
        ("GET", &[], 401),
        ("POST", &[html], 401),
    ] {
        let page = Browser::default().send(&mut scene, method, "/orders", headers);
        assert_eq!(page.status, Some(status), "{method} {headers:?}");
    }
    let grpc =
        Browser::default().send(&mut self::scene(""), "POST", "/o", &[("content-type", "application/grpc")]);
    assert!(grpc.location.is_empty(), "{grpc:?}");
}

#[test]
fn what_people_see_after_a_login_can_be_another_page_or_the_tokens() {
    let to = r#","login_action":"redirect","login_redirect_uri":["https://app.example/in"]"#;
    for (more, expected) in [
        (to.into(), format!("https://app.example/in#id_token={}", "ey")),
        (
            format!(r#"{to},"login_redirect_mode":"query","login_tokens":["access_token"]"#),
            "https://app.example/in?access_token=ey".into(),
        ),
        (r#","login_action":"redirect""#.into(), "https://gw.example/orders".into()),
    ] {
        let back = Browser::default().log_in(&mut scene(&more), "/orders");
        assert!(back.location.starts_with(&expected), "{more}: {}", back.location);
    }
    let mut scene = scene(r#","login_action":"response","login_tokens":["id_token","access_token"]"#);
    let mut browser = Browser::default();
    let sent = browser.get(&mut scene, "/orders");
    let back = browser.get(&mut scene, &consent(&sent.location));
    let body: Value = serde_json::from_str(&back.body).expect("JSON");
    assert_eq!((back.status, body["access_token"].as_str()), (Some(200), Some(&*access_token(""))));
    assert_eq!(body.as_object().map(serde_json::Map::len), Some(2));
}

#[test]
fn an_opaque_access_token_lets_in_whom_the_id_token_names() {
    let more = r#","upstream_headers":[{"header":"x-sub","path":["sub"]}]"#;
    let mut scene = scene(more);
    scene.answers_by(TOKEN, provider(|_| Vec::from([("access_token", json!("opaque"))])));
    let mut browser = Browser::default();
    browser.log_in(&mut scene, "/orders");
    let page = browser.get(&mut scene, "/orders");
    assert_eq!((page.status, &*page.upstream["x-sub"]), (None, "ann"));
    assert_eq!(page.upstream["authorization"], "Bearer opaque");
    scene.now += 600;
    assert_ne!(browser.get(&mut scene, "/orders").status, None, "it is good for as long as the ID token");
}

/// Envoy takes the port out of the host (`strip_any_host_port`), and TLS may end before it.
#[test]
fn people_come_back_to_the_port_and_the_scheme_of_the_redirect_uri() {
    let config = LOGIN.replace("https://gw.example/callback", "http://gw.example:8000/callback");
    let back = Browser::default().log_in(&mut equip(Scene::with(&config)), "/orders");
    assert_eq!(back.location, "http://gw.example:8000/orders");
}

/// A host on which neither cookie would come back.
#[test]
fn where_no_login_could_end_none_begins() {
    let config = LOGIN.replace("https://gw.example/callback", "https://login.example/callback");
    let page = Browser::default().get(&mut equip(Scene::with(&config)), "/orders");
    assert_eq!((page.status, page.reason), (Some(500), Some("ProviderMisconfigured")), "{page:?}");
    let domain = r#","session_cookie_domain":"gw.example","authorization_cookie_domain":"gw.example""#;
    let config = LOGIN.replace("https://gw.example/callback", "https://login.gw.example/callback");
    let page = Browser::default().get(&mut equip(Scene::with(&format!("{config}{domain}"))), "/orders");
    assert_eq!(page.status, Some(302), "{page:?}");
    let mut scene = scene(r#","response_mode":"form_post""#);
    scene.engine = Capabilities { holds_for_body: false, ..scene.engine };
    let page = Browser::default().get(&mut scene, "/orders");
    assert_eq!((page.status, page.reason), (Some(500), Some("ProviderMisconfigured")), "{page:?}");
}

#[test]
fn a_service_that_only_reports_sends_nobody_to_log_in() {
    let document = format!(
        r#"{{"version":1,"services":[{{"name":"orders","enforcement":"report","plugins":[
            {{"name":"openid-connect","config":{{"issuer":"{ISSUER}"{LOGIN}}}}}]}}]}}"#
    );
    let mut scene = equip(Scene::of(&document));
    let page = Browser::default().get(&mut scene, "/orders");
    assert_eq!((page.status, page.set_cookies.len()), (None, 0), "{page:?}");
}

#[test]
fn no_secret_stands_in_what_is_shown_for_debugging() {
    let mut scene = scene("");
    let mut browser = Browser::default();
    let sent = browser.get(&mut scene, "/orders");
    let shown = format!("{:?} {:?}", scene.policy, scene.memory);
    for secret in [crate::gate::browser::SECRET, &query(&sent.location)["state"]] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
