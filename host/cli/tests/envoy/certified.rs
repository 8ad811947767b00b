//! A certified provider, asked by the filter in Envoy.

use crate::bootstrap;
use crate::process::Envoy;
use crate::support::certified::process::Certified;
use crate::support::certified::{Gateway, Place, scenarios};
use crate::support::proxied::Proxied;
use crate::support::upstream::Upstream;
use serde_json::{Value, json};
use std::sync::Arc;

/// Envoy finds a provider by the name of a cluster.
fn open(test: &str, provider: &Certified, document: &Value, workers: usize) -> Gateway {
    let upstream = Arc::new(Upstream::start());
    let mut bootstrap = bootstrap::asking(upstream.address, provider.address());
    let mut document = document.clone();
    document["origins"] = json!([{ "url": provider.issuer(), "upstream": "idp" }]);
    *bootstrap::document(&mut bootstrap) = json!(document.to_string());
    if document["body_tokens"] == true {
        bootstrap::plugin(&mut bootstrap)["allow_on_headers_stop_iteration"] = json!(true);
    }
    bootstrap::route_everything(&mut bootstrap);
    let envoy = Envoy::with_workers(workers, test, &bootstrap);
    let (address, audit) = (envoy.listeners["gateway"], Arc::clone(&envoy.audit));
    let proxied = Proxied { address, upstream, audit, filter: None };
    Gateway { proxied, _engine: Box::new(envoy) }
}

const ENVOY: Place = Place { name: "envoy", signs: true, holds: true, wakes: true, meets: true, open };

scenarios!(ENVOY);
