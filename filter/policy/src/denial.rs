//! Why a request was refused: one name per check, and one total map from name to wire.
//!
//! A variant's [`Denial::name`] is the log field, the metric label and the `expect` of the case table; its
//! `Display` is the reason that `display_errors` shows. Adding a variant does not compile until it is mapped.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;

use crate::json::Value;
use crate::tenant::EntraVersion;

mod malformed;
mod response;
mod wire;

pub use malformed::Malformed;
pub use response::Audience;
pub use wire::{Challenge, Message, Status, Wire};

/// A refusal. Fields hold what was expected and what was found; never a token, a signature or a secret.
///
/// Values that come from a token are cut to [`SHOWN`] characters before they get here (see [`shown`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Denial {
    /// The caller's groups keep it out of this service.
    AclDenied {
        /// What the service requires, as it is written in the config.
        expected: Box<str>,
        /// The groups that the caller is in.
        found: Box<str>,
    },
    /// There is neither a credential nor a group that the service could let in.
    AclUnauthenticated {
        /// What the service requires, as it is written in the config.
        expected: Box<str>,
    },
    /// The key that was chosen does not belong to the algorithm that the header names (RFC 8725 3.1).
    AlgorithmMismatch {
        /// Algorithms of the key.
        expected: Box<str>,
        /// `alg` of the header.
        found: Box<str>,
    },
    /// The header's `alg` is `none`, symmetric without leave, or unknown (RFC 8725 3.2).
    AlgorithmNotAllowed {
        /// `alg` of the header.
        found: Box<str>,
    },
    /// A rule on this header would decide, and engines differ in whether the case of its value counts.
    AmbiguousHeader {
        /// The header.
        name: Box<str>,
    },
    /// A rule on hosts would decide, and the authority's port or final dot keeps the engine from reading it as the
    /// rule does.
    AmbiguousHost,
    /// The path has more than one reading (empty or dot segments, `\`, an encoded `/`, `\` or `.`, a broken escape,
    /// or bytes that are not ASCII), so a rule on paths could be walked around.
    AmbiguousPath,
    /// The application is registered for this service and awaits approval.
    ApplicationPending,
    /// The application asked for this service and was rejected.
    ApplicationRejected,
    /// The application's approval for this service was taken back.
    ApplicationRevoked,
    /// The application, or its registration for this service, is suspended.
    ApplicationSuspended,
    /// The application has no registration for this service.
    ApplicationUnregistered,
    /// None of the required audiences is in the token.
    AudienceMismatch {
        /// What the service requires, as it is written in the config.
        expected: Box<str>,
        /// What the token holds.
        found: Box<str>,
    },
    /// `auth_time` lies in the future.
    AuthTimeInFuture {
        /// `auth_time` of the token, seconds.
        auth_time: i64,
        /// The gateway's time, seconds.
        now: i64,
    },
    /// The token does not say when its user authenticated, and the service limits how long ago that may be.
    AuthTimeMissing,
    /// The user authenticated longer ago than the service allows.
    AuthTimeTooOld {
        /// `auth_time` of the token, seconds.
        auth_time: i64,
        /// How long ago it may be, seconds.
        max_age: i64,
        /// The gateway's time, seconds.
        now: i64,
    },
    /// The body in which the token is looked for is longer than what is read of one.
    BodyTooLong {
        /// Bytes that are read, at most.
        at_most: usize,
    },
    /// The token has a claim that the service forbids.
    ClaimForbidden {
        /// The claim.
        claim: Box<str>,
    },
    /// The filter runs without a valid config (only on engines where it must not refuse to start).
    ConfigInvalid,
    /// The claim that names the consumer is absent, or is neither a string nor an integer.
    ConsumerClaimMissing {
        /// The claim's path.
        claim: Box<str>,
    },
    /// The consumer claim is `aud`, and it is not the caller's own id.
    ConsumerClaimNotCaller {
        /// The caller's own id, and the claim that holds it.
        expected: Box<str>,
        /// `aud` of the token.
        found: Box<str>,
    },
    /// The token names no consumer group of the config.
    ConsumerGroupUnknown {
        /// The claim's path.
        claim: Box<str>,
        /// What stands there.
        found: Box<str>,
    },
    /// No consumer and no application of this source bears the claim's value.
    ConsumerUnknown {
        /// The claim's path.
        claim: Box<str>,
        /// The claim's value.
        found: Box<str>,
    },
    /// The request carries no token.
    CredentialMissing,
    /// The header has `crit`: extensions that must be understood, and none is (RFC 7515 4.1.11).
    CriticalHeader,
    /// `hd`, the domain of the user's account, is none of those that the service admits.
    DomainMismatch {
        /// The domains that the service admits.
        expected: Box<str>,
        /// `hd` of the token.
        found: Box<str>,
    },
    /// The token is encrypted (JWE, RFC 7516).
    EncryptedToken,
    /// `exp` has passed.
    Expired {
        /// `exp` of the token, seconds.
        exp: i64,
        /// The gateway's time, seconds.
        now: i64,
    },
    /// The token has no `exp`.
    ExpiryMissing,
    /// A token for Microsoft Graph: nobody but Microsoft can verify its signature.
    GraphToken,
    /// None of the required groups is in the token.
    GroupMissing {
        /// What the service requires, as it is written in the config.
        expected: Box<str>,
        /// What the token holds.
        found: Box<str>,
        /// Whether the token says that its groups are kept elsewhere, because there are too many (Entra).
        elsewhere: bool,
    },
    /// The gateway met a state that it has no rule for, and refuses.
    Internal {
        /// Which state.
        what: &'static str,
    },
    /// `iat` lies in the future.
    IssuedInFuture {
        /// `iat` of the token, seconds.
        iat: i64,
        /// The gateway's time, seconds.
        now: i64,
    },
    /// `iss` is not the issuer of this service.
    IssuerMismatch {
        /// The issuer that the config names.
        expected: Box<str>,
        /// `iss` of the token.
        found: Box<str>,
    },
    /// The signature is good, but the key's entry in the key set says that it signs for another issuer only.
    KeyIssuerMismatch {
        /// `issuer` of the key's entry.
        expected: Box<str>,
        /// `iss` of the token.
        found: Box<str>,
    },
    /// No key of the source has the token's `kid`.
    KeyUnknown {
        /// `kid` of the token, if it has one.
        kid: Option<Box<str>>,
    },
    /// The token is good for longer than the service allows.
    LifetimeTooLong {
        /// From `iat`, or from now, to `exp`, whichever is more than it may be. Seconds.
        found: i64,
        /// The most that it may be, seconds.
        maximum: i64,
    },
    /// A claim that must be a NumericDate is not one (RFC 7519 2).
    MalformedClaim {
        /// The claim.
        claim: &'static str,
        /// What stands there.
        found: Box<str>,
    },
    /// The token is not a compact JWS with a JSON header and payload, or breaks a limit.
    MalformedToken {
        /// What is wrong.
        what: Malformed,
    },
    /// More than one token in one request (RFC 6750 2).
    MultipleCredentials,
    /// The caller is an ordinary consumer, and the service admits applications only.
    NotAnApplication,
    /// `nbf` lies in the future.
    NotYetValid {
        /// `nbf` of the token, seconds.
        nbf: i64,
        /// The gateway's time, seconds.
        now: i64,
    },
    /// The client sent a header that the gateway owns in a form that this engine cannot remove.
    OwnedHeader {
        /// The header.
        name: Box<str>,
    },
    /// The registration for this service has run out.
    RegistrationExpired {
        /// When it ran out, seconds.
        expired: i64,
        /// The gateway's time, seconds.
        now: i64,
    },
    /// None of the required roles is in the token.
    RoleMissing {
        /// What the service requires, as it is written in the config.
        expected: Box<str>,
        /// What the token holds.
        found: Box<str>,
    },
    /// No service of the config claims this request.
    RouteUnknown,
    /// None of the required scopes is in the token.
    ScopeMissing {
        /// What the service requires, as it is written in the config.
        expected: Box<str>,
        /// What the token holds.
        found: Box<str>,
    },
    /// The signature does not fit the token and the key.
    SignatureInvalid,
    /// `iss` names one tenant and `tid` another, or none.
    TenantMismatch {
        /// The tenant of `iss`.
        expected: Box<str>,
        /// `tid` of the token.
        found: Box<str>,
    },
    /// The token is from a tenant that the source, or the service, does not name.
    TenantNotAllowed {
        /// The tenant.
        found: Box<str>,
    },
    /// The token is of the right tenant of Entra, but of the other token version, and so has the tenant's other `iss`.
    TokenVersionMismatch {
        /// The version whose `iss` is accepted.
        expected: EntraVersion,
        /// `iss` of the token.
        found: Box<str>,
    },
    /// The token stands where this engine cannot take it out, and the upstream must not get it.
    UnhideableCredential {
        /// `query`, `cookie` or `body`.
        place: &'static str,
    },
}

