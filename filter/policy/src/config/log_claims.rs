//! Which claims of a token stand in the audit line.

use super::error::Report;
use super::node::Fields;
use super::{Audit, LogClaims, LogWhen, texts};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// Claims stand in audit lines, so that where there is none there are no claims.
pub(super) fn warn_unwritten(log: Option<&LogClaims>, audit: Audit, report: &mut Report) {
    let written = match (log.map_or(LogWhen::Off, |log| log.when), audit) {
        (LogWhen::Off, _) | (LogWhen::Denied, Audit::Denied) | (_, Audit::All) => true,
        (LogWhen::Denied | LogWhen::All, Audit::Off) | (LogWhen::All, Audit::Denied) => false,
    };
    if !written {
        report.warn("log_claims", "audit leaves out lines in which the claims would stand; widen audit");
    }
}

pub(super) fn decode(document: &Fields<'_>, report: &mut Report) -> Option<LogClaims> {
    let when = match document.member("log_claims") {
        Some(node) => node.choice(&WHEN, report),
        None => Some(LogWhen::Off),
    };
    let Some(node) = document.member("log_claims_names") else {
        let names = USUAL.iter().copied().map(Box::from).collect();
        return Some(LogClaims { when: when?, names });
    };
    let nodes = node.items(report)?;
    let names: Vec<Option<Box<str>>> =
        nodes.iter().map(|item| texts::value(item, report).map(Box::from)).collect();
    let names: Option<Vec<Box<str>>> = names.into_iter().collect();
    Some(LogClaims { when: when?, names: names? })
}

const WHEN: [(&str, LogWhen); 3] = [
    (LogWhen::Off.name(), LogWhen::Off),
    (LogWhen::Denied.name(), LogWhen::Denied),
    (LogWhen::All.name(), LogWhen::All),
];

/// What decides about a token, of every provider; nothing that names a person.
const USUAL: [&str; 18] = [
    "iss",
    "aud",
    "azp",
    "appid",
    "cid",
    "client_id",
    "tid",
    "ver",
    "scope",
    "scp",
    "roles",
    "groups",
    "hd",
    "iat",
    "nbf",
    "exp",
    "auth_time",
    "idtyp",
];
