//! The userinfo endpoint (OpenID Connect Core 5.3), and how it refuses (RFC 6750 3).

use crate::support::{ENVIRONMENT, Reply, Scene, TENANT, posted};
use bytes::Bytes;
use http::Request;
use serde_json::json;

fn with_token(scene: &mut Scene, path: &str, token: &str) -> Reply {
    scene.ask(
        &Request::get(path).header("authorization", format!("Bearer {token}")).body(Bytes::new()).unwrap(),
    )
}

fn alice(scene: &mut Scene, scope: &str) -> String {
    let form = [
        ("grant_type", "password"),
        ("username", "alice@example.com"),
        ("password", "alice"),
        ("scope", scope),
    ];
    scene.shop("token", &form).text("access_token")
}

#[test]
fn says_what_the_scopes_allow() {
    let mut scene = Scene::new();
    let full = alice(&mut scene, "openid profile email");
    let told = with_token(&mut scene, "/shop/userinfo", &full).json();
    let sub = told["sub"].clone();
    let expected = json!({
        "sub": sub, "groups": ["8f1d2c3b-4a59-4687-9b0c-d1e2f3a4b5c6"], "name": "Alice Archer", "preferred_username": "alice@example.com",
        "email": "alice@example.com", "email_verified": true,
    });
    assert_eq!(told, expected);
    let bare = alice(&mut scene, "openid");
    assert_eq!(with_token(&mut scene, "/shop/userinfo", &bare).json(), json!({ "sub": sub }));
}

#[test]
fn takes_the_token_from_a_form_too() {
    let mut scene = Scene::new();
    let token = alice(&mut scene, "openid");
    assert_eq!(scene.ask(&posted("/shop/userinfo", &[("access_token", &token)])).status, 200);
}

#[test]
fn every_shape_has_one() {
    let mut scene = Scene::new();
    for (token_path, path, client, secret) in [
        (
            format!("/{TENANT}/oauth2/v2.0/token"),
            "/oidc/userinfo".to_owned(),
            "9d1c7f52-3b8a-4e6d-a0c4-1f2e3d4c5b6a",
            "httpbin-azure-secret",
        ),
        (
            "/oauth2/default/v1/token".to_owned(),
            "/oauth2/default/v1/userinfo".to_owned(),
            "0oa1b2c3d4e5f6g7h8i9",
            "billing-secret",
        ),
        (
            format!("/{ENVIRONMENT}/as/token"),
            format!("/{ENVIRONMENT}/as/userinfo"),
            "3c0f9a1e-6a52-4f8d-9c3f-0f7d5e1b2a44",
            "billing-secret",
        ),
    ] {
        let form = [
            ("grant_type", "password"),
            ("username", "bob@example.com"),
            ("password", "bob"),
            ("scope", "openid profile"),
            ("client_id", client),
            ("client_secret", secret),
        ];
        let token = scene.post(&token_path, &form).text("access_token");
        assert_eq!(with_token(&mut scene, &path, &token).json()["name"], "Bob Baker", "{path}");
    }
}

#[test]
fn refuses_as_rfc_6750_has_it() {
    let mut scene = Scene::new();
    let client = scene.shop("token", &[("grant_type", "client_credentials")]).text("access_token");
    let without = scene.get("/shop/userinfo");
    assert_eq!((without.status.as_u16(), without.header("www-authenticate")), (401, "Bearer realm=\"shop\""));
    let unknown = with_token(&mut scene, "/shop/userinfo", "no-such-token");
    assert_eq!(unknown.error(), (401, "invalid_token".to_owned()));
    assert!(unknown.header("www-authenticate").contains("error=\"invalid_token\""));
    let narrow = with_token(&mut scene, "/shop/userinfo", &client);
    assert_eq!(narrow.error(), (403, "insufficient_scope".to_owned()));
    assert!(narrow.header("www-authenticate").contains("scope=\"openid\""));
}

#[test]
fn a_token_is_good_until_it_expires() {
    let mut scene = Scene::new();
    let token = alice(&mut scene, "openid");
    scene.now += 3_599;
    assert_eq!(with_token(&mut scene, "/shop/userinfo", &token).status, 200);
    scene.now += 1;
    assert_eq!(with_token(&mut scene, "/shop/userinfo", &token).status, 401);
}
