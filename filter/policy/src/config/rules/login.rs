//! The authorization code flow: a person is sent to the identity provider, and comes back with a code.

use crate::cookies::CookieFamily;
use crate::provider::{Extras, Url};
use crate::sealed::Keyring;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// How a person logs in.
#[derive(Debug, Clone)]
pub struct LoginRules {
    /// What seals the cookies of logins that are under way.
    pub keys: Keyring,
    /// Those cookies, one for each login.
    pub cookies: CookieFamily,
    /// For how long a login may take, seconds.
    pub lifetime: i64,
    /// `None`: the discovered one.
    pub authorization_endpoint: Option<Url>,
    /// Where the provider sends people back to: none, so that it is where they were; one for all clients, or one for each.
    pub redirect_uris: Vec<Url>,
    /// How the provider sends the code.
    pub response_mode: ResponseMode,
    /// `audience` of an authorization request.
    pub audience: Vec<Box<str>>,
    /// What goes along in an authorization request: arguments alone.
    pub extras: Extras,
    /// What a person sees afterwards.
    pub action: LoginAction,
    /// Whether people come back to the query that they asked for, too.
    pub preserve_query_args: bool,
    /// Whether those are sent to the provider alone that navigate: `GET` that accepts `text/html`.
    pub navigations_only: bool,
}

/// How the provider sends the code (OAuth 2.0 Multiple Response Types 2.1, Form Post Response Mode).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponseMode {
    /// In the query.
    Query,
    /// In the body of a `POST`: no log of addresses has it.
    FormPost,
}

/// What a person sees after a login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoginAction {
    /// What they had asked for.
    Return,
    /// Another page, which gets tokens.
    Redirect {
        /// One for all clients, or one for each.
        to: Vec<Box<str>>,
        /// Which tokens.
        tokens: Vec<LoginToken>,
        /// Whether they stand in the fragment, which no server sees, or in the query.
        in_fragment: bool,
    },
    /// The tokens themselves, as JSON.
    Respond(Vec<LoginToken>),
}

/// A token that is handed out after a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginToken {
    /// `access_token`.
    Access,
    /// `id_token`.
    Id,
    /// `refresh_token`.
    Refresh,
}

impl ResponseMode {
    /// As it is asked for, and as Kong's `response_mode` has it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::FormPost => "form_post",
        }
    }
}

impl LoginRules {
    /// Where the provider sends people of the client at this place; `None`: back to where they were.
    #[must_use]
    pub fn redirect_uri(&self, client: usize) -> Option<&Url> {
        of_client(&self.redirect_uris, client)
    }

    /// Whether the provider sends people to a path of this host, by any of the redirect URIs.
    #[must_use]
    pub fn reserves(&self, host: &[u8], path: &[u8]) -> bool {
        self.redirect_uris.iter().any(|uri| {
            uri.host().as_bytes().eq_ignore_ascii_case(host)
                && uri.target().split('?').next().is_some_and(|own| own.as_bytes() == path)
        })
    }
}

impl LoginAction {
    /// The other page to which a person of the client at this place is sent.
    #[must_use]
    pub fn redirect_uri(&self, client: usize) -> Option<&str> {
        match self {
            Self::Redirect { to, .. } => of_client(to, client).map(|to| &**to),
            Self::Return | Self::Respond(_) => None,
        }
    }
}

impl LoginToken {
    /// By the names of RFC 6749 5.1 and OIDC Core 3.1.3.3.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Access => "access_token",
            Self::Id => "id_token",
            Self::Refresh => "refresh_token",
        }
    }
}

/// The item for a client: there is none, one for all, or one for each.
pub(super) fn of_client<T>(items: &[T], client: usize) -> Option<&T> {
    match items {
        [only] => Some(only),
        items => items.get(client),
    }
}
