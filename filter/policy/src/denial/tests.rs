use super::{Challenge, Denial, Malformed, Message, SHOWN, shown};
use crate::shared::ValueError;
use crate::tenant::EntraVersion;
use alloc::collections::BTreeSet;
use alloc::string::ToString;
use alloc::vec::Vec;

/// One of each variant. The match has no catch-all arm, so a new variant does not compile until it is here.
fn one_of_each() -> Vec<Denial> {
    let text = || "x".into();
    Vec::from([
        Denial::AccessTokenHash,
        Denial::AclDenied { expected: text(), found: text() },
        Denial::AclUnauthenticated { expected: text() },
        Denial::AlgorithmMismatch { expected: text(), found: text() },
        Denial::AlgorithmNotAllowed { found: text() },
        Denial::AmbiguousHeader { name: text() },
        Denial::AmbiguousHost,
        Denial::AmbiguousPath,
        Denial::ApiKeyMissing,
        Denial::ApiKeyUnknown,
        Denial::ApplicationPending,
        Denial::ApplicationRejected,
        Denial::ApplicationRevoked,
        Denial::ApplicationSuspended,
        Denial::ApplicationUnregistered,
        Denial::AudienceMismatch { expected: text(), found: text() },
        Denial::AuthTimeInFuture { auth_time: 2, now: 1 },
        Denial::AuthTimeMissing,
        Denial::AuthTimeTooOld { auth_time: 1, max_age: 1, now: 3 },
        Denial::BodyTooLong { at_most: 1 },
        Denial::ClaimForbidden { claim: text() },
        Denial::ConfigInvalid,
        Denial::ConsumerClaimMissing { claim: text() },
        Denial::ConsumerClaimNotCaller { expected: text(), found: text() },
        Denial::ConsumerContested { found: "42".into() },
        Denial::ConsumerGroupUnknown { claim: text(), found: text() },
        Denial::ConsumerUnknown { claim: text(), found: text() },
        Denial::CredentialMissing,
        Denial::CredentialRejected { code: text() },
        Denial::CriticalHeader,
        Denial::CrossSiteLogout,
        Denial::DomainMismatch { expected: text(), found: text() },
        Denial::DuplicateApiKey,
        Denial::EncryptedToken,
        Denial::Expired { exp: 1, now: 2 },
        Denial::ExpiryMissing,
        Denial::GraphToken,
        Denial::GroupMissing { expected: text(), found: text(), elsewhere: true },
        Denial::IdTokenAudience { expected: text(), found: text() },
        Denial::IdTokenParty { expected: text(), found: text() },
        Denial::Internal { what: "x" },
        Denial::IssuedInFuture { iat: 2, now: 1 },
        Denial::IssuerMismatch { expected: text(), found: text() },
        Denial::KeyIssuerMismatch { expected: text(), found: text() },
        Denial::KeyUnknown { kid: None },
        Denial::LifetimeTooLong { found: 2, maximum: 1 },
        Denial::LoginIssuerMismatch { expected: text(), found: text() },
        Denial::LoginRefused { code: text() },
        Denial::LoginUnknown,
        Denial::MalformedClaim { claim: "exp", found: text() },
        Denial::MalformedToken { what: Malformed::Parts },
        Denial::MultipleCredentials,
        Denial::NonceMismatch,
        Denial::NotAnApplication,
        Denial::NotYetValid { nbf: 2, now: 1 },
        Denial::OwnedHeader { name: text() },
        Denial::ProviderMisconfigured { source: text(), what: "a token", why: text() },
        Denial::ProviderUnavailable { source: text(), what: "its keys", why: text(), retry_after: 5 },
        Denial::PushedValueInvalid { what: "a caller", error: ValueError::Mac },
        Denial::RegistrationExpired { expired: 1, now: 2 },
        Denial::RoleMissing { expected: text(), found: text() },
        Denial::RouteUnknown,
        Denial::ScopeMissing { expected: text(), found: text() },
        Denial::SessionEnded { why: text() },
        Denial::SessionInvalid { what: "x" },
        Denial::SignatureInvalid,
        Denial::StateUnavailable { what: "nothing was pushed yet" },
        Denial::TenantMismatch { expected: text(), found: text() },
        Denial::TenantNotAllowed { found: text() },
        Denial::TokenInactive,
        Denial::TokenVersionMismatch { expected: EntraVersion::V2, found: text() },
        Denial::UnhideableCredential { place: "body" },
    ])
}

#[test]
fn every_name_is_listed_once_and_in_order() {
    let names: Vec<&str> = one_of_each().iter().map(Denial::name).collect();
    assert_eq!(names, Denial::NAMES);
    assert!(names.is_sorted());
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
}

