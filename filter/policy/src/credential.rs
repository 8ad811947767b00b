//! Where the token stands in the request (RFC 6750 2), and how it is kept from the upstream.
//!
//! Everything that an upstream could take for a token is counted, also where none is looked for: a token that is
//! not alone is refused, since the upstream might read another one than the gateway did.

use crate::config::CredentialRules;
use alloc::borrow::Cow;
use core::fmt;

/// Headers.
mod field;

/// The query.
mod query;

/// Cookies.
mod cookie;

/// Bodies of form or JSON.
mod body;

/// What keeps a credential from the upstream.
mod hide;

/// API keys.
mod key;

/// Ids or names with their secrets.
mod pair;

/// Every kind of credential that gets in by a token.
mod any;

/// What of a request an identity provider is told.
mod sent;

pub use any::{Found, RefreshToken, Sought, find};
pub use body::{BodyType, LONGEST_BODY};
pub(crate) use cookie::without as without_cookies;
pub use hide::Hidden;
pub use key::find as find_key;
pub use pair::Pair;
pub use sent::Sent;

/// A token as the client sent it, and where. Nothing about it is proven.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential<'a> {
    token: Cow<'a, [u8]>,
    place: Place<'a>,
}

/// Where a token stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place<'a> {
    /// `Authorization: Bearer`.
    Authorization,
    /// Another header, by the name that the client wrote.
    Header(&'a [u8]),
    /// An argument of the query, by name.
    Query(&'a str),
    /// A cookie, by name.
    Cookie(&'a str),
    /// The body's `access_token`.
    Body(BodyType),
}

/// Something that an upstream could take for a token.
struct Sighting<'a> {
    place: Place<'a>,
    /// `None` if it is no token after all, or an empty one.
    token: Option<Cow<'a, [u8]>>,
}

impl<'a> Credential<'a> {
    /// The token's bytes.
    #[must_use]
    pub fn token(&self) -> &[u8] {
        &self.token
    }

    /// Where it stood.
    #[must_use]
    pub fn place(&self) -> Place<'a> {
        self.place
    }
}

impl CredentialRules {
    fn look_in(&self, place: Place<'_>) -> bool {
        match place {
            Place::Authorization => self.places.header && self.reads_header(b"authorization"),
            Place::Header(name) => self.places.header && self.reads_header(name),
            Place::Query(_) => self.places.query,
            Place::Cookie(_) => self.places.cookie,
            Place::Body(_) => self.places.body,
        }
    }

    /// Whether this header may hold the token. Only the names themselves count, no other spelling of them.
    fn reads_header(&self, name: &[u8]) -> bool {
        match &self.header_name {
            Some(only) => name.eq_ignore_ascii_case(only.as_str().as_bytes()),
            None => field::KONG.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes())),
        }
    }
}

impl Place<'_> {
    /// Whether it is `Authorization`.
    #[must_use]
    pub fn is_authorization(self) -> bool {
        match self {
            Self::Authorization => true,
            Self::Header(name) => name.eq_ignore_ascii_case(b"authorization"),
            Self::Query(_) | Self::Cookie(_) | Self::Body(_) => false,
        }
    }

    /// The place, for reasons.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Authorization | Self::Header(_) => "header",
            Self::Query(_) => "query",
            Self::Cookie(_) => "cookie",
            Self::Body(_) => "body",
        }
    }
}

impl fmt::Debug for Credential<'_> {
    /// Without the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential")
            .field("bytes", &self.token.len())
            .field("place", &self.place.name())
            .finish_non_exhaustive()
    }
}

/// The argument of query and body (RFC 6750 2.2, 2.3).
const ARGUMENT: &str = "access_token";

#[cfg(test)]
mod tests;
