//! Which of several strategies judges a token: the one for its issuer.

use crate::config::{OpenIdConnect, Strategies};
use crate::credential::Found;
use crate::denial::{Denial, shown};
use crate::json::Value;
use crate::jwt::Unverified;
use crate::time::UnixTime;
use crate::world::World;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;

/// The strategy that judges what a request shows. The config sees to it that there is but one, or that tokens alone are
/// taken, which name their issuer.
///
/// # Errors
/// Those of a token for which there is none.
pub(super) fn choose<'a>(
    strategies: &'a Strategies,
    found: &Found<'_>,
    present: (&World<'_>, UnixTime),
) -> Result<&'a Arc<OpenIdConnect>, Denial> {
    match (strategies.only(), found) {
        (Some(only), _) => Ok(only),
        (None, Found::Token(credential)) => by_issuer(strategies, credential.token(), present),
        (None, _) => Err(Denial::Internal { what: "several strategies for what is no token" }),
    }
}

/// The strategy for the issuer that the token names. The token's word chooses by whose keys and rules it is judged; that
/// it is that issuer's is proven afterwards.
///
/// # Errors
/// [`Denial::IssuerMismatch`] if no strategy is for the issuer, or what is wrong with a token that cannot be read.
fn by_issuer<'a>(
    strategies: &'a Strategies,
    token: &[u8],
    present: (&World<'_>, UnixTime),
) -> Result<&'a Arc<OpenIdConnect>, Denial> {
    if let Some(seen) = strategies.iter().find(|strategy| has_seen(strategy, token, present)) {
        return Ok(seen);
    }
    let claims = Unverified::parse(token)?.payload()?;
    let iss = issuer(&claims);
    let chosen = iss.and_then(|iss| strategies.iter().find(|strategy| strategy.token.issuers.has(iss)));
    chosen.ok_or_else(|| {
        let expected: Vec<String> =
            strategies.iter().map(|strategy| strategy.token.issuers.to_string()).collect();
        Denial::IssuerMismatch {
            expected: expected.join(" or ").into(),
            found: iss.map_or_else(|| "none".into(), shown),
        }
    })
}

/// Whether the cache knows the token as one of this strategy's source and issuer.
fn has_seen(strategy: &OpenIdConnect, token: &[u8], (world, now): (&World<'_>, UnixTime)) -> bool {
    let source = &strategy.source;
    let keys = world.keys(source, now).ok().flatten();
    let verified = keys.and_then(|keys| world.memory.tokens.get(&source.id, &keys, token));
    verified
        .is_some_and(|verified| issuer(verified.claims()).is_some_and(|iss| strategy.token.issuers.has(iss)))
}

fn issuer(claims: &Value) -> Option<&str> {
    claims.get("iss").and_then(Value::as_str)
}
