//! From whom and from when a token must be, under Kong's keys.

use crate::config::rules::TokenRules;
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct TokenView<'a> {
    issuer: &'a str,
    leeway: i64,
}

impl<'a> TokenView<'a> {
    pub(super) fn new(rules: &'a TokenRules) -> Self {
        Self { issuer: &rules.issuer, leeway: rules.leeway }
    }
}
