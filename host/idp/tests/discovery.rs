//! Discovery documents and key sets, at the paths where the providers have them.

use crate::support::{BASE, ENVIRONMENT, Scene, TENANT, built_in};
use http::{Method, StatusCode};
use serde_json::Value;

/// Each path of a document, and the issuer that it names.
fn documents() -> Vec<(String, String)> {
    vec![
        (format!("/{TENANT}/.well-known/openid-configuration"), format!("{BASE}/sts/{TENANT}/")),
        (format!("/sts/{TENANT}/.well-known/openid-configuration"), format!("{BASE}/sts/{TENANT}/")),
        (format!("/{TENANT}/v2.0/.well-known/openid-configuration"), format!("{BASE}/{TENANT}/v2.0")),
        ("/oauth2/default/.well-known/openid-configuration".to_owned(), format!("{BASE}/oauth2/default")),
        (
            "/oauth2/default/.well-known/oauth-authorization-server".to_owned(),
            format!("{BASE}/oauth2/default"),
        ),
        (format!("/{ENVIRONMENT}/as/.well-known/openid-configuration"), format!("{BASE}/{ENVIRONMENT}/as")),
        ("/shop/.well-known/openid-configuration".to_owned(), format!("{BASE}/shop")),
        ("/dev-shop/.well-known/openid-configuration".to_owned(), format!("{BASE}/dev-shop/")),
    ]
}

#[test]
fn every_document_names_its_issuer_and_endpoints_that_answer() {
    let mut scene = Scene::new();
    for (path, issuer) in documents() {
        let document = scene.get(&path).json();
        assert_eq!(document["issuer"], issuer, "{path}");
        let endpoints = document.as_object().unwrap().iter();
        let endpoints: Vec<(&String, &Value)> =
            endpoints.filter(|(name, _)| name.ends_with("_endpoint") || *name == "jwks_uri").collect();
        assert!(endpoints.len() >= 3, "{path}: {endpoints:?}");
        for (name, url) in endpoints {
            let path = url.as_str().unwrap().strip_prefix(BASE).unwrap();
            assert_ne!(scene.get(path).status, StatusCode::NOT_FOUND, "{name} {path}");
        }
    }
}

#[test]
fn a_document_stands_below_the_issuer_that_it_names() {
    let mut scene = Scene::new();
    for (_, issuer) in documents() {
        let below = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let document = scene.get(below.strip_prefix(BASE).unwrap()).json();
        assert_eq!(document["issuer"], issuer);
    }
}

#[test]
fn a_realm_may_claim_the_issuers_of_the_cloud() {
    let mut config = built_in();
    config.realms[0].issuer = Some(format!("https://login.microsoftonline.com/{TENANT}/v2.0"));
    config.realms[0].issuer_v1 = Some(format!("https://sts.windows.net/{TENANT}/"));
    let mut scene = Scene::of(config);
    let v1 = scene.get(&format!("/{TENANT}/.well-known/openid-configuration")).json();
    assert_eq!(v1["issuer"], format!("https://sts.windows.net/{TENANT}/"));
    assert_eq!(v1["token_endpoint"], format!("{BASE}/{TENANT}/oauth2/token"));
    // As in the cloud, the entries of both sets name the later of a tenant's two names.
    for path in ["discovery/keys", "discovery/v2.0/keys"] {
        let key = scene.get(&format!("/{TENANT}/{path}")).json()["keys"][0].clone();
        assert_eq!(key["issuer"], format!("https://login.microsoftonline.com/{TENANT}/v2.0"), "{path}");
    }
}

#[test]
fn entras_keys_have_x5t_and_issuer_and_no_alg() {
    let mut scene = Scene::new();
    for (path, issuer) in [
        ("discovery/keys", format!("{BASE}/sts/{TENANT}/")),
        ("discovery/v2.0/keys", format!("{BASE}/{TENANT}/v2.0")),
    ] {
        let keys = scene.get(&format!("/{TENANT}/{path}")).json()["keys"].clone();
        let key = &keys[0];
        assert_eq!(key["kid"], key["x5t"], "{path}");
        assert_eq!(key["kid"].as_str().unwrap().len(), 27, "{path}");
        assert_eq!(key["issuer"], issuer, "{path}");
        assert_eq!(key.get("alg"), None, "{path}");
    }
}

#[test]
fn entra_takes_the_app_in_the_query_of_documents_and_keys() {
    let mut scene = Scene::new();
    for path in ["v2.0/.well-known/openid-configuration", "discovery/v2.0/keys"] {
        let reply = scene.get(&format!("/{TENANT}/{path}?appid=75dbe77f-10a3-4e59-85fd-8c127544f17c"));
        assert_eq!(reply.status, StatusCode::OK, "{path}");
    }
    let document = scene.get(&format!("/{TENANT}/v2.0/.well-known/openid-configuration?appid=a-b")).json();
    assert!(document["jwks_uri"].as_str().unwrap().ends_with("/discovery/v2.0/keys?appid=a-b"));
}

#[test]
fn a_document_answers_get_alone() {
    let reply = Scene::new().command(Method::POST, "/shop/.well-known/openid-configuration");
    assert_eq!((reply.status, reply.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "GET, HEAD"));
}

#[test]
fn what_is_not_served_is_not_found() {
    let mut scene = Scene::new();
    for path in
        ["/", "/shop", "/shop/", "/shop/token/", "//shop/token", "/other/token", "/_idpx", "/shop/as/token"]
    {
        assert_eq!(scene.get(path).status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[test]
fn every_answer_has_the_date_of_the_providers_clock() {
    let mut config = built_in();
    config.clock_offset = -3_600;
    let mut scene = Scene::of(config);
    assert_eq!(scene.get("/shop/jwks").header("date"), "Thu, 09 Oct 2025 07:53:20 GMT");
    scene.command(Method::POST, "/_idp/clock?offset=60");
    assert_eq!(scene.get("/nowhere").header("date"), "Thu, 09 Oct 2025 08:54:20 GMT");
}
