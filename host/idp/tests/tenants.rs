//! Entra's paths for every tenant.

use crate::support::browser::{Browser, parameters};
use crate::support::{BASE, Scene, TENANT, built_in, decoded};
use claimgate_policy::tenant::IssuerTemplate;
use serde_json::json;

const OTHER: &str = "11111111-2222-4333-8444-555555555555";
const CLIENT: &str = "22222222-2222-4333-8444-555555555555";

/// Two tenants; the second has one client, which is an API for itself.
fn two_tenants() -> Scene {
    let mut config = built_in();
    let mut other = config.realms[0].clone();
    other.name = "other".to_owned();
    other.id = Some(OTHER.to_owned());
    other.apis.clear();
    other.clients.truncate(1);
    other.clients[0].client_id = CLIENT.to_owned();
    config.realms.push(other);
    Scene::of(config)
}

#[test]
fn the_document_has_a_template_that_gives_each_tenants_issuer() {
    let mut scene = two_tenants();
    for (path, version) in [("common/v2.0", "v2.0"), ("organizations/v2.0", "v2.0"), ("common", "")] {
        let document = scene.get(&format!("/{path}/.well-known/openid-configuration")).json();
        let template = IssuerTemplate::parse(document["issuer"].as_str().unwrap()).unwrap();
        let expected =
            if version.is_empty() { format!("{BASE}/sts/{OTHER}/") } else { format!("{BASE}/{OTHER}/v2.0") };
        assert_eq!(template.with(OTHER), expected, "{path}");
        assert!(
            document["token_endpoint"].as_str().unwrap().starts_with(&format!("{BASE}/common/oauth2/")),
            "{path}"
        );
    }
}

#[test]
fn the_key_set_holds_every_tenants_keys_each_for_its_own() {
    let mut scene = two_tenants();
    for tenant in [TENANT, OTHER] {
        let client = if tenant == OTHER { CLIENT } else { "75dbe77f-10a3-4e59-85fd-8c127544f17c" };
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", client),
            ("client_secret", "billing-secret"),
        ];
        // Without a resource: of version 1.0.
        let token = scene.post(&format!("/{tenant}/oauth2/token"), &form).text("access_token");
        let verified = scene.verify("/common/discovery/keys", &token).unwrap();
        assert_eq!(verified.claims().get("tid").unwrap().as_str(), Some(tenant));
    }
    let keys = scene.get("/common/discovery/v2.0/keys").json()["keys"].clone();
    let issuers: Vec<&str> =
        keys.as_array().unwrap().iter().map(|key| key["issuer"].as_str().unwrap()).collect();
    assert_eq!(issuers, [format!("{BASE}/{TENANT}/v2.0"), format!("{BASE}/{OTHER}/v2.0")]);
}

#[test]
fn the_client_says_whose_user_logs_in() {
    let mut scene = two_tenants();
    let redirect = "http://127.0.0.1:8000/callback";
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("client_id", CLIENT),
            ("response_type", "code"),
            ("scope", "openid"),
            ("redirect_uri", redirect),
        ])
        .finish();
    let reply = Browser::default().log_in(&mut scene, &format!("/common/oauth2/v2.0/authorize?{query}"));
    let code = parameters(&reply, '?')["code"].clone();
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("redirect_uri", redirect),
        ("client_id", CLIENT),
        ("client_secret", "billing-secret"),
    ];
    let (_, claims) = decoded(&scene.post("/common/oauth2/v2.0/token", &form).text("id_token"));
    assert_eq!((&claims["tid"], &claims["iss"]), (&json!(OTHER), &json!(format!("{BASE}/{OTHER}/v2.0"))));
}

#[test]
fn without_a_tenant_there_is_nothing() {
    let mut config = built_in();
    config.realms.remove(0);
    let mut scene = Scene::of(config);
    for path in ["/common/v2.0/.well-known/openid-configuration", "/common/discovery/v2.0/keys", "/v1.0/me"] {
        assert_eq!(scene.get(path).status, 404, "{path}");
    }
}
