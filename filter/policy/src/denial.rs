//! Why a request was refused: one name per check, and one total map from name to wire.
//!
//! A variant's [`Denial::name`] is the log field, the metric label and the `expect` of the case table; its
//! `Display` is the reason that `display_errors` shows. Adding a variant does not compile until it is mapped.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use core::fmt;

mod response;
mod wire;

pub use response::Audience;
pub use wire::{Challenge, Message, Status, Wire};

/// A refusal. Fields hold what was expected and what was found; never a token, a signature or a secret.
///
/// Values that come from a token are cut to [`SHOWN`] characters before they get here (see [`shown`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Denial {
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
    /// The body in which the token is looked for is longer than what is read of one.
    BodyTooLong {
        /// Bytes that are read, at most.
        at_most: usize,
    },
    /// The filter runs without a valid config (only on engines where it must not refuse to start).
    ConfigInvalid,
    /// The claim that names the consumer is absent, or is neither a string nor an integer.
    ConsumerClaimMissing {
        /// The claim's path.
        claim: Box<str>,
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
    /// No key of the source has the token's `kid`.
    KeyUnknown {
        /// `kid` of the token, if it has one.
        kid: Option<Box<str>>,
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
    /// The token stands where this engine cannot take it out, and the upstream must not get it.
    UnhideableCredential {
        /// `query`, `cookie` or `body`.
        place: &'static str,
    },
}

/// What makes a token malformed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Malformed {
    /// Not three parts with two dots (RFC 7515 7.1).
    Parts,
    /// A part is not base64url without padding (RFC 7515 2).
    Base64,
    /// Header or payload is not a JSON object, or not UTF-8.
    Json,
    /// A member name occurs twice (RFC 7515 4, RFC 7519 4).
    DuplicateMember,
    /// Nested too deep, too many members, or too many items.
    TooComplex,
    /// Longer than the limit for tokens.
    TooLong,
    /// `alg` is absent or not a string, or `kid` is not a string or too long.
    HeaderMember,
}

impl Denial {
    /// The variant's name: log field, metric label, `expect` of a case. ASCII letters only.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
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
            Self::BodyTooLong { .. } => "BodyTooLong",
            Self::ConfigInvalid => "ConfigInvalid",
            Self::ConsumerClaimMissing { .. } => "ConsumerClaimMissing",
            Self::ConsumerUnknown { .. } => "ConsumerUnknown",
            Self::CredentialMissing => "CredentialMissing",
            Self::CriticalHeader => "CriticalHeader",
            Self::EncryptedToken => "EncryptedToken",
            Self::Expired { .. } => "Expired",
            Self::ExpiryMissing => "ExpiryMissing",
            Self::Internal { .. } => "Internal",
            Self::IssuedInFuture { .. } => "IssuedInFuture",
            Self::IssuerMismatch { .. } => "IssuerMismatch",
            Self::KeyUnknown { .. } => "KeyUnknown",
            Self::MalformedClaim { .. } => "MalformedClaim",
            Self::MalformedToken { .. } => "MalformedToken",
            Self::MultipleCredentials => "MultipleCredentials",
            Self::NotAnApplication => "NotAnApplication",
            Self::NotYetValid { .. } => "NotYetValid",
            Self::OwnedHeader { .. } => "OwnedHeader",
            Self::RegistrationExpired { .. } => "RegistrationExpired",
            Self::RouteUnknown => "RouteUnknown",
            Self::ScopeMissing { .. } => "ScopeMissing",
            Self::SignatureInvalid => "SignatureInvalid",
            Self::UnhideableCredential { .. } => "UnhideableCredential",
        }
    }

    /// Every name, for metric tables and for tests that must cover each.
    pub const NAMES: [&'static str; 35] = [
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
        "BodyTooLong",
        "ConfigInvalid",
        "ConsumerClaimMissing",
        "ConsumerUnknown",
        "CredentialMissing",
        "CriticalHeader",
        "EncryptedToken",
        "Expired",
        "ExpiryMissing",
        "Internal",
        "IssuedInFuture",
        "IssuerMismatch",
        "KeyUnknown",
        "MalformedClaim",
        "MalformedToken",
        "MultipleCredentials",
        "NotAnApplication",
        "NotYetValid",
        "OwnedHeader",
        "RegistrationExpired",
        "RouteUnknown",
        "ScopeMissing",
        "SignatureInvalid",
        "UnhideableCredential",
    ];
}

