//! A config, a token for it and an engine that holds both, for the tests of this crate.

use crate::host::HostError;
use crate::host::double::Double;
use crate::traces;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::FieldBytes;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use std::rc::Rc;

/// An engine that answers the probe like Envoy, holds [`config`] and a request with these headers after the usual
/// pseudo headers.
pub(crate) fn envoy(config: &str, headers: &[(&str, &str)]) -> Rc<Double> {
    let host = Double::new();
    *host.config.borrow_mut() = Ok(config.into());
    let pseudo = [(":authority", "api.example"), (":path", "/orders?q=c4n4ry-query"), (":method", "GET")];
    host.has_headers(&[&pseudo[..], headers].concat());
    Rc::new(host)
}

/// The same, answering like Kong's engine: `:path` and `:authority` are its own.
pub(crate) fn nginx(config: &str, headers: &[(&str, &str)]) -> Rc<Double> {
    let host = envoy(config, headers);
    host.has_property("source.address", Err(HostError::InternalFailure));
    host.has_property("request.path", Ok(b"/orders?q=c4n4ry-query".to_vec()));
    host
}

/// A service `orders` for approved applications; `more` are members of the document, with a leading comma.
pub(crate) fn config(more: &str) -> String {
    let jwks = jwks();
    format!(
        r#"{{"version":1,
            "sources":[{{"id":"idp","issuer":"https://idp.example/","jwks":{jwks}}}],
            "services":[{{"id":"s1","name":"orders","routes":[{{"id":"r1","paths":["/orders"]}}],"plugins":[
                {{"name":"openid-connect","config":{{"issuer":"https://idp.example/",
                    "consumer_claim":["sub"],"consumer_by":["custom_id"]}}}},
                {{"name":"application-registration","config":{{"display_name":"Orders"}}}}]}}],
            "applications":[{{"id":"a1","name":"web","custom_id":"app-web",
                "registrations":[{{"service":"orders","status":"approved"}}]}}]{more}}}"#
    )
}

/// The same where the provider is asked for its keys, as cluster `idp`.
pub(crate) fn fetching_config() -> String {
    r#"{"version":1,
        "origins":[{"url":"https://idp.example","upstream":"idp"}],
        "services":[{"id":"s1","name":"orders","routes":[{"id":"r1","paths":["/orders"]}],"plugins":[
            {"name":"openid-connect","config":{"issuer":"https://idp.example/"}}]}]}"#
        .into()
}

/// The provider's discovery document.
pub(crate) fn metadata() -> &'static str {
    r#"{"issuer":"https://idp.example/","jwks_uri":"https://idp.example/keys"}"#
}

/// The same where callers and keys are pushed.
pub(crate) fn pushed_config() -> String {
    r#"{"version":1,"realm":"shop",
        "state":{"key":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8","feed":{"upstream":"registry"}},
        "sources":[{"id":"idp","issuer":"https://idp.example/"}],
        "services":[{"id":"s1","name":"orders","routes":[{"id":"r1","paths":["/orders"]}],"plugins":[
            {"name":"openid-connect","config":{"issuer":"https://idp.example/",
                "consumer_claim":["sub"],"consumer_by":["custom_id"]}},
            {"name":"application-registration","config":{"display_name":"Orders"}}]}]}"#
        .into()
}

/// A page of its feed: the keys, and the one application with this standing.
pub(crate) fn page(next: &str, status: &str) -> String {
    let jwks = jwks();
    format!(
        r#"{{"version":1,"complete":true,"next":"{next}","keys":[{{"source":"idp","jwks":{jwks}}}],
            "applications":[{{"id":"a1","name":"web","custom_id":"app-web",
                "registrations":[{{"service":"orders","status":"{status}"}}]}}]}}"#
    )
}

/// An `Authorization` field that [`config`] permits at [`Double::NOW`], for this subject.
pub(crate) fn bearer(subject: &str) -> String {
    let payload = format!(
        r#"{{"iss":"https://idp.example/","sub":"{subject}","jti":"t-1","exp":{},"canary":"{}"}}"#,
        Double::NOW + 60,
        traces::canary("claim")
    );
    let part = |json: &str| URL_SAFE_NO_PAD.encode(json);
    let input = format!("{}.{}", part(r#"{"alg":"ES256","kid":"k1"}"#), part(&payload));
    let signature: Signature = key().sign(input.as_bytes());
    let signature = URL_SAFE_NO_PAD.encode(signature.to_bytes());
    traces::hide(&signature);
    format!("Bearer {input}.{signature}")
}

/// The provider's key set.
pub(crate) fn jwks() -> String {
    let point = key().verifying_key().to_encoded_point(false);
    let coordinate = |bytes: Option<&FieldBytes>| URL_SAFE_NO_PAD.encode(bytes.unwrap());
    let (x, y) = (coordinate(point.x()), coordinate(point.y()));
    format!(r#"{{"keys":[{{"kty":"EC","crv":"P-256","kid":"k1","x":"{x}","y":"{y}"}}]}}"#)
}

fn key() -> SigningKey {
    SigningKey::from_slice(&[7; 32]).unwrap()
}
