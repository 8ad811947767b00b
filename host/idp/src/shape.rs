//! Whose paths, tokens and errors a realm has.

use crate::endpoint::{Endpoint, Version};
use serde::{Deserialize, Serialize};

/// A provider that is imitated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// Microsoft Entra ID: a tenant, with tokens of two versions.
    Entra,
    /// Okta: a custom authorization server.
    Okta,
    /// PingOne: an environment.
    Ping,
    /// Auth0: a tenant, with its Management API.
    Auth0,
    /// OpenID Connect without more, with access tokens as RFC 9068 has them.
    Plain,
}

impl Shape {
    /// The endpoint at a path, if the realm with this id has one there.
    pub(crate) fn endpoint(self, id: &str, path: &str) -> Option<Endpoint> {
        if self == Self::Entra {
            // Hosts of their own in the cloud: sts.windows.net and graph.microsoft.com.
            if path == format!("/sts/{id}/{DISCOVERY}") {
                return Some(Endpoint::Discovery(Version::V1));
            }
            if path == GRAPH_USER_INFO {
                return Some(Endpoint::UserInfo);
            }
            if path.starts_with(GRAPH) {
                return Some(Endpoint::Graph);
            }
        }
        if path == self.interaction(id) {
            return Some(Endpoint::Interact);
        }
        if self == Self::Auth0 && path.starts_with(&format!("/{id}/api/v2/")) {
            return Some(Endpoint::Management);
        }
        if self.registration(id).is_some_and(|at| is_at_or_below(path, &at)) {
            return Some(Endpoint::Register);
        }
        let rest = path.strip_prefix(&*self.base(id))?.strip_prefix('/')?;
        self.table().iter().find(|(at, _)| *at == rest).map(|(_, endpoint)| *endpoint)
    }

    /// Where an endpoint is; `None` if the provider has none.
    pub(crate) fn path(self, id: &str, endpoint: Endpoint) -> Option<String> {
        if (self, endpoint) == (Self::Entra, Endpoint::UserInfo) {
            return Some(GRAPH_USER_INFO.to_owned());
        }
        let (path, _) = self.table().iter().find(|(_, at)| *at == endpoint)?;
        Some(format!("{}/{path}", self.base(id)))
    }

    /// Where the forms of the provider's pages go.
    pub(crate) fn interaction(self, id: &str) -> String {
        format!("/_interact/{}/{id}", self.name())
    }

    /// Where clients are registered; `None` where the provider has another way.
    pub(crate) fn registration(self, id: &str) -> Option<String> {
        match self {
            Self::Okta => Some("/oauth2/v1/clients".to_owned()),
            Self::Auth0 => Some(format!("/{id}/oidc/register")),
            Self::Plain => Some(format!("/{id}/register")),
            Self::Entra | Self::Ping => None,
        }
    }

    /// The issuer's path: its discovery document stands below it.
    pub(crate) fn issuer_path(self, id: &str, version: Version) -> String {
        match (self, version) {
            (Self::Entra, Version::V1) => format!("/sts/{id}/"),
            (Self::Entra, Version::V2) => format!("/{id}/v2.0"),
            (Self::Auth0, _) => format!("/{id}/"),
            (Self::Okta | Self::Ping | Self::Plain, _) => self.base(id),
        }
    }

    /// As files and tables name it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Entra => "entra",
            Self::Okta => "okta",
            Self::Ping => "ping",
            Self::Auth0 => "auth0",
            Self::Plain => "plain",
        }
    }

    /// What all its paths begin with, but for those that a cloud has on hosts of their own.
    pub(crate) fn base(self, id: &str) -> String {
        match self {
            Self::Entra | Self::Auth0 | Self::Plain => format!("/{id}"),
            Self::Okta => format!("/oauth2/{id}"),
            Self::Ping => format!("/{id}/as"),
        }
    }

    const fn table(self) -> &'static [(&'static str, Endpoint)] {
        match self {
            Self::Entra => ENTRA,
            Self::Okta => OKTA,
            Self::Ping => PING,
            Self::Auth0 => AUTH0,
            Self::Plain => PLAIN,
        }
    }
}

