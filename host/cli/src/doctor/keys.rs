//! Which keys of an issuer can be used: as the filter reads them.

use super::Check;
use claimgate_policy::keys::{Key, KeySet};

/// What there is to say of a key set, and whether a key of it can be used.
pub(super) fn judge(document: &[u8]) -> (Vec<Check>, bool) {
    let (keys, warnings) = match KeySet::from_jwks(document) {
        Ok(read) => read,
        Err(error) => {
            return (vec![Check::bad(NAME, error.to_string(), "check what jwks_uri answers")], false);
        }
    };
    let skipped = warnings.iter().map(|warning| {
        let advice = "a token that it signed is refused; a key for another use does no harm";
        Check::warning(NAME, warning.to_string(), advice)
    });
    let mut checks: Vec<_> = skipped.collect();
    if keys.is_empty() {
        let found = format!("expected a key that can be used, found none of {}", warnings.len());
        checks.push(Check::bad(
            NAME,
            found,
            "no token of this issuer can be verified until it publishes one",
        ));
        return (checks, false);
    }
    let named: Vec<String> = keys.iter().map(named).collect();
    let noun = if keys.len() == 1 { "key" } else { "keys" };
    checks.push(Check::good(NAME, format!("{} {noun} can be used: {}", keys.len(), named.join("; "))));
    (checks, true)
}

/// `kid (RS256, RS384)`.
fn named(key: &Key) -> String {
    let algorithms: Vec<_> =
        key.algorithms().iter().map(claimgate_policy::signature::Algorithm::name).collect();
    let kid = key.kid().map_or_else(|| "without kid".into(), super::check::shown);
    format!("{kid} ({})", algorithms.join(", "))
}

const NAME: &str = "keys";
