//! What the benches measure: one service with every rule of a real one, and tokens shaped like Entra's.

use claimgate::mint::{Signer, SigningAlgorithm};
use claimgate::push::Place;
use claimgate_policy::cache::TokenCache;
use claimgate_policy::capabilities::Capabilities;
use claimgate_policy::config::Config;
use claimgate_policy::headers::HeaderEdit;
use claimgate_policy::provider::AnswerCache;
use claimgate_policy::request::RequestHead;
use claimgate_policy::shared::SharedData;
use claimgate_policy::time::UnixTime;
use claimgate_policy::world::{Entropy, Memory, Policy};
use claimgate_policy::{Gate, Permit, Step, World};
use serde_json::{Map, Value, json};

/// The time at which every token here holds, seconds.
pub const NOW: i64 = 1_760_000_100;

/// A policy, a signer whose key it trusts, and a memory.
pub struct Scene {
    /// Signs tokens that the policy accepts.
    pub signer: Signer,
    /// The policy.
    pub policy: Policy,
    /// What is remembered; nothing at first.
    pub memory: Memory,
    /// Where callers and keys are, if they are pushed.
    pub(crate) place: Option<Place>,
}

impl Scene {
    /// One service with issuer, audience, scope, consumer and registration rules, and `applications` approved
    /// applications.
    ///
    /// # Panics
    /// If the config or the key is refused: then there is nothing to measure.
    #[must_use]
    #[allow(clippy::expect_used, reason = "a bench without its scene has nothing to measure")]
    pub fn new(algorithm: SigningAlgorithm, applications: usize) -> Self {
        Self::with(algorithm, |signer| document(signer, applications))
    }

    /// The same for any document.
    ///
    /// # Panics
    /// If the config or the key is refused: then there is nothing to measure.
    #[must_use]
    #[allow(clippy::expect_used, reason = "a bench without its scene has nothing to measure")]
    pub fn with(algorithm: SigningAlgorithm, document: impl FnOnce(&Signer) -> Value) -> Self {
        let signer = Signer::generate(algorithm, "bench").expect("a key");
        let config = Config::parse(document(&signer).to_string().as_bytes()).expect("a valid config");
        Self::of(signer, config, None)
    }

    pub(crate) fn of(signer: Signer, config: Config, place: Option<Place>) -> Self {
        let memory =
            Memory::new(&config, TokenCache::new([1; 16], 8 << 20), AnswerCache::new([1; 32], 1 << 20));
        Self { signer, policy: Policy::new(config), memory, place }
    }

    /// An `Authorization` field with a token of about 1.5 KB for application number `application`.
    ///
    /// # Panics
    /// If signing fails.
    #[must_use]
    #[allow(clippy::expect_used, reason = "a bench without its scene has nothing to measure")]
    pub fn authorization(&self, application: usize) -> String {
        self.another_authorization(application, application)
    }

    /// The same with the token's own number, so that an application can have many.
    ///
    /// # Panics
    /// If signing fails.
    #[must_use]
    #[allow(clippy::expect_used, reason = "a bench without its scene has nothing to measure")]
    pub fn another_authorization(&self, application: usize, serial: usize) -> String {
        let token = Token { application, serial, issued: NOW - 100 };
        let token = self.signer.sign(&self.signer.header(), &token.claims()).expect("a signature");
        format!("Bearer {token}")
    }

    /// The world of an engine without native signatures.
    #[must_use]
    pub fn world(&self) -> World<'_> {
        World {
            policy: &self.policy,
            engine: Capabilities::ENVOY,
            memory: &self.memory,
            native: None,
            signer: None,
            shared: self.place.as_ref().map(|place| place as &dyn SharedData),
            handover: None,
        }
    }

    /// [`NOW`].
    #[must_use]
    pub fn now() -> UnixTime {
        UnixTime::from_seconds(NOW)
    }
}

/// A request for an order with these header fields.
#[must_use]
pub fn head<'a>(headers: &'a [(&'a [u8], &'a [u8])]) -> RequestHead<'a> {
    RequestHead {
        method: b"GET",
        target: b"/orders/17",
        authority: b"api.example",
        headers,
        has_body: false,
        https: false,
    }
}

/// One decision, which must be a permit.
///
/// # Panics
/// If it is another.
pub fn permitted(head: &RequestHead<'_>, world: &World<'_>) {
    drop(permit(head, world));
}

#[allow(clippy::panic, reason = "a bench whose request is refused has nothing to measure")]
fn permit(head: &RequestHead<'_>, world: &World<'_>) -> Box<Permit> {
    match Gate::new().begin(head, world, Scene::now(), &mut NoEntropy) {
        Step::Forward(permit) => permit,
        step => panic!("expected a permit, got {step:?}"),
    }
}

