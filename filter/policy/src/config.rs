//! The config document, valid by construction: what is in a [`Config`](crate::config::Config) was checked, and
//! what could not be checked is not in it.
//!
//! The document names keys as Kong does. Every key of Kong's plugins stands in one table
//! ([`config::keys`](crate::config::keys)); what is not supported yet is refused, never ignored.

use crate::capabilities::CalloutTarget;
use crate::json::{Limits, Value};
use crate::keys::KeySet;
use crate::provider::{Metadata, Targets, Url};
use crate::registry::Registry;
use crate::route;
use crate::verified::SourceId;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

pub mod keys;
pub mod members;

mod acl;
mod application_registration;
mod client_secret;
mod document;
mod effective;
mod entities;
mod error;
mod expiry;
mod header_name;
mod issuer;
mod key_auth;
mod log_claims;
mod nearest;
mod node;
mod openid_connect;
mod origins;
mod page;
mod plugins;
mod promises;
mod routes;
mod rules;
mod services;
mod sources;
mod state;
mod texts;

pub use crate::capabilities::EngineChoice;
pub use error::{ConfigError, ConfigErrors, ConfigWarning};
pub use expiry::{Reminders, SecretExpiry};
pub use header_name::{HeaderName, HeaderNameError};
pub use page::{LONGEST as LONGEST_PAGE, Page};
pub use rules::{
    AcceptedIssuer, AcceptedIssuers, AccessTokenHeader, Acl, AclList, ApplicationRegistration,
    Authentication, ClaimHeader, ClaimPath, ClaimRule, ClientRules, ConsumerGroupRule, ConsumerRule,
    ConsumerRules, CredentialRules, ErrorRules, HeaderRules, IntrospectionEndpoint, KeyAuth, KeyName,
    LoginAction, LoginRules, LoginToken, LogoutRules, Method, Methods, OpenIdConnect, OwnClient, Places,
    ProviderRules, Redirects, Requirements, ResponseMode, Revocation, Rules, Scheme, Scope, SessionRules,
    Strategies, TokenEndpoint, TokenHeaders, TokenRules, UserInfoEndpoint,
};
pub use state::{Feed, PushedState};

/// A valid config.
#[derive(Debug)]
pub struct Config {
    /// The engine that the operator says the filter runs in.
    pub engine: EngineChoice,
    /// Name of this set of services; part of every shared-data key. 1 to 64 of `A-Z a-z 0-9 . _ -`.
    pub realm: Box<str>,
    /// Callers and keys that are pushed into shared data, if any are; then the document holds no callers.
    pub pushed: Option<PushedState>,
    /// Which requests get an audit line.
    pub audit: Logged,
    /// Which claims stand in the audit line.
    pub log_claims: LogClaims,
    /// Whether bodies may be read for tokens: the operator's word that the listener hands them to a filter that
    /// holds the head.
    pub body_tokens: bool,
    /// By which names the engine calls providers.
    pub targets: Targets,
    /// Where tokens come from; ids and issuers are unique.
    pub sources: Vec<Arc<Source>>,
    /// In the order of the document; ids and names are unique.
    pub services: Vec<Service>,
    /// Consumers and applications.
    pub registry: Registry,
    /// What is valid but probably not what was meant, such as a key that cannot be used.
    pub warnings: Vec<ConfigWarning>,
    pub(crate) routing: route::Table,
}

/// Which claims of a token stand in the audit line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogClaims {
    /// Of which requests.
    pub of: Logged,
    /// The claims, by their names at the top of the payload.
    pub names: Vec<Box<str>>,
}

/// Whether a service's rules hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Enforcement {
    /// They do.
    #[default]
    Enforce,
    /// What they would refuse is forwarded, and said.
    Report,
}

/// The requests of which something is logged: an audit line, or claims in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Logged {
    /// None.
    Off,
    /// Those that were, or would have been, refused.
    Denied,
    /// Every one.
    All,
}

/// An issuer of tokens and its keys.
#[derive(Debug)]
pub struct Source {
    /// The name that consumers and applications refer to.
    pub id: SourceId,
    /// `iss` of its tokens, byte for byte, or what it is for each of the tenants.
    pub issuer: AcceptedIssuer,
    /// Its keys.
    pub keys: SourceKeys,
}

