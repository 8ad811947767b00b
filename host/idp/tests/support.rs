//! A provider in simulated time, with the built-in realms. Keys are ES256, which are made at once, unless a test asks
//! for those of the config.

use bytes::Bytes;
use claimgate_idp::mint::SigningAlgorithm;
use claimgate_idp::{Answer, Config, State, answer};
use claimgate_policy::Denial;
use claimgate_policy::jwt::{Unverified, decode_unverified_claims, decode_unverified_header};
use claimgate_policy::keys::KeySet;
use claimgate_policy::verified::{SourceId, Verified, verify};
use claimgate_policy::world::Entropy;
use http::{HeaderMap, Method, Request, StatusCode};
use serde_json::Value;

pub(crate) mod browser;

/// A provider, and the time there.
pub(crate) struct Scene {
    pub(crate) state: State,
    pub(crate) now: i64,
    entropy: Counter,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Never the same twice, and the same in each run.
struct Counter(u64);

impl Scene {
    pub(crate) fn new() -> Self {
        Self::of(built_in())
    }

    /// With keys as the config has them.
    pub(crate) fn of(config: Config) -> Self {
        Self { state: State::new(config, BASE).unwrap(), now: NOW, entropy: Counter(0) }
    }

    pub(crate) fn ask(&mut self, request: &Request<Bytes>) -> Reply {
        match self.tell(request) {
            Answer::Respond(response) => {
                let (head, body) = response.into_parts();
                Reply { status: head.status, headers: head.headers, body }
            }
            Answer::Hang => panic!("expected an answer, found none"),
        }
    }

    /// Asks, and leaves it open whether there is an answer.
    pub(crate) fn tell(&mut self, request: &Request<Bytes>) -> Answer {
        answer(&mut self.state, request, self.now, &mut self.entropy)
    }

    pub(crate) fn get(&mut self, path: &str) -> Reply {
        self.ask(&Request::get(path).body(Bytes::new()).unwrap())
    }

    /// A command without a body.
    pub(crate) fn command(&mut self, method: Method, path: &str) -> Reply {
        self.ask(&Request::builder().method(method).uri(path).body(Bytes::new()).unwrap())
    }

    pub(crate) fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Reply {
        self.ask(&posted(path, form))
    }

    /// What an app of Entra's gets for its own secret and a scope.
    pub(crate) fn tokens(&mut self, client: &str, secret: &str, scope: &str) -> Reply {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", client),
            ("client_secret", secret),
            ("scope", scope),
        ];
        self.post(&format!("/{TENANT}/oauth2/v2.0/token"), &form)
    }

    /// JSON with a token behind `Bearer`; null is no body.
    pub(crate) fn with_token(&mut self, method: Method, path: &str, token: &str, body: &Value) -> Reply {
        let request =
            Request::builder().method(method).uri(path).header("authorization", format!("Bearer {token}"));
        let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
        self.ask(&request.header("content-type", "application/json").body(body).unwrap())
    }

    /// As `billing` of the realm `shop`.
    pub(crate) fn shop(&mut self, path: &str, form: &[(&str, &str)]) -> Reply {
        let form = [form, &[("client_id", "billing"), ("client_secret", "billing-secret")]].concat();
        self.post(&format!("/shop/{path}"), &form)
    }

    /// What the project's own verifier says of a token, with the keys that are shown at a path.
    pub(crate) fn verify(&mut self, jwks: &str, token: &str) -> Result<Verified, Denial> {
        let jwks = self.get(jwks).body;
        let (keys, warnings) = KeySet::from_jwks(&jwks).unwrap();
        assert!(warnings.is_empty(), "{warnings:?}");
        verify(&Unverified::parse(token.as_bytes())?, &SourceId::new("idp"), &keys, None)
    }
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// A member that is a text, of an answer that is good.
    pub(crate) fn text(&self, name: &str) -> String {
        assert_eq!(self.status, StatusCode::OK, "{:?}", self.body);
        self.json()[name].as_str().unwrap_or_else(|| panic!("expected {name} in {:?}", self.body)).to_owned()
    }

    /// Status and `error`.
    pub(crate) fn error(&self) -> (u16, String) {
        (self.status.as_u16(), self.json()["error"].as_str().unwrap_or_default().to_owned())
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

impl Entropy for Counter {
    fn fill(&mut self, out: &mut [u8]) {
        self.0 += 1;
        out.iter_mut().zip(self.0.to_be_bytes().into_iter().cycle()).for_each(|(out, byte)| *out = byte);
    }
}

/// The built-in realms with keys that are made at once.
pub(crate) fn built_in() -> Config {
    let mut config = Config::built_in().unwrap();
    config.realms.iter_mut().for_each(|realm| realm.algorithms = vec![SigningAlgorithm::Es256]);
    config
}

pub(crate) fn posted(path: &str, form: &[(&str, &str)]) -> Request<Bytes> {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    Request::post(path).header("content-type", "application/x-www-form-urlencoded").body(body.into()).unwrap()
}

/// Header and claims of a JWT, unverified.
pub(crate) fn decoded(token: &str) -> (Value, Value) {
    let header = decode_unverified_header(token.as_bytes()).unwrap();
    let claims = decode_unverified_claims(token.as_bytes()).unwrap();
    (serde_json::to_value(header).unwrap(), serde_json::to_value(claims).unwrap())
}

pub(crate) const BASE: &str = "http://127.0.0.1:9090";
pub(crate) const NOW: i64 = 1_760_000_000;
pub(crate) const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";
pub(crate) const ENVIRONMENT: &str = "5cf8b9a1-0d7e-4c2b-8f6a-9b1e2d3c4f50";

/// Entra's client, and the ids of its two APIs, by the version of their tokens.
pub(crate) const BILLING: &str = "75dbe77f-10a3-4e59-85fd-8c127544f17c";
pub(crate) const API_V1: &str = "0b6f4a1d-5c1e-4d0f-9a53-7a2f0e8c4b11";
pub(crate) const API_V2: &str = "6e74172b-be56-4843-9ff4-e66a39bb12e3";
