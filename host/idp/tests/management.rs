//! Auth0's Management API, as far as clients and their grants need it.

use crate::support::{BASE, Reply, Scene, built_in};
use bytes::Bytes;
use http::{Method, Request};
use serde_json::{Value, json};

const PORTAL: &str = "pR8mV3sKq6NzYb1TdXw5HcLj9GfEo2Ua";
const ORDERS: &str = "https://orders.example.com/";

fn tokens(scene: &mut Scene, client: &str, secret: &str, audience: &str) -> Reply {
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", client),
        ("client_secret", secret),
        ("audience", audience),
    ];
    scene.post("/dev-shop/oauth/token", &form)
}

fn portal(scene: &mut Scene) -> String {
    tokens(scene, PORTAL, "portal-secret", &format!("{BASE}/dev-shop/api/v2/")).text("access_token")
}

fn ask(scene: &mut Scene, token: &str, method: Method, path: &str, body: &Value) -> Reply {
    scene.with_token(method, &format!("/dev-shop/api/v2/{path}"), token, body)
}

/// A client that may have tokens for itself by form.
fn created(scene: &mut Scene, token: &str) -> Value {
    let body = json!({
        "name": "New", "grant_types": ["client_credentials"], "token_endpoint_auth_method": "client_secret_post",
        "client_metadata": { "konnect_portal_id": "1" },
    });
    let reply = ask(scene, token, Method::POST, "clients", &body);
    assert_eq!(reply.status, 201, "{:?}", reply.body);
    reply.json()
}

#[test]
fn a_client_is_made_gets_a_grant_gets_tokens_and_is_deleted() {
    let mut scene = Scene::new();
    let token = portal(&mut scene);
    let client = created(&mut scene, &token);
    let (id, secret) = (client["client_id"].as_str().unwrap(), client["client_secret"].as_str().unwrap());
    assert_eq!(
        tokens(&mut scene, id, secret, ORDERS).error(),
        (403, "access_denied".to_owned()),
        "no grant yet"
    );
    let body = json!({ "client_id": id, "audience": ORDERS, "scope": ["read:orders"] });
    let grant = ask(&mut scene, &token, Method::POST, "client-grants", &body);
    assert_eq!(grant.status, 201);
    assert_eq!(ask(&mut scene, &token, Method::POST, "client-grants", &body).status, 409);
    assert_eq!(tokens(&mut scene, id, secret, ORDERS).text("scope"), "read:orders");
    let seen =
        ask(&mut scene, &token, Method::GET, &format!("client-grants?client_id={id}"), &Value::Null).json();
    assert_eq!(seen, json!([grant.json()]));
    let path = format!("client-grants/{}", grant.json()["id"].as_str().unwrap());
    assert_eq!(ask(&mut scene, &token, Method::DELETE, &path, &Value::Null).status, 204);
    assert_eq!(tokens(&mut scene, id, secret, ORDERS).status, 403);
    let path = format!("clients/{id}");
    assert_eq!(ask(&mut scene, &token, Method::DELETE, &path, &Value::Null).status, 204);
    assert_eq!(ask(&mut scene, &token, Method::GET, &path, &Value::Null).status, 404);
    assert_eq!(tokens(&mut scene, id, secret, ORDERS).status, 401);
}

#[test]
fn a_secret_is_told_when_it_is_made_and_never_again() {
    let mut scene = Scene::new();
    let token = portal(&mut scene);
    let client = created(&mut scene, &token);
    let id = client["client_id"].as_str().unwrap();
    let rotated =
        ask(&mut scene, &token, Method::POST, &format!("clients/{id}/rotate-secret"), &json!({})).json();
    assert_ne!(client["client_secret"], rotated["client_secret"]);
    let renamed =
        ask(&mut scene, &token, Method::PATCH, &format!("clients/{id}"), &json!({ "name": "Renamed" }))
            .json();
    assert_eq!((&renamed["name"], renamed.get("client_secret")), (&json!("Renamed"), None));
    assert_eq!(renamed["grant_types"], json!(["client_credentials"]));
    let all = ask(&mut scene, &token, Method::GET, "clients", &Value::Null).json().to_string();
    for secret in ["billing-secret", "portal-secret", rotated["client_secret"].as_str().unwrap()] {
        assert!(!all.contains(secret));
    }
    for (secret, status) in [(&client["client_secret"], 401), (&rotated["client_secret"], 403)] {
        assert_eq!(tokens(&mut scene, id, secret.as_str().unwrap(), ORDERS).status.as_u16(), status);
    }
}

