//! How a caller may authenticate with a token, or with what gets one.

use super::{CredentialRules, KeyName, Places};

/// Kong's `auth_methods`; at least one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "Kong's methods, each independent")]
pub struct Methods {
    /// With a JWT.
    pub bearer: bool,
    /// With a token that the introspection endpoint knows.
    pub introspection: bool,
    /// With a token that the userinfo endpoint takes.
    pub userinfo: bool,
    /// With a client's id and secret, which get a token; where they are looked for.
    pub client_credentials: Option<Places>,
    /// With a user's name and password, which get a token; where they are looked for.
    pub password: Option<Places>,
    /// With a refresh token, which gets another; where it is looked for, and by which name.
    pub refresh_token: Option<(Places, KeyName)>,
    /// With the cookie of a session that another method began.
    pub session: bool,
    /// By logging in at the identity provider.
    pub authorization_code: bool,
}

/// One of them, as far as it can begin a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// See [`Methods::authorization_code`].
    AuthorizationCode,
    /// See [`Methods::bearer`].
    Bearer,
    /// See [`Methods::client_credentials`].
    ClientCredentials,
    /// See [`Methods::introspection`].
    Introspection,
    /// See [`Methods::password`].
    Password,
    /// See [`Methods::refresh_token`].
    RefreshToken,
    /// See [`Methods::userinfo`].
    UserInfo,
}

impl Method {
    /// Kong's names.
    pub const NAMES: [(&'static str, Self); 7] = [
        ("authorization_code", Self::AuthorizationCode),
        ("bearer", Self::Bearer),
        ("client_credentials", Self::ClientCredentials),
        ("introspection", Self::Introspection),
        ("password", Self::Password),
        ("refresh_token", Self::RefreshToken),
        ("userinfo", Self::UserInfo),
    ];

    /// Kong's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, method)| *method == self).map_or("", |(name, _)| name)
    }
}

impl Methods {
    /// Whether a token may stand in the request itself.
    #[must_use]
    pub const fn takes_tokens(&self) -> bool {
        self.bearer || self.introspection || self.userinfo
    }

    /// Whether every credential that is looked for says its issuer.
    #[must_use]
    pub const fn are_told_by_tokens(&self) -> bool {
        self.bearer && !self.introspection && !self.userinfo && !self.session && !self.asks_for_tokens()
    }

    /// Whether tokens are asked for at the token endpoint.
    #[must_use]
    pub const fn asks_for_tokens(&self) -> bool {
        self.client_credentials.is_some() || self.asks_as_its_own_client()
    }

    /// Whether they are asked for by the gateway's own client: with callers' passwords, refresh tokens and codes.
    #[must_use]
    pub const fn asks_as_its_own_client(&self) -> bool {
        self.password.is_some() || self.refresh_token.is_some() || self.authorization_code
    }

    /// Whether this one is on.
    #[must_use]
    pub const fn has(&self, method: Method) -> bool {
        match method {
            Method::AuthorizationCode => self.authorization_code,
            Method::Bearer => self.bearer,
            Method::ClientCredentials => self.client_credentials.is_some(),
            Method::Introspection => self.introspection,
            Method::Password => self.password.is_some(),
            Method::RefreshToken => self.refresh_token.is_some(),
            Method::UserInfo => self.userinfo,
        }
    }

    /// Whether `Authorization: Basic` holds a user's name and password, and not a client's id and secret.
    #[must_use]
    pub fn basic_is_a_password(&self) -> bool {
        self.password.is_some_and(|places| places.header)
    }

    /// Whether bodies are read for any of the credentials.
    #[must_use]
    pub fn reads_bodies(&self, rules: &CredentialRules) -> bool {
        let refresh_token = self.refresh_token.as_ref().map(|(places, _)| *places);
        let others = [self.client_credentials, self.password, refresh_token];
        self.takes_tokens() && rules.places.body || others.into_iter().flatten().any(|places| places.body)
    }

    /// Those that are on, in Kong's order.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        let all = [
            ("session", self.session),
            ("bearer", self.bearer),
            ("introspection", self.introspection),
            ("userinfo", self.userinfo),
            ("refresh_token", self.refresh_token.is_some()),
            ("password", self.password.is_some()),
            ("client_credentials", self.client_credentials.is_some()),
            ("authorization_code", self.authorization_code),
        ];
        all.into_iter().filter(|(_, on)| *on).map(|(name, _)| name)
    }
}
