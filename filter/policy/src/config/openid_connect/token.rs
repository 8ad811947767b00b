//! From whom and from when a token must be.

use crate::config::Source;
use crate::config::error::Report;
use crate::config::node::Fields;
use crate::config::rules::TokenRules;

pub(super) fn decode(
    config: &Fields<'_>,
    source: Option<&Source>,
    report: &mut Report,
) -> Option<TokenRules> {
    let leeway = match config.member("leeway") {
        Some(node) => node.whole(" of seconds", 0, LONGEST_LEEWAY, report),
        None => Some(0),
    };
    Some(TokenRules { issuer: source?.issuer.clone(), leeway: leeway? })
}

/// A day. Clocks that differ by more are broken.
const LONGEST_LEEWAY: i64 = 86_400;
