//! Client authentication: RFC 6749 2.3, RFC 7523 3, OpenID Connect Core 9.

use crate::support::{BASE, NOW, Reply, Scene, TENANT, built_in, posted};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use claimgate_idp::config::AuthMethod;
use claimgate_idp::mint::{Signer, SigningAlgorithm};
use claimgate_idp::{Config, Secret};
use serde_json::{Value, json};

const GRANT: (&str, &str) = ("grant_type", "client_credentials");
const ASSERTION_TYPE: (&str, &str) =
    ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
const LONG_SECRET: &str = "a secret that is long enough for HMAC with SHA-256";

fn basic(scene: &mut Scene, pair: &str, form: &[(&str, &str)]) -> Reply {
    with_authorization(scene, &format!("Basic {}", BASE64_STANDARD.encode(pair)), form)
}

fn with_authorization(scene: &mut Scene, value: &str, form: &[(&str, &str)]) -> Reply {
    let mut request = posted("/shop/token", form);
    request.headers_mut().insert("authorization", value.parse().unwrap());
    scene.ask(&request)
}

/// The built-in realms, with another secret and a key for `billing` of `shop`.
fn with_billing(secret: &str, signer: Option<&Signer>) -> Config {
    let mut config = built_in();
    let client = &mut config.realms[3].clients[0];
    client.secret = Some(Secret::new(secret));
    client.jwks = signer.map(|signer| json!({ "keys": [signer.public_jwk().unwrap()] }));
    config
}

#[test]
fn id_and_secret_in_basic_are_form_encoded_first() {
    let mut scene = Scene::of(with_billing("s p:c&=%+\u{e9}", None));
    assert_eq!(basic(&mut scene, "billing:s+p%3Ac%26%3D%25%2B%C3%A9", &[GRANT]).status, 200);
    assert_eq!(basic(&mut scene, "bi%6Cling:s%20p%3Ac%26%3D%25%2B%C3%A9", &[GRANT]).status, 200);
    assert_eq!(
        basic(&mut scene, "billing:s p:c&=%25%2B\u{e9}", &[GRANT]).status,
        200,
        "what a client forgot to encode"
    );
    assert_eq!(basic(&mut scene, "billing:s p:c&=%+\u{e9}", &[GRANT]).status, 401, "a plus is a space");
}

#[test]
fn a_client_may_name_itself_beside_basic() {
    let mut scene = Scene::new();
    assert_eq!(basic(&mut scene, "billing:billing-secret", &[GRANT, ("client_id", "billing")]).status, 200);
    let other = basic(&mut scene, "billing:billing-secret", &[GRANT, ("client_id", "phone")]);
    assert_eq!(other.error(), (400, "invalid_request".to_owned()));
}

#[test]
fn two_ways_at_once_are_refused() {
    let mut scene = Scene::new();
    let both = basic(&mut scene, "billing:billing-secret", &[GRANT, ("client_secret", "billing-secret")]);
    assert_eq!(both.error(), (400, "invalid_request".to_owned()));
    let assertion = scene.shop("token", &[GRANT, ("client_assertion", "a.b.c")]);
    assert_eq!(assertion.error(), (400, "invalid_request".to_owned()));
}

#[test]
fn who_fails_with_basic_is_told_about_basic() {
    let mut scene = Scene::new();
    for pair in ["billing:wrong", "nobody:billing-secret", "billing", "billing:"] {
        let reply = basic(&mut scene, pair, &[GRANT]);
        assert_eq!(reply.error(), (401, "invalid_client".to_owned()), "{pair}");
        assert_eq!(reply.header("www-authenticate"), "Basic realm=\"shop\"", "{pair}");
    }
    for value in ["Basic", "Basic !", "basic ////"] {
        assert_eq!(with_authorization(&mut scene, value, &[GRANT]).status, 401, "{value}");
    }
}

#[test]
fn who_fails_with_a_form_is_not() {
    let mut scene = Scene::new();
    for form in [
        &[GRANT][..],
        &[GRANT, ("client_id", "billing")],
        &[GRANT, ("client_id", "billing"), ("client_secret", "wrong")],
        &[GRANT, ("client_id", "nobody"), ("client_secret", "wrong")],
        &[GRANT, ("client_id", "phone"), ("client_secret", "wrong")],
        &[GRANT, ("client_id", "nobody")],
    ] {
        let reply = scene.post("/shop/token", form);
        assert_eq!(reply.error(), (401, "invalid_client".to_owned()), "{form:?}");
        assert_eq!(reply.header("www-authenticate"), "", "{form:?}");
    }
}

#[test]
fn a_client_may_be_held_to_one_method() {
    let mut config = built_in();
    config.realms[3].clients[0].auth_methods = vec![AuthMethod::ClientSecretBasic];
    let mut scene = Scene::of(config);
    assert_eq!(basic(&mut scene, "billing:billing-secret", &[GRANT]).status, 200);
    assert_eq!(scene.shop("token", &[GRANT]).error(), (401, "invalid_client".to_owned()));
}

fn assertion(signer: &Signer, now: i64, change: impl Fn(&mut Value)) -> String {
    let mut claims = json!({
        "iss": "billing", "sub": "billing", "aud": format!("{BASE}/shop/token"), "exp": now + 60, "jti": "1",
    });
    change(&mut claims);
    signer.sign(&signer.header(), claims.as_object().unwrap()).unwrap()
}

