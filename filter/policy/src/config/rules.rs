//! What a service asks of a token and of its bearer: the valid form of the plugins' configs.

use super::{HeaderName, Source};
use crate::registry::LookupKind;
use crate::signature::HmacKey;
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

/// The plugins that apply to one route, or to a service.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Always there: a service without it is refused by the config.
    pub openid_connect: Arc<OpenIdConnect>,
    /// `None`: every caller that openid-connect admits may use the service.
    pub application_registration: Option<Arc<ApplicationRegistration>>,
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

/// A valid config of the openid-connect plugin.
#[derive(Debug, Clone)]
pub struct OpenIdConnect {
    /// Where it was written.
    pub scope: Scope,
    /// Whose tokens are accepted.
    pub source: Arc<Source>,
    /// The secret that HMAC signatures are verified with; `None`: they are refused. Of the same source.
    pub hmac_key: Option<HmacKey>,
    /// The `iss` that a token must have, byte for byte.
    pub issuer: Box<str>,
    /// `realm` of the challenge: the issuer's host without port. Letters, digits, `.`, `-`, `_`, `:`, `[`, `]` only.
    pub challenge_realm: Box<str>,
    /// Added to every time check. Seconds, 0 to 86400.
    pub leeway: i64,
    /// The audiences that the service requires.
    pub audience: ClaimRule,
    /// The scopes that the service requires.
    pub scopes: ClaimRule,
    /// How a token names its consumer; `None`: it names none, and identity headers stay empty.
    pub consumer: Option<ConsumerRule>,
    /// Whether the credential that authenticated is kept from the upstream.
    pub hide_credentials: bool,
    /// How the upstream gets the access token.
    pub upstream_access_token_header: AccessTokenHeader,
    /// Whether a refusal's body says why.
    pub display_errors: bool,
    /// Whether the challenge has `error="..."`.
    pub expose_error_code: bool,
    /// `message` of a 401.
    pub unauthorized_error_message: Box<str>,
    /// `message` of a 403.
    pub forbidden_error_message: Box<str>,
}

/// What a claim must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimRule {
    /// Where the claim stands.
    pub claim: ClaimPath,
    /// Alternatives; the words of one must all be there. Empty: no check. No alternative is empty.
    pub required: Vec<Vec<Box<str>>>,
    /// `required` as it is written in the config, for reasons: alternatives in quotes, joined by ` or `.
    pub written: Box<str>,
}

/// Where a claim stands: each member one object deeper. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimPath(Box<[Box<str>]>);

/// How a token names its consumer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsumerRule {
    /// The claim that holds the name.
    pub claim: ClaimPath,
    /// What the name may be, tried in this order. Never empty.
    pub by: Vec<LookupKind>,
}

/// How the upstream gets the access token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccessTokenHeader {
    /// `Authorization: Bearer <token>`.
    Bearer,
    /// The token alone, in this header.
    Raw(HeaderName),
    /// Not at all.
    Off,
}

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
