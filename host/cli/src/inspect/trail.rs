//! What the checks are called, and how far a token got.

use super::SignatureState;
use claimgate_policy::Denial;
use serde_json::{Value, json};

/// A check that the gate makes, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Check {
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

/// The steps so far.
#[derive(Default)]
pub(super) struct Trail {
    steps: Vec<Step>,
}

impl Trail {
    /// Notes a proof that makes several checks one after the other. A refusal's name says at which it happened;
    /// if that is none of these it was the last one.
    pub(super) fn stage<T, const N: usize>(
        &mut self,
        checks: [(Check, String); N],
        proof: Result<T, Denial>,
    ) -> Result<T, Denial> {
        let refusing = proof.as_ref().err().map(|denial| {
            let named = Check::of(denial);
            let last = checks.last().map_or(named, |(check, _)| *check);
            (if checks.iter().any(|(check, _)| *check == named) { named } else { last }, denial)
        });
        for (check, detail) in checks {
            match refusing {
                Some((failed, denial)) if failed == check => {
                    self.note(check, Outcome::Failed, denial.to_string());
                    break;
                }
                _ => self.note(check, Outcome::Passed, detail),
            }
        }
        proof
    }

    pub(super) fn signature(&self) -> SignatureState {
        match self.steps.iter().find(|step| step.check == Check::Signature).map(|step| step.outcome) {
            Some(Outcome::Passed) => SignatureState::Valid,
            Some(Outcome::Failed) => SignatureState::Invalid,
            Some(Outcome::Skipped) | None => SignatureState::Unchecked,
        }
    }

    /// Every check; those that were not made are skipped.
    pub(super) fn finish(mut self) -> Vec<Step> {
        let refused = self.steps.last().is_some_and(|step| step.outcome == Outcome::Failed);
        for check in Check::ALL.into_iter().skip(self.steps.len()) {
            let why = match check {
                _ if refused => "not reached",
                by_keys if by_keys <= Check::Signer => "no keys were given",
                _ => "no config was given",
            };
            self.note(check, Outcome::Skipped, why.to_owned());
        }
        self.steps
    }

    fn note(&mut self, check: Check, outcome: Outcome, detail: String) {
        self.steps.push(Step { check, outcome, detail });
    }
}

impl Check {
    /// Every check in the gate's order.
    pub const ALL: [Self; 16] = [
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
    ];

    /// The check's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
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
        }
    }

    /// The check that refuses with this denial. Those that no token can cause belong to the request, and so to
    /// the first.
    pub(super) const fn of(denial: &Denial) -> Self {
        match denial {
            Denial::AmbiguousHeader { .. }
            | Denial::AmbiguousHost
            | Denial::AmbiguousPath
            | Denial::ConfigInvalid
            | Denial::CredentialMissing
            | Denial::Internal { .. }
            | Denial::MultipleCredentials
            | Denial::OwnedHeader { .. }
            | Denial::RouteUnknown => Self::Credential,
            Denial::CriticalHeader | Denial::EncryptedToken | Denial::MalformedToken { .. } => {
                Self::Structure
            }
            Denial::AlgorithmMismatch { .. }
            | Denial::AlgorithmNotAllowed { .. }
            | Denial::GraphToken
            | Denial::KeyUnknown { .. } => Self::Key,
            Denial::SignatureInvalid => Self::Signature,
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
            Denial::AudienceMismatch { .. } => Self::Audience,
            Denial::ScopeMissing { .. } => Self::Scopes,
            Denial::RoleMissing { .. } => Self::Roles,
            Denial::GroupMissing { .. } => Self::Groups,
            Denial::ClaimForbidden { .. } => Self::Forbidden,
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
