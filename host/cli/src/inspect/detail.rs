//! What a step says when it is passed.

use super::seen::Seen;
use super::trail::Check;
use super::{Against, times};
use claimgate_policy::config::{ClaimRule, Rules};
use claimgate_policy::denial::shown;
use claimgate_policy::json::Value;
use claimgate_policy::jwt::Unverified;
use claimgate_policy::registry::Record;
use claimgate_policy::time::{Fraction, UnixTime};
use claimgate_policy::verified::{Evidence, Verified};

/// The line for a check that was passed.
pub(super) fn of(check: Check, seen: &Seen, against: &Against<'_>, now: UnixTime) -> String {
    let rules = seen.rules.as_ref();
    match (check, rules) {
        (Check::Request, _) => request(seen),
        (Check::Credential, _) => credential(seen),
        (Check::Structure, _) => header(seen, |token| format!("alg {}, {}", alg(token), kid(token))),
        (Check::Key, _) => header(seen, |token| key(token, seen, against)),
        (Check::Signature, _) => seen.verified.as_ref().map(signature).unwrap_or_default(),
        (Check::Payload, _) => "a JSON object".to_owned(),
        (_, Some(rules)) => by_rules(check, rules, seen, now),
        (_, None) => String::new(),
    }
}

fn by_rules(check: Check, rules: &Rules, seen: &Seen, now: UnixTime) -> String {
    let openid = &rules.openid_connect;
    match check {
        Check::Issuer => openid.token.issuer.to_string(),
        Check::Time => seen
            .verified
            .as_ref()
            .map(|verified| time(verified.claims(), openid.token.leeway, now))
            .unwrap_or_default(),
        Check::Audience => required(&openid.requirements.audience),
        Check::Scopes => required(&openid.requirements.scopes),
        Check::Consumer => consumer(rules, seen),
        Check::Registration => match &rules.application_registration {
            Some(_) => format!("admitted to service {}", seen.service.as_deref().unwrap_or_default()),
            None => "none is required".to_owned(),
        },
        Check::Request
        | Check::Credential
        | Check::Structure
        | Check::Key
        | Check::Signature
        | Check::Payload => String::new(),
    }
}

fn request(seen: &Seen) -> String {
    let service = seen.service.as_deref().map(|name| format!("service {name}"));
    let route = seen.route.as_deref().map(|name| format!("route {name}"));
    service.into_iter().chain(route).collect::<Vec<_>>().join(", ")
}

fn credential(seen: &Seen) -> String {
    match seen.place() {
        Some((token, place)) => format!("a bearer token of {} bytes, in the {place}", token.len()),
        None => "none is needed".to_owned(),
    }
}

fn header(seen: &Seen, say: impl FnOnce(&Unverified<'_>) -> String) -> String {
    let token = seen.place().and_then(|(token, _)| Unverified::parse(token).ok());
    token.as_ref().map(say).unwrap_or_default()
}

fn key(token: &Unverified<'_>, seen: &Seen, against: &Against<'_>) -> String {
    let own = seen.rules.as_ref().map(|rules| &rules.openid_connect.source);
    let (source, keys) = match (own, against) {
        (Some(source), _) => (&source.id, &source.keys),
        (None, Against::Keys { source, keys }) => (*source, *keys),
        (None, _) => return String::new(),
    };
    if let Some(Evidence::SharedSecret { .. }) = seen.verified.as_ref().map(Verified::evidence) {
        return format!("client_secret for {}, shared with source {source}", alg(token));
    }
    format!("{} for {}, among {} of source {source}", kid(token), alg(token), count(keys.len(), "key"))
}

fn signature(verified: &Verified) -> String {
    match verified.evidence() {
        Evidence::Signature { algorithm, fingerprint, .. } => {
            let short: String = fingerprint.to_string().chars().take(16).collect();
            format!("valid, {} by the key {short}", algorithm.name())
        }
        Evidence::SharedSecret { algorithm } => format!("valid, {} by the client_secret", algorithm.name()),
    }
}

fn time(claims: &Value, leeway: i64, now: UnixTime) -> String {
    let exp = claims.get("exp").and_then(|exp| UnixTime::from_claim(exp, Fraction::Down));
    let ends = exp.map(|exp| format!("expires {}", times::relative(exp, now))).unwrap_or_default();
    if leeway == 0 { ends } else { format!("{ends}, leeway {leeway} s") }
}

fn required(rule: &ClaimRule) -> String {
    if rule.required.is_empty() {
        return "none is required".to_owned();
    }
    let claim: Vec<&str> = rule.claim.members().iter().map(|member| &**member).collect();
    format!("{} in {}", rule.written, claim.join("."))
}

fn consumer(rules: &Rules, seen: &Seen) -> String {
    let record = seen.caller.as_ref().and_then(|caller| caller.record());
    match (record, &rules.openid_connect.consumer.mapping) {
        (Some(record), Some(rule)) => format!("{}, by claim {}", who(record), rule.claim),
        _ => "no claim is mapped".to_owned(),
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
