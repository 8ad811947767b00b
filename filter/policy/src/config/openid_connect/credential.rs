//! Where a token is looked for, and what becomes of it.

use super::only_value;
use crate::config::error::Report;
use crate::config::node::Fields;
use crate::config::rules::CredentialRules;

pub(super) fn decode(config: &Fields<'_>, report: &mut Report) -> Option<CredentialRules> {
    only_value(config, "bearer_token_param_type", "header", report);
    let hide_credentials = config.flag("hide_credentials", true, report);
    Some(CredentialRules { hide_credentials })
}
