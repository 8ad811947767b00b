//! How a source's keys are fetched: by what it says itself, and by what the plugins of its tokens say, with Kong's keys.

use super::plugins::Wish;
use crate::config::error::{Report, describe, quoted};
use crate::config::node::{Fields, Node};
use crate::config::rules::AcceptedIssuer;
use crate::config::{Discovery, issuer, origins};
use crate::provider::{Targets, Url};
use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;

/// Members of a source that say how its keys are fetched.
pub(super) const MEMBERS: [&str; 5] =
    ["discovery", "jwks_uri", "extra_jwks_uris", "refresh_seconds", "stale_seconds"];

/// Keys of openid-connect that do.
const KEYS: [&str; 6] = [
    "discovery_headers_names",
    "discovery_headers_values",
    "extra_jwks_uris",
    "jwks_endpoint",
    "rediscovery_lifetime",
    "using_pseudo_issuer",
];

/// Reads how the keys of an issuer, which is written at `place`, are fetched. `source`: its entry, if it has one.
pub(super) fn decode(
    source: Option<&Fields<'_>>,
    (issuer, place): (&AcceptedIssuer, &str),
    wishes: &[&Wish<'_>],
    targets: &Targets,
    report: &mut Report,
) -> Option<Discovery> {
    let wished = |key| wished(wishes, key);
    let own = |member| source.and_then(|source| source.member(member));
    let url = |node: Node<'_>, report: &mut Report| origins::url(&node, targets, report);
    let agreed = agree(wishes, report);
    let pseudo = wished("using_pseudo_issuer").and_then(|node| node.value.as_bool()).unwrap_or(false);
    let document = match own("discovery") {
        _ if pseudo => Some(None),
        Some(node) => url(node, report).map(Some),
        None => match wishes.iter().find(|wish| wish.names_a_query()) {
            Some(wish) => url(wish.issuer.clone(), report).map(Some),
            None => document_of(issuer, place, targets, report).map(Some),
        },
    };
    let jwks_uri = either(own("jwks_uri"), wished("jwks_endpoint"), report).map(|node| url(node, report));
    let extra = either(own("extra_jwks_uris"), wished("extra_jwks_uris"), report);
    let extra_jwks_uris = extra.map_or(Some(Vec::new()), |node| {
        let items = node.items(report)?;
        items.into_iter().map(|item| url(item, report)).collect()
    });
    let seconds = |node: Option<Node<'_>>, least, most, unset, report: &mut Report| {
        node.map_or(Some(unset), |node| node.whole(" of seconds", least, most, report))
    };
    let refresh = seconds(own("refresh_seconds"), 5, DAY, Discovery::REFRESH, report);
    let stale = seconds(own("stale_seconds"), 60, 30 * DAY, Discovery::STALE, report);
    let lifetime = seconds(wished("rediscovery_lifetime"), 0, DAY, Discovery::REDISCOVERY, report);
    let timeout = match wished("timeout") {
        Some(node) => node.whole(" of milliseconds", 1, 60_000, report).and_then(|ms| u32::try_from(ms).ok()),
        None => Some(Discovery::TIMEOUT_MS),
    };
    let headers = headers(wishes, report);
    if pseudo && jwks_uri.is_none() {
        let hint = "with using_pseudo_issuer nothing says where the keys are";
        report.error(place, "jwks_endpoint beside it", "nothing", Some(hint.into()));
        return None;
    }
    agreed.then_some(())?;
    Some(Discovery {
        document: document?,
        jwks_uri: match jwks_uri {
            Some(url) => Some(url?),
            None => None,
        },
        extra_jwks_uris: extra_jwks_uris?,
        headers: headers?,
        refresh: refresh?,
        stale: stale?,
        rediscovery_lifetime: lifetime?,
        timeout_ms: timeout?,
    })
}

