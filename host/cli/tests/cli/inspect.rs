//! `claimgate token inspect`.

use crate::directory::Directory;
use crate::process::{claimgate, claimgate_reading};
use crate::traces;
use claimgate::mint::{Signer, SigningAlgorithm, base64url, corrupt_signature};
use serde_json::{Value, json};

struct Scene {
    directory: Directory,
    signer: Signer,
}

impl Scene {
    fn new(test: &str) -> Self {
        let directory = Directory::of(test);
        let signer = Signer::generate(SigningAlgorithm::Es256, "k1").unwrap();
        let jwks = json!({"keys": [signer.public_jwk().unwrap()]});
        directory.file("jwks.json", &jwks.to_string());
        directory.file("filter.json", &document(&jwks).to_string());
        Self { directory, signer }
    }

    fn token(&self, changes: Value) -> String {
        let mut claims = json!({"iss": "https://idp.example/", "exp": 2000, "azp": "web"});
        changes.as_object().unwrap().iter().for_each(|(name, value)| claims[name] = value.clone());
        let token = self.signer.sign(&self.signer.header(), claims.as_object().unwrap()).unwrap();
        token.split('.').skip(1).for_each(traces::hide);
        token
    }

    fn inspect(&self, arguments: &[&str], token: &str) -> (Option<i32>, Value) {
        let all = [&["token", "inspect", "--json", "--now", "1000"], arguments, &[token]].concat();
        let finished = claimgate(all);
        (finished.code, serde_json::from_str(&finished.stdout).unwrap_or_else(|_| json!(finished.stderr)))
    }
}

fn document(jwks: &Value) -> Value {
    let openid = json!({"name": "openid-connect", "config": {
        "issuer": "https://idp.example/", "consumer_claim": ["azp"], "consumer_by": ["custom_id"]}});
    let registration = json!({"name": "application-registration", "config": {"display_name": "Orders"}});
    json!({
        "version": 1,
        "sources": [{"id": "idp", "issuer": "https://idp.example/", "jwks": jwks}],
        "services": [
            {"id": "s1", "name": "orders", "routes": [{"id": "r1", "paths": ["/orders"]}], "plugins": [openid, registration]},
            {"id": "s2", "name": "bills", "routes": [{"id": "r2", "paths": ["/bills"]}], "plugins": [openid]},
        ],
        "applications": [{"id": "a1", "name": "web", "custom_id": "web"}],
    })
}

#[test]
fn keys_that_a_config_has_fetched_are_given_by_hand() {
    let scene = Scene::new("inspect-fetched");
    let mut document = document(&json!(null));
    document.as_object_mut().unwrap().remove("sources");
    scene.directory.file("fetched.json", &document.to_string());
    let (config, jwks) = (scene.directory.path("fetched.json"), scene.directory.path("jwks.json"));
    let token = scene.token(json!({}));
    let against = ["--config", &config, "--service", "bills"];
    let (code, report) = scene.inspect(&against, &token);
    assert_eq!((code, &report["reason"]), (Some(1), &json!("ProviderUnavailable")), "{report}");
    let (code, report) = scene.inspect(&[&against[..], &["--jwks", &jwks]].concat(), &token);
    assert_eq!((code, &report["decision"]), (Some(0), &json!("permitted")), "{report}");
}

#[test]
fn one_token_is_decided_by_the_rules_of_each_service() {
    let scene = Scene::new("inspect-services");
    let config = scene.directory.path("filter.json");
    let token = scene.token(json!({}));
    let (code, report) = scene.inspect(&["--config", &config, "--service", "bills"], &token);
    assert_eq!((code, &report["decision"]), (Some(0), &json!("permitted")));
    let (code, report) =
        scene.inspect(&["--config", &config, "--service", "orders", "--route", "r1"], &token);
    assert_eq!((code, &report["reason"]), (Some(1), &json!("ApplicationUnregistered")));
    assert_eq!(report["signature"], "valid");
}

