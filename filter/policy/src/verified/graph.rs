//! Tokens for Microsoft Graph, which people send to APIs of their own.
//!
//! Their header holds a nonce that was hashed before it was signed, so that nobody but Microsoft can verify them. What
//! is read here was not proven, and decides nothing but the words of a refusal.

use crate::denial::Denial;
use crate::json::Value;
use crate::jwt::Unverified;

/// The refusal of a token whose key or signature did not hold; one that says more, if the token looks as if it were
/// for Graph.
pub(super) fn explain(token: &Unverified<'_>, denial: Denial) -> Denial {
    if token.header().has_nonce && is_for_graph(token) { Denial::GraphToken } else { denial }
}

fn is_for_graph(token: &Unverified<'_>) -> bool {
    let Ok(claims) = token.payload() else { return false };
    claims.get("aud").and_then(Value::as_str).is_some_and(|aud| AUDIENCES.contains(&aud))
}

/// Graph's application id, and its names in Microsoft's public cloud.
const AUDIENCES: [&str; 3] =
    ["00000003-0000-0000-c000-000000000000", "https://graph.microsoft.com", "https://graph.microsoft.com/"];
