use crate::gate::browser::{Browser, REVOKE, TOKEN, discovery, provider, query, scene};
use crate::gate::scene::{DISCOVERY, Scene, header};
use crate::step::CallError;
use alloc::format;
use alloc::rc::Rc;
use alloc::string::String;
use core::cell::RefCell;
use serde_json::json;
use std::vec::Vec;

const SESSION: &str = "__Host-session";
const SUFFIX: &str = r#","logout_uri_suffix":"/logout","logout_redirect_uri":["https://gw.example/bye"]"#;

fn logged_in(more: &str) -> (Scene, Browser) {
    let mut scene = scene(more);
    let mut browser = Browser::default();
    browser.log_in(&mut scene, "/orders");
    assert_eq!(browser.get(&mut scene, "/orders").status, None);
    (scene, browser)
}

#[test]
fn who_logs_out_is_sent_to_the_provider_and_asked_again_afterwards() {
    let (mut scene, mut browser) = logged_in(SUFFIX);
    let page = browser.send(&mut scene, "POST", "/orders/logout", &[]);
    assert_eq!(page.status, Some(302));
    assert!(page.location.starts_with("https://idp.example/logout?"), "{}", page.location);
    let asked = query(&page.location);
    assert_eq!(asked["post_logout_redirect_uri"], "https://gw.example/bye");
    assert_eq!(asked["client_id"], "web");
    assert!(asked["id_token_hint"].starts_with("ey"));
    assert!(browser.cookies.is_empty(), "{browser:?}");
    assert!(browser.get(&mut scene, "/orders").location.contains("/authorize?"));
}

#[test]
fn a_logout_is_asked_for_by_path_query_or_body_with_its_methods_alone() {
    let args = r#","logout_query_arg":"bye","logout_post_arg":"out""#;
    let form = ("content-type", "application/x-www-form-urlencoded");
    for (more, method, target, body, is_one) in [
        (SUFFIX, "POST", "/orders/logout", None, true),
        (SUFFIX, "DELETE", "/orders/logout", None, true),
        (SUFFIX, "GET", "/orders/logout", None, false),
        (SUFFIX, "POST", "/orders/logout?x=1", None, true),
        (SUFFIX, "POST", "/orders/logout/", None, false),
        (SUFFIX, "POST", "/orders?x=/logout", None, false),
        (args, "POST", "/orders?bye=1", None, true),
        (args, "DELETE", "/orders?bye", None, true),
        (args, "POST", "/orders?goodbye=1", None, false),
        (args, "POST", "/orders", Some("a=b&out=1"), true),
        (args, "POST", "/orders", Some("a=out"), false),
        (r#","logout_uri_suffix":"/out","logout_methods":["GET"]"#, "GET", "/out", None, true),
        (r#","logout_uri_suffix":"/out","logout_methods":["GET"]"#, "POST", "/out", None, false),
    ] {
        let (mut scene, mut browser) = logged_in(more);
        let headers = if body.is_some() { &[form][..] } else { &[] };
        let page = browser.post(&mut scene, method, target, headers, body);
        assert_eq!(page.status == Some(302), is_one, "{more} {method} {target} {body:?}: {page:?}");
        assert_eq!(browser.cookies.is_empty(), is_one, "{more} {method} {target} {body:?}");
    }
}

#[test]
fn a_page_of_another_site_logs_nobody_out() {
    let get = r#","logout_uri_suffix":"/logout","logout_methods":["POST","GET"]"#;
    for (headers, is_refused) in [
        (&[("sec-fetch-site", "cross-site")][..], true),
        (&[("sec-fetch-site", "same-site")], true),
        (&[("sec-fetch-site", "same-origin")], false),
        (&[("sec-fetch-site", "none")], false),
        (&[("origin", "https://evil.example")], true),
        (&[("origin", "null")], true),
        (&[("origin", "https://gw.example")], false),
        (&[("origin", "https://gw.example:8443")], false), // Envoy takes ports away from the authority
        (&[("origin", "https://gw.example"), ("sec-fetch-site", "cross-site")], true),
        (&[], false),
    ] {
        for method in ["GET", "POST"] {
            let (mut scene, mut browser) = logged_in(get);
            let page = browser.send(&mut scene, method, "/orders/logout", headers);
            let reason = is_refused.then_some("CrossSiteLogout");
            assert_eq!(page.reason, reason, "{method} {headers:?}: {page:?}");
            assert_eq!(browser.cookies.contains_key(SESSION), is_refused, "{method} {headers:?}");
        }
    }
}

#[test]
fn tokens_are_revoked_the_refresh_token_first() {
    let revoke = r#","logout_uri_suffix":"/logout","logout_revoke":true"#;
    let (mut scene, _) = logged_in(revoke);
    scene.answers_by(TOKEN, provider(|_| Vec::from([("refresh_token", json!("r-1"))])));
    let mut browser = Browser::default();
    browser.log_in(&mut scene, "/orders");
    let revoked = Rc::new(RefCell::new(Vec::new()));
    let seen = Rc::clone(&revoked);
    scene.answers_by(REVOKE, move |call| {
        assert!(header(call, "authorization").starts_with("Basic "));
        let form = format!("?{}", String::from_utf8(call.body.to_vec()).expect("utf-8"));
        let form = query(&form);
        seen.borrow_mut().push((form["token_type_hint"].clone(), form["token"].starts_with("ey")));
        Ok((200, String::new()))
    });
    let page = browser.send(&mut scene, "POST", "/orders/logout", &[]);
    assert_eq!(page.status, Some(302), "{page:?}");
    assert_eq!(*revoked.borrow(), [("refresh_token".into(), false), ("access_token".into(), true)]);
}

#[test]
fn what_the_provider_does_not_do_keeps_nobody_logged_in() {
    for answer in [Err(CallError::Failed), Ok((400, r#"{"error":"unsupported_token_type"}"#.into()))] {
        let (mut scene, mut browser) = logged_in(r#","logout_uri_suffix":"/logout","logout_revoke":true"#);
        scene.answers(REVOKE, answer);
        let page = browser.send(&mut scene, "POST", "/orders/logout", &[]);
        assert_eq!((page.status, browser.cookies.is_empty()), (Some(302), true), "{page:?}");
    }
}

#[test]
fn without_an_end_session_endpoint_the_config_says_where_people_go() {
    let without = discovery("").replace("end_session_endpoint", "other");
    for (more, status, location) in
        [(SUFFIX, 302, "https://gw.example/bye"), (r#","logout_uri_suffix":"/logout""#, 200, "")]
    {
        let mut scene = scene(more);
        scene.answers(DISCOVERY, Ok((200, without.clone())));
        let mut browser = Browser::default();
        browser.log_in(&mut scene, "/orders");
        let page = browser.send(&mut scene, "POST", "/orders/logout", &[]);
        assert_eq!((page.status, &*page.location), (Some(status), location), "{page:?}");
        assert!(browser.cookies.is_empty());
    }
}
