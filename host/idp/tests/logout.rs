//! Logout: OpenID Connect RP-Initiated Logout 1.0.

use crate::support::browser::{Browser, parameters};
use crate::support::{Scene, TENANT, built_in};

const AFTER: &str = "http://127.0.0.1:8000/bye?x=1";
const AUTHORIZE: &str = "/shop/authorize?client_id=billing&response_type=id_token&scope=openid&nonce=n&redirect_uri=http://127.0.0.1:8000/callback";

/// A browser with a session, and the ID token of it.
fn logged_in() -> (Scene, Browser, String) {
    let mut config = built_in();
    config.realms[3].clients[0].post_logout_redirect_uris = vec![AFTER.to_owned()];
    let mut scene = Scene::of(config);
    let mut browser = Browser::default();
    let token = parameters(&browser.log_in(&mut scene, AUTHORIZE), '#')["id_token"].clone();
    (scene, browser, token)
}

fn has_session(scene: &mut Scene, browser: &mut Browser) -> bool {
    parameters(&browser.get(scene, &format!("{AUTHORIZE}&prompt=none")), '#').contains_key("id_token")
}

fn path(pairs: &[(&str, &str)]) -> String {
    format!("/shop/logout?{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish())
}

#[test]
fn with_the_users_own_token_the_session_ends_at_once() {
    let (mut scene, mut browser, token) = logged_in();
    assert!(has_session(&mut scene, &mut browser));
    // One that has expired is good enough.
    scene.now += 4_000;
    let query = [("id_token_hint", &*token), ("post_logout_redirect_uri", AFTER), ("state", "s&")];
    let reply = browser.get(&mut scene, &path(&query));
    assert_eq!((reply.status.as_u16(), reply.header("location")), (303, &*format!("{AFTER}&state=s%26")));
    assert!(!has_session(&mut scene, &mut browser));
}

#[test]
fn without_it_the_user_is_asked() {
    let (mut scene, mut browser, _) = logged_in();
    let page =
        browser.get(&mut scene, &path(&[("client_id", "billing"), ("post_logout_redirect_uri", AFTER)]));
    assert_eq!(page.status, 200);
    assert!(has_session(&mut scene, &mut browser));
    let reply = browser.submit(&mut scene, &page, &[]);
    assert_eq!(reply.header("location"), AFTER);
    assert!(!has_session(&mut scene, &mut browser));
}

#[test]
fn nobody_is_sent_where_the_client_did_not_say() {
    let (mut scene, mut browser, token) = logged_in();
    for query in [
        &[("id_token_hint", &*token), ("post_logout_redirect_uri", "https://evil.example/")][..],
        &[("post_logout_redirect_uri", AFTER)],
        &[("client_id", "phone"), ("post_logout_redirect_uri", AFTER)],
        &[("id_token_hint", &token), ("client_id", "phone"), ("post_logout_redirect_uri", AFTER)],
        &[("id_token_hint", "a.b.c"), ("client_id", "billing"), ("post_logout_redirect_uri", AFTER)],
    ] {
        let reply = browser.get(&mut scene, &path(query));
        assert_eq!((reply.status.as_u16(), reply.header("location")), (400, ""), "{query:?}");
    }
    assert!(has_session(&mut scene, &mut browser));
}

#[test]
fn without_a_session_there_is_nothing_to_ask() {
    let (mut scene, _, _) = logged_in();
    assert_eq!(Browser::default().get(&mut scene, "/shop/logout").status, 200);
}

#[test]
fn entra_asks_nobody() {
    let mut scene = Scene::new();
    let mut browser = Browser::default();
    let authorize = format!(
        "/{TENANT}/oauth2/v2.0/authorize?client_id=9d1c7f52-3b8a-4e6d-a0c4-1f2e3d4c5b6a&response_type=code&scope=openid"
    );
    browser.log_in(&mut scene, &authorize);
    assert!(
        parameters(&browser.get(&mut scene, &format!("{authorize}&prompt=none")), '?').contains_key("code")
    );
    browser.get(&mut scene, &format!("/{TENANT}/oauth2/v2.0/logout"));
    let after = browser.get(&mut scene, &format!("{authorize}&prompt=none"));
    assert_eq!(parameters(&after, '?')["error"], "login_required");
}
