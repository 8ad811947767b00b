//! What to write into a config for an issuer whose keys are known.

use claimgate_policy::keys::KeySet;
use serde_json::{Value, json};

/// Parts of a filter's document.
#[derive(Debug)]
pub(crate) struct Paste {
    /// An entry of `sources`.
    pub(crate) source: Value,
    /// An entry of a service's `plugins`.
    pub(crate) plugin: Value,
}

impl Paste {
    /// With the keys that can be used; the others would be left out with a warning at each start.
    pub(super) fn new(issuer: &str, keys: &KeySet) -> Self {
        let keys: Vec<Value> = keys.iter().filter_map(|key| serde_json::from_str(key.jwk()).ok()).collect();
        Self {
            source: json!({"id": "idp", "issuer": issuer, "jwks": {"keys": keys}}),
            plugin: json!({"name": "openid-connect", "config": {
                "issuer": issuer,
                "auth_methods": ["bearer"],
                "audience_required": ["AUDIENCE-OF-YOUR-API"],
            }}),
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({"sources": [self.source], "plugins": [self.plugin]})
    }
}
