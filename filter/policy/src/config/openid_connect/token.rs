//! From whom and from when a token must be.

use crate::config::error::Report;
use crate::config::node::Fields;
use crate::config::rules::{AcceptedIssuers, TokenRules};
use crate::config::texts;
use alloc::boxed::Box;
use alloc::vec::Vec;

pub(super) fn decode(
    config: &Fields<'_>,
    issuers: Option<AcceptedIssuers>,
    report: &mut Report,
) -> Option<TokenRules> {
    let leeway = seconds(config, "leeway", LONGEST_LEEWAY, report);
    let max_age = seconds(config, "max_age", LONGEST_AGE, report);
    let maximum_expiration = seconds(config, "maximum_expiration", LONGEST_LIFETIME, report);
    let domains = domains(config, report);
    Some(TokenRules {
        issuers: issuers?,
        leeway: leeway?.unwrap_or(0),
        max_age: max_age?,
        maximum_expiration: maximum_expiration?.filter(|seconds| *seconds > 0),
        domains: domains?,
    })
}

/// The inner `None`: it is not set.
#[allow(clippy::option_option, reason = "as for every key: an error is no value")]
fn seconds(config: &Fields<'_>, name: &str, most: i64, report: &mut Report) -> Option<Option<i64>> {
    match config.member(name) {
        Some(node) => node.whole(" of seconds", 0, most, report).map(Some),
        None => Some(None),
    }
}

/// An empty list could be meant as "none of them".
fn domains(config: &Fields<'_>, report: &mut Report) -> Option<Vec<Box<str>>> {
    let Some(node) = config.member("domains") else { return Some(Vec::new()) };
    let items = node.items(report)?;
    if items.is_empty() {
        node.refuse("at least one domain, or no value", report);
        return None;
    }
    items.iter().map(|item| texts::value(item, report).map(Box::from)).collect()
}

/// A day. Clocks that differ by more are broken.
const LONGEST_LEEWAY: i64 = 86_400;

/// Ten years.
const LONGEST_AGE: i64 = 315_360_000;

/// A year, as in Kong's jwt plugin.
const LONGEST_LIFETIME: i64 = 31_536_000;
