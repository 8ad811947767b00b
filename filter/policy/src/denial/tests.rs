use super::{Challenge, Denial, Malformed, Message, SHOWN, shown};
use alloc::collections::BTreeSet;
use alloc::string::ToString;

/// One of each variant. The match has no catch-all arm, so a new variant does not compile until it is here.
fn one_of_each() -> [Denial; 35] {
    let text = || "x".into();
    [
        Denial::AlgorithmMismatch { expected: text(), found: text() },
        Denial::AlgorithmNotAllowed { found: text() },
        Denial::AmbiguousHeader { name: text() },
        Denial::AmbiguousHost,
        Denial::AmbiguousPath,
        Denial::ApplicationPending,
        Denial::ApplicationRejected,
        Denial::ApplicationRevoked,
        Denial::ApplicationSuspended,
        Denial::ApplicationUnregistered,
        Denial::AudienceMismatch { expected: text(), found: text() },
        Denial::BodyTooLong { at_most: 1 },
        Denial::ConfigInvalid,
        Denial::ConsumerClaimMissing { claim: text() },
        Denial::ConsumerUnknown { claim: text(), found: text() },
        Denial::CredentialMissing,
        Denial::CriticalHeader,
        Denial::EncryptedToken,
        Denial::Expired { exp: 1, now: 2 },
        Denial::ExpiryMissing,
        Denial::Internal { what: "x" },
        Denial::IssuedInFuture { iat: 2, now: 1 },
        Denial::IssuerMismatch { expected: text(), found: text() },
        Denial::KeyUnknown { kid: None },
        Denial::MalformedClaim { claim: "exp", found: text() },
        Denial::MalformedToken { what: Malformed::Parts },
        Denial::MultipleCredentials,
        Denial::NotAnApplication,
        Denial::NotYetValid { nbf: 2, now: 1 },
        Denial::OwnedHeader { name: text() },
        Denial::RegistrationExpired { expired: 1, now: 2 },
        Denial::RouteUnknown,
        Denial::ScopeMissing { expected: text(), found: text() },
        Denial::SignatureInvalid,
        Denial::UnhideableCredential { place: "body" },
    ]
}

#[test]
fn every_name_is_listed_once_and_in_order() {
    let names = one_of_each().map(|denial| denial.name());
    assert_eq!(names, Denial::NAMES);
    assert!(names.is_sorted());
    assert_eq!(names.into_iter().collect::<BTreeSet<_>>().len(), names.len());
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
    for reason in one_of_each().map(|denial| denial.to_string()) {
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
        (Denial::ConsumerClaimMissing { claim: "a".into() }, 403, Some(Challenge::InsufficientScope)),
        (Denial::NotAnApplication, 401, Some(Challenge::Plain)),
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
