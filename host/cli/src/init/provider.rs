//! The identity providers: what their tokens look like.

/// An identity provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Provider {
    /// Microsoft Entra ID (Azure AD); version 1.0 of its tokens if the issuer is of that form.
    Entra,
    /// Okta, a custom authorization server.
    Okta,
    /// PingOne.
    Ping,
    /// Keycloak.
    Keycloak,
    /// Auth0.
    Auth0,
}

/// What is said about a provider.
#[derive(Debug, Clone, Copy)]
pub(super) struct Texts {
    /// Comments for the head of the file: the forms of issuer and audience, who calls, where keys are.
    pub(super) notes: &'static str,
    /// The keys of openid-connect that differ between providers.
    pub(super) claims: &'static str,
    /// Likewise, with places to fill: what the gateway asks the token endpoint for.
    pub(super) credentials: &'static str,
}

impl Provider {
    /// The id of the source in the document.
    pub(super) const fn source(self) -> &'static str {
        match self {
            Self::Entra => "entra",
            Self::Okta => "okta",
            Self::Ping => "ping",
            Self::Keycloak => "keycloak",
            Self::Auth0 => "auth0",
        }
    }

    /// The form of an issuer, with words to replace.
    pub(super) const fn issuer(self) -> &'static str {
        match self {
            Self::Entra => "https://login.microsoftonline.com/TENANT/v2.0",
            Self::Okta => "https://DOMAIN.okta.com/oauth2/default",
            Self::Ping => "https://auth.pingone.com/ENVIRONMENT/as",
            Self::Keycloak => "https://HOST/realms/REALM",
            Self::Auth0 => "https://TENANT.auth0.com/",
        }
    }

    /// An audience of the usual form.
    pub(super) const fn audience(self) -> &'static str {
        match self {
            Self::Entra => "CLIENT-ID-OF-THE-API",
            Self::Okta => "api://default",
            Self::Ping | Self::Auth0 => "https://api.example.com",
            Self::Keycloak => "CLIENT-OF-THE-API",
        }
    }

    /// The texts for tokens of this issuer.
    pub(super) fn texts(self, issuer: &str) -> Texts {
        let text = match self {
            Self::Entra if issuer.starts_with(ENTRA_V1) => {
                include_str!("provider/entra-v1.yaml")
            }
            Self::Entra => include_str!("provider/entra.yaml"),
            Self::Okta => include_str!("provider/okta.yaml"),
            Self::Ping => include_str!("provider/ping.yaml"),
            Self::Keycloak => include_str!("provider/keycloak.yaml"),
            Self::Auth0 => include_str!("provider/auth0.yaml"),
        };
        let (notes, rest) = text.split_once("\n\n").unwrap_or((text, ""));
        let (claims, credentials) = rest.split_once("\n\n").unwrap_or((rest, ""));
        Texts { notes, claims, credentials }
    }

    /// What people's logins need there: comments for the head of the file, and members with places to fill.
    pub(super) fn login(self, issuer: &str) -> &'static str {
        match self {
            Self::Entra if issuer.starts_with(ENTRA_V1) => include_str!("login/entra-v1.yaml"),
            Self::Entra => include_str!("login/entra.yaml"),
            Self::Okta => include_str!("login/okta.yaml"),
            Self::Ping => include_str!("login/ping.yaml"),
            Self::Keycloak => include_str!("login/keycloak.yaml"),
            Self::Auth0 => include_str!("login/auth0.yaml"),
        }
    }

    /// The scopes of a login: those of OpenID Connect, and one of the API, if it takes one.
    pub(super) fn login_scopes(
        self,
        issuer: &str,
        audience: &str,
    ) -> (&'static [&'static str], Option<String>) {
        match self {
            // Its endpoints of version 1.0 take the API as `resource`.
            Self::Entra if issuer.starts_with(ENTRA_V1) => (&["openid"], None),
            Self::Entra => (&["openid", "offline_access"], self.scope(audience)),
            Self::Okta | Self::Ping | Self::Keycloak | Self::Auth0 => (&["openid"], self.scope(audience)),
        }
    }

    /// The URL of the discovery document, where it does not stand below the issuer.
    pub(super) fn discovery(self, issuer: &str) -> Option<String> {
        let tenant = issuer.strip_prefix(ENTRA_V1).filter(|_| self == Self::Entra)?.trim_end_matches('/');
        Some(format!("{ENTRA}/{tenant}/.well-known/openid-configuration"))
    }

    /// The URL of the token endpoint, where the one in the discovery document takes no scopes.
    pub(super) fn token_endpoint(self, issuer: &str) -> Option<String> {
        let tenant = issuer.strip_prefix(ENTRA_V1).filter(|_| self == Self::Entra)?.trim_end_matches('/');
        Some(format!("{ENTRA}/{tenant}/oauth2/v2.0/token"))
    }

    /// The scope that a token has to be asked for with; `None` if it takes none.
    pub(super) fn scope(self, audience: &str) -> Option<String> {
        match self {
            Self::Entra => Some(format!("{audience}/.default")),
            Self::Okta | Self::Ping => Some("SCOPE-OF-THE-API".to_owned()),
            Self::Keycloak | Self::Auth0 => None,
        }
    }
}

/// How the issuers of Entra's tokens of version 1.0 begin.
const ENTRA_V1: &str = "https://sts.windows.net/";

/// Where Entra's endpoints are, and the discovery documents of both versions.
const ENTRA: &str = "https://login.microsoftonline.com";