/// Where a source's keys are.
#[derive(Debug)]
pub enum SourceKeys {
    /// In the document; at least one can be used.
    Given(KeySet),
    /// In shared data.
    Pushed,
    /// At the provider, from where they are fetched.
    Discovered(Discovery),
}

/// Where a provider's keys are fetched, and how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discovery {
    /// The discovery document; `None`: it is not asked for.
    pub document: Option<Url>,
    /// The key set, instead of the one that the document names.
    pub jwks_uri: Option<Url>,
    /// Further key sets.
    pub extra_jwks_uris: Vec<Url>,
    /// More header fields of the requests.
    pub headers: Vec<(Box<str>, Box<str>)>,
    /// Seconds from one look to the next.
    pub refresh: i64,
    /// Seconds for which keys are used that could not be fetched again.
    pub stale: i64,
    /// Seconds between two fetches that requests cause.
    pub rediscovery_lifetime: i64,
    /// How long the engine waits for an answer, milliseconds.
    pub timeout_ms: u32,
}

impl SourceKeys {
    /// How they are fetched, if they are.
    #[must_use]
    pub const fn discovery(&self) -> Option<&Discovery> {
        match self {
            Self::Discovered(discovery) => Some(discovery),
            Self::Given(_) | Self::Pushed => None,
        }
    }
}

impl Source {
    /// The issuer as the document has it: a template stays one, also of a lone tenant.
    #[must_use]
    pub fn written_issuer(&self) -> String {
        match &self.issuer {
            AcceptedIssuer::Exactly(url) => url.as_ref().into(),
            AcceptedIssuer::OfTenants { template, .. } => alloc::format!("{template}"),
        }
    }
}

impl Discovery {
    /// Of a provider that cannot be asked anything.
    pub(crate) const NOWHERE: Self = Self {
        document: None,
        jwks_uri: None,
        extra_jwks_uris: Vec::new(),
        headers: Vec::new(),
        refresh: Self::REFRESH,
        stale: Self::STALE,
        rediscovery_lifetime: Self::REDISCOVERY,
        timeout_ms: Self::TIMEOUT_MS,
    };

    /// `refresh` unless the document says otherwise: an hour of Entra's keys would do, and a key that leaked should go
    /// sooner.
    pub const REFRESH: i64 = 600;

    /// `stale` unless the document says otherwise.
    pub const STALE: i64 = 86_400;

    /// Kong's `rediscovery_lifetime`.
    pub const REDISCOVERY: i64 = 30;

    /// Kong's `timeout`.
    pub const TIMEOUT_MS: u32 = 10_000;

    /// Where the provider's own key set stands: as the config says, or as its discovery document does.
    #[must_use]
    pub fn own_keys<'a>(&'a self, metadata: Option<&'a Metadata>) -> Option<&'a Url> {
        self.jwks_uri.as_ref().or_else(|| metadata.map(|metadata| &metadata.jwks_uri))
    }

    /// Seconds after which a fetch is given up of which nothing is heard: engines may wait twice as long as they are told,
    /// and each place is asked once.
    #[must_use]
    pub fn patience(&self) -> i64 {
        let places = i64::try_from(self.extra_jwks_uris.len()).unwrap_or(1).saturating_add(2);
        let seconds = i64::from(self.timeout_ms).saturating_add(999) / 1_000;
        seconds.saturating_mul(places).saturating_add(5)
    }
}

/// A service: what its routes lead to, and what it asks of a token.
#[derive(Debug)]
pub struct Service {
    /// The id that registrations refer to; also the group that an approved application gets.
    pub id: Arc<str>,
    /// The name for logs and metrics; the id where none was given.
    pub name: Arc<str>,
    /// Empty in at most one service, which gets every request that no route takes.
    pub routes: Vec<Route>,
    /// Whether its rules hold.
    pub enforcement: Enforcement,
    /// The rules of the service itself; `None` where openid-connect stands on each of its routes instead.
    pub rules: Option<Rules>,
}

