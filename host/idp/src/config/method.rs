//! How clients authenticate, and what they exchange for tokens.

use serde::Deserialize;

/// How a client authenticates (RFC 7591 2, OpenID Connect Core 9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthMethod {
    /// HTTP Basic (RFC 6749 2.3.1).
    ClientSecretBasic,
    /// Id and secret in the form.
    ClientSecretPost,
    /// A JWT with an HMAC by the secret (RFC 7523 2.2).
    ClientSecretJwt,
    /// A JWT with a signature by a key of its own.
    PrivateKeyJwt,
    /// Not at all: a public client.
    None,
}

/// What a client exchanges for tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum GrantType {
    /// Its own credentials (RFC 6749 4.4).
    #[serde(rename = "client_credentials")]
    ClientCredentials,
    /// A user's name and password (RFC 6749 4.3).
    #[serde(rename = "password")]
    Password,
    /// A refresh token (RFC 6749 6).
    #[serde(rename = "refresh_token")]
    RefreshToken,
    /// What a browser brought back (RFC 6749 4.1).
    #[serde(rename = "authorization_code")]
    AuthorizationCode,
    /// Nothing: the browser brings tokens back (RFC 6749 4.2).
    #[serde(rename = "implicit")]
    Implicit,
    /// Another token (RFC 8693).
    #[serde(rename = "urn:ietf:params:oauth:grant-type:token-exchange")]
    TokenExchange,
}

impl GrantType {
    /// The grant of a name; `None` if it is not served.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grant| grant.name() == name)
    }

    /// The value of `grant_type`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ClientCredentials => "client_credentials",
            Self::Password => "password",
            Self::RefreshToken => "refresh_token",
            Self::AuthorizationCode => "authorization_code",
            Self::Implicit => "implicit",
            Self::TokenExchange => "urn:ietf:params:oauth:grant-type:token-exchange",
        }
    }

    /// Every grant that is served.
    pub const ALL: [Self; 6] = [
        Self::AuthorizationCode,
        Self::Implicit,
        Self::ClientCredentials,
        Self::Password,
        Self::RefreshToken,
        Self::TokenExchange,
    ];
}

impl AuthMethod {
    /// The method of a name; `None` if it is not served.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }

    /// As discovery documents and registrations name it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::ClientSecretJwt => "client_secret_jwt",
            Self::PrivateKeyJwt => "private_key_jwt",
            Self::None => "none",
        }
    }

    /// Every method.
    pub const ALL: [Self; 5] = [
        Self::ClientSecretBasic,
        Self::ClientSecretPost,
        Self::ClientSecretJwt,
        Self::PrivateKeyJwt,
        Self::None,
    ];
}
