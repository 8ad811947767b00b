//! What can be asked of a realm.

use http::Method;
use serde::Serialize;

/// A place that answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Endpoint {
    /// OpenID Connect Discovery 4, RFC 8414.
    Discovery(Version),
    /// RFC 7517 5.
    Jwks(Version),
    /// RFC 6749 3.1.
    Authorize(Version),
    /// What a person answers on a page: no provider's own path.
    Interact,
    /// RFC 6749 3.2.
    Token(Version),
    /// RFC 7662.
    Introspect,
    /// RFC 7009.
    Revoke,
    /// OpenID Connect Core 5.3.
    UserInfo,
    /// OpenID Connect RP-Initiated Logout 2.
    Logout(Version),
    /// RFC 7591 3, and RFC 7592 below it.
    Register,
    /// Microsoft Graph, as far as app registrations need it.
    Graph,
    /// Auth0's Management API, as far as clients and their grants need it.
    Management,
}

/// Of Entra's endpoints; other providers have the later one only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    V1,
    V2,
}

/// An endpoint whatever its version: what is counted and made to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Discovery,
    Jwks,
    Authorize,
    Interact,
    Token,
    Introspect,
    Revoke,
    UserInfo,
    Logout,
    Register,
    Graph,
    Management,
}

impl Endpoint {
    pub(crate) const fn kind(self) -> Kind {
        match self {
            Self::Discovery(_) => Kind::Discovery,
            Self::Jwks(_) => Kind::Jwks,
            Self::Authorize(_) => Kind::Authorize,
            Self::Interact => Kind::Interact,
            Self::Token(_) => Kind::Token,
            Self::Introspect => Kind::Introspect,
            Self::Revoke => Kind::Revoke,
            Self::UserInfo => Kind::UserInfo,
            Self::Logout(_) => Kind::Logout,
            Self::Register => Kind::Register,
            Self::Graph => Kind::Graph,
            Self::Management => Kind::Management,
        }
    }

    /// The methods that it answers.
    pub(crate) const fn methods(self) -> &'static [Method] {
        match self {
            Self::Discovery(_) | Self::Jwks(_) => &[Method::GET, Method::HEAD],
            // A published walk-through for Entra sends the form of this one with GET.
            Self::Token(Version::V1) => &[Method::POST, Method::GET],
            Self::Token(Version::V2) | Self::Introspect | Self::Revoke | Self::Interact => &[Method::POST],
            Self::Register => &[Method::GET, Method::POST, Method::DELETE],
            Self::Graph | Self::Management => &[Method::GET, Method::POST, Method::PATCH, Method::DELETE],
            // OpenID Connect Core 3.1.2.1, RP-Initiated Logout 2.
            Self::UserInfo | Self::Authorize(_) | Self::Logout(_) => &[Method::GET, Method::POST],
        }
    }
}

impl Kind {
    pub(crate) const ALL: [Self; 12] = [
        Self::Discovery,
        Self::Jwks,
        Self::Authorize,
        Self::Interact,
        Self::Token,
        Self::Introspect,
        Self::Revoke,
        Self::UserInfo,
        Self::Logout,
        Self::Register,
        Self::Graph,
        Self::Management,
    ];

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Discovery => "discovery",
            Self::Jwks => "jwks",
            Self::Authorize => "authorize",
            Self::Interact => "interact",
            Self::Token => "token",
            Self::Introspect => "introspect",
            Self::Revoke => "revoke",
            Self::UserInfo => "userinfo",
            Self::Logout => "logout",
            Self::Register => "register",
            Self::Graph => "graph",
            Self::Management => "management",
        }
    }
}
