//! The mistake of taking `aud` for the caller. It says for which API a token is; only where an application asks a
//! token for itself is it the application's own id as well.

use super::scalar;
use crate::denial::{Denial, shown};
use crate::json::Value;
use alloc::boxed::Box;
use alloc::format;

/// Compares `audience`, which is to name the consumer, with the caller's own id. What differs is a warning, or, where
/// the rule is `strict`, a refusal.
///
/// # Errors
/// [`Denial::ConsumerClaimNotCaller`].
pub(super) fn check(audience: &Value, strict: bool, claims: &Value) -> Result<Option<&'static str>, Denial> {
    if is_caller(audience, claims) {
        return Ok(None);
    }
    if !strict {
        return Ok(Some(WARNING));
    }
    let other = OWN_IDS.iter().find_map(|name| {
        let id = claims.get(name).filter(|id| *id != audience)?;
        Some(format!("{name} {}", text(id)))
    });
    let expected = other.map_or_else(|| "an id that the token lacks".into(), Into::into);
    Err(Denial::ConsumerClaimNotCaller { expected, found: text(audience) })
}

/// Whether the token names its client, and under no name as another.
fn is_caller(audience: &Value, claims: &Value) -> bool {
    let mut ids = OWN_IDS.iter().filter_map(|name| claims.get(name)).peekable();
    audience.as_str().is_some() && ids.peek().is_some() && ids.all(|id| id == audience)
}

fn text(value: &Value) -> Box<str> {
    scalar(value).map_or_else(|| "no text".into(), |text| shown(&text))
}

/// Where issuers name the client that a token was given to: OpenID Connect and Entra v2, Entra v1, RFC 9068, Okta.
const OWN_IDS: [&str; 4] = ["azp", "appid", "client_id", "cid"];

const WARNING: &str = "the consumer claim aud is not the caller's own id (azp, appid, client_id, cid)";