impl Denial {
    /// The variant's name: log field, metric label, `expect` of a case. ASCII letters only.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::AclDenied { .. } => "AclDenied",
            Self::AclUnauthenticated { .. } => "AclUnauthenticated",
            Self::AlgorithmMismatch { .. } => "AlgorithmMismatch",
            Self::AlgorithmNotAllowed { .. } => "AlgorithmNotAllowed",
            Self::AmbiguousHeader { .. } => "AmbiguousHeader",
            Self::AmbiguousHost => "AmbiguousHost",
            Self::AmbiguousPath => "AmbiguousPath",
            Self::ApplicationPending => "ApplicationPending",
            Self::ApplicationRejected => "ApplicationRejected",
            Self::ApplicationRevoked => "ApplicationRevoked",
            Self::ApplicationSuspended => "ApplicationSuspended",
            Self::ApplicationUnregistered => "ApplicationUnregistered",
            Self::AudienceMismatch { .. } => "AudienceMismatch",
            Self::AuthTimeInFuture { .. } => "AuthTimeInFuture",
            Self::AuthTimeMissing => "AuthTimeMissing",
            Self::AuthTimeTooOld { .. } => "AuthTimeTooOld",
            Self::BodyTooLong { .. } => "BodyTooLong",
            Self::ClaimForbidden { .. } => "ClaimForbidden",
            Self::ConfigInvalid => "ConfigInvalid",
            Self::ConsumerClaimMissing { .. } => "ConsumerClaimMissing",
            Self::ConsumerClaimNotCaller { .. } => "ConsumerClaimNotCaller",
            Self::ConsumerGroupUnknown { .. } => "ConsumerGroupUnknown",
            Self::ConsumerUnknown { .. } => "ConsumerUnknown",
            Self::CredentialMissing => "CredentialMissing",
            Self::CriticalHeader => "CriticalHeader",
            Self::DomainMismatch { .. } => "DomainMismatch",
            Self::EncryptedToken => "EncryptedToken",
            Self::Expired { .. } => "Expired",
            Self::ExpiryMissing => "ExpiryMissing",
            Self::GraphToken => "GraphToken",
            Self::GroupMissing { .. } => "GroupMissing",
            Self::Internal { .. } => "Internal",
            Self::IssuedInFuture { .. } => "IssuedInFuture",
            Self::IssuerMismatch { .. } => "IssuerMismatch",
            Self::KeyIssuerMismatch { .. } => "KeyIssuerMismatch",
            Self::KeyUnknown { .. } => "KeyUnknown",
            Self::LifetimeTooLong { .. } => "LifetimeTooLong",
            Self::MalformedClaim { .. } => "MalformedClaim",
            Self::MalformedToken { .. } => "MalformedToken",
            Self::MultipleCredentials => "MultipleCredentials",
            Self::NotAnApplication => "NotAnApplication",
            Self::NotYetValid { .. } => "NotYetValid",
            Self::OwnedHeader { .. } => "OwnedHeader",
            Self::RegistrationExpired { .. } => "RegistrationExpired",
            Self::RoleMissing { .. } => "RoleMissing",
            Self::RouteUnknown => "RouteUnknown",
            Self::ScopeMissing { .. } => "ScopeMissing",
            Self::SignatureInvalid => "SignatureInvalid",
            Self::TenantMismatch { .. } => "TenantMismatch",
            Self::TenantNotAllowed { .. } => "TenantNotAllowed",
            Self::TokenVersionMismatch { .. } => "TokenVersionMismatch",
            Self::UnhideableCredential { .. } => "UnhideableCredential",
        }
    }

    /// Every name, for metric tables and for tests that must cover each.
    pub const NAMES: &'static [&'static str] = &[
        "AclDenied",
        "AclUnauthenticated",
        "AlgorithmMismatch",
        "AlgorithmNotAllowed",
        "AmbiguousHeader",
        "AmbiguousHost",
        "AmbiguousPath",
        "ApplicationPending",
        "ApplicationRejected",
        "ApplicationRevoked",
        "ApplicationSuspended",
        "ApplicationUnregistered",
        "AudienceMismatch",
        "AuthTimeInFuture",
        "AuthTimeMissing",
        "AuthTimeTooOld",
        "BodyTooLong",
        "ClaimForbidden",
        "ConfigInvalid",
        "ConsumerClaimMissing",
        "ConsumerClaimNotCaller",
        "ConsumerGroupUnknown",
        "ConsumerUnknown",
        "CredentialMissing",
        "CriticalHeader",
        "DomainMismatch",
        "EncryptedToken",
        "Expired",
        "ExpiryMissing",
        "GraphToken",
        "GroupMissing",
        "Internal",
        "IssuedInFuture",
        "IssuerMismatch",
        "KeyIssuerMismatch",
        "KeyUnknown",
        "LifetimeTooLong",
        "MalformedClaim",
        "MalformedToken",
        "MultipleCredentials",
        "NotAnApplication",
        "NotYetValid",
        "OwnedHeader",
        "RegistrationExpired",
        "RoleMissing",
        "RouteUnknown",
        "ScopeMissing",
        "SignatureInvalid",
        "TenantMismatch",
        "TenantNotAllowed",
        "TokenVersionMismatch",
        "UnhideableCredential",
    ];
}

