//! Where a token is looked for, under Kong's keys.

use crate::config::HeaderName;
use crate::config::rules::CredentialRules;
use alloc::vec::Vec;
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct CredentialView<'a> {
    bearer_token_param_type: Vec<&'static str>,
    bearer_token_header_name: Option<&'a str>,
    bearer_token_cookie_name: Option<&'a str>,
    hide_credentials: bool,
    run_on_preflight: bool,
    anonymous: Option<&'a str>,
}

impl<'a> CredentialView<'a> {
    pub(super) fn new(rules: &'a CredentialRules) -> Self {
        Self {
            bearer_token_param_type: rules.places.names().collect(),
            bearer_token_header_name: rules.header_name.as_ref().map(HeaderName::as_str),
            bearer_token_cookie_name: rules.cookie_name.as_deref(),
            hide_credentials: rules.hide_credentials,
            run_on_preflight: rules.run_on_preflight,
            anonymous: rules.anonymous.as_deref(),
        }
    }
}
