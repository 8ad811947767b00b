//! Who makes the tokens: an issuer that the gate trusts.

use super::bodies::form;
use super::heads::{heads, random_heads};
use super::json::{with, with_text};
use super::random::Random;
use super::{RawRequest, bearer, pair};
use crate::support::table::real_time;
use crate::support::traces;
use claimgate::mint::{Draft, Signer, SigningAlgorithm};
use serde_json::{Value, json};

/// Signs tokens for the application that the examples approve, good ones and others.
pub(crate) struct Forger(Signer);

impl Forger {
    pub(crate) fn new() -> Self {
        Self(Signer::generate(SigningAlgorithm::Es256, "demo").unwrap())
    }

    /// The document of an example with this forger as its issuer, and tokens looked for in every place.
    pub(crate) fn trusted(&self, mut document: Value) -> Value {
        document["sources"][0]["jwks"]["keys"] = json!([self.0.public_jwk().unwrap()]);
        document["body_tokens"] = json!(true);
        for service in document["services"].as_array_mut().unwrap() {
            let config = &mut service["plugins"][0]["config"];
            config["bearer_token_param_type"] = json!(["header", "query", "cookie", "body"]);
            config["bearer_token_cookie_name"] = json!("session");
        }
        document
    }

    /// A token that is good for `/orders`.
    pub(super) fn good(&self) -> String {
        self.signed(self.header(), claims())
    }

    /// A request that may pass, with its token in the head, or in the body if this one has a body.
    pub(crate) fn good_one(&self, like: &RawRequest) -> RawRequest {
        let token = self.good();
        let request = match like.body.is_empty() {
            true => bearer("a good token", token.as_bytes()),
            false => form(format!("access_token={token}").into_bytes()),
        };
        RawRequest { expected: &[200], ..request }
    }

    pub(super) fn header(&self) -> String {
        Value::Object(self.0.header()).to_string()
    }

    /// A token of these texts, with a good signature.
    pub(super) fn signed(&self, header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
        let token = Draft::from_bytes(header.as_ref(), payload.as_ref()).signed(&self.0).unwrap();
        token.split('.').skip(1).for_each(traces::hide);
        token
    }

    /// Everything below, with random damage by this seed.
    pub(crate) fn requests(&self, seed: u64) -> Vec<RawRequest> {
        let mut requests = heads();
        requests.extend(self.credentials());
        requests.extend(self.tokens().into_iter().map(|(name, token)| bearer(name, &token)));
        requests.extend(self.strangers());
        requests.extend(self.bodies());
        requests.extend(self.damaged(seed));
        requests.extend(random_heads(seed));
        requests
    }

    /// One good token in places, or together with others, where it must not count.
    fn credentials(&self) -> Vec<RawRequest> {
        let good = format!("Bearer {}", self.good());
        let two = |first: &str, second: &str| {
            ["authorization", "Authorization", "AUTHORIZATION", "aUTHORIZATION"].map(|name| {
                let headers = vec![pair("authorization", first), pair(name, second)];
                RawRequest::get(format!("{first:.12} and {name}: {second:.12}"), headers, &[400])
            })
        };
        let joined = [format!("{good}, {good}"), format!("{good},Basic x"), format!("Basic x, {good}")];
        let joined = joined.map(|value| {
            RawRequest::get(format!("joined: {value:.12}"), vec![pair("authorization", value)], &[400])
        });
        let many = RawRequest::get("10,000 good tokens", vec![pair("authorization", &good); 10_000], &[400]);
        let pairs = [
            two(&good, &good),
            two(&good, "Bearer none"),
            two("Bearer none", &good),
            two("Basic Zm9vOmJhcg==", &good),
            two("Bearer", &good),
        ];
        pairs.into_iter().flatten().chain(joined).chain([many.beyond_http()]).collect()
    }

    /// Claims that prove a caller, but none that may pass.
    fn strangers(&self) -> Vec<RawRequest> {
        let claims = claims();
        let mut texts = vec![
            ("900 audiences".to_owned(), with(&claims, "aud", json!(vec!["a"; 900]))),
            (
                "a NUL behind the client id".to_owned(),
                claims.replacen("-000000000001", "-000000000001\\u0000", 1),
            ),
        ];
        for claim in ["aud", "azp"] {
            texts.push((format!("a {claim} that is an object"), with_text(&claims, claim, r#"{"a":1}"#)));
            texts.push((format!("a {claim} that is a number"), with_text(&claims, claim, "1")));
            texts.push((format!("no {claim}"), with(&claims, claim, Value::Null)));
        }
        let request = |(name, text): (String, String)| {
            let token = self.signed(self.header(), text);
            RawRequest { expected: &[403], ..bearer(format!("claims: {name}"), token.as_bytes()) }
        };
        texts.into_iter().map(request).collect()
    }

    /// A good token with bytes changed, taken away, added and repeated.
    fn damaged(&self, seed: u64) -> Vec<RawRequest> {
        let (good, mut random) = (self.good().into_bytes(), Random(seed));
        let mut requests = Vec::new();
        while requests.len() < DAMAGED {
            let mut token = good.clone();
            for _ in 0..=random.below(3) {
                damage(&mut token, &mut random);
            }
            // Around a token spaces may stand.
            if token.trim_ascii() != good {
                let name = format!("seed {seed}, damaged token {}", requests.len());
                // A comma makes two of one.
                requests.push(RawRequest { expected: &[400, 401], ..bearer(name, &token).beyond_http() });
            }
        }
        requests
    }
}

/// Claims that may pass.
pub(super) fn claims() -> String {
    json!({
        "iss": "https://issuer.example/demo",
        "aud": "https://api.example",
        "azp": "a1b2c3d4-0000-4000-8000-000000000001",
        "exp": real_time() + 600,
        "canary": traces::canary("claim"),
    })
    .to_string()
}

fn damage(token: &mut Vec<u8>, random: &mut Random) {
    let (at, byte) = (random.below(token.len()), random.byte());
    match random.below(4) {
        0 => token[at] = byte,
        1 => token.truncate(at.max(1)),
        2 => token.insert(at, byte),
        _ => token.extend_from_within(at..),
    }
}

/// How many damaged tokens there are for a seed.
const DAMAGED: usize = 100;
