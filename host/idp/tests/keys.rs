//! Keys: rotation, and key sets that go wrong.

use crate::support::{API_V1, API_V2, BILLING, Scene, TENANT, built_in};
use claimgate_policy::Denial;
use http::Method;

fn token(scene: &mut Scene) -> String {
    scene.shop("token", &[("grant_type", "client_credentials")]).text("access_token")
}

fn kids(scene: &mut Scene) -> Vec<String> {
    let keys = scene.get("/shop/jwks").json()["keys"].clone();
    keys.as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn with_overlap_tokens_of_both_keys_are_good() {
    let mut scene = Scene::new();
    let old = token(&mut scene);
    scene.command(Method::POST, "/_idp/realms/shop/rotate?overlap=true");
    let new = token(&mut scene);
    assert_eq!(kids(&mut scene).len(), 2);
    assert!(scene.verify("/shop/jwks", &old).is_ok());
    assert!(scene.verify("/shop/jwks", &new).is_ok());
}

#[test]
fn without_overlap_only_the_new_key_is_there() {
    let mut scene = Scene::new();
    let (old, before) = (token(&mut scene), kids(&mut scene));
    scene.command(Method::POST, "/_idp/realms/shop/rotate?overlap=false");
    let (new, after) = (token(&mut scene), kids(&mut scene));
    assert_eq!(after.len(), 1);
    assert_ne!(before, after);
    assert!(matches!(scene.verify("/shop/jwks", &old), Err(Denial::KeyUnknown { .. })));
    assert!(scene.verify("/shop/jwks", &new).is_ok());
}

#[test]
fn old_keys_do_not_pile_up() {
    let mut scene = Scene::new();
    (0..20).for_each(|_| drop(scene.command(Method::POST, "/_idp/realms/shop/rotate?overlap=true")));
    assert_eq!(kids(&mut scene).len(), 9);
}

#[test]
fn rotation_of_one_realm_leaves_the_others_alone() {
    let mut scene = Scene::new();
    let before = scene.get("/oauth2/default/v1/keys").json();
    scene.command(Method::POST, "/_idp/realms/shop/rotate");
    assert_eq!(scene.get("/oauth2/default/v1/keys").json(), before);
}

#[test]
fn a_key_set_can_be_made_empty_or_garbage_and_whole_again() {
    let mut scene = Scene::new();
    let whole = scene.get("/shop/jwks").json();
    scene.command(Method::POST, "/_idp/realms/shop/jwks?show=empty");
    assert_eq!(scene.get("/shop/jwks").json(), serde_json::json!({"keys": []}));
    scene.command(Method::POST, "/_idp/realms/shop/jwks?show=garbage");
    let garbage = scene.get("/shop/jwks");
    assert_eq!(garbage.status, 200);
    assert!(serde_json::from_slice::<serde_json::Value>(&garbage.body).is_err());
    scene.command(Method::POST, "/_idp/realms/shop/jwks?show=normal");
    assert_eq!(scene.get("/shop/jwks").json(), whole);
}

#[test]
fn a_private_key_of_the_config_signs_at_each_start() {
    use claimgate_idp::Config;
    use claimgate_idp::mint::{Signer, SigningAlgorithm};
    let key = Signer::generate(SigningAlgorithm::Es256, "mine").unwrap().private_jwk().unwrap();
    let text = format!(
        r#"{{"realms":[{{"name":"a","shape":"plain","apis":[{{"identifier":"b"}}],"keys":[{key}]}}]}}"#
    );
    let mut config = built_in();
    config.realms.push(Config::parse(&text).unwrap().realms.remove(0));
    let shown = [Scene::of(config.clone()), Scene::of(config)].map(|mut scene| scene.get("/a/jwks").json());
    assert_eq!(shown[0], shown[1]);
    assert_eq!(shown[0]["keys"][0]["kid"], "mine");
    assert_eq!(shown[0]["keys"][0].get("d"), None);
}

#[test]
fn an_app_with_keys_of_its_own_shows_them_to_who_asks_for_them() {
    let mut config = built_in();
    config.realms[0].apis[0].own_keys = true;
    let mut scene = Scene::of(config);
    let token = |scene: &mut Scene, api: &str| {
        let scope = format!("{api}/.default");
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", BILLING),
            ("client_secret", "billing-secret"),
            ("scope", &*scope),
        ];
        scene.post(&format!("/{TENANT}/oauth2/v2.0/token"), &form).text("access_token")
    };
    let all = format!("/{TENANT}/discovery/v2.0/keys");
    let own = format!("{all}?appid={API_V2}");
    for rotated in [false, true] {
        let mapped = token(&mut scene, API_V2);
        assert!(scene.verify(&own, &mapped).is_ok(), "{rotated}");
        assert!(matches!(scene.verify(&all, &mapped), Err(Denial::KeyUnknown { .. })), "{rotated}");
        let other = token(&mut scene, API_V1);
        assert!(
            scene.verify(&format!("/{TENANT}/discovery/keys?appid={API_V1}"), &other).is_ok(),
            "{rotated}"
        );
        scene.command(Method::POST, "/_idp/realms/entra/rotate?overlap=false");
    }
}