#[test]
fn every_refusal_has_an_error_status_and_a_message() {
    for denial in one_of_each() {
        let wire = denial.wire();
        assert!((400..=599).contains(&wire.status.code()), "{denial:?}");
        assert_ne!(wire.message, Message::Fixed(""), "{denial:?}");
    }
}

#[test]
fn every_401_carries_a_challenge() {
    for denial in one_of_each() {
        let wire = denial.wire();
        assert!(wire.status.code() != 401 || wire.challenge.is_some(), "{denial:?}");
    }
}

#[test]
fn reasons_are_one_line_in_lower_case_without_a_full_stop() {
    for reason in one_of_each().iter().map(ToString::to_string) {
        assert!(!reason.contains('\n') && !reason.ends_with('.'), "{reason}");
        assert!(reason.chars().next().is_some_and(char::is_lowercase), "{reason}");
    }
}

#[test]
fn kong_s_statuses_hold() {
    for (denial, status, challenge) in [
        (Denial::CredentialMissing, 401, Some(Challenge::InvalidToken)),
        (Denial::SignatureInvalid, 401, Some(Challenge::InvalidToken)),
        (
            Denial::ScopeMissing { expected: "a".into(), found: "b".into() },
            403,
            Some(Challenge::InsufficientScope),
        ),
        (
            Denial::AudienceMismatch { expected: "a".into(), found: "b".into() },
            403,
            Some(Challenge::InsufficientScope),
        ),
        (Denial::ClaimForbidden { claim: "a".into() }, 403, Some(Challenge::InsufficientScope)),
        (Denial::ConsumerClaimMissing { claim: "a".into() }, 403, Some(Challenge::InsufficientScope)),
        (Denial::AuthTimeMissing, 401, Some(Challenge::InvalidToken)),
        (Denial::TenantNotAllowed { found: "a".into() }, 401, Some(Challenge::InvalidToken)),
        (Denial::NotAnApplication, 401, Some(Challenge::Plain)),
        (Denial::AclDenied { expected: "a".into(), found: "b".into() }, 403, None),
        (Denial::AclUnauthenticated { expected: "a".into() }, 401, Some(Challenge::Plain)),
        (
            Denial::ConsumerGroupUnknown { claim: "a".into(), found: "b".into() },
            403,
            Some(Challenge::InsufficientScope),
        ),
        (Denial::ApplicationPending, 403, None),
        (Denial::MultipleCredentials, 400, Some(Challenge::InvalidRequest)),
        (Denial::RouteUnknown, 404, None),
    ] {
        assert_eq!((denial.wire().status.code(), denial.wire().challenge), (status, challenge), "{denial:?}");
    }
}

#[test]
fn values_from_tokens_are_escaped_and_cut() {
    assert_eq!(&*shown("a\r\nb\u{202e}"), "a\\r\\nb\\u{202e}");
    let long = "é".repeat(SHOWN + 1);
    assert_eq!(*shown(&long), *alloc::format!("{}...", "é".repeat(SHOWN)));
}

#[test]
fn a_time_ahead_says_by_how_much_the_clocks_differ() {
    let reasons = [
        (
            Denial::IssuedInFuture { iat: 107, now: 100 },
            "iat 107 lies 7 s ahead (now 100); the clocks of issuer and gateway differ by at least 7 s",
        ),
        (
            Denial::NotYetValid { nbf: 107, now: 100 },
            "nbf 107 lies 7 s ahead (now 100); unless the token is meant for later, the clocks of issuer and gateway differ by at least 7 s",
        ),
        (Denial::Expired { exp: 93, now: 100 }, "exp 93 passed 7 s ago (now 100)"),
    ];
    for (denial, reason) in reasons {
        assert_eq!(denial.to_string(), reason);
    }
}

#[test]
fn the_other_token_version_says_what_to_set() {
    for (expected, setting) in [(EntraVersion::V1, "to 1 or null, or"), (EntraVersion::V2, "to 2, or")] {
        let reason = Denial::TokenVersionMismatch { expected, found: "x".into() }.to_string();
        assert!(reason.contains(setting) && reason.contains("issuers_allowed"), "{reason}");
    }
}

#[test]
fn only_groups_that_are_kept_elsewhere_are_said_to_be_too_many() {
    let reason = |elsewhere| Denial::GroupMissing { expected: "a".into(), found: "none".into(), elsewhere };
    assert_eq!(reason(false).to_string(), "expected group a, found none");
    assert!(reason(true).to_string().contains("too many"));
}
