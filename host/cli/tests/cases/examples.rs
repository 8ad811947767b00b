//! What the tests of the examples share: the files, and tokens of the issuer that all of them name.

use crate::support::file::{Engine, repository};
use crate::support::native::Native;
use crate::support::observed::Observed;
use crate::support::run::Gate as _;
use crate::support::table::{Request, Setting, real_time};
use claimgate::mint::{Signer, SigningAlgorithm};
use claimgate_policy::config::Config;
use serde_json::{Value, json};
use std::fs;

/// A YAML or JSON file below `examples` or `testdata`.
pub(crate) fn read(path: &str) -> Value {
    let text = fs::read_to_string(repository().join(path)).unwrap();
    serde_norway::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Fails unless the filter takes a document without a word.
pub(crate) fn accept(document: &str) {
    let config = Config::parse(document.as_bytes()).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(config.warnings, []);
}

/// An issuer, known to gates that are started with its documents.
pub(crate) struct Issuer(Signer);

impl Issuer {
    pub(crate) fn new() -> Self {
        Self(Signer::generate(SigningAlgorithm::Es256, "demo").unwrap())
    }

    /// What becomes of a request to a gate that has this document and the issuer's key.
    pub(crate) fn outcome(
        &self,
        document: &Value,
        engine: Engine,
        target: &str,
        application: &str,
    ) -> Observed {
        let mut document = document.clone();
        document["sources"][0]["jwks"]["keys"] = json!([self.0.public_jwk().unwrap()]);
        let setting = Setting { document: document.to_string(), clock: None, engine };
        Native::new(&setting).answer(&self.request(target, application))
    }

    fn request(&self, target: &str, application: &str) -> Request {
        let claims = json!({
            "iss": "https://issuer.example/demo",
            "aud": "https://api.example",
            "azp": application,
            "exp": real_time() + 600,
        });
        let token = self.0.sign(&self.0.header(), claims.as_object().unwrap()).unwrap();
        let mut request = Request::get(target, "gateway.example");
        request.headers.push(("authorization".to_owned(), format!("Bearer {token}")));
        request
    }
}

/// The application of the examples that is approved for `/orders`.
pub(crate) const APPROVED: &str = "a1b2c3d4-0000-4000-8000-000000000001";

/// The one that waits for approval.
pub(crate) const PENDING: &str = "a1b2c3d4-0000-4000-8000-000000000002";
