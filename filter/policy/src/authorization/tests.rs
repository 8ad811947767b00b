use super::check;
use crate::current;
use crate::denial::Denial;
use crate::fixtures::{NOW, good, policy, verified};
use crate::time::UnixTime;

/// The decision on a token with these further members (with a leading comma) under this further config.
fn decide(openid: &str, members: &str) -> Result<(), Denial> {
    let policy = policy(openid, "");
    let service = policy.config().services.first().expect("a service");
    let rules = &service.rules.as_ref().expect("rules").strategies().next().expect("a strategy");
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

#[test]
fn scp_stands_in_for_scope_only_where_the_token_has_no_scope_and_no_path_is_set() {
    let rule = r#","scopes_required":["read"]"#;
    for (members, passes) in [
        (r#","scp":"read write""#, true),
        (r#","scp":["read"]"#, true),
        (r#","scope":"read","scp":"write""#, true),
        (r#","scope":"write","scp":"read""#, false),
        (r#","scope":null,"scp":"read""#, false),
        ("", false),
    ] {
        assert_eq!(decide(rule, members).is_ok(), passes, "{members}");
    }
    let kong = r#","scopes_claim":["scope"],"scopes_required":["read"]"#;
    assert!(decide(kong, r#","scp":"read""#).is_err());
}

#[test]
fn roles_and_groups_are_required_as_scopes_are() {
    for (name, claim) in [("roles", "roles"), ("groups", "groups")] {
        let rule = alloc::format!(r#","{name}_required":["reader writer","admin"]"#);
        for (value, passes) in [
            (r#"["reader","writer"]"#, true),
            (r#""writer reader""#, true),
            (r#""admin""#, true),
            (r#"["reader"]"#, false),
            ("7", false),
        ] {
            let decision = decide(&rule, &alloc::format!(r#","{claim}":{value}"#));
            assert_eq!(decision.is_ok(), passes, "{name}: {value}");
        }
        let nested = alloc::format!(r#","{name}_claim":["realm_access","x"],"{name}_required":["a"]"#);
        assert_eq!(decide(&nested, r#","realm_access":{"x":["a"]}"#), Ok(()));
    }
    let expected = || r#""a""#.into();
    let role = Denial::RoleMissing { expected: expected(), found: "b".into() };
    assert_eq!(decide(r#","roles_required":["a"]"#, r#","roles":["b"]"#), Err(role));
    let group = Denial::GroupMissing { expected: expected(), found: "b c".into(), elsewhere: false };
    assert_eq!(decide(r#","groups_required":["a"]"#, r#","groups":["b","c"]"#), Err(group));
}

#[test]
fn groups_that_are_too_many_for_the_token_are_told_from_groups_that_it_lacks() {
    let rule = r#","groups_required":["a"]"#;
    let refused = |found: &str, elsewhere| {
        Err(Denial::GroupMissing { expected: r#""a""#.into(), found: found.into(), elsewhere })
    };
    for (members, expected) in [
        (r#","_claim_names":{"groups":"src1"}"#, refused("none", true)),
        (r#","_claim_names":{"roles":"src1"}"#, refused("none", false)),
        (r#","_claim_names":"groups""#, refused("none", false)),
        (r#","groups":["b"],"_claim_names":{"groups":"src1"}"#, refused("b", false)),
    ] {
        assert_eq!(decide(rule, members), expected, "{members}");
    }
}

#[test]
fn a_forbidden_claim_is_refused_whatever_its_value_is() {
    let rule = r#","claims_forbidden":["may_act","act"]"#;
    assert_eq!(decide(rule, r#","acts":1,"nested":{"act":1}"#), Ok(()));
    for value in ["{}", "null", "false", r#""""#] {
        let refused = Denial::ClaimForbidden { claim: "act".into() };
        assert_eq!(decide(rule, &alloc::format!(r#","act":{value}"#)), Err(refused), "{value}");
    }
    assert_eq!(decide(r#","claims_forbidden":[]"#, r#","act":1"#), Ok(()));
}
