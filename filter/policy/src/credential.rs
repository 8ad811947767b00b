//! Where the token stands in the request (RFC 6750 2).

use crate::denial::Denial;
use crate::headers::is_spelling_of;
use crate::request::RequestHead;
use core::fmt;

/// A token as the client sent it. Nothing about it is proven.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Credential<'a> {
    token: &'a [u8],
}

impl<'a> Credential<'a> {
    /// The bearer token of the `Authorization` header; the scheme in any case (RFC 9110 11.1).
    ///
    /// Engines differ in how they hand over a repeated field, as copies or joined by a comma, so both are read as
    /// one list. No token contains a comma.
    ///
    /// # Errors
    /// [`Denial::CredentialMissing`] if no member of the list is a bearer token; [`Denial::MultipleCredentials`]
    /// if one is and it is not alone: the upstream might read another one than the gateway did.
    pub fn find(head: &RequestHead<'a>) -> Result<Self, Denial> {
        let mut members = 0_usize;
        let mut token = None;
        for member in head.values("authorization").flat_map(|field| field.split(|byte| *byte == b',')) {
            members = members.saturating_add(1);
            token = token.or_else(|| after_bearer(member));
        }
        let token = token.ok_or(Denial::CredentialMissing)?;
        let alone = members == 1 && !has_token_elsewhere(head);
        if alone { Ok(Self { token }) } else { Err(Denial::MultipleCredentials) }
    }

    /// The token's bytes.
    #[must_use]
    pub fn token(&self) -> &'a [u8] {
        self.token
    }
}

/// Whether there is something in a place where Kong and RFC 6750 2.3 look for tokens too. Nothing is read from
/// there, but an upstream might.
fn has_token_elsewhere(head: &RequestHead<'_>) -> bool {
    let named = |(name, _): &(&[u8], &[u8])| OTHER_HEADERS.iter().any(|other| is_spelling_of(other, name));
    head.headers.iter().any(named) || head.query_names().any(|name| name.eq(QUERY_ARGUMENT.iter().copied()))
}

/// What follows `Bearer` and at least one space; `None` for another scheme or nothing behind it.
fn after_bearer(field: &[u8]) -> Option<&[u8]> {
    let (scheme, rest) = field.trim_ascii().split_at_checked(SCHEME.len())?;
    let token = rest.trim_ascii_start();
    let is_bearer = scheme.eq_ignore_ascii_case(SCHEME) && token.len() < rest.len() && !token.is_empty();
    is_bearer.then_some(token)
}

impl fmt::Debug for Credential<'_> {
    /// Without the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential").field("bytes", &self.token.len()).finish_non_exhaustive()
    }
}

const SCHEME: &[u8] = b"bearer";
const OTHER_HEADERS: [&str; 2] = ["access-token", "x-access-token"];
const QUERY_ARGUMENT: &[u8] = b"access_token";

#[cfg(test)]
mod tests;