/// What was expected and what was found, in one line without a full stop. Safe to log and, with
/// `display_errors`, to show.
impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AclDenied { expected, found } => {
                write!(f, "expected {expected} among the caller's groups, found {found}")
            }
            Self::AclUnauthenticated { expected } => {
                write!(f, "expected {expected} among the caller's groups, found neither a group nor a credential")
            }
            Self::AlgorithmMismatch { expected, found } => {
                write!(f, "the key is for {expected}, the token's alg is {found}")
            }
            Self::AlgorithmNotAllowed { found } => {
                write!(f, "expected an allowed asymmetric alg, found {found}")
            }
            Self::AmbiguousHeader { name } => {
                write!(f, "expected header {name} in the very case of the route's value, found another")
            }
            Self::AmbiguousHost => f.write_str(
                "expected a host without port and final dot, found one with; have the engine strip them",
            ),
            Self::AmbiguousPath => f.write_str(
                "expected a path with one reading, found an empty or dot segment, a backslash, an encoded slash, \
                 backslash or dot, a broken escape, or bytes that are not ASCII",
            ),
            Self::ApplicationPending => f.write_str("the application's registration for this service awaits approval"),
            Self::ApplicationRejected => f.write_str("the application's registration for this service was rejected"),
            Self::ApplicationRevoked => f.write_str("the application's registration for this service was revoked"),
            Self::ApplicationSuspended => f.write_str("the application's registration for this service is suspended"),
            Self::ApplicationUnregistered => f.write_str("the application has no registration for this service"),
            Self::AudienceMismatch { expected, found } => {
                write!(f, "expected audience {expected}, found {found}")
            }
            Self::AuthTimeInFuture { auth_time, now } => ahead(f, "auth_time", *auth_time, *now),
            Self::AuthTimeMissing => f.write_str("expected claim auth_time, found none"),
            Self::AuthTimeTooOld { auth_time, max_age, now } => {
                let age = now.saturating_sub(*auth_time);
                write!(f, "auth_time {auth_time} lies {age} s back (now {now}), and may lie at most {max_age} s back")
            }
            Self::BodyTooLong { at_most } => {
                write!(f, "expected a body of at most {at_most} bytes to look for the token in, found a longer one")
            }
            Self::ClaimForbidden { claim } => write!(f, "expected no claim {claim}, found one"),
            Self::ConfigInvalid => f.write_str("the filter's config was refused; its errors are in the log"),
            Self::ConsumerClaimMissing { claim } => {
                write!(f, "expected a string or an integer in claim {claim} to name the consumer, found none")
            }
            Self::ConsumerClaimNotCaller { expected, found } => {
                write!(f, "expected aud to be the caller's own id, {expected}, found {found}")
            }
            Self::ConsumerGroupUnknown { claim, found } => {
                write!(f, "expected the name of a consumer group in claim {claim}, found {found}")
            }
            Self::ConsumerUnknown { claim, found } => {
                write!(f, "no consumer or application of this issuer has claim {claim}'s value {found}")
            }
            Self::CredentialMissing => f.write_str("no suitable authorization credentials were provided"),
            Self::CriticalHeader => f.write_str("expected a header without crit, found extensions that must be understood"),
            Self::DomainMismatch { expected, found } => write!(f, "expected hd {expected}, found {found}"),
            Self::EncryptedToken => f.write_str("expected a signed token of three parts, found an encrypted one of five"),
            Self::Expired { exp, now } => {
                write!(f, "exp {exp} passed {} s ago (now {now})", now.saturating_sub(*exp))
            }
            Self::ExpiryMissing => f.write_str("expected claim exp, found none"),
            Self::GraphToken => f.write_str(
                "the token is for Microsoft Graph, and nobody else can verify it; request one for this API, with scope \
                 <api-client-id>/.default",
            ),
            Self::GroupMissing { expected, found, elsewhere } => {
                write!(f, "expected group {expected}, found {found}")?;
                f.write_str(if *elsewhere { OVERAGE } else { "" })
            }
            Self::Internal { what } => write!(f, "refused in a state without a rule: {what}"),
            Self::IssuedInFuture { iat, now } => ahead(f, "iat", *iat, *now),
            Self::IssuerMismatch { expected, found } => write!(f, "expected iss {expected}, found {found}"),
            Self::KeyIssuerMismatch { expected, found } => {
                write!(f, "the key signs for issuer {expected} only, the token's iss is {found}")
            }
            Self::KeyUnknown { kid: Some(kid) } => write!(f, "no key of the issuer has kid {kid}"),
            Self::KeyUnknown { kid: None } => {
                f.write_str("the token has no kid, and no key of the issuer is for its alg")
            }
            Self::LifetimeTooLong { found, maximum } => {
                write!(f, "expected a token that is good for at most {maximum} s, found one for {found} s")
            }
            Self::MalformedClaim { claim, found } => {
                write!(f, "expected a number of seconds in claim {claim}, found {found}")
            }
            Self::MalformedToken { what } => fmt::Display::fmt(what, f),
            Self::MultipleCredentials => f.write_str("expected one token in the request, found more"),
            Self::NotAnApplication => f.write_str("the caller is a consumer without an application, and this service admits applications only"),
            Self::NotYetValid { nbf, now } => ahead(f, "nbf", *nbf, *now),
            Self::OwnedHeader { name } => {
                write!(f, "the client sent the gateway's own header {name} in a form that this engine cannot remove")
            }
            Self::RegistrationExpired { expired, now } => {
                write!(f, "the registration ran out {} s ago (now {now})", now.saturating_sub(*expired))
            }
            Self::RoleMissing { expected, found } => write!(f, "expected role {expected}, found {found}"),
            Self::RouteUnknown => f.write_str("no service of the config matches host, path and method"),
            Self::ScopeMissing { expected, found } => write!(f, "expected scope {expected}, found {found}"),
            Self::SignatureInvalid => f.write_str("the signature does not fit the token and the issuer's key"),
            Self::TenantMismatch { expected, found } => {
                write!(f, "expected tid {expected}, the tenant of iss, found {found}")
            }
            Self::TenantNotAllowed { found } => {
                write!(f, "expected a tenant that the config names, found {found}")
            }
            Self::TokenVersionMismatch { expected, found } => {
                write!(f, "expected iss of a version {} token, found that of the other version, {found}; ", expected.name())?;
                write!(f, "set requestedAccessTokenVersion (accessTokenAcceptedVersion) in the manifest of the API to {}, ", manifest(*expected))?;
                f.write_str("or name both in issuers_allowed")
            }
            Self::UnhideableCredential { place } => write!(
                f,
                "expected the token in a header, found it in the {place}, where this engine cannot keep it from the \
                 upstream; send it in a header, or set hide_credentials to false"
            ),
        }
    }
}

