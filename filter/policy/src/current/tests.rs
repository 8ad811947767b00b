use super::check;
use crate::denial::Denial;
use crate::fixtures::{ISSUER, NOW, policy, verified};
use crate::time::UnixTime;
use alloc::format;

/// The decision on a token with these members, with `leeway` seconds.
fn decide(members: &str, leeway: i64) -> Result<(), Denial> {
    let policy = policy(&format!(r#","leeway":{leeway}"#), "");
    let service = policy.config().services.first().expect("a service");
    let rules = &service.rules.as_ref().expect("rules").openid_connect;
    check(&verified(members), &rules.token, UnixTime::from_seconds(NOW)).map(|_| ())
}

fn with(claim: &str) -> alloc::string::String {
    let exp = if claim.contains("\"exp\"") {
        alloc::string::String::new()
    } else {
        format!(r#","exp":{}"#, NOW + 60)
    };
    format!(r#""iss":"{ISSUER}"{exp},{claim}"#)
}

#[test]
fn exp_is_over_when_its_second_begins_and_leeway_moves_it() {
    for (exp, leeway, expired) in
        [(NOW + 1, 0, false), (NOW, 0, true), (NOW - 1, 0, true), (NOW - 9, 10, false), (NOW - 10, 10, true)]
    {
        let expected = if expired { Err(Denial::Expired { exp, now: NOW }) } else { Ok(()) };
        assert_eq!(decide(&with(&format!(r#""exp":{exp}"#)), leeway), expected, "exp {exp} leeway {leeway}");
    }
}

#[test]
fn nbf_and_iat_hold_from_their_second_on_and_leeway_moves_them() {
    for (time, leeway, early) in
        [(NOW, 0, false), (NOW + 1, 0, true), (NOW + 10, 10, false), (NOW + 11, 10, true)]
    {
        let nbf = decide(&with(&format!(r#""nbf":{time}"#)), leeway);
        let iat = decide(&with(&format!(r#""iat":{time}"#)), leeway);
        let refused = |denial| if early { Err(denial) } else { Ok(()) };
        assert_eq!(nbf, refused(Denial::NotYetValid { nbf: time, now: NOW }), "nbf {time} leeway {leeway}");
        assert_eq!(
            iat,
            refused(Denial::IssuedInFuture { iat: time, now: NOW }),
            "iat {time} leeway {leeway}"
        );
    }
}

#[test]
fn fractions_of_a_second_are_taken_toward_refusal() {
    assert_eq!(decide(&with(&format!(r#""exp":{NOW}.9"#)), 0), Err(Denial::Expired { exp: NOW, now: NOW }));
    assert_eq!(
        decide(&with(&format!(r#""nbf":{NOW}.1"#)), 0),
        Err(Denial::NotYetValid { nbf: NOW + 1, now: NOW })
    );
}

#[test]
fn a_token_without_exp_is_refused() {
    assert_eq!(decide(&format!(r#""iss":"{ISSUER}""#), 0), Err(Denial::ExpiryMissing));
}

#[test]
fn a_time_that_is_no_number_is_refused() {
    for (claim, value, found) in [
        ("exp", "\"1760000060\"", "1760000060"),
        ("nbf", "null", "null"),
        ("iat", "[]", "an array"),
        ("exp", "-1", "-1"),
    ] {
        let refused = decide(&with(&format!(r#""{claim}":{value}"#)), 0);
        assert_eq!(
            refused,
            Err(Denial::MalformedClaim {
                claim: if claim == "exp" {
                    "exp"
                } else if claim == "nbf" {
                    "nbf"
                } else {
                    "iat"
                },
                found: found.into()
            })
        );
    }
}

#[test]
fn the_issuer_is_compared_byte_for_byte() {
    for (iss, found) in [
        (r#""https://idp.example""#, "https://idp.example"),
        (r#""https://IDP.example/""#, "https://IDP.example/"),
        (r#"["https://idp.example/"]"#, "an array"),
        ("null", "null"),
    ] {
        let refused = decide(&format!(r#""iss":{iss},"exp":{}"#, NOW + 60), 0);
        assert_eq!(refused, Err(Denial::IssuerMismatch { expected: ISSUER.into(), found: found.into() }));
    }
    let refused = decide(&format!(r#""exp":{}"#, NOW + 60), 0);
    assert_eq!(refused, Err(Denial::IssuerMismatch { expected: ISSUER.into(), found: "none".into() }));
}
