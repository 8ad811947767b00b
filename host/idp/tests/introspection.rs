//! Introspection (RFC 7662) and revocation (RFC 7009).

use crate::support::{Scene, decoded};
use serde_json::{Value, json};

const ALICE: [(&str, &str); 3] =
    [("grant_type", "password"), ("username", "alice@example.com"), ("password", "alice")];

fn introspect(scene: &mut Scene, token: &str) -> Value {
    scene.shop("introspect", &[("token", token)]).json()
}

fn tokens(scene: &mut Scene) -> Value {
    scene.shop("token", &[&ALICE[..], &[("scope", "openid offline_access orders:read")]].concat()).json()
}

#[test]
fn an_active_token_says_what_it_is_for() {
    let mut scene = Scene::new();
    let token = tokens(&mut scene)["access_token"].as_str().unwrap().to_owned();
    let told = introspect(&mut scene, &token);
    let (_, claims) = decoded(&token);
    for (name, value) in claims.as_object().unwrap() {
        assert_eq!(told[name], *value, "{name}");
    }
    assert_eq!(told["active"], true);
    assert_eq!(told["token_type"], "Bearer");
    assert_eq!(told["username"], "alice@example.com");
    assert_eq!(told["client_id"], "billing");
    assert_eq!(told["scope"], "openid offline_access orders:read");
}

#[test]
fn an_opaque_token_says_nothing_by_itself_and_everything_here() {
    let mut scene = Scene::new();
    let form = [("grant_type", "client_credentials"), ("scope", "stock:read")];
    let token = scene.shop("token", &form).text("access_token");
    assert!(!token.contains('.'), "{token}");
    let told = introspect(&mut scene, &token);
    assert_eq!((&told["active"], &told["aud"]), (&json!(true), &json!("https://stock.example.com/")));
    assert_eq!(told["exp"], scene.now + 3_600);
}

#[test]
fn what_is_not_good_is_not_active_and_says_no_more() {
    let mut scene = Scene::new();
    let token = tokens(&mut scene)["access_token"].as_str().unwrap().to_owned();
    assert_eq!(introspect(&mut scene, "no-such-token"), json!({ "active": false }));
    scene.now += 3_600;
    assert_eq!(introspect(&mut scene, &token), json!({ "active": false }));
}

#[test]
fn only_clients_that_authenticate_may_ask() {
    let mut scene = Scene::new();
    for form in [
        &[("token", "a")][..],
        &[("token", "a"), ("client_id", "phone")],
        &[("token", "a"), ("client_id", "billing")],
    ] {
        let reply = scene.post("/shop/introspect", form);
        assert_eq!(reply.error(), (401, "invalid_client".to_owned()), "{form:?}");
    }
    assert_eq!(scene.shop("introspect", &[]).error(), (400, "invalid_request".to_owned()));
}

#[test]
fn a_revoked_access_token_is_not_active() {
    let mut scene = Scene::new();
    let all = tokens(&mut scene);
    let (access, refresh) = (all["access_token"].as_str().unwrap(), all["refresh_token"].as_str().unwrap());
    assert_eq!(scene.shop("revoke", &[("token", access)]).status, 200);
    assert_eq!(introspect(&mut scene, access), json!({ "active": false }));
    assert_eq!(introspect(&mut scene, refresh)["active"], true);
}

#[test]
fn with_a_refresh_token_go_the_access_tokens_of_its_grant() {
    let mut scene = Scene::new();
    let (all, others) = (tokens(&mut scene), tokens(&mut scene));
    scene.shop(
        "revoke",
        &[("token", all["refresh_token"].as_str().unwrap()), ("token_type_hint", "refresh_token")],
    );
    for name in ["access_token", "refresh_token"] {
        assert_eq!(introspect(&mut scene, all[name].as_str().unwrap()), json!({ "active": false }), "{name}");
        assert_eq!(introspect(&mut scene, others[name].as_str().unwrap())["active"], true, "{name}");
    }
}

#[test]
fn a_token_that_is_not_there_is_as_good_as_revoked() {
    assert_eq!(Scene::new().shop("revoke", &[("token", "no-such-token")]).status, 200);
}

#[test]
fn nobody_revokes_the_token_of_another() {
    let mut scene = Scene::new();
    let all = tokens(&mut scene);
    for name in ["access_token", "refresh_token"] {
        let token = all[name].as_str().unwrap();
        assert_eq!(scene.post("/shop/revoke", &[("token", token), ("client_id", "phone")]).status, 200);
        assert_eq!(introspect(&mut scene, token)["active"], true, "{name}");
    }
}