/// A time that should have come, and by how much it has not.
fn ahead(f: &mut fmt::Formatter<'_>, claim: &str, time: i64, now: i64) -> fmt::Result {
    let seconds = time.saturating_sub(now);
    write!(f, "{claim} {time} lies {seconds} s ahead (now {now}); ")?;
    if claim == "nbf" {
        f.write_str("unless the token is meant for later, ")?;
    }
    write!(f, "the clocks of issuer and gateway differ by at least {seconds} s")
}

/// What asks Entra for tokens of this version.
const fn manifest(version: EntraVersion) -> &'static str {
    match version {
        EntraVersion::V1 => "1 or null",
        EntraVersion::V2 => "2",
    }
}

/// A claim's value for a reason: text as it is, anything else by its kind.
#[must_use]
pub fn shown_claim(value: Option<&Value>) -> Box<str> {
    match value {
        None => "none".into(),
        Some(Value::String(text)) => shown(text),
        Some(Value::Number(number)) => shown(&number.to_string()),
        Some(Value::Bool(_)) => "a boolean".into(),
        Some(Value::Null) => "null".into(),
        Some(Value::Array(_)) => "an array".into(),
        Some(Value::Object(_)) => "an object".into(),
    }
}

/// A value from a token as it may be logged: control characters escaped, cut to [`SHOWN`] characters.
#[must_use]
pub fn shown(value: &str) -> Box<str> {
    shown_to(value, SHOWN)
}

/// The same, cut to `longest` characters.
#[must_use]
pub fn shown_to(value: &str, longest: usize) -> Box<str> {
    let mut out: String = value.chars().take(longest).flat_map(char::escape_debug).collect();
    if value.chars().nth(longest).is_some() {
        out = format!("{out}...");
    }
    out.into_boxed_str()
}

const OVERAGE: &str = "; the token does not carry its groups, because there are too many: have the issuer send those \
                       that are assigned to the application only, or require a role instead";

/// How many characters of a value from a token a reason shows.
pub const SHOWN: usize = 128;

#[cfg(test)]
mod tests;
