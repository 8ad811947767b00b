//! What a service asks of a token and of its bearer: the valid form of the plugins' configs.

use super::Source;
use crate::json::Value;
use crate::provider::Url;
use crate::signature::HmacKey;
use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;

mod acl;
mod consumer;
mod credential;
mod errors;
mod headers;
mod issuers;
mod key_auth;
mod login;
mod logout;
mod methods;
mod provider;
mod requirements;
mod session;
mod token;

pub use acl::{Acl, AclList};
pub use consumer::{ConsumerGroupRule, ConsumerRule, ConsumerRules};
pub use credential::{CredentialRules, Places};
pub use errors::{ErrorRules, Redirects, Scheme};
pub use headers::{AccessTokenHeader, ClaimHeader, HeaderRules, TokenHeaders};
pub use issuers::{AcceptedIssuer, AcceptedIssuers};
pub use key_auth::{KeyAuth, KeyName};
pub use login::{LoginAction, LoginRules, LoginToken, ResponseMode};
pub use logout::{LogoutRules, Revocation};
pub use methods::{Method, Methods};
pub use provider::{
    ClientRules, IntrospectionEndpoint, OwnClient, ProviderRules, TokenEndpoint, UserInfoEndpoint,
};
pub use requirements::{ClaimRule, Requirements};
pub use session::SessionRules;
pub use token::TokenRules;

/// The plugins that apply to one route, or to a service.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Always there: a service without it is refused by the config.
    pub authentication: Authentication,
    /// `None`: every caller that openid-connect admits may use the service.
    pub application_registration: Option<Arc<ApplicationRegistration>>,
    /// `None`: callers of every group may.
    pub acl: Option<Arc<Acl>>,
}

/// How a caller proves who it is.
#[derive(Debug, Clone)]
pub enum Authentication {
    /// By a token.
    OpenIdConnect(Strategies),
    /// By an application's client id.
    KeyAuth(Arc<KeyAuth>),
}

/// The configs of openid-connect that hold side by side; a token's issuer chooses one. Never empty; all are alike in
/// what is decided before a token is found.
#[derive(Debug, Clone)]
pub struct Strategies {
    first: Arc<OpenIdConnect>,
    others: Box<[Arc<OpenIdConnect>]>,
}

/// Where a plugin's config was written. The nearer one wins, as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// In `defaults`.
    Defaults,
    /// On the service.
    Service,
    /// On the route.
    Route,
}

/// A valid config of the openid-connect plugin, part by part in the order in which a request meets them.
#[derive(Debug, Clone)]
pub struct OpenIdConnect {
    /// Where it was written.
    pub scope: Scope,
    /// Whose tokens are accepted.
    pub source: Arc<Source>,
    /// The secret that HMAC signatures are verified with; `None`: they are refused. Of the same source.
    pub hmac_key: Option<HmacKey>,
    /// Where a token is looked for, and what becomes of it.
    pub credential: CredentialRules,
    /// How a caller may authenticate, with a token or with what gets one.
    pub methods: Methods,
    /// How sessions are kept; there if `methods` has them.
    pub session: Option<SessionRules>,
    /// How a person logs in; there if `methods` has that.
    pub login: Option<LoginRules>,
    /// How a session is ended by whom it is of; `None`: not at all.
    pub logout: Option<LogoutRules>,
    /// What the identity provider is asked.
    pub provider: ProviderRules,
    /// From whom and from when a token must be.
    pub token: TokenRules,
    /// What a token must hold.
    pub requirements: Requirements,
    /// Who calls.
    pub consumer: ConsumerRules,
    /// What upstream and client are told.
    pub headers: HeaderRules,
    /// What a client is told that is refused.
    pub errors: ErrorRules,
}

/// Where a claim stands: each member one object deeper. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimPath(Box<[Box<str>]>);

/// A valid config of the application-registration plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "Kong's keys, each independent")]
pub struct ApplicationRegistration {
    /// The service's name in the portal.
    pub display_name: Box<str>,
    /// The service's text in the portal.
    pub description: Option<Box<str>>,
    /// Whether a new registration starts as approved; read by whoever creates registrations.
    pub auto_approve: bool,
    /// Whether the portal shows the issuer.
    pub show_issuer: bool,
    /// Whether consumers that are no applications are admitted too.
    pub enable_proxy_with_consumer_credential: bool,
}

impl Rules {
    /// The configs of openid-connect; none where key-auth takes its place.
    pub fn strategies(&self) -> impl Iterator<Item = &Arc<OpenIdConnect>> {
        let strategies = match &self.authentication {
            Authentication::OpenIdConnect(strategies) => Some(strategies),
            Authentication::KeyAuth(_) => None,
        };
        strategies.into_iter().flat_map(Strategies::iter)
    }

