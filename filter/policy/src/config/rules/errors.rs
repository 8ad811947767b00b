//! What a client is told that is refused.

use alloc::boxed::Box;

/// Messages, challenges and how much they say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorRules {
    /// `realm` of the challenge: the issuer's host without port. Letters, digits, `.`, `-`, `_`, `:`, `[`, `]` only.
    pub challenge_realm: Box<str>,
    /// Whether a refusal's body says why.
    pub display_errors: bool,
    /// Whether the challenge has `error="..."`.
    pub expose_error_code: bool,
    /// `message` of a 401.
    pub unauthorized_error_message: Box<str>,
    /// `message` of a 403.
    pub forbidden_error_message: Box<str>,
}
