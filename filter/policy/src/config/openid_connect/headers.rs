//! What upstream and client are told in headers.

use crate::config::error::Report;
use crate::config::header_name::HeaderName;
use crate::config::node::Fields;
use crate::config::rules::{AccessTokenHeader, HeaderRules};
use crate::headers::{CREDENTIAL_IDENTIFIER, IDENTITY};

pub(super) fn decode(config: &Fields<'_>, report: &mut Report) -> Option<HeaderRules> {
    Some(HeaderRules { upstream_access_token: access_token_header(config, report)? })
}

/// Absent means `authorization:bearer`; `null` means that the upstream gets no token.
fn access_token_header(config: &Fields<'_>, report: &mut Report) -> Option<AccessTokenHeader> {
    let name = "upstream_access_token_header";
    let Some(node) = config.member(name) else {
        let absent = if config.is_null(name) { AccessTokenHeader::Off } else { AccessTokenHeader::Bearer };
        return Some(absent);
    };
    if node.text(report)?.eq_ignore_ascii_case("authorization:bearer") {
        return Some(AccessTokenHeader::Bearer);
    }
    let name = HeaderName::read(&node, report)?;
    if IDENTITY.contains(&name.as_str()) || name.as_str() == CREDENTIAL_IDENTIFIER {
        node.refuse("a header other than those that say who the caller is", report);
        return None;
    }
    Some(AccessTokenHeader::Raw(name))
}