#[test]
fn each_command_needs_its_scope() {
    for (method, path, scope) in [
        (Method::GET, "clients", "read:clients"),
        (Method::GET, "clients/x", "read:clients"),
        (Method::POST, "clients", "create:clients"),
        (Method::PATCH, "clients/x", "update:clients"),
        (Method::DELETE, "clients/x", "delete:clients"),
        (Method::POST, "clients/x/rotate-secret", "update:client_keys"),
        (Method::GET, "client-grants", "read:client_grants"),
        (Method::POST, "client-grants", "create:client_grants"),
        (Method::DELETE, "client-grants/x", "delete:client_grants"),
        (Method::GET, "resource-servers", "read:resource_servers"),
    ] {
        for given in [false, true] {
            let mut config = built_in();
            let client =
                config.realms[4].clients.iter_mut().find(|client| client.client_id == PORTAL).unwrap();
            client.permissions.retain(|permission| (permission == scope) == given);
            let mut scene = Scene::of(config);
            let token = portal(&mut scene);
            let reply = ask(&mut scene, &token, method.clone(), path, &json!({}));
            assert_eq!(reply.status == 403, !given, "{method} {path} {given}: {:?}", reply.body);
        }
    }
}

#[test]
fn only_tokens_for_the_api_count() {
    let mut scene = Scene::new();
    let none = scene.ask(&Request::get("/dev-shop/api/v2/clients").body(Bytes::new()).unwrap());
    assert_eq!((none.status.as_u16(), &none.json()["errorCode"]), (401, &json!("missing_token")));
    let id = "nX4kQ7vTz2LbWm9RcYd3JpHs6FgUa1Ee";
    let other = tokens(&mut scene, id, "billing-secret", ORDERS).text("access_token");
    for token in [&*other, "none"] {
        let refused = ask(&mut scene, token, Method::GET, "clients", &Value::Null);
        assert_eq!((refused.status.as_u16(), &refused.json()["errorCode"]), (401, &json!("invalid_token")));
    }
    let api = format!("{BASE}/dev-shop/api/v2/");
    assert_eq!(tokens(&mut scene, id, "billing-secret", &api).error(), (403, "access_denied".to_owned()));
}

#[test]
fn what_cannot_be_is_refused() {
    let mut scene = Scene::new();
    let token = portal(&mut scene);
    let client = created(&mut scene, &token);
    let id = &client["client_id"];
    for (path, body, status) in [
        ("clients", json!([]), 400),
        ("clients", json!({}), 400),
        ("clients", json!({ "name": "a", "callbacks": ["/cb"] }), 400),
        ("clients", json!({ "name": "a", "grant_types": ["magic"] }), 400),
        ("clients", json!({ "name": "a", "grant_types": [] }), 400),
        ("clients", json!({ "name": "a", "token_endpoint_auth_method": "magic" }), 400),
        ("client-grants", json!({ "client_id": id }), 400),
        ("client-grants", json!({ "client_id": id, "audience": ORDERS, "scope": ["burn"] }), 400),
        ("client-grants", json!({ "client_id": id, "audience": "none", "scope": [] }), 404),
        ("client-grants", json!({ "client_id": "none", "audience": ORDERS, "scope": [] }), 404),
        ("magic", json!({}), 404),
    ] {
        assert_eq!(
            ask(&mut scene, &token, Method::POST, path, &body).status.as_u16(),
            status,
            "{path} {body}"
        );
    }
}
