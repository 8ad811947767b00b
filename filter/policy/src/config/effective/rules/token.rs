//! From whom and from when a token must be, under Kong's keys.

use crate::config::Source;
use crate::config::rules::TokenRules;
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct TokenView<'a> {
    issuer: String,
    issuers_allowed: Vec<String>,
    leeway: i64,
    max_age: Option<i64>,
    maximum_expiration: i64,
    domains: Option<&'a [Box<str>]>,
}

impl<'a> TokenView<'a> {
    pub(super) fn new(rules: &'a TokenRules, source: &Source) -> Self {
        Self {
            issuer: source.issuer.to_string(),
            issuers_allowed: rules.issuers.iter().map(ToString::to_string).collect(),
            leeway: rules.leeway,
            max_age: rules.max_age,
            maximum_expiration: rules.maximum_expiration.unwrap_or(0),
            domains: (!rules.domains.is_empty()).then_some(&rules.domains),
        }
    }
}
