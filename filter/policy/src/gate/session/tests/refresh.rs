//! A session whose access token runs out, or is good no longer.

use super::{SESSION, refreshing, registered};
use crate::capabilities::Capabilities;
use crate::fixtures::{token, token_by};
use crate::gate::browser::{Browser, LOGIN, TOKEN, access_token, equip, id_token, members, provider, scene};
use crate::gate::scene::{KEYS, Scene};
use crate::step::{CallError, Step};
use alloc::format;
use serde_json::json;
use std::vec::Vec;

#[test]
fn an_access_token_that_runs_out_is_replaced_inside_the_session_once() {
    let mut scene = scene("");
    let second = refreshing(&mut scene);
    let mut browser = Browser::default();
    browser.log_in(&mut scene, "/orders");
    scene.now += 589;
    scene.asked();
    assert_eq!(
        browser.get(&mut scene, "/orders").upstream["authorization"],
        format!("Bearer {}", access_token(""))
    );
    assert!(scene.asked().is_empty());
    scene.now += 1;
    let mut other_tab = browser.clone();
    let page = browser.get(&mut scene, "/orders");
    assert_eq!(page.upstream["authorization"], format!("Bearer {second}"));
    assert_eq!(page.set_cookies.len(), 1, "the browser keeps the new one");
    let page = other_tab.get(&mut scene, "/orders");
    assert_eq!(page.upstream["authorization"], format!("Bearer {second}"));
    assert_eq!(scene.asked(), [TOKEN], "a refresh token is used once, however many requests need it");
    assert_eq!(browser.get(&mut scene, "/orders").set_cookies.len(), 0);
}

/// The token of the code runs out within seconds, and the refresh token that replaces it is used up.
#[test]
fn a_session_begins_with_the_tokens_that_the_login_ended_with() {
    let mut scene = scene("");
    let second = refreshing(&mut scene);
    let mut browser = Browser::default();
    scene.now += 595;
    browser.log_in(&mut scene, "/orders");
    scene.now += 120;
    scene.asked();
    let page = browser.get(&mut scene, "/orders");
    assert_eq!(page.upstream["authorization"], format!("Bearer {second}"));
    assert!(scene.asked().is_empty());
}

