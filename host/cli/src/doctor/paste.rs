//! What to write into a config for an issuer whose keys can be fetched.

use claimgate_host::egress::Address;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Parts of a filter's document.
#[derive(Debug)]
pub(crate) struct Paste {
    /// An entry of `sources`.
    pub(crate) source: Value,
    /// An entry of a service's `plugins`.
    pub(crate) plugin: Value,
    /// `origins`, which Envoy needs: each with the name of a cluster that the operator has to add.
    pub(crate) origins: Value,
}

impl Paste {
    /// For an issuer and the servers that its keys come from, its discovery document's among them.
    pub(super) fn new(issuer: &str, called: &[&Address]) -> Self {
        let called: BTreeSet<String> = called.iter().map(ToString::to_string).collect();
        let origins = called.iter().map(|origin| json!({"url": origin, "upstream": "CLUSTER"})).collect();
        Self {
            source: json!({"id": "idp", "issuer": issuer}),
            plugin: json!({"name": "openid-connect", "config": {
                "issuer": issuer,
                "auth_methods": ["bearer"],
                "audience_required": ["AUDIENCE-OF-YOUR-API"],
            }}),
            origins,
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({"sources": [self.source], "plugins": [self.plugin], "origins": self.origins})
    }
}
