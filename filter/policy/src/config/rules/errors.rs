//! What a client is told that is refused.

use alloc::boxed::Box;

/// Messages, challenges and how much they say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorRules {
    /// The scheme of the challenge.
    pub scheme: Scheme,
    /// `realm` of the challenge: of a token's, the issuer's host without port. Letters, digits, `.`, `-`, `_`, `:`, `[`,
    /// `]` only. Empty: none.
    pub challenge_realm: Box<str>,
    /// Whether a refusal's body says why.
    pub display_errors: bool,
    /// Whether the challenge has `error="..."`.
    pub expose_error_code: bool,
    /// `message` of a 401.
    pub unauthorized_error_message: Box<str>,
    /// `message` of a 403.
    pub forbidden_error_message: Box<str>,
    /// Where the client is sent instead of a 401, 403 or 500.
    pub redirects: Redirects,
}

/// How a client is to authenticate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// With a token (RFC 6750).
    Bearer,
    /// With an API key, as Kong calls it.
    Key,
}

/// URIs for `Location`, each without characters that a header cannot hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Redirects {
    /// Instead of a 401.
    pub unauthorized: Option<Box<str>>,
    /// Instead of a 403.
    pub forbidden: Option<Box<str>>,
    /// Instead of a 500.
    pub unexpected: Option<Box<str>>,
}

impl Redirects {
    /// Where the client is sent instead of an answer with this status.
    #[must_use]
    pub fn instead_of(&self, status: u16) -> Option<&str> {
        match status {
            401 => self.unauthorized.as_deref(),
            403 => self.forbidden.as_deref(),
            500 => self.unexpected.as_deref(),
            _ => None,
        }
    }
}
