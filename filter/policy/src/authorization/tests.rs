use super::check;
use crate::current;
use crate::denial::Denial;
use crate::fixtures::{NOW, good, policy, verified};
use crate::time::UnixTime;

/// The decision on a token with these further members (with a leading comma) under this further config.
fn decide(openid: &str, members: &str) -> Result<(), Denial> {
    let policy = policy(openid, "");
    let service = policy.config().services.first().expect("a service");
    let rules = &service.rules.as_ref().expect("rules").openid_connect;
    let verified = verified(&good(members));
    let current =
        current::check(&verified, &rules.token, UnixTime::from_seconds(NOW)).expect("a current token");
    check(&current, &rules.requirements).map(|_| ())
}

#[test]
fn nothing_is_required_unless_configured() {
    assert_eq!(decide("", ""), Ok(()));
}

#[test]
fn elements_are_alternatives_and_words_inside_one_are_all_needed() {
    let rule = r#","scopes_required":["read write","admin"]"#;
    for (scope, passes) in [
        (r#""read write""#, true),
        (r#""write other read""#, true),
        (r#""admin""#, true),
        (r#"["write","read"]"#, true),
        (r#""read""#, false),
        (r#""readwrite""#, false),
        (r#"["read write"]"#, false),
        (r#""ADMIN""#, false),
        ("true", false),
        (r#"{"admin":true}"#, false),
    ] {
        let decision = decide(rule, &alloc::format!(r#","scope":{scope}"#));
        assert_eq!(decision.is_ok(), passes, "{scope}");
    }
}

#[test]
fn a_claim_s_path_goes_one_object_deeper_per_member() {
    let rule = r#","scopes_claim":["realm_access","roles"],"scopes_required":["a"]"#;
    assert_eq!(decide(rule, r#","realm_access":{"roles":["a"]}"#), Ok(()));
    assert!(decide(rule, r#","realm_access.roles":["a"]"#).is_err());
    let dotted = r#","scopes_claim":["https://api.example/v1.scopes"],"scopes_required":["a"]"#;
    assert_eq!(decide(dotted, r#","https://api.example/v1.scopes":"a""#), Ok(()));
}

#[test]
fn the_audience_is_a_string_or_a_list() {
    let rule = r#","audience_required":["api"]"#;
    assert_eq!(decide(rule, r#","aud":"api""#), Ok(()));
    assert_eq!(decide(rule, r#","aud":["x","api"]"#), Ok(()));
    for (members, found) in [("", "none"), (r#","aud":"x""#, "x"), (r#","aud":["x","y"]"#, "x y")] {
        let refused = Denial::AudienceMismatch { expected: r#""api""#.into(), found: found.into() };
        assert_eq!(decide(rule, members), Err(refused));
    }
}

#[test]
fn the_reason_names_what_was_expected_and_what_was_found() {
    let refused =
        Denial::ScopeMissing { expected: r#""read write" or "admin""#.into(), found: "read".into() };
    assert_eq!(decide(r#","scopes_required":["read write","admin"]"#, r#","scope":"read""#), Err(refused));
}
