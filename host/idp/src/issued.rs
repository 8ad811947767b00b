//! What a grant gave, and what is kept of the tokens that came of it.

use crate::config::{Api, Client, User};
use serde_json::{Map, Value};
use std::sync::Arc;

/// What was granted: to whom, for whom, for what.
#[derive(Debug, Clone)]
pub(crate) struct Grant {
    pub(crate) client: Arc<Client>,
    /// How the client proved who it is.
    pub(crate) proof: Proof,
    /// The user; none where the client is its own.
    pub(crate) user: Option<Arc<User>>,
    pub(crate) audience: Audience,
    /// In the order in which they were asked for.
    pub(crate) scopes: Vec<String>,
    /// The login behind it; none where the client is its own.
    pub(crate) login: Option<Login>,
    /// What all tokens of one grant have in common, however often they are refreshed.
    pub(crate) family: String,
}

/// How a client authenticated: `appidacr` and `azpacr` in Entra.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proof {
    /// It did not.
    Nothing,
    /// With a secret.
    Secret,
    /// With a key.
    Key,
}

/// The API that tokens are for, by the name that the client used for it.
#[derive(Debug, Clone)]
pub(crate) struct Audience {
    pub(crate) api: Arc<Api>,
    pub(crate) requested: String,
}

/// A login.
#[derive(Debug, Clone)]
pub(crate) struct Login {
    /// When.
    pub(crate) time: i64,
    /// What the client wants to find in the ID token.
    pub(crate) nonce: Option<String>,
}

/// A code that was handed out (RFC 6749 4.1.2).
#[derive(Debug, Clone)]
pub(crate) struct Code {
    pub(crate) grant: Grant,
    /// The redirect URI, where the request named it; it comes again with the code then.
    pub(crate) redirect_uri: Option<String>,
    /// What the verifier hashes to (RFC 7636 4.3).
    pub(crate) challenge: Option<String>,
    /// Whether it was exchanged.
    pub(crate) used: bool,
}

/// An access token that was handed out: what introspection and userinfo say about it.
#[derive(Debug, Clone)]
pub(crate) struct AccessToken {
    pub(crate) grant: Grant,
    pub(crate) claims: Map<String, Value>,
}

/// A refresh token that was handed out.
#[derive(Debug, Clone)]
pub(crate) struct RefreshToken {
    pub(crate) grant: Grant,
    /// Whether it was exchanged for a new one.
    pub(crate) used: bool,
}

impl Grant {
    pub(crate) fn has_scope(&self, scope: &str) -> bool {
        self.scopes.iter().any(|one| one == scope)
    }

    /// The scopes as one text, as most providers write them.
    pub(crate) fn scope(&self) -> String {
        self.scopes.join(" ")
    }
}
