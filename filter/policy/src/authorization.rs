//! What a service requires of a token beyond its being good: audiences and scopes, as Kong words them.

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
}

/// Checks that `current` has the audiences and scopes that `rules` require.
///
/// # Errors
/// [`Denial::AudienceMismatch`], [`Denial::ScopeMissing`], in this order of checks.
pub fn check<'a>(current: &Current<'a>, rules: &Requirements) -> Result<Authorized<'a>, Denial> {
    let claims = current.verified().claims();
    if !satisfied(&rules.audience, claims) {
        let (expected, found) = (rules.audience.written.clone(), found(&rules.audience, claims));
        return Err(Denial::AudienceMismatch { expected, found });
    }
    if !satisfied(&rules.scopes, claims) {
        let (expected, found) = (rules.scopes.written.clone(), found(&rules.scopes, claims));
        return Err(Denial::ScopeMissing { expected, found });
    }
    Ok(Authorized { verified: current.verified() })
}

/// Elements of `required` are alternatives; the words inside one must all be there. No element, no check.
fn satisfied(rule: &ClaimRule, claims: &Value) -> bool {
    let value = claims.at(rule.claim.members());
    rule.required.is_empty()
        || rule
            .required
            .iter()
            .any(|words| words.iter().all(|word| value.is_some_and(|value| holds(value, word))))
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
    match claims.at(rule.claim.members()) {
        Some(Value::String(text)) => shown(text),
        Some(Value::Array(items)) => shown(&joined(items)),
        Some(_) => "neither text nor a list".into(),
        None => "none".into(),
    }
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