/// The `Cookie` field of a browser whose session such a request begins.
///
/// # Panics
/// If it begins none.
#[must_use]
#[allow(clippy::expect_used, reason = "a bench without its scene has nothing to measure")]
pub fn cookie(head: &RequestHead<'_>, world: &World<'_>) -> String {
    let permit = permit(head, world);
    let lines = permit.response_edits().iter().filter_map(|edit| match edit {
        HeaderEdit::Append(name, value) if name == "set-cookie" => core::str::from_utf8(value).ok(),
        _ => None,
    });
    let pairs: Vec<&str> = lines.filter_map(|line| line.split(';').next()).collect();
    assert!(!pairs.is_empty(), "expected the cookies of a session, got none");
    pairs.join("; ")
}

/// Stands where randomness would: nothing that is measured asks for any.
pub struct NoEntropy;

impl Entropy for NoEntropy {
    fn fill(&mut self, out: &mut [u8]) {
        out.fill(0);
    }
}

/// The filter's config document.
///
/// # Panics
/// If the key cannot be exported.
#[must_use]
#[allow(clippy::expect_used, reason = "a bench without its scene has nothing to measure")]
pub fn document(signer: &Signer, applications: usize) -> Value {
    let applications: Vec<Value> = (0..applications)
        .map(|number| {
            json!({
                "id": format!("app-{number}"), "name": format!("app {number}"), "custom_id": custom_id(number),
                "registrations": [{"service": "orders", "status": "approved"}],
            })
        })
        .collect();
    json!({
        "version": 1,
        "sources": [{"id": "entra", "issuer": ISSUER, "jwks": {"keys": [signer.public_jwk().expect("a public key")]}}],
        "services": [{
            "id": "orders", "name": "orders", "routes": [{"id": "orders", "paths": ["/orders"]}],
            "plugins": [
                {"name": "openid-connect", "config": {
                    "issuer": ISSUER, "audience_required": [AUDIENCE], "scopes_claim": ["roles"],
                    "scopes_required": [SCOPE], "consumer_claim": ["azp"], "consumer_by": ["custom_id"],
                }},
                {"name": "application-registration", "config": {"display_name": "Orders"}},
            ],
        }],
        "applications": applications,
    })
}

/// The same with sessions: a token begins one.
///
/// # Panics
/// See [`document`].
#[must_use]
#[allow(clippy::indexing_slicing, reason = "the document above has these members")]
pub fn document_with_sessions(signer: &Signer, applications: usize) -> Value {
    let mut document = document(signer, applications);
    let config = &mut document["services"][0]["plugins"][0]["config"];
    config["auth_methods"] = json!(["session", "bearer"]);
    config["session_secret"] = json!("a secret of sessions, for benches alone");
    document
}

/// What tells one token from another.
#[derive(Debug, Clone, Copy)]
pub struct Token {
    /// The number of the application that it was issued to.
    pub application: usize,
    /// Its own number.
    pub serial: usize,
    /// When it was issued, seconds; it holds for three years.
    pub issued: i64,
}

impl Token {
    /// Claims that every rule of the [`document`] lets pass.
    #[must_use]
    pub fn claims(self) -> Map<String, Value> {
        let Self { application, serial, issued } = self;
        let claims = json!({
            "aud": AUDIENCE, "iss": ISSUER, "iat": issued, "nbf": issued, "exp": issued.saturating_add(100_000_100),
            "aio": "E2ZgYFj".repeat(8), "azp": custom_id(application), "azpacr": "1",
            "oid": "02223b6b-aa1d-42d4-9ec0-1b2bb9194438", "rh": "0.AR".repeat(20),
            "roles": [SCOPE, "Orders.Write", "Bills.Read"], "sub": "02223b6b-aa1d-42d4-9ec0-1b2bb9194438",
            "tid": "72f988bf-86f1-41af-91ab-2d7cd011db47", "uti": format!("fqiBqXLPj0eQa82S-{serial}"), "ver": "2.0",
            "wids": ["0997a1d0-0d1d-4acb-b408-d5ca73121e90", "b79fbf4d-3ef9-4689-8143-76b194e85509"],
        });
        match claims {
            Value::Object(members) => members,
            _ => Map::new(),
        }
    }
}

/// What an ordinary client sends, with the token in the middle.
#[must_use]
pub fn headers(authorization: &str) -> [(&str, &str); 8] {
    [
        ("host", "api.example"),
        ("user-agent", "curl/8.5.0"),
        ("accept", "*/*"),
        ("authorization", authorization),
        ("x-forwarded-for", "10.0.0.1"),
        ("x-forwarded-proto", "https"),
        ("x-request-id", "6e74172b-be56-4843-9ff4-e66a39bb12e3"),
        ("accept-encoding", "gzip"),
    ]
}

/// The `custom_id` of application number `number`.
#[must_use]
pub fn custom_id(application: usize) -> String {
    format!("{APPLICATION}{application:012}")
}

/// Who issues the tokens.
pub const ISSUER: &str = "https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0";
/// Whom they are for.
pub const AUDIENCE: &str = "6e74172b-be56-4843-9ff4-e66a39bb12e3";
/// What each of them allows, among other things.
pub const SCOPE: &str = "Orders.Read";
/// How the id of every application begins.
pub const APPLICATION: &str = "75dbe77f-10a3-4e59-85fd-";