/// What was expected and what was found, in one line without a full stop. Safe to log and, with
/// `display_errors`, to show.
impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
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
            Self::BodyTooLong { at_most } => {
                write!(f, "expected a body of at most {at_most} bytes to look for the token in, found a longer one")
            }
            Self::ConfigInvalid => f.write_str("the filter's config was refused; its errors are in the log"),
            Self::ConsumerClaimMissing { claim } => {
                write!(f, "expected a string or an integer in claim {claim} to name the consumer, found none")
            }
            Self::ConsumerUnknown { claim, found } => {
                write!(f, "no consumer or application of this issuer has claim {claim}'s value {found}")
            }
            Self::CredentialMissing => f.write_str("no suitable authorization credentials were provided"),
            Self::CriticalHeader => f.write_str("expected a header without crit, found extensions that must be understood"),
            Self::EncryptedToken => f.write_str("expected a signed token of three parts, found an encrypted one of five"),
            Self::Expired { exp, now } => {
                write!(f, "exp {exp} passed {} s ago (now {now})", now.saturating_sub(*exp))
            }
            Self::ExpiryMissing => f.write_str("expected claim exp, found none"),
            Self::Internal { what } => write!(f, "refused in a state without a rule: {what}"),
            Self::IssuedInFuture { iat, now } => {
                write!(f, "iat {iat} lies {} s ahead (now {now})", iat.saturating_sub(*now))
            }
            Self::IssuerMismatch { expected, found } => write!(f, "expected iss {expected}, found {found}"),
            Self::KeyUnknown { kid: Some(kid) } => write!(f, "no key of the issuer has kid {kid}"),
            Self::KeyUnknown { kid: None } => {
                f.write_str("the token has no kid, and no key of the issuer is for its alg")
            }
            Self::MalformedClaim { claim, found } => {
                write!(f, "expected a number of seconds in claim {claim}, found {found}")
            }
            Self::MalformedToken { what } => fmt::Display::fmt(what, f),
            Self::MultipleCredentials => f.write_str("expected one token in the request, found more"),
            Self::NotAnApplication => f.write_str("the caller is a consumer without an application, and this service admits applications only"),
            Self::NotYetValid { nbf, now } => {
                write!(f, "nbf {nbf} lies {} s ahead (now {now})", nbf.saturating_sub(*now))
            }
            Self::OwnedHeader { name } => {
                write!(f, "the client sent the gateway's own header {name} in a form that this engine cannot remove")
            }
            Self::RegistrationExpired { expired, now } => {
                write!(f, "the registration ran out {} s ago (now {now})", now.saturating_sub(*expired))
            }
            Self::RouteUnknown => f.write_str("no service of the config matches host, path and method"),
            Self::ScopeMissing { expected, found } => write!(f, "expected scope {expected}, found {found}"),
            Self::SignatureInvalid => f.write_str("the signature does not fit the token and the issuer's key"),
            Self::UnhideableCredential { place } => write!(
                f,
                "expected the token in a header, found it in the {place}, where this engine cannot keep it from the \
                 upstream; send it in a header, or set hide_credentials to false"
            ),
        }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Parts => "expected a token of three parts with two dots, found another number",
            Self::Base64 => "expected base64url without padding in the token, found other characters",
            Self::Json => "expected a JSON object in the token, found something else",
            Self::DuplicateMember => "expected each JSON member once in the token, found one twice",
            Self::TooComplex => "the token's JSON is nested too deep, or has too many members or items",
            Self::TooLong => "the token is longer than 16384 bytes",
            Self::HeaderMember => "expected a string alg (and kid, up to 256 bytes) in the token's header",
        })
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

/// How many characters of a value from a token a reason shows.
pub const SHOWN: usize = 128;

#[cfg(test)]
mod tests;
