//! What a client is told that is refused.

use super::redirect;
use crate::config::Source;
use crate::config::error::Report;
use crate::config::issuer::Issuer;
use crate::config::node::Fields;
use crate::config::rules::{ErrorRules, Redirects, Scheme};
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
    let redirects = redirects(config, report);
    Some(ErrorRules {
        scheme: Scheme::Bearer,
        challenge_realm: Issuer::parse(&source?.issuer.to_string())?.host.into(),
        display_errors,
        expose_error_code,
        unauthorized_error_message: unauthorized_error_message?,
        forbidden_error_message: forbidden_error_message?,
        redirects: redirects?,
    })
}

fn redirects(config: &Fields<'_>, report: &mut Report) -> Option<Redirects> {
    let unauthorized = redirect(config, "unauthorized_redirect_uri", report);
    let forbidden = redirect(config, "forbidden_redirect_uri", report);
    let unexpected = redirect(config, "unexpected_redirect_uri", report);
    Some(Redirects { unauthorized: unauthorized?, forbidden: forbidden?, unexpected: unexpected? })
}

/// Kong has one URI per client; so far there is one client.
#[allow(clippy::option_option, reason = "as for every key: an error is no value")]
fn redirect(config: &Fields<'_>, name: &str, report: &mut Report) -> Option<Option<Box<str>>> {
    let Some(node) = config.member(name).filter(|node| !node.is_empty()) else { return Some(None) };
    let items = node.items(report)?;
    let [only] = items.as_slice() else {
        report.error(
            &node.path,
            "one URI",
            "several",
            Some("one per client, and there is one client".into()),
        );
        return None;
    };
    redirect::uri(only, report).map(|uri| Some(uri.into()))
}

fn message(config: &Fields<'_>, name: &str, default: &str, report: &mut Report) -> Option<Box<str>> {
    match config.member(name) {
        Some(node) => texts::message(&node, report).map(Box::from),
        None => Some(default.into()),
    }
}
