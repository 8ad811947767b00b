//! Dynamic client registration: RFC 7591, RFC 7592, and Okta's API of the same form.

use crate::support::{Reply, Scene, built_in};
use bytes::Bytes;
use claimgate_idp::config::Registration;
use claimgate_idp::mint::{Signer, SigningAlgorithm};
use http::{Method, Request};
use serde_json::{Value, json};

const TOKEN: &str = "shop-initial-token";

fn register(scene: &mut Scene, metadata: &Value) -> Reply {
    scene.with_token(Method::POST, "/shop/register", TOKEN, metadata)
}

fn client_credentials() -> Value {
    json!({ "client_name": "New", "grant_types": ["client_credentials"], "token_endpoint_auth_method": "client_secret_post" })
}

/// The path of a client's own endpoint, and the token for it.
fn own(registered: &Value) -> (String, String) {
    let uri = registered["registration_client_uri"].as_str().unwrap();
    let path = uri.strip_prefix(crate::support::BASE).unwrap().to_owned();
    (path, registered["registration_access_token"].as_str().unwrap().to_owned())
}

fn token(scene: &mut Scene, registered: &Value) -> Reply {
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", registered["client_id"].as_str().unwrap()),
        ("client_secret", registered["client_secret"].as_str().unwrap()),
    ];
    scene.post("/shop/token", &form)
}

#[test]
fn a_client_that_registers_gets_tokens_until_it_is_deleted() {
    let mut scene = Scene::new();
    let reply = register(&mut scene, &client_credentials());
    assert_eq!((reply.status.as_u16(), reply.header("cache-control")), (201, "no-store"));
    let registered = reply.json();
    assert_eq!(
        (&registered["client_secret_expires_at"], &registered["client_id_issued_at"]),
        (&json!(0), &json!(scene.now))
    );
    let access = token(&mut scene, &registered).text("access_token");
    let (path, own_token) = own(&registered);
    let deleted = scene.with_token(Method::DELETE, &path, &own_token, &Value::Null);
    assert_eq!(deleted.status, 204);
    assert_eq!(token(&mut scene, &registered).error(), (401, "invalid_client".to_owned()));
    assert_eq!(scene.shop("introspect", &[("token", &access)]).json(), json!({ "active": false }));
    assert_eq!(scene.with_token(Method::GET, &path, &own_token, &Value::Null).status, 401);
}

#[test]
fn what_is_in_force_is_told_and_the_secret_once() {
    let mut scene = Scene::new();
    let registered =
        register(&mut scene, &json!({ "redirect_uris": ["https://a.example/cb"], "unknown": 1 })).json();
    for (name, value) in [
        ("token_endpoint_auth_method", json!("client_secret_basic")),
        ("grant_types", json!(["authorization_code"])),
        ("response_types", json!(["code"])),
        ("redirect_uris", json!(["https://a.example/cb"])),
    ] {
        assert_eq!(registered[name], value, "{name}");
    }
    let (path, own_token) = own(&registered);
    let read = scene.with_token(Method::GET, &path, &own_token, &Value::Null).json();
    assert_eq!((read.get("client_secret"), read.get("registration_access_token")), (None, None));
    assert_eq!(read["client_id"], registered["client_id"]);
}

#[test]
fn a_client_is_held_to_what_it_registered_for() {
    let mut scene = Scene::new();
    let registered = register(&mut scene, &json!({ "redirect_uris": ["https://a.example/cb"], "token_endpoint_auth_method": "client_secret_post" })).json();
    assert_eq!(token(&mut scene, &registered).error(), (400, "unauthorized_client".to_owned()));
    let basic = register(&mut scene, &json!({ "grant_types": ["client_credentials"] })).json();
    assert_eq!(token(&mut scene, &basic).error(), (401, "invalid_client".to_owned()), "not by form");
}

