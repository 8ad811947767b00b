//! From whom and from when a token must be.

use super::AcceptedIssuers;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// Issuer, times, and the domain of the user's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRules {
    /// The issuers that are accepted.
    pub issuers: AcceptedIssuers,
    /// Added to every time check. Seconds, 0 to 86400.
    pub leeway: i64,
    /// How long ago the user may have authenticated; `None`: at any time, or never. Seconds.
    pub max_age: Option<i64>,
    /// How long a token may be good, from `iat` and from now; `None`: for ever. Seconds, at least 1.
    pub maximum_expiration: Option<i64>,
    /// What `hd` may be; empty: anything, or nothing.
    pub domains: Vec<Box<str>>,
}
