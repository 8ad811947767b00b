//! What is served: realms with their APIs, clients and users, in YAML or JSON.
//!
//! Every secret in such a file is for development. A file is read whole and checked before anything is served.

use crate::mint::SigningAlgorithm;
use crate::secret::Secret;
use crate::shape::Shape;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

mod check;
mod error;
mod method;

pub(crate) use check::is_redirect_uri;
pub use error::{ConfigError, ConfigErrors};
pub use method::{AuthMethod, GrantType};

/// The whole file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// How clients reach this server, where that is not the address that it listens on; no slash at the end.
    #[serde(default)]
    pub base_url: Option<String>,
    /// Seconds by which its clock goes ahead of the system's; negative for behind.
    #[serde(default)]
    pub clock_offset: i64,
    /// Whether it may listen on an address that others can reach.
    #[serde(default)]
    pub allow_remote: bool,
    /// Issuers, each with its own keys, clients and users.
    pub realms: Vec<Realm>,
}

/// An issuer: Entra's tenant, Okta's authorization server, PingOne's environment, Keycloak's realm.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Realm {
    /// Its name here, for the control endpoints; in the paths too where the shape has no id of its own.
    pub name: String,
    /// Whose paths, tokens and errors it has.
    pub shape: Shape,
    /// What stands in its paths: a GUID for Entra and PingOne; `default` for Okta and the name otherwise, if absent.
    #[serde(default, alias = "tenant", alias = "server", alias = "environment")]
    pub id: Option<String>,
    /// Another text for `iss` than the local one; of Entra: in tokens of version 2.0.
    #[serde(default)]
    pub issuer: Option<String>,
    /// Entra only: likewise in tokens of version 1.0.
    #[serde(default)]
    pub issuer_v1: Option<String>,
    /// What keys are made for; the first one signs. RS256 if absent.
    #[serde(default = "rs256", deserialize_with = "algorithms")]
    pub algorithms: Vec<SigningAlgorithm>,
    /// Private JWKs to sign with instead of keys that are made at each start, one for each algorithm.
    #[serde(default)]
    pub keys: Vec<PrivateJwk>,
    /// Seconds that an access token is good for.
    #[serde(default = "an_hour")]
    pub access_token_lifetime: u32,
    /// Seconds that a refresh token is good for.
    #[serde(default = "a_day")]
    pub refresh_token_lifetime: u32,
    /// Access tokens that say nothing by themselves, for introspection.
    #[serde(default)]
    pub opaque_access_tokens: bool,
    /// Who may register clients (RFC 7591); nobody, if absent. Entra has Microsoft Graph instead.
    #[serde(default)]
    pub registration: Option<Registration>,
    /// Names of other realms whose access tokens it exchanges for its own (RFC 8693).
    #[serde(default)]
    pub trusted_realms: Vec<String>,
    /// What tokens are for.
    #[serde(default)]
    pub apis: Vec<Api>,
    /// Who gets tokens.
    #[serde(default)]
    pub clients: Vec<Client>,
    /// Who logs in.
    #[serde(default)]
    pub users: Vec<User>,
}

/// Who may register clients.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    /// Everybody.
    #[serde(default)]
    pub open: bool,
    /// Who has this initial access token (RFC 7591 3); Okta's API token.
    #[serde(default)]
    pub initial_access_token: Option<Secret>,
    /// Who has an access token with this scope.
    #[serde(default)]
    pub scope: Option<String>,
}

/// An API: the audience of a token.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Api {
    /// The audience; Entra's App ID URI.
    pub identifier: String,
    /// Entra only: the id of its app registration.
    #[serde(default)]
    pub client_id: Option<String>,
    /// Entra only, as the manifest has it: 2, or null or 1 for tokens of version 1.0.
    #[serde(default, alias = "accessTokenAcceptedVersion", alias = "requestedAccessTokenVersion")]
    pub access_token_version: Option<u8>,
    /// Entra only: its app has keys of its own, as claims mapping wants them. They sign the tokens for it, and a key set
    /// shows them to who asks with `?appid=`.
    #[serde(default)]
    pub own_keys: bool,
    /// Scopes that users consent to.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// Roles that can be assigned to clients and users.
    #[serde(default)]
    pub roles: Vec<String>,
    /// Access tokens for it say nothing by themselves.
    #[serde(default)]
    pub opaque_access_tokens: bool,
}

