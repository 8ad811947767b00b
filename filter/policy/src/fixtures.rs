//! Tokens and configs for the tests of this crate: one ES256 key, one issuer, one service.

use crate::config::Config;
use crate::jwt::Unverified;
use crate::keys::KeySet;
use crate::registry::Directory;
use crate::verified::{self, SourceId, Verified};
use crate::world::{Entropy, Policy};
use alloc::format;
use alloc::string::String;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};

/// The issuer of every token here.
pub(crate) const ISSUER: &str = "https://idp.example/";

/// The time at which tests decide, seconds.
pub(crate) const NOW: i64 = 1_760_000_000;

/// A token with these members in its payload (without the braces), signed by the issuer's key.
pub(crate) fn token(members: &str) -> String {
    signed(&key(), "k1", members)
}

fn signed(key: &SigningKey, kid: &str, members: &str) -> String {
    let part = |json: &str| URL_SAFE_NO_PAD.encode(json);
    let header = format!(r#"{{"alg":"ES256","kid":"{kid}"}}"#);
    let input = format!("{}.{}", part(&header), part(&format!("{{{members}}}")));
    let signature: Signature = key.sign(input.as_bytes());
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

/// The key set of another key, made from `seed`, and a token by it.
pub(crate) fn token_by(seed: u8, kid: &str, members: &str) -> (String, String) {
    let key = SigningKey::from_slice(&[seed; 32]).expect("a scalar");
    (jwks_of(&key, kid), signed(&key, kid, members))
}

/// Members that make a token of the issuer that holds for another minute.
pub(crate) fn good(more: &str) -> String {
    format!(r#""iss":"{ISSUER}","exp":{}{more}"#, NOW + 60)
}

/// The token with these members, proven.
pub(crate) fn verified(members: &str) -> Verified {
    let token = token(members);
    let (keys, _) = KeySet::from_jwks(jwks().as_bytes()).expect("jwks");
    let unverified = Unverified::parse(token.as_bytes()).expect("token");
    verified::verify(&unverified, &SourceId::from("idp"), &keys, None).expect("signature")
}

/// The config of one service, `orders` with id `s1`. `openid` are more members of openid-connect's config (with a
/// leading comma), `plugins` more plugins (likewise).
pub(crate) fn policy(openid: &str, plugins: &str) -> Policy {
    policy_with(openid, plugins, r#"{"service":"orders","status":"approved"}"#)
}

/// The same, with these registrations of the application `app-web`.
pub(crate) fn policy_with(openid: &str, plugins: &str, registrations: &str) -> Policy {
    let jwks = jwks();
    let document = format!(
        r#"{{"version":1,
            "sources":[{{"id":"idp","issuer":"{ISSUER}","jwks":{jwks}}},
                       {{"id":"other","issuer":"https://other.example/","jwks":{jwks}}}],
            "services":[{{"id":"s1","name":"orders","plugins":[
                {{"name":"openid-connect","config":{{"issuer":"{ISSUER}"{openid}}}}}{plugins}]}},
                {{"id":"s2","name":"bills","routes":[{{"id":"r2","paths":["/bills"]}}],"plugins":[
                {{"name":"openid-connect","config":{{"issuer":"{ISSUER}"}}}}]}}],
            "consumer_groups":[{{"name":"gold"}},{{"id":"g-2","name":"silver"}}],
            "consumers":[{{"id":"c-ann","username":"ann","custom_id":"42","source":"idp",
                           "groups":["staff","night shift"],"consumer_groups":["gold"]}},
                         {{"id":"c-eve","username":"eve","custom_id":"app-other","source":"other"}}],
            "applications":[{{"id":"a-web","name":"web","custom_id":"app-web","source":"idp",
                "consumer":{{"groups":["partners"]}},"registrations":[{registrations}]}}]}}"#
    );
    Policy::new(Config::parse(document.as_bytes()).expect("a valid config"))
}

/// The config of the same service where callers and keys are pushed, from a feed at `registry`.
pub(crate) fn pushed_config() -> Config {
    let document = format!(
        r#"{{"version":1,"realm":"shop","state":{{"key":"{STATE_KEY}","feed":{{"upstream":"registry","path":"/feed/"}}}},
            "sources":[{{"id":"idp","issuer":"{ISSUER}"}},{{"id":"other","issuer":"https://other.example/"}}],
            "services":[{{"id":"s1","name":"orders","plugins":[
                {{"name":"openid-connect","config":{{"issuer":"{ISSUER}","consumer_claim":["sub"],
                    "consumer_by":["custom_id","username"],"by_username_ignore_case":true}}}},
                {{"name":"application-registration","config":{{"display_name":"Orders"}}}}]}}],
            "consumer_groups":[{{"name":"gold"}}]}}"#
    );
    Config::parse(document.as_bytes()).unwrap_or_else(|errors| panic!("{errors}"))
}

/// `state.key` of [`pushed_config`].
pub(crate) const STATE_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

/// Where the callers of a policy are.
pub(crate) fn directory(policy: &Policy) -> Directory<'_> {
    let config = policy.config();
    Directory::new(&config.registry, &config.sources, None)
}

/// Counts up instead of being random.
pub(crate) struct Counter(pub(crate) u8);

impl Entropy for Counter {
    fn fill(&mut self, out: &mut [u8]) {
        for byte in out {
            self.0 = self.0.wrapping_add(1);
            *byte = self.0;
        }
    }
}

/// The JWKS with the one key.
pub(crate) fn jwks() -> String {
    jwks_of(&key(), "k1")
}

fn jwks_of(key: &SigningKey, kid: &str) -> String {
    let point = key.verifying_key().to_encoded_point(false);
    let coordinate = |bytes: Option<&p256::FieldBytes>| URL_SAFE_NO_PAD.encode(bytes.expect("uncompressed"));
    let (x, y) = (coordinate(point.x()), coordinate(point.y()));
    format!(
        r#"{{"keys":[{{"kty":"EC","crv":"P-256","kid":"{kid}","use":"sig","alg":"ES256","x":"{x}","y":"{y}"}}]}}"#
    )
}

fn key() -> SigningKey {
    SigningKey::from_slice(&[7; 32]).expect("a scalar")
}
