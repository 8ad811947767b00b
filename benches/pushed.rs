//! The scene's policy with its callers, and the issuer's keys, in shared data instead of the document.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a bench without its scene has nothing to measure"
)]

use crate::scene::{Scene, document};
use claimgate::mint::{Signer, SigningAlgorithm};
use claimgate::push::Place;
use claimgate_policy::config::{Config, Page};
use claimgate_sandbox::Shared;
use serde_json::{Value, json};
use std::sync::Arc;

/// A scene with so many approved applications, each with an id and a `custom_id`.
///
/// # Panics
/// If the config or a page is refused: then there is nothing to measure.
#[must_use]
pub fn scene(applications: usize) -> Scene {
    let signer = Signer::generate(SigningAlgorithm::Es256, "bench").expect("a key");
    let config = config(&signer);
    let shared = Arc::new(Shared::holding(ROOM));
    let place = Place::new(shared, "bench").expect("room for a counter");
    let keys =
        json!([{ "source": "entra", "jwks": { "keys": [signer.public_jwk().expect("a public key")] } }]);
    let pages =
        (0..applications).step_by(PAGE).map(|first| page(first, applications.min(first + PAGE), &keys));
    let pages = pages.map(|page| Page::parse(page.to_string().as_bytes(), &config).expect("a page"));
    place.load(&config, &pages.collect::<Vec<_>>(), Scene::now()).expect("a load");
    Scene::of(signer, config, Some(place))
}

/// The scene's document, but for what is pushed.
fn config(signer: &Signer) -> Config {
    let mut document = document(signer, 0);
    document["state"] = json!({ "key": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8" });
    if let Some(source) = document["sources"][0].as_object_mut() {
        source.remove("jwks");
    }
    if let Some(members) = document.as_object_mut() {
        members.remove("applications");
    }
    Config::parse(document.to_string().as_bytes()).expect("a valid config")
}

fn page(first: usize, end: usize, keys: &Value) -> Value {
    let application = |number| {
        json!({ "id": format!("app-{number}"), "custom_id": crate::scene::custom_id(number),
                "registrations": [{ "service": "orders", "status": "approved" }] })
    };
    let applications: Vec<Value> = (first..end).map(application).collect();
    let mut page = json!({ "version": 1, "applications": applications, "next": "next" });
    if first == 0 {
        page["keys"] = keys.clone();
    }
    page
}

const PAGE: usize = 1_000;

/// Bytes of shared data: two million names with their facts.
const ROOM: usize = 4 << 30;
