//! Who calls.

use super::claim_path;
use crate::config::error::Report;
use crate::config::node::{Fields, Node, every};
use crate::config::rules::{ClaimPath, ConsumerGroupRule, ConsumerRule, ConsumerRules};
use crate::registry::LookupKind;
use alloc::boxed::Box;
use alloc::vec::Vec;

pub(super) fn decode(config: &Fields<'_>, report: &mut Report) -> Option<ConsumerRules> {
    let mapping = mapping(config, report);
    let optional = config.flag("consumer_optional", false, report);
    let credential_claim = match config.member("credential_claim") {
        Some(node) => claim_path(&node, report),
        None => ClaimPath::new(Box::new(["sub".into()])),
    };
    let authenticated_groups_claim = optional_path(config, "authenticated_groups_claim", report);
    let groups = groups(config, report);
    Some(ConsumerRules {
        mapping: mapping?,
        optional,
        credential_claim: credential_claim?,
        authenticated_groups_claim: authenticated_groups_claim?,
        groups: groups?,
    })
}

/// `consumer_claim` is one path; `consumer_claims`, its later name, a list of paths.
#[allow(clippy::option_option, reason = "as for every key: an error is no value")]
fn mapping(config: &Fields<'_>, report: &mut Report) -> Option<Option<ConsumerRule>> {
    let by = consumer_by(config, report);
    let strict = config.flag("consumer_claim_strict", false, report);
    let (node, claims) = match (config.member("consumer_claim"), config.member("consumer_claims")) {
        (None, None) => return by.map(|_| None),
        (Some(one), None) => {
            let path = claim_path(&one, report);
            (one, path.map(|path| Vec::from([path])))
        }
        (None, Some(several)) => {
            let paths = paths(&several, report);
            (several, paths)
        }
        (Some(_), Some(several)) => {
            report.error(&several.path, "consumer_claim or consumer_claims", "both", None);
            return None;
        }
    };
    let rule = ConsumerRule { claims: claims?, by: by?, strict };
    match (strict, rule.claims.iter().any(ClaimPath::is_audience)) {
        (false, true) => report.warn(&node.path, AUDIENCE),
        (true, false) => report.warn(&config.path_of("consumer_claim_strict"), NO_AUDIENCE),
        _ => {}
    }
    Some(Some(rule))
}

fn paths(node: &Node<'_>, report: &mut Report) -> Option<Vec<ClaimPath>> {
    let items = node.items(report)?;
    if items.is_empty() {
        node.refuse("at least one claim's path", report);
        return None;
    }
    every(&items, |item| claim_path(item, report))
}

/// An empty array is no path.
#[allow(clippy::option_option, reason = "as for every key: an error is no value")]
fn optional_path(config: &Fields<'_>, name: &str, report: &mut Report) -> Option<Option<ClaimPath>> {
    match config.member(name).filter(|node| !node.is_empty()) {
        Some(node) => claim_path(&node, report).map(Some),
        None => Some(None),
    }
}

#[allow(clippy::option_option, reason = "as for every key: an error is no value")]
fn groups(config: &Fields<'_>, report: &mut Report) -> Option<Option<ConsumerGroupRule>> {
    let optional = config.flag("consumer_groups_optional", false, report);
    let claim = optional_path(config, "consumer_groups_claim", report)?;
    Some(claim.map(|claim| ConsumerGroupRule { claim, optional }))
}

fn consumer_by(config: &Fields<'_>, report: &mut Report) -> Option<Vec<LookupKind>> {
    let ignore_case = config.flag("by_username_ignore_case", false, report);
    let fold = |kind| match kind {
        LookupKind::Username if ignore_case => LookupKind::FoldedUsername,
        other => other,
    };
    let Some(node) = config.member("consumer_by") else {
        return Some(Vec::from([LookupKind::Username, LookupKind::CustomId].map(fold)));
    };
    let items = node.items(report)?;
    let kinds: Option<Vec<LookupKind>> =
        items.iter().map(|item| item.choice(&CONSUMER_BY, report).map(fold)).collect();
    if items.is_empty() {
        node.refuse("at least one of id, username and custom_id", report);
        return None;
    }
    kinds
}

const CONSUMER_BY: [(&str, LookupKind); 3] = [
    (LookupKind::Id.name(), LookupKind::Id),
    (LookupKind::Username.name(), LookupKind::Username),
    (LookupKind::CustomId.name(), LookupKind::CustomId),
];

const NO_AUDIENCE: &str = "it keeps nobody out: the consumer claim is not aud";

const AUDIENCE: &str = "aud says for which API a token is, and who calls only where an application asks a token for \
                        itself: any client's token for that API is taken for this consumer's; map azp (Entra v2), \
                        appid (Entra v1), cid or client_id, or set consumer_claim_strict";
