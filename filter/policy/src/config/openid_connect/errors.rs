//! What a client is told that is refused.

use crate::config::Source;
use crate::config::error::Report;
use crate::config::issuer::Issuer;
use crate::config::node::Fields;
use crate::config::rules::ErrorRules;
use crate::config::texts;
use alloc::boxed::Box;
use alloc::string::ToString;

pub(super) fn decode(
    config: &Fields<'_>,
    source: Option<&Source>,
    report: &mut Report,
) -> Option<ErrorRules> {
    let display_errors = config.flag("display_errors", false, report);
    let expose_error_code = config.flag("expose_error_code", true, report);
    let unauthorized_error_message = message(config, "unauthorized_error_message", "Unauthorized", report);
    let forbidden_error_message = message(config, "forbidden_error_message", "Forbidden", report);
    Some(ErrorRules {
        challenge_realm: Issuer::parse(&source?.issuer.to_string())?.host.into(),
        display_errors,
        expose_error_code,
        unauthorized_error_message: unauthorized_error_message?,
        forbidden_error_message: forbidden_error_message?,
    })
}

fn message(config: &Fields<'_>, name: &str, default: &str, report: &mut Report) -> Option<Box<str>> {
    match config.member(name) {
        Some(node) => texts::message(&node, report).map(Box::from),
        None => Some(default.into()),
    }
}
