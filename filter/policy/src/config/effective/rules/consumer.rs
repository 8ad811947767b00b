//! Who calls, under Kong's keys.

use crate::config::rules::ConsumerRules;
use crate::registry::LookupKind;
use alloc::boxed::Box;
use alloc::vec::Vec;
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct ConsumerView<'a> {
    consumer_claims: Option<[&'a [Box<str>]; 1]>,
    consumer_by: Option<Vec<&'static str>>,
}

impl<'a> ConsumerView<'a> {
    pub(super) fn new(rules: &'a ConsumerRules) -> Self {
        let mapping = rules.mapping.as_ref();
        Self {
            consumer_claims: mapping.map(|rule| [rule.claim.members()]),
            consumer_by: mapping.map(|rule| rule.by.iter().copied().map(LookupKind::name).collect()),
        }
    }
}
