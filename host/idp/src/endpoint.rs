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
    /// RFC 6749 3.2.
    Token(Version),
    /// RFC 7662.
    Introspect,
    /// RFC 7009.
    Revoke,
    /// OpenID Connect Core 5.3.
    UserInfo,
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
    Token,
    Introspect,
    Revoke,
    UserInfo,
}

impl Endpoint {
    pub(crate) const fn kind(self) -> Kind {
        match self {
            Self::Discovery(_) => Kind::Discovery,
            Self::Jwks(_) => Kind::Jwks,
            Self::Token(_) => Kind::Token,
            Self::Introspect => Kind::Introspect,
            Self::Revoke => Kind::Revoke,
            Self::UserInfo => Kind::UserInfo,
        }
    }

    /// The methods that it answers.
    pub(crate) const fn methods(self) -> &'static [Method] {
        match self {
            Self::Discovery(_) | Self::Jwks(_) => &[Method::GET, Method::HEAD],
            // A published walk-through for Entra sends the form of this one with GET.
            Self::Token(Version::V1) => &[Method::POST, Method::GET],
            Self::Token(Version::V2) | Self::Introspect | Self::Revoke => &[Method::POST],
            Self::UserInfo => &[Method::GET, Method::POST],
        }
    }
}

impl Kind {
    pub(crate) const ALL: [Self; 6] =
        [Self::Discovery, Self::Jwks, Self::Token, Self::Introspect, Self::Revoke, Self::UserInfo];

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Discovery => "discovery",
            Self::Jwks => "jwks",
            Self::Token => "token",
            Self::Introspect => "introspect",
            Self::Revoke => "revoke",
            Self::UserInfo => "userinfo",
        }
    }
}