    /// The rules of whoever comes with a session, or logs in: there is one strategy then, and the first where there are
    /// none of these; `None` where key-auth takes its place.
    #[must_use]
    pub fn of_people(&self) -> Option<&Arc<OpenIdConnect>> {
        self.strategies().next()
    }

    /// The same with how people log in, where they do.
    #[must_use]
    pub fn login(&self) -> Option<(&Arc<OpenIdConnect>, &LoginRules)> {
        let rules = self.of_people()?;
        Some((rules, rules.login.as_ref()?))
    }
}

impl OpenIdConnect {
    /// Whether the provider is asked anything, but for its keys.
    #[must_use]
    pub fn asks_provider(&self) -> bool {
        self.provider.is_asked() || self.revocation().is_some()
    }

    /// The endpoints that the config itself names and the gateway calls; those that browsers alone visit are none.
    pub fn endpoints(&self) -> impl Iterator<Item = &Url> {
        self.provider.endpoints().chain(self.revocation().and_then(|revocation| revocation.url.as_ref()))
    }

    fn revocation(&self) -> Option<&Revocation> {
        self.logout.as_ref()?.revocation.as_ref()
    }

    /// Whether what is told of a caller, by consumer, groups and headers, is not all in these claims.
    #[must_use]
    pub fn wants_more_than(&self, claims: &Value) -> bool {
        let Self { consumer, headers, .. } = self;
        let named = match &consumer.mapping {
            Some(rule) => rule.first_present(claims).is_some(),
            None => claims.at(consumer.credential_claim.members()).is_some(),
        };
        let groups = consumer.groups.as_ref().map(|rule| &rule.claim);
        let handed_on =
            headers.upstream.claims.iter().chain(&headers.downstream.claims).map(|header| &header.claim);
        let mut others = consumer.authenticated_groups_claim.iter().chain(groups).chain(handed_on);
        !named || others.any(|claim| claims.at(claim.members()).is_none())
    }
}

impl Authentication {
    /// Whether CORS preflights need a credential too.
    #[must_use]
    pub fn run_on_preflight(&self) -> bool {
        match self {
            Self::OpenIdConnect(strategies) => strategies.first.credential.run_on_preflight,
            Self::KeyAuth(rules) => rules.run_on_preflight,
        }
    }

    /// Id or username of the consumer that stands in for callers without a good credential.
    #[must_use]
    pub fn anonymous(&self) -> Option<&str> {
        match self {
            Self::OpenIdConnect(strategies) => strategies.first.credential.anonymous.as_deref(),
            Self::KeyAuth(rules) => rules.anonymous.as_deref(),
        }
    }

    /// What a client is told that is refused before a strategy is chosen.
    #[must_use]
    pub fn errors(&self) -> &ErrorRules {
        match self {
            Self::OpenIdConnect(strategies) => &strategies.first.errors,
            Self::KeyAuth(rules) => &rules.errors,
        }
    }
}

impl Strategies {
    /// `None` if there is none.
    pub(in crate::config) fn new(all: &[Arc<OpenIdConnect>]) -> Option<Self> {
        let (first, others) = all.split_first()?;
        Some(Self { first: Arc::clone(first), others: others.into() })
    }

    /// The first; its rules about the request as a whole hold for all.
    #[must_use]
    pub fn first(&self) -> &Arc<OpenIdConnect> {
        &self.first
    }

    /// All, in the order of the document.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<OpenIdConnect>> {
        core::iter::once(&self.first).chain(&self.others)
    }

    /// The only one, if there is one only.
    #[must_use]
    pub fn only(&self) -> Option<&Arc<OpenIdConnect>> {
        self.others.is_empty().then_some(&self.first)
    }
}

impl ClaimPath {
    /// `None` if `members` is empty.
    #[must_use]
    pub fn new(members: Box<[Box<str>]>) -> Option<Self> {
        (!members.is_empty()).then_some(Self(members))
    }

    /// The names on the way to the claim, outermost first.
    #[must_use]
    pub fn members(&self) -> &[Box<str>] {
        &self.0
    }

    /// Whether it is `aud`, which names the API that a token is for.
    #[must_use]
    pub fn is_audience(&self) -> bool {
        matches!(self.members(), [only] if &**only == "aud")
    }
}

/// The members joined by dots.
impl fmt::Display for ClaimPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, member) in self.0.iter().enumerate() {
            let dot = if position == 0 { "" } else { "." };
            write!(f, "{dot}{member}")?;
        }
        Ok(())
    }
}

impl Scope {
    /// `defaults`, `service` or `route`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Defaults => "defaults",
            Self::Service => "service",
            Self::Route => "route",
        }
    }
}
