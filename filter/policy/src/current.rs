//! The claims that say from whom a token is and when it holds (RFC 7519 4.1, OpenID Connect Core 3.1.3.7).

use crate::config::TokenRules;
use crate::denial::{Denial, shown_claim};
use crate::json::Value;
use crate::time::{Fraction, UnixTime};
use crate::verified::Verified;

mod age;
mod domain;
mod issuer;

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

/// Checks issuer, times and domain of `verified` at `now`.
///
/// # Errors
/// In this order of checks: [`Denial::TenantMismatch`], [`Denial::TenantNotAllowed`],
/// [`Denial::TokenVersionMismatch`] or [`Denial::IssuerMismatch`]; [`Denial::ExpiryMissing`], [`Denial::Expired`];
/// [`Denial::NotYetValid`]; [`Denial::IssuedInFuture`]; [`Denial::LifetimeTooLong`]; [`Denial::AuthTimeMissing`],
/// [`Denial::AuthTimeInFuture`], [`Denial::AuthTimeTooOld`]; [`Denial::DomainMismatch`]. [`Denial::MalformedClaim`]
/// where a time is none.
pub fn check<'a>(verified: &'a Verified, rules: &TokenRules, now: UnixTime) -> Result<Current<'a>, Denial> {
    let claims = verified.claims();
    // What a source says itself need not say from whom it is and until when (RFC 7662 2.2).
    let word = verified.evidence().is_the_source_s_word();
    if !word || claims.get("iss").is_some() {
        issuer::check(claims, &rules.issuers)?;
    }
    if !word || claims.get("exp").is_some() {
        expiry(claims, rules.leeway, now)?;
    }
    not_before(claims, rules.leeway, now)?;
    issued_at(claims, rules.leeway, now)?;
    age::lifetime(claims, rules, now)?;
    age::authentication(claims, rules, now)?;
    domain::check(claims, &rules.domains)?;
    Ok(Current { verified })
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
        None => Err(Denial::MalformedClaim { claim, found: shown_claim(Some(value)) }),
    }
}

#[cfg(test)]
mod tests;
