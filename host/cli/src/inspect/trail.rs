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
    /// The key may sign for the token's issuer.
    Signer,
    /// `iss` is the service's, and `tid` agrees.
    Issuer,
    /// `exp`, `nbf`, `iat` and `auth_time` hold now, and the token is good for no longer than it may be.
    Time,
    /// The domain of the user's account.
    Domain,
    /// The audiences that the service requires.
    Audience,
    /// The scopes that the service requires.
    Scopes,
    /// The roles that the service requires.
    Roles,
    /// The groups that the service requires.
    Groups,
    /// Claims that the service forbids.
    Forbidden,
    /// The consumer or application that a claim names.
    Consumer,
    /// The application is approved for the service.
    Registration,
    /// The caller's groups let it in.
    Acl,
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
    pub const ALL: &'static [Self] = &[
        Self::Request,
        Self::Credential,
        Self::Structure,
        Self::Key,
        Self::Signature,
        Self::Payload,
        Self::Signer,
        Self::Issuer,
        Self::Time,
        Self::Domain,
        Self::Audience,
        Self::Scopes,
        Self::Roles,
        Self::Groups,
        Self::Forbidden,
        Self::Consumer,
        Self::Registration,
        Self::Acl,
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
            Self::Signer => "signer",
            Self::Issuer => "issuer",
            Self::Time => "time",
            Self::Domain => "domain",
            Self::Audience => "audience",
            Self::Scopes => "scopes",
            Self::Roles => "roles",
            Self::Groups => "groups",
            Self::Forbidden => "forbidden",
            Self::Consumer => "consumer",
            Self::Registration => "registration",
            Self::Acl => "acl",
        }
    }

    /// The check that refuses with this denial.
    pub(super) const fn of(denial: &Denial) -> Self {
        match denial {
            Denial::AmbiguousHeader { .. }
            | Denial::AmbiguousHost
            | Denial::AmbiguousPath
            | Denial::ConfigInvalid
            | Denial::CrossSiteLogout
            | Denial::Internal { .. }
            | Denial::OwnedHeader { .. }
            | Denial::RouteUnknown => Self::Request,
            Denial::ProviderMisconfigured { .. }
            | Denial::ProviderUnavailable { .. }
            | Denial::StateUnavailable { .. } => Self::Key,
            Denial::ApiKeyMissing
            | Denial::BodyTooLong { .. }
            | Denial::CredentialMissing
            | Denial::CredentialRejected { .. }
            | Denial::DuplicateApiKey
            | Denial::LoginIssuerMismatch { .. }
            | Denial::LoginRefused { .. }
            | Denial::LoginUnknown
            | Denial::MultipleCredentials
            | Denial::SessionEnded { .. }
            | Denial::SessionInvalid { .. }
            | Denial::UnhideableCredential { .. } => Self::Credential,
            Denial::CriticalHeader | Denial::EncryptedToken | Denial::MalformedToken { .. } => {
                Self::Structure
            }
            Denial::AlgorithmMismatch { .. }
            | Denial::AlgorithmNotAllowed { .. }
            | Denial::GraphToken
            | Denial::KeyUnknown { .. } => Self::Key,
            Denial::SignatureInvalid | Denial::TokenInactive => Self::Signature,
            Denial::KeyIssuerMismatch { .. } => Self::Signer,
            Denial::IssuerMismatch { .. }
            | Denial::TenantMismatch { .. }
            | Denial::TenantNotAllowed { .. }
            | Denial::TokenVersionMismatch { .. } => Self::Issuer,
            Denial::AuthTimeInFuture { .. }
            | Denial::AuthTimeMissing
            | Denial::AuthTimeTooOld { .. }
            | Denial::Expired { .. }
            | Denial::ExpiryMissing
            | Denial::IssuedInFuture { .. }
            | Denial::LifetimeTooLong { .. }
            | Denial::MalformedClaim { .. }
            | Denial::NotYetValid { .. } => Self::Time,
            Denial::DomainMismatch { .. } => Self::Domain,
            Denial::AccessTokenHash
            | Denial::AudienceMismatch { .. }
            | Denial::IdTokenAudience { .. }
            | Denial::IdTokenParty { .. }
            | Denial::NonceMismatch => Self::Audience,
            Denial::ScopeMissing { .. } => Self::Scopes,
            Denial::RoleMissing { .. } => Self::Roles,
            Denial::GroupMissing { .. } => Self::Groups,
            Denial::ClaimForbidden { .. } => Self::Forbidden,
            Denial::ApiKeyUnknown
            | Denial::ConsumerClaimMissing { .. }
            | Denial::ConsumerClaimNotCaller { .. }
            | Denial::ConsumerContested { .. }
            | Denial::ConsumerGroupUnknown { .. }
            | Denial::ConsumerUnknown { .. }
            | Denial::PushedValueInvalid { .. } => Self::Consumer,
            Denial::AclDenied { .. } | Denial::AclUnauthenticated { .. } => Self::Acl,
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
