//! The claims that say from whom a token is and when it holds (RFC 7519 4.1, OpenID Connect Core 3.1.3.7).

use crate::config::TokenRules;
use crate::denial::{Denial, shown};
use crate::json::Value;
use crate::time::{Fraction, UnixTime};
use crate::verified::Verified;
use alloc::boxed::Box;

/// A verified token of the right issuer, within its time. Made by [`check`] alone, for one moment.
#[derive(Debug, Clone, Copy)]
pub struct Current<'a> {
    verified: &'a Verified,
}

impl<'a> Current<'a> {
    /// The token.
    #[must_use]
    pub fn verified(&self) -> &'a Verified {
        self.verified
    }
}

/// Checks issuer and times of `verified` at `now`.
///
/// # Errors
/// [`Denial::IssuerMismatch`], [`Denial::ExpiryMissing`], [`Denial::Expired`], [`Denial::NotYetValid`],
/// [`Denial::IssuedInFuture`], [`Denial::MalformedClaim`], in this order of checks.
pub fn check<'a>(verified: &'a Verified, rules: &TokenRules, now: UnixTime) -> Result<Current<'a>, Denial> {
    let claims = verified.claims();
    issuer(claims, rules)?;
    expiry(claims, rules.leeway, now)?;
    not_before(claims, rules.leeway, now)?;
    issued_at(claims, rules.leeway, now)?;
    Ok(Current { verified })
}

/// Byte for byte (OpenID Connect Core 3.1.3.7, 2): a missing slash is another issuer.
fn issuer(claims: &Value, rules: &TokenRules) -> Result<(), Denial> {
    let found = claims.get("iss");
    if found.and_then(Value::as_str) == Some(&*rules.issuer) {
        return Ok(());
    }
    Err(Denial::IssuerMismatch { expected: rules.issuer.clone(), found: describe(found) })
}

/// A second that has begun is over: `exp == now` is expired (RFC 7519 4.1.4).
fn expiry(claims: &Value, leeway: i64, now: UnixTime) -> Result<(), Denial> {
    let exp = numeric_date(claims, "exp", Fraction::Down)?.ok_or(Denial::ExpiryMissing)?;
    if exp.plus(leeway) > now {
        return Ok(());
    }
    Err(Denial::Expired { exp: exp.seconds(), now: now.seconds() })
}

fn not_before(claims: &Value, leeway: i64, now: UnixTime) -> Result<(), Denial> {
    match numeric_date(claims, "nbf", Fraction::Up)? {
        Some(nbf) if nbf > now.plus(leeway) => {
            Err(Denial::NotYetValid { nbf: nbf.seconds(), now: now.seconds() })
        }
        _ => Ok(()),
    }
}

fn issued_at(claims: &Value, leeway: i64, now: UnixTime) -> Result<(), Denial> {
    match numeric_date(claims, "iat", Fraction::Up)? {
        Some(iat) if iat > now.plus(leeway) => {
            Err(Denial::IssuedInFuture { iat: iat.seconds(), now: now.seconds() })
        }
        _ => Ok(()),
    }
}

fn numeric_date(claims: &Value, claim: &'static str, fraction: Fraction) -> Result<Option<UnixTime>, Denial> {
    let Some(value) = claims.get(claim) else { return Ok(None) };
    match UnixTime::from_claim(value, fraction) {
        Some(time) => Ok(Some(time)),
        None => Err(Denial::MalformedClaim { claim, found: describe(Some(value)) }),
    }
}

/// A claim's value for a reason: text as it is, anything else by its kind.
fn describe(value: Option<&Value>) -> Box<str> {
    match value {
        None => "none".into(),
        Some(Value::String(text)) => shown(text),
        Some(Value::Number(number)) => shown(&alloc::string::ToString::to_string(number)),
        Some(Value::Bool(_)) => "a boolean".into(),
        Some(Value::Null) => "null".into(),
        Some(Value::Array(_)) => "an array".into(),
        Some(Value::Object(_)) => "an object".into(),
    }
}

#[cfg(test)]
mod tests;
