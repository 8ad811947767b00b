//! What upstream and client are told in headers.

use crate::config::HeaderName;

/// Headers that are set from a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderRules {
    /// How the upstream gets the access token.
    pub upstream_access_token: AccessTokenHeader,
}

/// How the upstream gets the access token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccessTokenHeader {
    /// `Authorization: Bearer <token>`.
    Bearer,
    /// The token alone, in this header.
    Raw(HeaderName),
    /// Not at all.
    Off,
}
