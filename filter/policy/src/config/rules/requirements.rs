//! What a token must hold.

use super::ClaimPath;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// What a token must hold beyond its being good. All of it must be met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirements {
    /// The audiences that the service requires.
    pub audience: ClaimRule,
    /// The scopes that the service requires.
    pub scopes: ClaimRule,
}

/// What a claim must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimRule {
    /// Where the claim stands.
    pub claim: ClaimPath,
    /// Alternatives; the words of one must all be there. Empty: no check. No alternative is empty.
    pub required: Vec<Vec<Box<str>>>,
    /// `required` as it is written in the config, for reasons: alternatives in quotes, joined by ` or `.
    pub written: Box<str>,
}