/// A client: Entra's app registration, Okta's and PingOne's application.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// Its id.
    pub client_id: String,
    /// A name for people.
    #[serde(default)]
    pub name: Option<String>,
    /// Its one secret.
    #[serde(default)]
    pub secret: Option<Secret>,
    /// Its secrets, where there are several or their ids matter.
    #[serde(default)]
    pub secrets: Vec<ClientSecret>,
    /// Its public keys, for `private_key_jwt`.
    #[serde(default)]
    pub jwks: Option<Value>,
    /// How it may authenticate; whatever it has the means for, if empty.
    #[serde(default)]
    pub auth_methods: Vec<AuthMethod>,
    /// What it may ask for; everything, if empty.
    #[serde(default)]
    pub grants: Vec<GrantType>,
    /// Where answers for it may go; compared byte for byte.
    #[serde(default)]
    pub redirect_uris: Vec<String>,
    /// Where browsers may go after logout; compared byte for byte.
    #[serde(default)]
    pub post_logout_redirect_uris: Vec<String>,
    /// Whether users are asked before it gets tokens for them.
    #[serde(default)]
    pub consent: bool,
    /// Roles assigned to the client itself, by API.
    #[serde(default)]
    pub roles: BTreeMap<String, Vec<String>>,
    /// Entra: roles of Microsoft Graph that it asks for and gets when an administrator consents. Auth0: scopes of the
    /// Management API that it has.
    #[serde(default)]
    pub permissions: Vec<String>,
    /// Scopes that it may have for itself, by API; those of every API, if absent.
    #[serde(default)]
    pub client_grants: Option<BTreeMap<String, Vec<String>>>,
    /// Claims of its access tokens that replace those of the shape; null leaves one out.
    #[serde(default)]
    pub claims: Map<String, Value>,
    /// Its access tokens say nothing by themselves.
    #[serde(default)]
    pub opaque_access_tokens: bool,
    /// Entra only: the id of its service principal; derived from the client's id, if absent.
    #[serde(default)]
    pub object_id: Option<String>,
}

/// One of a client's secrets.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientSecret {
    /// Its id, which people take for the secret itself.
    pub id: String,
    /// The secret.
    pub value: Secret,
    /// A name for people.
    #[serde(default)]
    pub name: Option<String>,
    /// When it ends, in Unix seconds.
    #[serde(default)]
    pub expires: Option<i64>,
}

/// A person.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// What they type to log in.
    pub username: String,
    /// What proves it.
    pub password: Secret,
    /// Their id, which stays when the name changes; derived from the name, if absent.
    #[serde(default)]
    pub id: Option<String>,
    /// Their name.
    #[serde(default)]
    pub name: Option<String>,
    /// Their address.
    #[serde(default)]
    pub email: Option<String>,
    /// Their groups; GUIDs in Entra.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Roles assigned to them, by API.
    #[serde(default)]
    pub roles: BTreeMap<String, Vec<String>>,
    /// Claims of their tokens that replace those of the shape; null leaves one out.
    #[serde(default)]
    pub claims: Map<String, Value>,
}

/// A private key in the file. Shows nothing of itself.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct PrivateJwk(pub(crate) Value);

impl Config {
    /// Reads YAML or JSON.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn parse(text: &str) -> Result<Self, ConfigErrors> {
        let config: Self = serde_norway::from_str(text).map_err(|error| ConfigErrors::syntax(&error))?;
        check::check(&config)?;
        Ok(config)
    }

    /// The realms that are served when no file is given.
    ///
    /// # Errors
    /// None, as the tests show; the text goes through the same checks as any other.
    pub fn built_in() -> Result<Self, ConfigErrors> {
        Self::parse(BUILT_IN)
    }
}

impl Client {
    /// Whether it may authenticate so.
    #[must_use]
    pub fn allows(&self, method: AuthMethod) -> bool {
        let has_secret = self.secret.is_some() || !self.secrets.is_empty();
        let able = match method {
            AuthMethod::ClientSecretBasic | AuthMethod::ClientSecretPost | AuthMethod::ClientSecretJwt => {
                has_secret
            }
            AuthMethod::PrivateKeyJwt => self.jwks.is_some(),
            AuthMethod::None => !has_secret && self.jwks.is_none(),
        };
        able && (self.auth_methods.is_empty() || self.auth_methods.contains(&method))
    }

    /// Whether it may use a grant.
    #[must_use]
    pub fn may(&self, grant: GrantType) -> bool {
        self.grants.is_empty() || self.grants.contains(&grant)
    }

    /// Its secrets that hold now.
    pub fn secrets_at(&self, now: i64) -> impl Iterator<Item = &Secret> {
        let current = self.secrets.iter().filter(move |secret| secret.expires.is_none_or(|end| end > now));
        self.secret.iter().chain(current.map(|secret| &secret.value))
    }
}

/// Shows that there is a key, and no number of it.
impl std::fmt::Debug for PrivateJwk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PrivateJwk(..)")
    }
}

fn algorithms<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<SigningAlgorithm>, D::Error> {
    let names = Vec::<String>::deserialize(deserializer)?;
    let of = |name: &String| {
        // Those with SHA-256: an ID token's at_hash goes with the algorithm.
        let known = [SigningAlgorithm::Rs256, SigningAlgorithm::Ps256, SigningAlgorithm::Es256];
        known.into_iter().find(|algorithm| algorithm.name() == name).ok_or_else(|| {
            serde::de::Error::custom(format_args!("expected RS256, PS256 or ES256, found {name:?}"))
        })
    };
    names.iter().map(of).collect()
}

fn rs256() -> Vec<SigningAlgorithm> {
    vec![SigningAlgorithm::Rs256]
}

const fn an_hour() -> u32 {
    3_600
}

const fn a_day() -> u32 {
    86_400
}

/// The text behind [`Config::built_in`], to start a file of one's own from.
pub const BUILT_IN: &str = include_str!("config/built_in.yaml");

#[cfg(test)]
mod tests;