#[test]
fn a_session_that_was_refreshed_is_kept_where_the_request_is_refused() {
    let config = format!(r#"{LOGIN},"forbidden_destroy_session":false"#);
    let document = registered("approved").replace(LOGIN, &config);
    let mut scene = equip(Scene::of(&document));
    refreshing(&mut scene);
    let mut browser = Browser::default();
    browser.log_in(&mut scene, "/orders");
    scene.policy = Scene::of(&registered("revoked").replace(LOGIN, &config)).policy;
    scene.now += 595;
    scene.asked();
    let page = browser.get(&mut scene, "/orders");
    assert_eq!((page.status, page.set_cookies.len()), (Some(403), 1), "its refresh token is another one now");
    scene.now += 100;
    assert_eq!(browser.get(&mut scene, "/orders").status, Some(403));
    assert_eq!(scene.asked(), [TOKEN]);
}

/// On Kong's engine no request can wait for another, and its provider may take everything back where both use the refresh
/// token.
#[test]
fn while_one_request_refreshes_the_others_go_on_with_the_token_that_is_there_or_come_again() {
    for (seconds, status) in [(595, None), (605, Some(503))] {
        let mut scene = scene("");
        let second = refreshing(&mut scene);
        let mut browser = Browser::default();
        browser.log_in(&mut scene, "/orders");
        scene.engine = Capabilities { wakes_other_streams: false, ..scene.engine };
        scene.now += seconds;
        scene.asked();
        let (mut first, held) = browser.begin(&scene, "/orders");
        assert!(matches!(held, Step::Call { .. }), "{held:?}");
        let page = browser.clone().get(&mut scene, "/orders");
        assert_eq!((page.status, page.set_cookies.len()), (status, 0), "{page:?}");
        let step = scene.follow(&mut first, held);
        assert!(matches!(step, Step::Forward(_)), "{step:?}");
        let page = browser.get(&mut scene, "/orders");
        assert_eq!(page.upstream["authorization"], format!("Bearer {second}"));
        assert_eq!(scene.asked(), [TOKEN]);
    }
}

#[test]
fn where_nothing_gets_another_token_a_session_ends_with_its_own() {
    for more in ["", r#","refresh_tokens":false"#] {
        let mut scene = scene(more);
        if !more.is_empty() {
            refreshing(&mut scene);
        }
        let mut browser = Browser::default();
        browser.log_in(&mut scene, "/orders");
        scene.now += 595;
        assert_eq!(browser.get(&mut scene, "/orders").status, None);
        scene.now += 5;
        let page = browser.get(&mut scene, "/orders");
        assert!(page.location.contains("/authorize?"), "{page:?}");
        assert!(!browser.cookies.contains_key(SESSION));
    }
}

#[test]
fn a_provider_that_is_down_ends_no_session_whose_token_is_good() {
    let mut scene = scene("");
    let second = refreshing(&mut scene);
    let mut browser = Browser::default();
    browser.log_in(&mut scene, "/orders");
    scene.now += 595;
    scene.answers(TOKEN, Err(CallError::Failed));
    let page = browser.get(&mut scene, "/orders");
    assert_eq!(page.upstream["authorization"], format!("Bearer {}", access_token("")));
    scene.now += 10;
    let page = browser.get(&mut scene, "/orders");
    assert_eq!((page.status, page.reason), (Some(503), Some("ProviderUnavailable")), "{page:?}");
    assert!(browser.cookies.contains_key(SESSION), "it is not the session's fault");
    refreshing(&mut scene);
    scene.now += 10;
    assert_eq!(browser.get(&mut scene, "/orders").upstream["authorization"], format!("Bearer {second}"));
}

#[test]
fn a_session_whose_refresh_the_provider_refuses_is_over() {
    let mut scene = scene("");
    refreshing(&mut scene);
    let mut browser = Browser::default();
    browser.log_in(&mut scene, "/orders");
    scene.now += 595;
    scene.answers(TOKEN, Ok((400, r#"{"error":"invalid_grant"}"#.into())));
    let page = browser.get(&mut scene, "/orders");
    assert!(page.location.contains("/authorize?"), "{page:?}");
    assert!(!browser.cookies.contains_key(SESSION));
}

/// Its ID token was made with the access token before, and providers need not give another (OIDC Core 12.2).
#[test]
fn an_opaque_token_that_was_refreshed_without_an_id_token_goes_on_with_the_one_that_is_there() {
    let mut scene = scene("");
    let hash = r#","at_hash":"VCpU86aYg8AEiFKVbnOVkg""#;
    scene.answers_by(
        TOKEN,
        provider(move |nonce| match nonce {
            "" => Vec::from([
                ("access_token", json!("opaque-2")),
                ("id_token", json!(null)),
                ("expires_in", json!(300)),
            ]),
            _ => Vec::from([
                ("access_token", json!("opaque-1")),
                ("id_token", json!(id_token(nonce, hash))),
                ("refresh_token", json!("r-1")),
                ("expires_in", json!(300)),
            ]),
        }),
    );
    let mut browser = Browser::default();
    browser.log_in(&mut scene, "/orders");
    assert_eq!(browser.get(&mut scene, "/orders").upstream["authorization"], "Bearer opaque-1");
    scene.now += 295;
    assert_eq!(browser.get(&mut scene, "/orders").upstream["authorization"], "Bearer opaque-2");
    assert_eq!(browser.get(&mut scene, "/orders").upstream["authorization"], "Bearer opaque-2");
}

#[test]
fn a_refreshed_id_token_of_another_person_ends_the_session() {
    let mut scene = scene(r#","logout_uri_suffix":"/logout""#);
    scene.answers_by(
        TOKEN,
        provider(|nonce| match nonce {
            "" => Vec::from([("id_token", json!(token(&members(r#","sub":"eve","aud":"web""#))))]),
            _ => Vec::from([("refresh_token", json!("r-1"))]),
        }),
    );
    let mut browser = Browser::default();
    browser.log_in(&mut scene, "/orders");
    scene.now += 595;
    let page = browser.get(&mut scene, "/orders");
    assert_ne!(page.status, None, "{page:?}");
    assert!(!browser.cookies.contains_key(SESSION));
}

#[test]
fn after_a_rotation_of_keys_a_session_gets_a_token_by_the_new_one() {
    let mut scene = scene("");
    let (keys, by_new) = token_by(9, "k2", &members(r#","sub":"ann""#));
    let fresh = by_new.clone();
    scene.answers_by(
        TOKEN,
        provider(move |nonce| match nonce {
            "" => Vec::from([("access_token", json!(fresh)), ("id_token", json!(null))]),
            _ => Vec::from([("refresh_token", json!("r-1"))]),
        }),
    );
    let mut browser = Browser::default();
    browser.log_in(&mut scene, "/orders");
    scene.answers(KEYS, Ok((200, keys)));
    scene.now += 31;
    scene.memory = Scene::with(LOGIN).memory;
    let page = browser.get(&mut scene, "/orders");
    assert_eq!(page.upstream.get("authorization"), Some(&format!("Bearer {by_new}")), "{page:?}");
}
