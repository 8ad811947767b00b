//! How a person logs out.

use super::login::of_client;
use crate::provider::{ClientAuth, Url};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// Which request ends a session, and what happens then.
#[derive(Debug, Clone)]
pub struct LogoutRules {
    /// The methods of such a request: `POST`, `DELETE`, `GET`.
    pub methods: Vec<&'static str>,
    /// Its path ends so.
    pub uri_suffix: Option<Box<str>>,
    /// Or its query has this argument.
    pub query_arg: Option<Box<str>>,
    /// Or its body has.
    pub post_arg: Option<Box<str>>,
    /// Where a person is sent afterwards: none, one for all clients, or one for each.
    pub redirect_uris: Vec<Box<str>>,
    /// Where the provider ends its own session; `None`: the discovered place, if there is one.
    pub end_session_endpoint: Option<Url>,
    /// `None`: no token is revoked.
    pub revocation: Option<Revocation>,
}

/// What is revoked at a logout (RFC 7009).
#[derive(Debug, Clone)]
pub struct Revocation {
    /// `None`: the discovered endpoint.
    pub url: Option<Url>,
    /// How the client says who it is; `None`: as it does elsewhere.
    pub auth: Option<ClientAuth>,
    /// The argument that holds the token.
    pub argument: Box<str>,
    /// Whether the access token is revoked.
    pub access_token: bool,
    /// Whether the refresh token is.
    pub refresh_token: bool,
}

impl LogoutRules {
    /// Where a person of the client at this place is sent.
    #[must_use]
    pub fn redirect_uri(&self, client: usize) -> Option<&str> {
        of_client(&self.redirect_uris, client).map(|uri| &**uri)
    }
}
