//! What a token must hold.

use super::ClaimPath;
use crate::json::Value;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// What a token must hold beyond its being good. All of it must be met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirements {
    /// The audiences that the service requires.
    pub audience: ClaimRule,
    /// The scopes that the service requires.
    pub scopes: ClaimRule,
    /// The roles that the service requires.
    pub roles: ClaimRule,
    /// The groups that the service requires.
    pub groups: ClaimRule,
    /// Claims that a token must not have, whatever their values.
    pub claims_forbidden: Vec<Box<str>>,
}

/// What a claim must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimRule {
    /// Where the claim stands.
    pub claim: ClaimPath,
    /// Where it stands in a token that has none there.
    pub or_else: Option<ClaimPath>,
    /// Alternatives; the words of one must all be there. Empty: no check. No alternative is empty.
    pub required: Vec<Vec<Box<str>>>,
    /// `required` as it is written in the config, for reasons: alternatives in quotes, joined by ` or `.
    pub written: Box<str>,
}

impl ClaimRule {
    /// The claim of a token with these claims, if it has one.
    #[must_use]
    pub fn value<'v>(&self, claims: &'v Value) -> Option<&'v Value> {
        let first = claims.at(self.claim.members());
        first.or_else(|| claims.at(self.or_else.as_ref()?.members()))
    }

    /// The claim's name for people: its path, or two of them.
    #[must_use]
    pub fn claim_name(&self) -> String {
        match &self.or_else {
            Some(other) => format!("{} or {other}", self.claim),
            None => self.claim.to_string(),
        }
    }
}