#[test]
fn a_client_with_keys_or_without_anything_has_no_secret() {
    let mut scene = Scene::new();
    let key = Signer::generate(SigningAlgorithm::Es256, "k").unwrap().public_jwk().unwrap();
    for metadata in [
        json!({ "redirect_uris": ["https://a.example/cb"], "token_endpoint_auth_method": "none" }),
        json!({ "grant_types": ["client_credentials"], "token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [key]} }),
    ] {
        let reply = register(&mut scene, &metadata);
        assert_eq!((reply.status.as_u16(), reply.json().get("client_secret")), (201, None), "{metadata}");
    }
}

#[test]
fn metadata_that_cannot_be_is_refused() {
    let mut scene = Scene::new();
    for (metadata, error) in [
        (json!([]), "invalid_client_metadata"),
        (json!({}), "invalid_redirect_uri"),
        (json!({ "redirect_uris": ["/cb"] }), "invalid_redirect_uri"),
        (json!({ "redirect_uris": ["https://a.example/#f"] }), "invalid_redirect_uri"),
        (json!({ "redirect_uris": ["javascript:alert(1)"] }), "invalid_redirect_uri"),
        (json!({ "redirect_uris": "https://a.example/" }), "invalid_client_metadata"),
        (json!({ "redirect_uris": ["a:b"], "post_logout_redirect_uris": ["/bye"] }), "invalid_redirect_uri"),
        (json!({ "grant_types": ["magic"] }), "invalid_client_metadata"),
        (json!({ "grant_types": [] }), "invalid_client_metadata"),
        (
            json!({ "grant_types": ["client_credentials"], "response_types": ["code"] }),
            "invalid_client_metadata",
        ),
        (
            json!({ "grant_types": ["client_credentials"], "token_endpoint_auth_method": "magic" }),
            "invalid_client_metadata",
        ),
        (
            json!({ "grant_types": ["client_credentials"], "token_endpoint_auth_method": "private_key_jwt" }),
            "invalid_client_metadata",
        ),
        (
            json!({ "grant_types": ["client_credentials"], "jwks": {"keys": [{"kty": "oct", "k": "AA"}]} }),
            "invalid_client_metadata",
        ),
        (
            json!({ "grant_types": ["client_credentials"], "jwks_uri": "https://a.example/jwks" }),
            "invalid_client_metadata",
        ),
        (
            json!({ "grant_types": ["client_credentials"], "software_statement": "a.b.c" }),
            "invalid_client_metadata",
        ),
    ] {
        assert_eq!(register(&mut scene, &metadata).error(), (400, error.to_owned()), "{metadata}");
    }
}

#[test]
fn only_who_the_config_names_may_register() {
    let mut config = built_in();
    config.realms[3].registration = Some(Registration {
        open: false,
        initial_access_token: None,
        scope: Some("orders:write".to_owned()),
    });
    let mut scene = Scene::of(config);
    let none = scene.ask(&Request::post("/shop/register").body(Bytes::from_static(b"{}")).unwrap());
    assert_eq!(none.status, 401);
    for (scope, status) in [("orders:read", 401), ("orders:write", 201)] {
        let token = scene
            .shop("token", &[("grant_type", "client_credentials"), ("scope", scope)])
            .text("access_token");
        let reply = scene.with_token(Method::POST, "/shop/register", &token, &client_credentials());
        assert_eq!(reply.status.as_u16(), status, "{scope}");
    }
    assert_eq!(register(&mut scene, &client_credentials()).status, 401, "an initial token of another config");
}

#[test]
fn a_realm_may_be_open_to_everybody_or_to_nobody() {
    let mut config = built_in();
    config.realms[3].registration =
        Some(Registration { open: true, initial_access_token: None, scope: None });
    let mut scene = Scene::of(config.clone());
    let body = Bytes::from(client_credentials().to_string());
    assert_eq!(scene.ask(&Request::post("/shop/register").body(body.clone()).unwrap()).status, 201);
    let document = scene.get("/shop/.well-known/openid-configuration").json();
    assert!(document["registration_endpoint"].as_str().unwrap().ends_with("/shop/register"));
    config.realms[3].registration = None;
    let mut scene = Scene::of(config);
    assert_eq!(scene.ask(&Request::post("/shop/register").body(body).unwrap()).status, 404);
    assert_eq!(scene.get("/shop/.well-known/openid-configuration").json().get("registration_endpoint"), None);
}

#[test]
fn nobody_manages_the_client_of_another_or_of_the_config() {
    let mut scene = Scene::new();
    let [one, other] = [(); 2].map(|()| register(&mut scene, &client_credentials()).json());
    let ((path, _), (_, token)) = (own(&one), own(&other));
    for method in [Method::GET, Method::DELETE] {
        assert_eq!(scene.with_token(method.clone(), &path, &token, &Value::Null).status, 401);
        assert_eq!(
            scene.with_token(method.clone(), "/shop/register/billing", TOKEN, &Value::Null).status,
            401
        );
        assert_eq!(scene.with_token(method, "/shop/register/none", TOKEN, &Value::Null).status, 401);
    }
    assert_eq!(
        scene.with_token(Method::DELETE, &path, TOKEN, &Value::Null).status,
        204,
        "who may register may delete"
    );
}

#[test]
fn clients_are_bounded() {
    let mut scene = Scene::new();
    let replies =
        (0..1_000).map(|_| register(&mut scene, &client_credentials()).status.as_u16()).collect::<Vec<_>>();
    assert_eq!((replies[0], replies[999]), (201, 503));
}

#[test]
fn okta_takes_its_api_token_and_makes_new_secrets() {
    let mut scene = Scene::new();
    let mut okta = |method: Method, path: &str, body: Value| {
        let request =
            Request::builder().method(method).uri(path).header("authorization", "SSWS okta-api-token");
        scene.ask(&request.body(Bytes::from(body.to_string())).unwrap())
    };
    let registered = okta(Method::POST, "/oauth2/v1/clients", client_credentials()).json();
    let id = registered["client_id"].as_str().unwrap();
    assert!(id.starts_with("0oa") && id.len() == 20, "{id}");
    let path = format!("/oauth2/v1/clients/{id}");
    let renewed = okta(Method::POST, &format!("{path}/lifecycle/newSecret"), json!({})).json();
    assert_ne!(registered["client_secret"], renewed["client_secret"]);
    let form = |secret: &Value| {
        let secret = secret.as_str().unwrap().to_owned();
        [
            ("grant_type", "client_credentials".to_owned()),
            ("scope", "api.access".to_owned()),
            ("client_id", id.to_owned()),
            ("client_secret", secret),
        ]
    };
    for (secret, status) in [(&registered["client_secret"], 401), (&renewed["client_secret"], 200)] {
        let form = form(secret);
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, &**value)).collect();
        assert_eq!(scene.post("/oauth2/default/v1/token", &form).status.as_u16(), status);
    }
}
