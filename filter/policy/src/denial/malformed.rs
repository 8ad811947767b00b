//! What makes a token malformed.

use core::fmt;

/// What makes a token malformed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Malformed {
    /// Not three parts with two dots (RFC 7515 7.1).
    Parts,
    /// A part is not base64url without padding (RFC 7515 2).
    Base64,
    /// Header or payload is not a JSON object, or not UTF-8.
    Json,
    /// A member name occurs twice (RFC 7515 4, RFC 7519 4).
    DuplicateMember,
    /// Nested too deep, too many members, or too many items.
    TooComplex,
    /// Longer than the limit for tokens.
    TooLong,
    /// `alg` is absent or not a string, or `kid` is not a string or too long.
    HeaderMember,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Parts => "expected a token of three parts with two dots, found another number",
            Self::Base64 => "expected base64url without padding in the token, found other characters",
            Self::Json => "expected a JSON object in the token, found something else",
            Self::DuplicateMember => "expected each JSON member once in the token, found one twice",
            Self::TooComplex => "the token's JSON is nested too deep, or has too many members or items",
            Self::TooLong => "the token is longer than 16384 bytes",
            Self::HeaderMember => "expected a string alg (and kid, up to 256 bytes) in the token's header",
        })
    }
}