/// Refuses what would do nothing where the keys are not fetched.
pub(super) fn refuse(source: &Fields<'_>, wishes: &[&Wish<'_>], report: &mut Report) {
    let own = MEMBERS.iter().filter_map(|member| source.member(member));
    let wished = wishes.iter().flat_map(|wish| {
        let asks = |key: &&str| wish.config.member(key).filter(|node| !says_nothing(key, node));
        KEYS.iter().filter_map(asks).collect::<Vec<_>>()
    });
    for node in own.chain(wished) {
        let hint = "the source's keys stand in the document, or are pushed, and nothing is fetched";
        report.error(&node.path, "no value", describe(node.value), Some(hint.into()));
    }
}

/// As a dump of Kong's has it.
fn says_nothing(key: &str, node: &Node<'_>) -> bool {
    let number = node.value.as_number().and_then(serde_json::Number::as_i64);
    node.is_empty()
        || key == "rediscovery_lifetime" && number == Some(Discovery::REDISCOVERY)
        || key == "using_pseudo_issuer" && node.value.as_bool() == Some(false)
}

fn wished<'a>(wishes: &[&Wish<'a>], key: &str) -> Option<Node<'a>> {
    wishes.iter().find_map(|wish| wish.config.member(key)).filter(|node| !node.is_empty())
}

fn either<'a>(own: Option<Node<'a>>, wished: Option<Node<'a>>, report: &mut Report) -> Option<Node<'a>> {
    if let (Some(own), Some(wished)) = (&own, &wished)
        && own.value != wished.value
    {
        let hint = format!("{} says otherwise, and the keys are fetched once", own.path);
        report.error(&wished.path, "no value", describe(wished.value), Some(hint.into()));
    }
    own.or(wished)
}

/// All plugins of one issuer must say the same, or nothing.
fn agree(wishes: &[&Wish<'_>], report: &mut Report) -> bool {
    let mut agreed = true;
    for key in KEYS {
        let Some(first) = wished(wishes, key) else { continue };
        for other in wishes.iter().filter_map(|wish| wish.config.member(key)) {
            if other.value != first.value {
                let hint =
                    format!("{} says otherwise, and the issuer's keys are fetched once for both", first.path);
                report.error(&other.path, "the same value", describe(other.value), Some(hint.into()));
                agreed = false;
            }
        }
    }
    agreed
}

fn headers(wishes: &[&Wish<'_>], report: &mut Report) -> Option<Vec<(Box<str>, Box<str>)>> {
    let texts = |key, report: &mut Report| {
        let Some(node) = wished(wishes, key) else { return Some(Vec::new()) };
        node.items(report)?.iter().map(|item| item.text(report)).collect::<Option<Vec<_>>>()
    };
    let (names, values) = (texts(KEYS[0], report)?, texts(KEYS[1], report)?);
    if names.len() != values.len() {
        let place = wished(wishes, KEYS[0]).or_else(|| wished(wishes, KEYS[1]))?;
        let expected = "as many names as values";
        report.error(&place.path, expected, format!("{} and {}", names.len(), values.len()), None);
        return None;
    }
    let sound = |(name, value): &(&str, &str)| {
        let token = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        token && value.bytes().all(|byte| (b' '..=b'~').contains(&byte))
    };
    let pairs: Vec<(&str, &str)> = names.into_iter().zip(values).collect();
    if let Some((name, _)) = pairs.iter().find(|pair| !sound(pair)) {
        let place = wished(wishes, KEYS[0])?;
        report.error(&place.path, "header names, and values in ASCII", quoted(name), None);
        return None;
    }
    Some(pairs.into_iter().map(|(name, value)| (name.to_ascii_lowercase().into(), value.into())).collect())
}

/// Where an issuer's discovery document stands (Discovery 4.1). Entra has one for all tenants, named `common`.
fn document_of(issuer: &AcceptedIssuer, place: &str, targets: &Targets, report: &mut Report) -> Option<Url> {
    let text = match issuer {
        AcceptedIssuer::Exactly(url) => issuer::discovery_of(url),
        AcceptedIssuer::OfTenants { template, .. } => issuer::discovery_of(&template.with("common")),
    };
    let value = crate::json::Value::String(text.into());
    origins::url(&Node { path: place.into(), value: &value }, targets, report)
}

const DAY: i64 = 86_400;
