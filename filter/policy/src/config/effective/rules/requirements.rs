//! What a token must hold, under Kong's keys.

use crate::config::rules::{ClaimRule, Requirements};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct RequirementsView<'a> {
    audience_claim: &'a [Box<str>],
    audience_required: Option<Vec<String>>,
    scopes_claim: &'a [Box<str>],
    scopes_required: Option<Vec<String>>,
}

impl<'a> RequirementsView<'a> {
    pub(super) fn new(rules: &'a Requirements) -> Self {
        Self {
            audience_claim: rules.audience.claim.members(),
            audience_required: alternatives(&rules.audience),
            scopes_claim: rules.scopes.claim.members(),
            scopes_required: alternatives(&rules.scopes),
        }
    }
}

/// `None`: no check.
fn alternatives(rule: &ClaimRule) -> Option<Vec<String>> {
    (!rule.required.is_empty()).then(|| rule.required.iter().map(|words| words.join(" ")).collect())
}
