//! The domain of the user's account: `hd`, as Google has it.

use crate::denial::{Denial, shown_claim};
use crate::json::Value;
use alloc::boxed::Box;

/// No domain, no check. A token without `hd` is of an account without domain.
pub(super) fn check(claims: &Value, domains: &[Box<str>]) -> Result<(), Denial> {
    if domains.is_empty() {
        return Ok(());
    }
    let hd = claims.get("hd");
    match hd.and_then(Value::as_str) {
        Some(found) if domains.iter().any(|domain| **domain == *found) => Ok(()),
        _ => Err(Denial::DomainMismatch { expected: domains.join(" or ").into(), found: shown_claim(hd) }),
    }
}
