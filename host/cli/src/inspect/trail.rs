//! What the checks are called, and how far a token got.

use claimgate_policy::Denial;
use serde_json::{Value, json};

/// A check that the gate makes, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Check {
    /// One service claims the request, and nothing in it has two readings.
    Request,
    /// One bearer token in the request.
    Credential,
    /// A compact JWS with a header that is understood.
    Structure,
    /// A key of the issuer for the header's `kid` and `alg`.
    Key,
    /// The signature fits.
    Signature,
    /// The payload is a JSON object.
    Payload,
    /// `iss` is the service's.
    Issuer,
    /// `exp`, `nbf` and `iat` hold now.
    Time,
    /// The audiences that the service requires.
    Audience,
    /// The scopes that the service requires.
    Scopes,
    /// The consumer or application that a claim names.
    Consumer,
    /// The application is approved for the service.
    Registration,
}

/// A check and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The check.
    pub check: Check,
    /// What became of it.
    pub outcome: Outcome,
    /// What was found, what was expected and found, or why nothing was checked.
    pub detail: String,
}

/// What became of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The token got past it.
    Passed,
    /// The token was refused by it.
    Failed,
    /// It was not made.
    Skipped,
}

impl Check {
    /// Every check in the gate's order.
    pub const ALL: [Self; 12] = [
        Self::Request,
        Self::Credential,
        Self::Structure,
        Self::Key,
        Self::Signature,
        Self::Payload,
        Self::Issuer,
        Self::Time,
        Self::Audience,
        Self::Scopes,
        Self::Consumer,
        Self::Registration,
    ];

    /// The check's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Credential => "credential",
            Self::Structure => "structure",
            Self::Key => "key",
            Self::Signature => "signature",
            Self::Payload => "payload",
            Self::Issuer => "issuer",
            Self::Time => "time",
            Self::Audience => "audience",
            Self::Scopes => "scopes",
            Self::Consumer => "consumer",
            Self::Registration => "registration",
        }
    }

    /// The check that refuses with this denial.
    pub(super) const fn of(denial: &Denial) -> Self {
        match denial {
            Denial::AmbiguousHeader { .. }
            | Denial::AmbiguousHost
            | Denial::AmbiguousPath
            | Denial::ConfigInvalid
            | Denial::Internal { .. }
            | Denial::OwnedHeader { .. }
            | Denial::RouteUnknown => Self::Request,
            Denial::BodyTooLong { .. }
            | Denial::CredentialMissing
            | Denial::MultipleCredentials
            | Denial::UnhideableCredential { .. } => Self::Credential,
            Denial::CriticalHeader | Denial::EncryptedToken | Denial::MalformedToken { .. } => {
                Self::Structure
            }
            Denial::AlgorithmMismatch { .. }
            | Denial::AlgorithmNotAllowed { .. }
            | Denial::KeyUnknown { .. } => Self::Key,
            Denial::SignatureInvalid => Self::Signature,
            Denial::IssuerMismatch { .. } => Self::Issuer,
            Denial::Expired { .. }
            | Denial::ExpiryMissing
            | Denial::IssuedInFuture { .. }
            | Denial::MalformedClaim { .. }
            | Denial::NotYetValid { .. } => Self::Time,
            Denial::AudienceMismatch { .. } => Self::Audience,
            Denial::ScopeMissing { .. } => Self::Scopes,
            Denial::ConsumerClaimMissing { .. } | Denial::ConsumerUnknown { .. } => Self::Consumer,
            Denial::ApplicationPending
            | Denial::ApplicationRejected
            | Denial::ApplicationRevoked
            | Denial::ApplicationSuspended
            | Denial::ApplicationUnregistered
            | Denial::NotAnApplication
            | Denial::RegistrationExpired { .. } => Self::Registration,
        }
    }
}

impl Outcome {
    /// `passed`, `failed` or `skipped`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

impl Step {
    pub(super) fn to_json(&self) -> Value {
        json!({ "check": self.check.name(), "outcome": self.outcome.name(), "detail": self.detail })
    }
}
