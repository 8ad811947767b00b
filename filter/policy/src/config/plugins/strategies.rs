//! Several configs of openid-connect in one list: a token's issuer chooses one.

use crate::config::error::Report;
use crate::config::node::Fields;
use crate::config::rules::OpenIdConnect;
use alloc::format;
use alloc::sync::Arc;

/// Refuses strategies between which no issuer could choose, and those that differ in what is decided before a token is
/// found.
pub(super) fn check(list: &Fields<'_>, strategies: &[Arc<OpenIdConnect>], report: &mut Report) {
    let path = list.path_of("plugins");
    for (place, strategy) in strategies.iter().enumerate() {
        let mut earlier = strategies.iter().take(place);
        if earlier.any(|other| other.token.issuers.overlap(&strategy.token.issuers)) {
            let hint = "a token's iss chooses the openid-connect that judges it";
            let found = format!("{} twice", strategy.token.issuers);
            report.error(&path, "each issuer in one openid-connect", found, Some(hint.into()));
        }
    }
    let Some((first, others)) = strategies.split_first() else { return };
    if !others.is_empty() && strategies.iter().any(|one| !one.methods.are_told_by_tokens()) {
        let hint = "a JWT's iss chooses the openid-connect that judges it, and nothing else has one; write auth_methods: \
                    [\"bearer\"]";
        let found = "other methods";
        report.error(&path, "the method bearer alone, where there are several", found, Some(hint.into()));
    }
    if others.iter().any(|other| other.credential != first.credential) {
        let hint = "bearer_token_*, hide_credentials, run_on_preflight and anonymous are asked for before a token is \
                    found, so every openid-connect of one list must say the same";
        report.error(&path, "the same keys about the credential", "different ones", Some(hint.into()));
    }
}
