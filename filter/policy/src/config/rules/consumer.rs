//! Who calls.

use super::ClaimPath;
use crate::registry::LookupKind;
use alloc::vec::Vec;

/// How a caller is found, and what happens where none is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsumerRules {
    /// How a token names its consumer; `None`: it names none, and identity headers stay empty.
    pub mapping: Option<ConsumerRule>,
}

/// How a token names its consumer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsumerRule {
    /// The claim that holds the name.
    pub claim: ClaimPath,
    /// What the name may be, tried in this order. Never empty.
    pub by: Vec<LookupKind>,
}
