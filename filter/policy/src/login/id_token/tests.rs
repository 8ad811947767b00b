use super::{Expected, check};
use crate::denial::Denial;
use crate::fixtures::{good, verified};
use alloc::format;
use alloc::string::String;

const EXPECTED: Expected<'static> =
    Expected { client: "web", nonce: Some("n-1"), access_token: Some(ACCESS_TOKEN) };

/// OIDC Core's own example (A.3), with its `at_hash`.
const ACCESS_TOKEN: &str = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
const AT_HASH: &str = "77QmUPtjPfzWtF2AnpK9RQ";

fn outcome(members: &str, expected: Expected<'_>) -> Result<(), &'static str> {
    check(&verified(&good(members)), expected).map_err(|denial: Denial| denial.name())
}

/// Members of a good one, with these instead of its own.
fn members(aud: &str, rest: &str) -> String {
    format!(r#","sub":"ann","aud":{aud}{rest}"#)
}

#[test]
fn it_is_for_the_gateway_s_client_and_made_for_it() {
    let nonce = r#","nonce":"n-1""#;
    for (aud, azp, expected) in [
        (r#""web""#, "", Ok(())),
        (r#"["web"]"#, "", Ok(())),
        (r#"["web","api"]"#, r#","azp":"web""#, Ok(())),
        (r#""web""#, r#","azp":"web""#, Ok(())),
        (r#""web2""#, "", Err("IdTokenAudience")),
        (r#"["api"]"#, r#","azp":"web""#, Err("IdTokenAudience")),
        (r#"[]"#, "", Err("IdTokenAudience")),
        ("1", "", Err("IdTokenAudience")),
        (r#"["web","api"]"#, "", Err("IdTokenParty")),
        (r#""web""#, r#","azp":"other""#, Err("IdTokenParty")),
        (r#""web""#, r#","azp":null"#, Err("IdTokenParty")),
    ] {
        assert_eq!(outcome(&members(aud, &format!("{azp}{nonce}")), EXPECTED), expected, "{aud} {azp}");
    }
}

#[test]
fn it_is_of_this_login_and_says_whose() {
    let aud = r#""web""#;
    for (rest, expected) in [
        (r#","nonce":"n-1""#, Ok(())),
        (r#","nonce":"n-2""#, Err("NonceMismatch")),
        (r#","nonce":["n-1"]"#, Err("NonceMismatch")),
        ("", Err("NonceMismatch")),
    ] {
        assert_eq!(outcome(&members(aud, rest), EXPECTED), expected, "{rest}");
    }
    assert_eq!(outcome(&members(aud, ""), Expected { nonce: None, ..EXPECTED }), Ok(()), "of a refresh");
    assert_eq!(outcome(r#","aud":"web","nonce":"n-1""#, EXPECTED), Err("MalformedClaim"), "no sub");
}

#[test]
fn the_access_token_beside_it_is_the_one_that_it_was_made_with() {
    let with = |hash: &str| members(r#""web""#, &format!(r#","nonce":"n-1","at_hash":{hash}"#));
    for (hash, expected) in [
        (format!(r#""{AT_HASH}""#), Ok(())),
        (format!(r#""{AT_HASH}x""#), Err("AccessTokenHash")),
        (r#""""#.into(), Err("AccessTokenHash")),
        ("null".into(), Err("AccessTokenHash")),
    ] {
        assert_eq!(outcome(&with(&hash), EXPECTED), expected, "{hash}");
    }
    let other = Expected { access_token: Some("another"), ..EXPECTED };
    assert_eq!(outcome(&with(&format!(r#""{AT_HASH}""#)), other), Err("AccessTokenHash"));
    let none = Expected { access_token: None, ..EXPECTED };
    assert_eq!(outcome(&with(&format!(r#""{AT_HASH}""#)), none), Ok(()));
}
