//! What a token must hold, under Kong's keys.

use crate::config::rules::{ClaimRule, Requirements};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct RequirementsView<'a> {
    audience_claim: ClaimView<'a>,
    audience_required: Option<Vec<String>>,
    scopes_claim: ClaimView<'a>,
    scopes_required: Option<Vec<String>>,
    roles_claim: ClaimView<'a>,
    roles_required: Option<Vec<String>>,
    groups_claim: ClaimView<'a>,
    groups_required: Option<Vec<String>>,
    claims_forbidden: Option<&'a [Box<str>]>,
}

/// A path, or in words that the first of two is read.
#[derive(Serialize)]
#[serde(untagged)]
enum ClaimView<'a> {
    Path(&'a [Box<str>]),
    First(String),
}

impl<'a> RequirementsView<'a> {
    pub(super) fn new(rules: &'a Requirements) -> Self {
        Self {
            audience_claim: ClaimView::new(&rules.audience),
            audience_required: alternatives(&rules.audience),
            scopes_claim: ClaimView::new(&rules.scopes),
            scopes_required: alternatives(&rules.scopes),
            roles_claim: ClaimView::new(&rules.roles),
            roles_required: alternatives(&rules.roles),
            groups_claim: ClaimView::new(&rules.groups),
            groups_required: alternatives(&rules.groups),
            claims_forbidden: (!rules.claims_forbidden.is_empty()).then_some(&rules.claims_forbidden),
        }
    }
}

impl<'a> ClaimView<'a> {
    fn new(rule: &'a ClaimRule) -> Self {
        match rule.or_else {
            None => Self::Path(rule.claim.members()),
            Some(_) => Self::First(rule.claim_name()),
        }
    }
}

/// `None`: no check.
fn alternatives(rule: &ClaimRule) -> Option<Vec<String>> {
    (!rule.required.is_empty()).then(|| rule.required.iter().map(|words| words.join(" ")).collect())
}
