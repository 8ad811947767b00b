//! Who calls.

use super::ClaimPath;
use crate::json::Value;
use crate::registry::LookupKind;
use alloc::vec::Vec;

/// How a caller is found, and what happens where none is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsumerRules {
    /// How a token names its consumer; `None`: it names none, and identity headers stay empty.
    pub mapping: Option<ConsumerRule>,
    /// Whether a token that names no consumer is good too.
    pub optional: bool,
    /// The claim that names the credential of a caller without consumer.
    pub credential_claim: ClaimPath,
    /// The claim that holds the caller's groups; `None`: the token's groups are not looked at.
    pub authenticated_groups_claim: Option<ClaimPath>,
    /// How a token names consumer groups; `None`: it names none.
    pub groups: Option<ConsumerGroupRule>,
}

/// How a token names its consumer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsumerRule {
    /// The claims that may hold the name: the first that is in the token counts, whatever it holds. Never empty.
    pub claims: Vec<ClaimPath>,
    /// What the name may be, tried in this order. Never empty.
    pub by: Vec<LookupKind>,
    /// Whether a name from `aud` must be the caller's own id.
    pub strict: bool,
}

/// How a token names consumer groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsumerGroupRule {
    /// The claim that holds their names.
    pub claim: ClaimPath,
    /// Whether a token without a known consumer group is good too.
    pub optional: bool,
}

impl ConsumerRule {
    /// The claim that counts for a token with these claims, and its value.
    #[must_use]
    pub fn first_present<'r, 'c>(&'r self, claims: &'c Value) -> Option<(&'r ClaimPath, &'c Value)> {
        self.claims.iter().find_map(|path| Some((path, claims.at(path.members())?)))
    }
}
