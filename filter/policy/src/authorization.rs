//! What a service requires of a token beyond its being good, as Kong words it: audiences, scopes, roles and groups, and
//! claims that must not be there.

use crate::config::{ClaimRule, Requirements};
use crate::current::Current;
use crate::denial::{Denial, shown};
use crate::json::Value;
use crate::verified::Verified;
use alloc::boxed::Box;
use alloc::string::String;

/// A current token that has what the service requires. Made by [`check`] alone.
#[derive(Debug, Clone, Copy)]
pub struct Authorized<'a> {
    verified: &'a Verified,
}

impl<'a> Authorized<'a> {
    /// The token.
    #[must_use]
    pub fn verified(&self) -> &'a Verified {
        self.verified
    }

    /// The same with claims beside the token's that its source says of the same subject: they say who calls, and open
    /// nothing that [`check`] keeps closed.
    pub(crate) const fn told(self, told: &'a Verified) -> Self {
        Self { verified: told }
    }
}

/// Checks that `current` has what `rules` require, and nothing that they forbid.
///
/// # Errors
/// [`Denial::AudienceMismatch`], [`Denial::ScopeMissing`], [`Denial::RoleMissing`], [`Denial::GroupMissing`],
/// [`Denial::ClaimForbidden`], in this order of checks.
pub fn check<'a>(current: &Current<'a>, rules: &Requirements) -> Result<Authorized<'a>, Denial> {
    let claims = current.verified().claims();
    required(&rules.audience, claims, |expected, found| Denial::AudienceMismatch { expected, found })?;
    required(&rules.scopes, claims, |expected, found| Denial::ScopeMissing { expected, found })?;
    required(&rules.roles, claims, |expected, found| Denial::RoleMissing { expected, found })?;
    required(&rules.groups, claims, |expected, found| Denial::GroupMissing {
        expected,
        found,
        elsewhere: is_elsewhere(&rules.groups, claims),
    })?;
    match rules.claims_forbidden.iter().find(|claim| claims.get(claim).is_some()) {
        Some(claim) => Err(Denial::ClaimForbidden { claim: claim.clone() }),
        None => Ok(Authorized { verified: current.verified() }),
    }
}

/// A refusal, made of what is expected and what was found, where the rule is not met.
fn required(
    rule: &ClaimRule,
    claims: &Value,
    refusal: impl FnOnce(Box<str>, Box<str>) -> Denial,
) -> Result<(), Denial> {
    if satisfied(rule, claims) { Ok(()) } else { Err(refusal(rule.written.clone(), found(rule, claims))) }
}

/// Elements of `required` are alternatives; the words inside one must all be there. No element, no check.
fn satisfied(rule: &ClaimRule, claims: &Value) -> bool {
    if rule.required.is_empty() {
        return true;
    }
    let Some(value) = rule.value(claims) else { return false };
    rule.required.iter().any(|words| words.iter().all(|word| holds(value, word)))
}

/// Whether a claim holds `word`: a string of words separated by spaces, or an array of strings.
fn holds(value: &Value, word: &str) -> bool {
    match value {
        Value::String(text) => text.split(' ').any(|found| found == word),
        Value::Array(items) => items.iter().any(|item| item.as_str() == Some(word)),
        _ => false,
    }
}

/// The claim's text for a reason; words of an array joined by spaces.
fn found(rule: &ClaimRule, claims: &Value) -> Box<str> {
    match rule.value(claims) {
        Some(Value::String(text)) => shown(text),
        Some(Value::Array(items)) => shown(&joined(items)),
        Some(_) => "neither text nor a list".into(),
        None => "none".into(),
    }
}

/// Whether the claim is kept at another place, which the token names: Entra does so with more than 200 groups
/// (OpenID Connect Core 5.6.2).
fn is_elsewhere(rule: &ClaimRule, claims: &Value) -> bool {
    let Some([name]) = rule.claim.members().first_chunk::<1>() else { return false };
    claims.get(name).is_none() && claims.get("_claim_names").is_some_and(|names| names.get(name).is_some())
}

fn joined(items: &[Value]) -> String {
    let mut out = String::new();
    for text in items.iter().filter_map(Value::as_str) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(text);
    }
    out
}

#[cfg(test)]
mod tests;
