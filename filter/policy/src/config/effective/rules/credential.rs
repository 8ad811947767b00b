//! Where a token is looked for, under Kong's keys.

use crate::config::rules::CredentialRules;
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct CredentialView {
    bearer_token_param_type: [&'static str; 1],
    hide_credentials: bool,
}

impl CredentialView {
    pub(super) fn new(rules: &CredentialRules) -> Self {
        Self { bearer_token_param_type: ["header"], hide_credentials: rules.hide_credentials }
    }
}
