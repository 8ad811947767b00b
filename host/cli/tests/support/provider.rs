//! A provider as far as its keys, behind any gate: what is to become of requests while it changes them or is away.

use crate::support::file_server::FileServer;
use crate::support::proxied::Proxied;
use crate::support::registry::Issuer;
use crate::support::run::Gate as _;
use crate::support::table::{Request, real_time};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// A provider whose documents are files.
pub(crate) struct Provider {
    files: FileServer,
}

impl Provider {
    /// One without any document.
    pub(crate) fn start(test: &str) -> Self {
        Self { files: FileServer::start(test) }
    }

    #[allow(dead_code, reason = "Envoy alone is told it")]
    pub(crate) fn address(&self) -> SocketAddr {
        self.files.address
    }

    /// Its issuer's URL, as in `examples/envoy/provider.yaml`.
    fn issuer(&self) -> String {
        format!("http://{}/demo", self.files.address)
    }

    /// The document of the example, for this provider.
    pub(crate) fn in_document(&self, text: &str) -> String {
        text.replace("127.0.0.1:9090", &self.files.address.to_string())
    }

    /// From now on it has these keys.
    pub(crate) fn has(&self, keys: &[Value]) {
        let keys_at = format!("http://{}/keys", self.files.address);
        self.files.put(DOCUMENT, &json!({ "issuer": self.issuer(), "jwks_uri": keys_at }).to_string());
        self.files.put("keys", &json!({ "keys": keys }).to_string());
    }

    /// How often its keys were asked for.
    pub(crate) fn asked(&self) -> usize {
        self.files.asked("keys")
    }

    /// A token by this key.
    pub(crate) fn token(&self, signer: &Issuer) -> String {
        let claims = json!({ "iss": self.issuer(), "aud": "https://api.example", "azp": APPROVED,
                             "exp": real_time() + 3600 });
        signer.sign(&claims)
    }

    /// A request with a token by this key.
    pub(crate) fn request(&self, signer: &Issuer) -> Request {
        let mut request = Request::get("/orders", "gateway.example");
        request.headers.push(("authorization".to_owned(), format!("Bearer {}", self.token(signer))));
        request
    }
}

/// A provider that is away at first, comes, and changes its key without overlap.
pub(crate) fn comes_and_changes_its_key(provider: &Provider, gate: &mut Proxied) {
    let (one, two) = (Issuer::new("one"), Issuer::new("two"));
    let (by_one, by_two) = (provider.request(&one), provider.request(&two));
    let mut outcome = |request: &Request| gate.answer(request).outcome.unwrap_or_default();
    assert_eq!(outcome(&by_one), "ProviderUnavailable");
    provider.has(&[one.jwk()]);
    let begun = Instant::now();
    while outcome(&by_one) != "permitted" {
        assert!(begun.elapsed() < LONG_FOR_A_RETRY, "no recovery in {LONG_FOR_A_RETRY:?}");
    }
    let asked = provider.asked();
    assert_eq!([outcome(&by_one), outcome(&by_one)], ["permitted", "permitted"]);
    assert_eq!(outcome(&by_two), "KeyUnknown", "so soon after the last look there is no other");
    provider.has(&[two.jwk()]);
    let begun = Instant::now();
    while outcome(&by_two) != "permitted" {
        assert!(begun.elapsed() < LONG_FOR_A_RETRY, "no new key in {LONG_FOR_A_RETRY:?}");
    }
    println!("a new key counted {:?} after it was there", begun.elapsed());
    assert_eq!(outcome(&by_one), "KeyUnknown", "its key is gone");
    assert!(provider.asked() > asked);
}

/// Where the provider's document is asked for.
const DOCUMENT: &str = "demo/.well-known/openid-configuration";

/// The application of the example that is approved.
pub(crate) const APPROVED: &str = "a1b2c3d4-0000-4000-8000-000000000001";

const LONG_FOR_A_RETRY: Duration = Duration::from_secs(30);
