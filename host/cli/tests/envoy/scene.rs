//! The example with the key of an issuer whose tokens a test can make.

use crate::bootstrap;
use crate::process::Envoy;
use crate::support::proxied::Proxied;
use crate::support::registry::Issuer;
use crate::support::table::Request;
use crate::support::upstream::Upstream;
use serde_json::{Value, json};
use std::sync::Arc;

/// An issuer and an upstream.
pub(crate) struct Scene {
    issuer: Issuer,
    pub(crate) upstream: Arc<Upstream>,
}

impl Scene {
    pub(crate) fn new() -> Self {
        Self { issuer: Issuer::new("demo"), upstream: Arc::new(Upstream::start()) }
    }

    /// The example, as it is but for ports and the issuer's key.
    pub(crate) fn bootstrap(&self) -> Value {
        let mut bootstrap = bootstrap::example(self.upstream.address);
        let key = self.issuer.jwk();
        bootstrap::edit(&mut bootstrap, |document| document["sources"][0]["jwks"]["keys"] = json!([key]));
        bootstrap
    }

    /// The listener of the example, and everything that can be seen of it.
    pub(crate) fn gate(&self, envoy: &Envoy) -> Proxied {
        let (upstream, audit) = (Arc::clone(&self.upstream), Arc::clone(&envoy.audit));
        Proxied { address: envoy.listeners["gateway"], upstream, audit, filter: None }
    }

    /// A token of this application.
    pub(crate) fn token(&self, application: &str) -> String {
        self.issuer.token(application)
    }
}

/// A request with this token as Bearer.
pub(crate) fn request(target: &str, token: &str) -> Request {
    let mut request = Request::get(target, "gateway.example");
    request.headers.push(("authorization".to_owned(), format!("Bearer {token}")));
    request
}

/// The application of the example that is approved for `/orders`.
pub(crate) const APPROVED: &str = "a1b2c3d4-0000-4000-8000-000000000001";

/// The one that waits for approval.
pub(crate) const PENDING: &str = "a1b2c3d4-0000-4000-8000-000000000002";