fn ask(scene: &mut Scene, assertion: &str) -> Reply {
    scene.post("/shop/token", &[GRANT, ASSERTION_TYPE, ("client_assertion", assertion)])
}

/// A signer for each of the two methods, and a config that knows it.
fn signers() -> [(Signer, Config); 2] {
    let jwk = json!({"kty": "oct", "k": claimgate_idp::mint::base64url(LONG_SECRET.as_bytes())});
    let secret = Signer::from_jwk(jwk.to_string().as_bytes()).unwrap();
    let key = Signer::generate(SigningAlgorithm::Es256, "client-key").unwrap();
    let config = with_billing("x", Some(&key));
    [(secret, with_billing(LONG_SECRET, None)), (key, config)]
}

#[test]
fn a_jwt_by_the_secret_or_by_a_key_proves_the_client() {
    for (signer, config) in signers() {
        let mut scene = Scene::of(config);
        let now = scene.now;
        assert_eq!(ask(&mut scene, &assertion(&signer, now, |_| {})).status, 200, "{signer:?}");
        let issuer = assertion(&signer, now, |claims| {
            claims["aud"] = json!(["other", format!("{BASE}/shop")]);
            claims["jti"] = json!("2");
        });
        assert_eq!(ask(&mut scene, &issuer).status, 200, "{signer:?}");
    }
}

#[test]
fn a_jwt_that_says_something_else_proves_nothing() {
    let changes = [
        ("iss", json!("phone")),
        ("iss", json!(null)),
        ("sub", json!("phone")),
        ("sub", json!(7)),
        ("aud", json!("https://other.example/token")),
        ("aud", json!([])),
        ("exp", json!(NOW)),
        ("exp", json!("soon")),
        ("nbf", json!(NOW + 3_600)),
    ];
    for (signer, config) in signers() {
        let mut scene = Scene::of(config);
        for (name, value) in &changes {
            let refused = ask(&mut scene, &assertion(&signer, NOW, |claims| claims[name] = value.clone()));
            assert_eq!(refused.error(), (401, "invalid_client".to_owned()), "{name} {value}");
        }
    }
}

#[test]
fn a_jwt_is_good_once() {
    for (signer, config) in signers() {
        let mut scene = Scene::of(config);
        let token = assertion(&signer, scene.now, |_| {});
        assert_eq!([0; 2].map(|_| ask(&mut scene, &token).status.as_u16()), [200, 401]);
    }
}

#[test]
fn a_jwt_by_another_key_proves_nothing() {
    for (_, config) in signers() {
        let mut scene = Scene::of(config);
        for algorithm in [SigningAlgorithm::Hs256, SigningAlgorithm::Es256] {
            let other = Signer::generate(algorithm, "client-key").unwrap();
            let token = assertion(&other, scene.now, |_| {});
            assert_eq!(ask(&mut scene, &token).status, 401);
        }
        for token in ["", "a.b.c", "e30.e30.", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJiaWxsaW5nIn0."] {
            let reply = ask(&mut scene, token);
            assert_eq!(reply.status, 401, "{token}");
        }
    }
}

#[test]
fn a_secret_shorter_than_the_hash_makes_no_jwt() {
    let mut scene = Scene::new();
    // Made by hand, as the signer refuses such a secret too (RFC 7518 3.2).
    let input = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJiaWxsaW5nIn0";
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, b"billing-secret");
    let signature = claimgate_idp::mint::base64url(aws_lc_rs::hmac::sign(&key, input.as_bytes()).as_ref());
    let reply = ask(&mut scene, &format!("{input}.{signature}"));
    assert_eq!(reply.status, 401);
    assert!(reply.json()["error_description"].as_str().unwrap().contains("length"));
}

#[test]
fn the_type_of_the_jwt_is_named() {
    let mut scene = Scene::new();
    for form in [
        &[GRANT, ("client_assertion", "a.b.c")][..],
        &[GRANT, ("client_assertion", "a.b.c"), ("client_assertion_type", "saml")],
    ] {
        assert_eq!(scene.post("/shop/token", form).error(), (400, "invalid_request".to_owned()));
    }
}

#[test]
fn entra_tells_a_secrets_id_from_its_value() {
    let mut scene = Scene::new();
    let form = [
        GRANT,
        ("client_id", "75dbe77f-10a3-4e59-85fd-8c127544f17c"),
        ("client_secret", "2f6b1c3a-8d4e-4f70-9b21-5a6c7d8e9f01"),
        ("scope", "api://6e74172b-be56-4843-9ff4-e66a39bb12e3/.default"),
    ];
    let reply = scene.post(&format!("/{TENANT}/oauth2/v2.0/token"), &form);
    assert_eq!(reply.error(), (401, "invalid_client".to_owned()));
    let body = reply.json();
    assert_eq!(body["error_codes"], json!([7_000_215]));
    let text = body["error_description"].as_str().unwrap();
    assert!(text.starts_with("AADSTS7000215: ") && text.contains("not the client secret ID"), "{text}");
    assert_eq!(body["timestamp"], "2025-10-09 08:53:20Z");
}
