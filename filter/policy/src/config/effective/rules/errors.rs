//! What a client is told that is refused, under Kong's keys.

use crate::config::rules::ErrorRules;
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct ErrorsView<'a> {
    display_errors: bool,
    expose_error_code: bool,
    unauthorized_error_message: &'a str,
    forbidden_error_message: &'a str,
    unauthorized_redirect_uri: Option<&'a str>,
    forbidden_redirect_uri: Option<&'a str>,
    unexpected_redirect_uri: Option<&'a str>,
}

impl<'a> ErrorsView<'a> {
    pub(super) fn new(rules: &'a ErrorRules) -> Self {
        Self {
            display_errors: rules.display_errors,
            expose_error_code: rules.expose_error_code,
            unauthorized_error_message: &rules.unauthorized_error_message,
            forbidden_error_message: &rules.forbidden_error_message,
            unauthorized_redirect_uri: rules.redirects.unauthorized.as_deref(),
            forbidden_redirect_uri: rules.redirects.forbidden.as_deref(),
            unexpected_redirect_uri: rules.redirects.unexpected.as_deref(),
        }
    }
}
