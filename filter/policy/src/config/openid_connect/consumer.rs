//! Who calls.

use super::{NOT_YET, claim_path};
use crate::config::error::Report;
use crate::config::node::{Fields, Node};
use crate::config::rules::{ClaimPath, ConsumerRule, ConsumerRules};
use crate::registry::LookupKind;
use alloc::vec::Vec;

pub(super) fn decode(config: &Fields<'_>, report: &mut Report) -> Option<ConsumerRules> {
    Some(ConsumerRules { mapping: mapping(config, report)? })
}

/// `consumer_claim` is one path; `consumer_claims`, its later name, a list of paths.
#[allow(clippy::option_option, reason = "as for every key: an error is no value")]
fn mapping(config: &Fields<'_>, report: &mut Report) -> Option<Option<ConsumerRule>> {
    let by = consumer_by(config, report);
    let claim = match (config.member("consumer_claim"), config.member("consumer_claims")) {
        (None, None) => return by.map(|_| None),
        (Some(one), None) => claim_path(&one, report),
        (None, Some(several)) => only_path(&several, report),
        (Some(_), Some(several)) => {
            report.error(&several.path, "consumer_claim or consumer_claims", "both", None);
            None
        }
    };
    Some(Some(ConsumerRule { claim: claim?, by: by? }))
}

fn only_path(node: &Node<'_>, report: &mut Report) -> Option<ClaimPath> {
    let paths = node.items(report)?;
    match paths.as_slice() {
        [path] => claim_path(path, report),
        [] => {
            node.refuse("one claim's path", report);
            None
        }
        _ => {
            report.error(&node.path, "one claim's path", "several", Some(NOT_YET));
            None
        }
    }
}

fn consumer_by(config: &Fields<'_>, report: &mut Report) -> Option<Vec<LookupKind>> {
    let Some(node) = config.member("consumer_by") else {
        return Some(Vec::from([LookupKind::Username, LookupKind::CustomId]));
    };
    let items = node.items(report)?;
    let kinds: Option<Vec<LookupKind>> = items.iter().map(|item| item.choice(&CONSUMER_BY, report)).collect();
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
