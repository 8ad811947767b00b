//! Which claims of a token stand in the audit line.

use super::error::Report;
use super::node::{Fields, every};
use super::{LogClaims, Logged, document, texts};
use alloc::boxed::Box;

/// Claims stand in audit lines, so that where there is none there are no claims.
pub(super) fn warn_unwritten(claims: Logged, audit: Logged, report: &mut Report) {
    let written = [true, false].iter().all(|&refused| audit.covers(refused) || !claims.covers(refused));
    if !written {
        report.warn("log_claims", "audit leaves out lines in which the claims would stand; widen audit");
    }
}

pub(super) fn decode(fields: &Fields<'_>, report: &mut Report) -> Option<LogClaims> {
    let of = document::logged(fields, "log_claims", Logged::Off, report);
    let Some(node) = fields.member("log_claims_names") else {
        let names = USUAL.iter().copied().map(Box::from).collect();
        return Some(LogClaims { of: of?, names });
    };
    let names = every(node.items(report)?, |item| texts::value(&item, report).map(Box::from));
    Some(LogClaims { of: of?, names: names? })
}

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
