//! A certified provider, asked by the filter in Envoy.

use crate::bootstrap;
use crate::process::Envoy;
use crate::support::certified::process::Certified;
use crate::support::certified::{Place, scenarios};
use crate::support::observed::Observed;
use crate::support::proxied::Proxied;
use crate::support::run::Gate;
use crate::support::table::Request;
use crate::support::upstream::Upstream;
use serde_json::{Value, json};
use std::sync::Arc;

/// An Envoy with its gate.
struct Running {
    proxied: Proxied,
    _envoy: Envoy,
}

impl Gate for Running {
    fn answer(&mut self, request: &Request) -> Observed {
        self.proxied.answer(request)
    }
}

/// Envoy finds a provider by the name of a cluster.
fn open(test: &str, provider: &Certified, document: &Value) -> Box<dyn Gate> {
    let upstream = Arc::new(Upstream::start());
    let mut bootstrap = bootstrap::asking(upstream.address, provider.address());
    let mut document = document.clone();
    document["origins"] = json!([{ "url": provider.issuer(), "upstream": "idp" }]);
    *bootstrap::document(&mut bootstrap) = json!(document.to_string());
    bootstrap::route_everything(&mut bootstrap);
    let envoy = Envoy::start(test, &bootstrap);
    let (address, audit) = (envoy.listeners["gateway"], Arc::clone(&envoy.audit));
    Box::new(Running { proxied: Proxied { address, upstream, audit, filter: None }, _envoy: envoy })
}

const ENVOY: Place = Place { name: "envoy", signs: true, open };

scenarios!(ENVOY);
