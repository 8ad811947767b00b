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
    pub(super) fn texts(self, issuer: Option<&str>) -> Texts {
        let text = match self {
            Self::Entra if issuer.is_some_and(|issuer| issuer.starts_with(ENTRA_V1)) => {
                include_str!("provider/entra-v1.yaml")
            }
            Self::Entra => include_str!("provider/entra.yaml"),
            Self::Okta => include_str!("provider/okta.yaml"),
            Self::Ping => include_str!("provider/ping.yaml"),
            Self::Keycloak => include_str!("provider/keycloak.yaml"),
            Self::Auth0 => include_str!("provider/auth0.yaml"),
        };
        let (notes, claims) = text.split_once("\n\n").unwrap_or((text, ""));
        Texts { notes, claims }
    }
}

/// How the issuers of Entra's tokens of version 1.0 begin.
const ENTRA_V1: &str = "https://sts.windows.net/";
