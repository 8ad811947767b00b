//! What upstream and client are told in headers.

use super::ClaimPath;
use crate::config::HeaderName;
use alloc::vec::Vec;

/// Headers that are set from a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderRules {
    /// Of the request; the upstream gets them.
    pub upstream: TokenHeaders,
    /// Of the answer; the client gets them.
    pub downstream: TokenHeaders,
}

/// Headers of one direction. No two of them have one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenHeaders {
    /// How the access token is handed on.
    pub access_token: AccessTokenHeader,
    /// The header of the key that the token was verified with: base64 of its JWK.
    pub access_token_jwk: Option<HeaderName>,
    /// That of the ID token that came with it, where one did.
    pub id_token: Option<HeaderName>,
    /// That of the refresh token that came with it, where one did.
    pub refresh_token: Option<HeaderName>,
    /// The headers of claims.
    pub claims: Vec<ClaimHeader>,
}

/// A claim in a header: text as it is, numbers and truth values as JSON writes them, lists and objects as base64 of
/// compact JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimHeader {
    /// The header.
    pub header: HeaderName,
    /// Where the claim stands.
    pub claim: ClaimPath,
}

/// How the access token is handed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccessTokenHeader {
    /// `Authorization: Bearer <token>`.
    Bearer,
    /// The token alone, in this header.
    Raw(HeaderName),
    /// Not at all.
    Off,
}

impl HeaderRules {
    /// Whether somebody is told the ID token.
    #[must_use]
    pub const fn have_id_token(&self) -> bool {
        self.upstream.id_token.is_some() || self.downstream.id_token.is_some()
    }
}

impl TokenHeaders {
    /// The names that can be set, but for `authorization`.
    pub fn names(&self) -> impl Iterator<Item = &HeaderName> {
        let token = match &self.access_token {
            AccessTokenHeader::Raw(name) => Some(name),
            AccessTokenHeader::Bearer | AccessTokenHeader::Off => None,
        };
        let claims = self.claims.iter().map(|claim| &claim.header);
        token
            .into_iter()
            .chain(&self.access_token_jwk)
            .chain(&self.id_token)
            .chain(&self.refresh_token)
            .chain(claims)
    }
}
