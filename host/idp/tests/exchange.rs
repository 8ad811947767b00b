//! Token exchange: RFC 8693.

use crate::support::{BILLING, ENVIRONMENT, Reply, Scene, TENANT, built_in, decoded};
use serde_json::json;

const GRANT: (&str, &str) = ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange");
const TYPE: (&str, &str) = ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token");

fn alice(scene: &mut Scene) -> String {
    let form = [
        ("grant_type", "password"),
        ("username", "alice@example.com"),
        ("password", "alice"),
        ("scope", "orders:read"),
    ];
    scene.shop("token", &form).text("access_token")
}

fn exchange(scene: &mut Scene, token: &str, more: &[(&str, &str)]) -> Reply {
    scene.shop("token", &[&[GRANT, TYPE, ("subject_token", token)], more].concat())
}

#[test]
fn a_token_is_exchanged_for_one_of_another_api_in_the_same_name() {
    let mut scene = Scene::new();
    let token = alice(&mut scene);
    let reply =
        exchange(&mut scene, &token, &[("audience", "https://stock.example.com/"), ("scope", "stock:read")])
            .json();
    assert_eq!(reply["issued_token_type"], "urn:ietf:params:oauth:token-type:access_token");
    assert_eq!(reply["token_type"], "Bearer");
    let told = scene.shop("introspect", &[("token", reply["access_token"].as_str().unwrap())]).json();
    let (_, before) = decoded(&token);
    assert_eq!((&told["aud"], &told["sub"]), (&json!("https://stock.example.com/"), &before["sub"]));
    assert_eq!(told["scope"], "stock:read");
}

#[test]
fn what_cannot_be_exchanged_is_refused() {
    let mut scene = Scene::new();
    let token = alice(&mut scene);
    for (more, error) in [
        (&[("audience", "https://none.example/")][..], "invalid_target"),
        (&[("scope", "orders:burn")], "invalid_scope"),
        (&[("requested_token_type", "urn:ietf:params:oauth:token-type:saml2")], "invalid_request"),
        (&[("actor_token", "a")], "invalid_request"),
    ] {
        assert_eq!(exchange(&mut scene, &token, more).error(), (400, error.to_owned()), "{more:?}");
    }
    assert_eq!(exchange(&mut scene, "none", &[]).error(), (400, "invalid_request".to_owned()));
    assert_eq!(scene.shop("token", &[GRANT, TYPE]).error(), (400, "invalid_request".to_owned()));
    let other = [
        GRANT,
        ("subject_token", &*token),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:id_token"),
    ];
    assert_eq!(scene.shop("token", &other).error(), (400, "invalid_request".to_owned()));
    let public = [GRANT, TYPE, ("subject_token", &*token), ("client_id", "phone")];
    assert_eq!(scene.post("/shop/token", &public).error(), (400, "unauthorized_client".to_owned()));
    scene.now += 3_600;
    assert_eq!(exchange(&mut scene, &token, &[]).error(), (400, "invalid_request".to_owned()), "expired");
}

#[test]
fn entra_does_not_know_the_grant() {
    let form = [GRANT, ("client_id", BILLING), ("client_secret", "billing-secret")];
    let reply = Scene::new().post(&format!("/{TENANT}/oauth2/v2.0/token"), &form);
    assert_eq!(reply.error(), (400, "unsupported_grant_type".to_owned()));
}

#[test]
fn tokens_of_another_realm_are_exchanged_where_the_config_trusts_it() {
    let mut config = built_in();
    config.realms[1].trusted_realms = vec!["shop".to_owned()];
    let mut scene = Scene::of(config);
    let token = alice(&mut scene);
    let form = |client, secret| {
        [GRANT, TYPE, ("subject_token", &*token), ("client_id", client), ("client_secret", secret)]
    };
    let okta = [&form("0oa1b2c3d4e5f6g7h8i9", "billing-secret")[..], &[("scope", "api.access")]].concat();
    let exchanged = scene.post("/oauth2/default/v1/token", &okta).text("access_token");
    let (_, claims) = decoded(&exchanged);
    assert_eq!(
        (&claims["sub"], &claims["cid"]),
        (&json!("alice@example.com"), &json!("0oa1b2c3d4e5f6g7h8i9"))
    );
    let ping = form("3c0f9a1e-6a52-4f8d-9c3f-0f7d5e1b2a44", "billing-secret");
    let refused = scene.post(&format!("/{ENVIRONMENT}/as/token"), &ping);
    assert_eq!(refused.error(), (400, "invalid_request".to_owned()));
}
