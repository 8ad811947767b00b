//! What a step says when it is passed. Where a proof failed, the refusal's own words are shown instead, and
//! what stands here is not.

use super::times;
use claimgate_policy::Denial;
use claimgate_policy::config::{ClaimRule, OpenIdConnect, Rules, Service};
use claimgate_policy::consumer::Caller;
use claimgate_policy::credential::Credential;
use claimgate_policy::denial::shown;
use claimgate_policy::json::Value;
use claimgate_policy::jwt::Unverified;
use claimgate_policy::keys::KeySet;
use claimgate_policy::registry::Record;
use claimgate_policy::time::{Fraction, UnixTime};
use claimgate_policy::verified::{Evidence, SourceId, Verified};

pub(super) fn credential(proof: &Result<Credential<'_>, Denial>) -> String {
    proof.as_ref().map(|found| format!("a bearer token of {} bytes", found.token().len())).unwrap_or_default()
}

pub(super) fn structure(proof: &Result<Unverified<'_>, Denial>) -> String {
    proof.as_ref().map(|token| format!("alg {}, {}", alg(token), kid(token))).unwrap_or_default()
}

pub(super) fn key(
    token: &Unverified<'_>,
    source: &SourceId,
    keys: &KeySet,
    proof: &Result<Verified, Denial>,
) -> String {
    if let Ok(Evidence::SharedSecret { .. }) = proof.as_ref().map(Verified::evidence) {
        return format!("client_secret for {}, shared with source {}", alg(token), source);
    }
    format!("{} for {}, among {} of source {}", kid(token), alg(token), count(keys.len(), "key"), source)
}

pub(super) fn signature(proof: &Result<Verified, Denial>) -> String {
    match proof.as_ref().map(Verified::evidence) {
        Err(_) => "valid".to_owned(),
        Ok(Evidence::Signature { algorithm, fingerprint, .. }) => {
            let short: String = fingerprint.to_string().chars().take(16).collect();
            format!("valid, {} by the key {short}", algorithm.name())
        }
        Ok(Evidence::SharedSecret { algorithm }) => {
            format!("valid, {} by the client_secret", algorithm.name())
        }
    }
}

/// For whom alone the key may sign.
pub(super) fn signer(proof: &Result<Verified, Denial>) -> String {
    match proof.as_ref().map(Verified::evidence) {
        Ok(Evidence::Signature { key_issuer: Some(issuer), .. }) => format!("a key of {issuer}"),
        Ok(_) | Err(_) => "a key for every issuer of the source".to_owned(),
    }
}

pub(super) fn issuer(claims: &Value) -> String {
    claims.get("iss").and_then(Value::as_str).map(shown).unwrap_or_default().into()
}

pub(super) fn domain(domains: &[Box<str>]) -> String {
    if domains.is_empty() { "none is required".to_owned() } else { domains.join(" or ") }
}

pub(super) fn time(claims: &Value, leeway: i64, now: UnixTime) -> String {
    let exp = claims.get("exp").and_then(|exp| UnixTime::from_claim(exp, Fraction::Down));
    let ends = exp.map(|exp| format!("expires {}", times::relative(exp, now))).unwrap_or_default();
    if leeway == 0 { ends } else { format!("{ends}, leeway {leeway} s") }
}

pub(super) fn required(rule: &ClaimRule) -> String {
    if rule.required.is_empty() {
        return "none is required".to_owned();
    }
    format!("{} in {}", rule.written, rule.claim_name())
}

pub(super) fn forbidden(claims: &[Box<str>]) -> String {
    if claims.is_empty() {
        "no claim is forbidden".to_owned()
    } else {
        format!("none of {}", claims.join(", "))
    }
}

pub(super) fn consumer(proof: &Result<Caller, Denial>, rules: &OpenIdConnect) -> String {
    let Ok(caller) = proof else { return String::new() };
    match (caller.record(), &rules.consumer.mapping) {
        (Some(record), Some(rule)) => format!("{}, by claim {}", who(record), rule.claim),
        _ => "no claim is mapped".to_owned(),
    }
}

pub(super) fn registration(rules: &Rules, service: &Service) -> String {
    match &rules.application_registration {
        Some(_) => format!("admitted to service {}", service.name),
        None => "none is required".to_owned(),
    }
}

/// An application or a consumer, by the most telling name that it has.
pub(super) fn who(record: &Record) -> String {
    let consumer = &record.consumer;
    match &record.application {
        Some(application) => format!("application {}", application.name),
        None => {
            let name =
                consumer.username.as_deref().or(consumer.custom_id.as_deref()).or(consumer.id.as_deref());
            format!("consumer {}", name.unwrap_or("without a name"))
        }
    }
}

fn alg(token: &Unverified<'_>) -> String {
    match &token.header().algorithm {
        Ok(algorithm) => algorithm.name().to_owned(),
        Err(unknown) => shown(unknown).into(),
    }
}

fn kid(token: &Unverified<'_>) -> String {
    token.header().kid.as_deref().map_or_else(|| "no kid".to_owned(), |kid| format!("kid {}", shown(kid)))
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