fn is_at_or_below(path: &str, at: &str) -> bool {
    path.strip_prefix(at).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Of graph.microsoft.com.
const GRAPH_USER_INFO: &str = "/oidc/userinfo";
const GRAPH: &str = "/v1.0/";

const DISCOVERY: &str = ".well-known/openid-configuration";

/// RFC 8414 3, behind the issuer as Okta has it.
const METADATA: &str = ".well-known/oauth-authorization-server";

const ENTRA: &[(&str, Endpoint)] = &[
    (DISCOVERY, Endpoint::Discovery(Version::V1)),
    ("v2.0/.well-known/openid-configuration", Endpoint::Discovery(Version::V2)),
    ("discovery/keys", Endpoint::Jwks(Version::V1)),
    ("discovery/v2.0/keys", Endpoint::Jwks(Version::V2)),
    ("oauth2/authorize", Endpoint::Authorize(Version::V1)),
    ("oauth2/v2.0/authorize", Endpoint::Authorize(Version::V2)),
    ("oauth2/token", Endpoint::Token(Version::V1)),
    ("oauth2/v2.0/token", Endpoint::Token(Version::V2)),
    ("openid/userinfo", Endpoint::UserInfo),
    ("oauth2/logout", Endpoint::Logout(Version::V1)),
    ("oauth2/v2.0/logout", Endpoint::Logout(Version::V2)),
];

const OKTA: &[(&str, Endpoint)] = &[
    (DISCOVERY, Endpoint::Discovery(Version::V2)),
    (METADATA, Endpoint::Discovery(Version::V2)),
    ("v1/keys", Endpoint::Jwks(Version::V2)),
    ("v1/authorize", Endpoint::Authorize(Version::V2)),
    ("v1/token", Endpoint::Token(Version::V2)),
    ("v1/introspect", Endpoint::Introspect),
    ("v1/revoke", Endpoint::Revoke),
    ("v1/userinfo", Endpoint::UserInfo),
    ("v1/logout", Endpoint::Logout(Version::V2)),
];

const PING: &[(&str, Endpoint)] = &[
    (DISCOVERY, Endpoint::Discovery(Version::V2)),
    ("jwks", Endpoint::Jwks(Version::V2)),
    ("authorize", Endpoint::Authorize(Version::V2)),
    ("token", Endpoint::Token(Version::V2)),
    ("introspect", Endpoint::Introspect),
    ("revoke", Endpoint::Revoke),
    ("userinfo", Endpoint::UserInfo),
    ("signoff", Endpoint::Logout(Version::V2)),
];

const AUTH0: &[(&str, Endpoint)] = &[
    (DISCOVERY, Endpoint::Discovery(Version::V2)),
    (".well-known/jwks.json", Endpoint::Jwks(Version::V2)),
    ("authorize", Endpoint::Authorize(Version::V2)),
    ("oauth/token", Endpoint::Token(Version::V2)),
    ("oauth/revoke", Endpoint::Revoke),
    ("userinfo", Endpoint::UserInfo),
    ("oidc/logout", Endpoint::Logout(Version::V2)),
];

const PLAIN: &[(&str, Endpoint)] = &[
    (DISCOVERY, Endpoint::Discovery(Version::V2)),
    (METADATA, Endpoint::Discovery(Version::V2)),
    ("jwks", Endpoint::Jwks(Version::V2)),
    ("authorize", Endpoint::Authorize(Version::V2)),
    ("token", Endpoint::Token(Version::V2)),
    ("introspect", Endpoint::Introspect),
    ("revoke", Endpoint::Revoke),
    ("userinfo", Endpoint::UserInfo),
    ("logout", Endpoint::Logout(Version::V2)),
];