/// Which requests go to a service. Every attribute that is present must match (Kong's routes).
#[derive(Debug)]
pub struct Route {
    /// Unique in the config.
    pub id: Arc<str>,
    /// The name for logs and metrics; the id where none was given.
    pub name: Arc<str>,
    /// `example.com`, `*.example.com` or `example.*`; empty: any.
    pub hosts: Vec<route::HostPattern>,
    /// Plain prefixes; empty: any.
    pub paths: Vec<route::PathPrefix>,
    /// In upper case; empty: any.
    pub methods: Vec<Box<str>>,
    /// Each named header must have one of its values; empty: any.
    pub headers: Vec<route::HeaderMatch>,
    /// What applies here: the route's plugins over the service's over the defaults, by plugin name.
    pub rules: Rules,
}

impl Config {
    /// Reads and checks a document.
    ///
    /// # Errors
    /// Every error of the document at once, each with the path where it stands.
    pub fn parse(bytes: &[u8]) -> Result<Self, ConfigErrors> {
        let value = Value::parse(bytes, &Limits::CONFIG).map_err(|error| ConfigErrors::syntax(&error))?;
        document::decode(&value)
    }

    /// The config with every default filled in, as indented JSON: keys by kid and fingerprint, and for each route
    /// the rules that apply and where they were written. Holds no secret.
    #[must_use]
    pub fn effective(&self) -> String {
        effective::text(self)
    }

    /// An origin that is to be called, and that an engine of this kind has no name for.
    #[must_use]
    pub fn unreachable(&self, kind: CalloutTarget) -> Option<String> {
        let fetched = self.sources.iter().filter_map(|source| source.keys.discovery());
        let places = fetched.flat_map(|discovery| {
            discovery.document.iter().chain(&discovery.jwks_uri).chain(&discovery.extra_jwks_uris)
        });
        let endpoints = self.strategies().flat_map(|strategy| strategy.endpoints());
        let mut places = places.chain(endpoints);
        places.find(|place| self.targets.of(place, kind).is_none()).map(Url::origin)
    }

    /// Whether anything is ever asked of a provider.
    #[must_use]
    pub fn asks_providers(&self) -> bool {
        let fetches = self.sources.iter().any(|source| source.keys.discovery().is_some());
        fetches || self.strategies().any(|strategy| strategy.asks_provider())
    }

    /// Whether a client of the config has a key that only an engine can sign with.
    #[must_use]
    pub fn needs_signer(&self) -> bool {
        let mut clients = self.strategies().flat_map(|strategy| &strategy.provider.clients.clients);
        clients.any(|own| own.client.key.as_ref().is_some_and(|key| key.needs_native_signer()))
    }

    /// Whether sessions get other tokens when theirs run out.
    #[must_use]
    pub fn refreshes_sessions(&self) -> bool {
        self.strategies().any(|strategy| {
            let refreshes = strategy.session.as_ref().is_some_and(|session| session.refreshes);
            refreshes && strategy.provider.token.is_some()
        })
    }

    fn strategies(&self) -> impl Iterator<Item = &Arc<OpenIdConnect>> {
        self.services.iter().flat_map(Service::every_rules).flat_map(Rules::strategies)
    }

    /// The service with this id or name.
    #[must_use]
    pub fn service(&self, id_or_name: &str) -> Option<&Service> {
        let by_id = self.services.iter().find(|service| *service.id == *id_or_name);
        by_id.or_else(|| self.services.iter().find(|service| *service.name == *id_or_name))
    }
}

impl Service {
    /// The rules of each route, then those of the service itself.
    pub fn every_rules(&self) -> impl Iterator<Item = &Rules> {
        self.routes.iter().map(|route| &route.rules).chain(&self.rules)
    }
}

impl Enforcement {
    /// As it is written in the document.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Enforce => "enforce",
            Self::Report => "report",
        }
    }
}

impl Logged {
    pub(crate) const NAMES: [(&'static str, Self); 3] =
        [(Self::Off.name(), Self::Off), (Self::Denied.name(), Self::Denied), (Self::All.name(), Self::All)];

    /// Whether a request that was refused, or was not, is among them.
    #[must_use]
    pub const fn covers(self, refused: bool) -> bool {
        match self {
            Self::Off => false,
            Self::Denied => refused,
            Self::All => true,
        }
    }

    /// As it is written in the document.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Denied => "denied",
            Self::All => "all",
        }
    }
}

#[cfg(test)]
mod tests;
