//! The scene's policy with its callers, and the issuer's keys, in shared data instead of the document.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a bench without its scene has nothing to measure"
)]

use crate::scene::{NOW, document};
use claimgate::mint::{Signer, SigningAlgorithm};
use claimgate::push::Place;
use claimgate_policy::World;
use claimgate_policy::cache::TokenCache;
use claimgate_policy::capabilities::Capabilities;
use claimgate_policy::config::{Config, Page};
use claimgate_policy::shared::SharedData;
use claimgate_policy::time::UnixTime;
use claimgate_policy::world::Policy;
use claimgate_sandbox::Shared;
use serde_json::{Value, json};
use std::sync::Arc;

/// A policy, where its callers are, and who signs.
#[derive(Debug)]
pub struct PushedScene {
    /// Signs tokens that the policy accepts.
    pub signer: Signer,
    policy: Policy,
    place: Place,
    cache: TokenCache,
}

impl PushedScene {
    /// With so many approved applications, each with an id and a `custom_id`.
    ///
    /// # Panics
    /// If the config or a page is refused: then there is nothing to measure.
    #[must_use]
    pub fn new(applications: usize) -> Self {
        let signer = Signer::generate(SigningAlgorithm::Es256, "bench").expect("a key");
        let config = config(&signer);
        let shared = Arc::new(Shared::holding(ROOM));
        let place = Place::new(shared, "bench").expect("room for a counter");
        let keys =
            json!([{ "source": "entra", "jwks": { "keys": [signer.public_jwk().expect("a public key")] } }]);
        let pages =
            (0..applications).step_by(PAGE).map(|first| page(first, applications.min(first + PAGE), &keys));
        let pages = pages.map(|page| Page::parse(page.to_string().as_bytes(), &config).expect("a page"));
        place.load(&config, &pages.collect::<Vec<_>>(), UnixTime::from_seconds(NOW)).expect("a load");
        Self { signer, policy: Policy::new(config), place, cache: TokenCache::new([1; 16], 8 << 20) }
    }

    /// The world of an engine without native signatures.
    #[must_use]
    pub fn world(&self) -> World<'_> {
        World {
            policy: &self.policy,
            engine: Capabilities::ENVOY,
            cache: &self.cache,
            native: None,
            shared: Some(&self.place as &dyn SharedData),
        }
    }
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
