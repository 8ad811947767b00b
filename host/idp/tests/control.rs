//! Commands for tests and for people.

use crate::support::Scene;
use bytes::Bytes;
use claimgate_idp::Answer;
use http::{Method, Request, StatusCode};
use serde_json::json;

#[test]
fn an_endpoint_fails_until_it_is_told_otherwise() {
    let mut scene = Scene::new();
    scene.command(Method::POST, "/_idp/realms/shop/faults/jwks?status=503");
    assert_eq!([0; 3].map(|_| scene.get("/shop/jwks").status.as_u16()), [503; 3]);
    assert_eq!(scene.get("/shop/.well-known/openid-configuration").status, StatusCode::OK);
    scene.command(Method::DELETE, "/_idp/realms/shop/faults/jwks");
    assert_eq!(scene.get("/shop/jwks").status, StatusCode::OK);
}

#[test]
fn an_endpoint_fails_as_often_as_it_is_told() {
    let mut scene = Scene::new();
    scene.command(Method::POST, "/_idp/realms/shop/faults/token?garbage=true&times=2");
    let good = [0; 3].map(|_| {
        let reply = scene.shop("token", &[("grant_type", "client_credentials")]);
        serde_json::from_slice::<serde_json::Value>(&reply.body).is_ok()
    });
    assert_eq!(good, [false, false, true]);
}

#[test]
fn an_endpoint_can_be_made_to_hang() {
    let mut scene = Scene::new();
    scene.command(Method::POST, "/_idp/realms/okta/faults/discovery?hang=true&times=1");
    let request =
        Request::get("/oauth2/default/.well-known/openid-configuration").body(Bytes::new()).unwrap();
    assert!(matches!(scene.tell(&request), Answer::Hang));
    assert_eq!(scene.ask(&request).status, StatusCode::OK);
}

#[test]
fn counts_what_was_asked_for() {
    let mut scene = Scene::new();
    (0..3).for_each(|_| drop(scene.get("/shop/jwks")));
    scene.get("/shop/token");
    let realm = scene.get("/_idp/realms/shop").json();
    assert_eq!(realm["asked"], json!({"jwks": 3, "token": 1}));
}

#[test]
fn says_what_is_served() {
    let mut scene = Scene::new();
    let overview = scene.get("/_idp").json();
    assert_eq!(overview["never_for_production"], true);
    let names: Vec<&str> =
        overview["realms"].as_array().unwrap().iter().map(|realm| realm["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["entra", "okta", "ping", "shop", "auth0"]);
    assert!(!overview.to_string().contains("-secret"), "{overview}");
}

#[test]
fn a_command_that_is_not_understood_says_what_is() {
    let mut scene = Scene::new();
    for (method, path, expected) in [
        (Method::POST, "/_idp/realms/none/rotate", "no realm has this name"),
        (Method::POST, "/_idp/realms/shop/rotate?overlap=yes", "true or false"),
        (Method::POST, "/_idp/realms/shop/jwks", "show=normal"),
        (Method::POST, "/_idp/realms/shop/faults/jwks", "one of status=503"),
        (Method::POST, "/_idp/realms/shop/faults/jwks?status=503&hang=true", "one of status=503"),
        (Method::POST, "/_idp/realms/shop/faults/jwks?status=9", "status=503"),
        (Method::POST, "/_idp/realms/shop/faults/jwks?status=503&times=0", "times=N"),
        (Method::POST, "/_idp/realms/shop/faults/door?status=503", "discovery, jwks"),
        (Method::POST, "/_idp/clock?offset=later", "offset=SECONDS"),
        (Method::GET, "/_idp/realms/shop/rotate", "rotate, jwks"),
        (Method::PUT, "/_idp", "no such command"),
        (Method::POST, "/_idp/clock?offset=1&offset=2", "once"),
    ] {
        let reply = scene.command(method, path);
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{path}");
        assert!(
            reply.json()["error_description"].as_str().unwrap().contains(expected),
            "{path}: {:?}",
            reply.body
        );
    }
}

#[test]
fn a_web_page_commands_nothing() {
    let mut scene = Scene::new();
    let before = scene.get("/shop/jwks").json();
    let request = Request::post("/_idp/realms/shop/rotate").header("origin", "https://evil.example");
    assert_eq!(scene.ask(&request.body(Bytes::new()).unwrap()).status, StatusCode::FORBIDDEN);
    assert_eq!(scene.get("/shop/jwks").json(), before);
}

#[test]
fn a_clock_that_is_set_moves_the_times_of_tokens() {
    let mut scene = Scene::new();
    scene.command(Method::POST, "/_idp/clock?offset=-86400");
    let token = scene.shop("token", &[("grant_type", "client_credentials")]).text("access_token");
    let (_, claims) = crate::support::decoded(&token);
    assert_eq!(claims["iat"], scene.now - 86_400);
}
