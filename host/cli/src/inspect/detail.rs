//! What a step says when it is passed.

use super::seen::Seen;
use super::trail::Check;
use super::{Against, times};
use claimgate_policy::config::{ClaimRule, OpenIdConnect, Rules, SourceKeys};
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
        (Check::Signer, _) => signer(seen),
        (_, Some(rules)) => by_rules(check, rules, seen, now),
        (_, None) => String::new(),
    }
}

fn by_rules(check: Check, rules: &Rules, seen: &Seen, now: UnixTime) -> String {
    match (check, &seen.strategy) {
        (Check::Registration, _) => match &rules.application_registration {
            Some(_) => format!("admitted to service {}", seen.service.as_deref().unwrap_or_default()),
            None => "none is required".to_owned(),
        },
        (Check::Acl, _) => acl(rules),
        (check, Some(strategy)) => by_strategy(check, strategy, seen, now),
        (Check::Consumer, None) => seen.caller.as_deref().map(who).unwrap_or_default(),
        (_, None) => "an API key says nothing of it".to_owned(),
    }
}

fn by_strategy(check: Check, openid: &OpenIdConnect, seen: &Seen, now: UnixTime) -> String {
    let claims = seen.verified.as_ref().map(Verified::claims);
    match check {
        Check::Issuer => claims.map(issuer).unwrap_or_default(),
        Check::Time => claims.map(|claims| time(claims, openid.token.leeway, now)).unwrap_or_default(),
        Check::Domain => domain(&openid.token.domains),
        Check::Audience => required(&openid.requirements.audience),
        Check::Scopes => required(&openid.requirements.scopes),
        Check::Roles => required(&openid.requirements.roles),
        Check::Groups => required(&openid.requirements.groups),
        Check::Forbidden => forbidden(&openid.requirements.claims_forbidden),
        Check::Consumer => consumer(openid, seen),
        Check::Acl
        | Check::Registration
        | Check::Request
        | Check::Credential
        | Check::Structure
        | Check::Key
        | Check::Signature
        | Check::Payload
        | Check::Signer => String::new(),
    }
}

fn request(seen: &Seen) -> String {
    let service = seen.service.as_deref().map(|name| format!("service {name}"));
    let route = seen.route.as_deref().map(|name| format!("route {name}"));
    service.into_iter().chain(route).collect::<Vec<_>>().join(", ")
}

fn credential(seen: &Seen) -> String {
    match seen.place() {
        Some((key, place)) if seen.strategy.is_none() => {
            format!("an API key of {} bytes, in the {place}", key.len())
        }
        Some((token, place)) => format!("a bearer token of {} bytes, in the {place}", token.len()),
        None => "none is needed".to_owned(),
    }
}

fn header(seen: &Seen, say: impl FnOnce(&Unverified<'_>) -> String) -> String {
    let token = seen.place().and_then(|(token, _)| Unverified::parse(token).ok());
    token.as_ref().map(say).unwrap_or_default()
}

fn key(token: &Unverified<'_>, seen: &Seen, against: &Against<'_>) -> String {
    let own = seen.strategy.as_ref().map(|strategy| &strategy.source);
    let (source, keys) = match (own, against) {
        (Some(source), _) => match &source.keys {
            SourceKeys::Given(keys) => (&source.id, keys),
            SourceKeys::Pushed => return format!("{} for {}, among those pushed", kid(token), alg(token)),
            SourceKeys::Discovered(_) => {
                return format!("{} for {}, among those fetched", kid(token), alg(token));
            }
        },
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
        Evidence::Introspection => "none: the introspection endpoint calls it good".to_owned(),
        Evidence::UserInfo => "none: the userinfo endpoint takes it".to_owned(),
    }
}

/// For whom alone the key may sign.
fn signer(seen: &Seen) -> String {
    match seen.verified.as_ref().map(Verified::evidence) {
        Some(Evidence::Signature { key_issuer: Some(issuer), .. }) => format!("a key of {issuer}"),
        _ => "a key for every issuer of the source".to_owned(),
    }
}

fn issuer(claims: &Value) -> String {
    claims.get("iss").and_then(Value::as_str).map(shown).unwrap_or_default().into()
}

fn domain(domains: &[Box<str>]) -> String {
    if domains.is_empty() { "none is required".to_owned() } else { domains.join(" or ") }
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
    format!("{} in {}", rule.written, rule.claim_name())
}

fn forbidden(claims: &[Box<str>]) -> String {
    if claims.is_empty() {
        "no claim is forbidden".to_owned()
    } else {
        format!("none of {}", claims.join(", "))
    }
}

fn consumer(openid: &OpenIdConnect, seen: &Seen) -> String {
    let Some(rule) = &openid.consumer.mapping else { return "no claim is mapped".to_owned() };
    let warning = seen.warning.map(|warning| format!("; {warning}")).unwrap_or_default();
    let claims = seen.verified.as_ref().map(Verified::claims);
    match (&seen.caller, claims.and_then(|claims| rule.first_present(claims))) {
        (Some(record), Some((claim, _))) => format!("{}, by claim {claim}{warning}", who(record)),
        _ => format!("none, and none is needed{warning}"),
    }
}

fn acl(rules: &Rules) -> String {
    rules.acl.as_ref().map_or_else(|| "no groups are listed".to_owned(), |acl| acl.written.to_string())
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
