//! From whom and from when a token must be.

use alloc::boxed::Box;

/// Issuer and times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRules {
    /// The `iss` that a token must have, byte for byte.
    pub issuer: Box<str>,
    /// Added to every time check. Seconds, 0 to 86400.
    pub leeway: i64,
}
