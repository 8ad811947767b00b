//! Who calls, under Kong's keys.

use crate::config::rules::{ClaimPath, ConsumerRules};
use crate::registry::LookupKind;
use alloc::boxed::Box;
use alloc::vec::Vec;
use serde::Serialize;

#[derive(Serialize)]
#[allow(clippy::struct_excessive_bools, reason = "Kong's keys, each independent")]
pub(super) struct ConsumerView<'a> {
    consumer_claims: Option<Vec<&'a [Box<str>]>>,
    consumer_by: Option<Vec<&'static str>>,
    by_username_ignore_case: bool,
    consumer_claim_strict: bool,
    consumer_optional: bool,
    credential_claim: &'a [Box<str>],
    authenticated_groups_claim: Option<&'a [Box<str>]>,
    consumer_groups_claim: Option<&'a [Box<str>]>,
    consumer_groups_optional: bool,
}

impl<'a> ConsumerView<'a> {
    pub(super) fn new(rules: &'a ConsumerRules) -> Self {
        let mapping = rules.mapping.as_ref();
        let groups = rules.groups.as_ref();
        Self {
            consumer_claims: mapping.map(|rule| rule.claims.iter().map(ClaimPath::members).collect()),
            consumer_by: mapping.map(|rule| rule.by.iter().copied().map(written).collect()),
            by_username_ignore_case: mapping
                .is_some_and(|rule| rule.by.contains(&LookupKind::FoldedUsername)),
            consumer_claim_strict: mapping.is_some_and(|rule| rule.strict),
            consumer_optional: rules.optional,
            credential_claim: rules.credential_claim.members(),
            authenticated_groups_claim: rules.authenticated_groups_claim.as_ref().map(ClaimPath::members),
            consumer_groups_claim: groups.map(|rule| rule.claim.members()),
            consumer_groups_optional: groups.is_some_and(|rule| rule.optional),
        }
    }
}

/// As `consumer_by` has it; `by_username_ignore_case` is a key of its own.
const fn written(kind: LookupKind) -> &'static str {
    match kind {
        LookupKind::FoldedUsername => LookupKind::Username.name(),
        other => other.name(),
    }
}