#[test]
fn the_time_can_be_chosen() {
    let scene = Scene::new("inspect-now");
    let config = scene.directory.path("filter.json");
    let token = scene.token(json!({}));
    let finished =
        claimgate(["token", "inspect", "--config", &config, "--service", "bills", "--now", "2000", &token]);
    assert_eq!(finished.code, Some(1));
    assert!(finished.stdout.contains("denied: Expired (401)"), "{}", finished.stdout);
}

#[test]
fn a_service_that_is_not_there_is_answered_with_those_that_are() {
    let scene = Scene::new("inspect-unknown");
    let config = scene.directory.path("filter.json");
    let token = scene.token(json!({}));
    for arguments in [&["--config", &config][..], &["--config", &config, "--service", "nosuch"]] {
        let (code, message) = scene.inspect(arguments, &token);
        assert_eq!(code, Some(64));
        assert!(message.as_str().is_some_and(|text| text.contains("orders, bills")), "{message}");
    }
}

#[test]
fn keys_alone_prove_the_signature() {
    let scene = Scene::new("inspect-jwks");
    let jwks = scene.directory.path("jwks.json");
    let token = scene.token(json!({}));
    let (code, report) = scene.inspect(&["--jwks", &jwks], &token);
    assert_eq!(
        (code, &report["signature"], &report["decision"]),
        (Some(0), &json!("valid"), &json!("undecided"))
    );
    let (code, report) = scene.inspect(&["--jwks", &jwks], &corrupt_signature(&token).unwrap());
    assert_eq!(
        (code, &report["signature"], &report["decision"]),
        (Some(1), &json!("invalid"), &json!("denied"))
    );
}

#[test]
fn a_token_signed_with_the_client_secret_is_good_where_the_service_has_it() {
    let scene = Scene::new("inspect-secret");
    let secret = traces::canary("a-secret-of-at-least-32-bytes");
    let jwk = json!({"kty": "oct", "k": base64url(secret.as_bytes())});
    let signer = Signer::from_jwk(jwk.to_string().as_bytes()).unwrap();
    let mut config = document(&json!({"keys": [scene.signer.public_jwk().unwrap()]}));
    let openid = &mut config["services"][1]["plugins"][0]["config"];
    openid["enable_hs_signatures"] = json!(true);
    openid["client_secret"] = json!([secret]);
    let config = scene.directory.file("secret.json", &config.to_string());
    let claims = json!({"iss": "https://idp.example/", "exp": 2000, "azp": "web"});
    let token = signer.sign(&signer.header(), claims.as_object().unwrap()).unwrap();
    let (code, report) = scene.inspect(&["--config", &config, "--service", "bills"], &token);
    assert_eq!((code, &report["signature"]), (Some(0), &json!("valid")), "{report}");
    assert!(!report.to_string().contains(&secret));
    let (code, report) = scene.inspect(&["--config", &config, "--service", "orders"], &token);
    assert_eq!((code, &report["reason"]), (Some(1), &json!("AlgorithmNotAllowed")));
    let effective = claimgate(["check", "--effective", &config]);
    assert!(effective.stdout.contains("\"enable_hs_signatures\": true"), "{}", effective.stdout);
    assert!(!effective.stdout.contains(&secret) && !effective.stderr.contains(&secret));
}

#[test]
fn without_keys_a_token_is_only_decoded() {
    let scene = Scene::new("inspect-offline");
    let token = scene.token(json!({"sub": "s"}));
    let finished = claimgate_reading(&format!("{token}\n"), ["token", "inspect", "-"]);
    assert_eq!(finished.code, Some(0));
    assert!(finished.stdout.contains("nothing of it is proven"), "{}", finished.stdout);
    assert!(finished.stdout.contains("\"sub\": \"s\""), "{}", finished.stdout);
    assert!(!finished.stdout.contains('\u{1b}'), "no colours into a pipe");
}

#[test]
fn a_config_with_errors_is_refused() {
    let scene = Scene::new("inspect-config");
    let config = scene.directory.file("bad.json", r#"{"version": 2, "services": []}"#);
    let (code, message) = scene.inspect(&["--config", &config], &scene.token(json!({})));
    assert_eq!(code, Some(64));
    assert!(message.as_str().is_some_and(|text| text.contains("version")), "{message}");
}
