use super::*;
use crate::signature::vectors::{EC_TOKEN, RSA_TOKEN};
use alloc::format;
use alloc::string::String;

fn encoded(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

fn with_header(header: &str) -> String {
    format!("{}.e30.c2ln", encoded(header))
}

fn denial(token: &str) -> Denial {
    Unverified::parse(token.as_bytes()).expect_err(token)
}

#[test]
fn splits_the_tokens_of_rfc_7515() {
    for (token, algorithm, signature) in
        [(RSA_TOKEN, Algorithm::Rs256, 256), (EC_TOKEN, Algorithm::Es256, 64)]
    {
        let unverified = Unverified::parse(token.as_bytes()).expect("token");
        let signed = token.rsplit_once('.').map(|(signed, _)| signed.as_bytes());
        assert_eq!(unverified.header().algorithm, Ok(algorithm));
        assert_eq!(unverified.signature().len(), signature);
        assert_eq!(Some(unverified.signing_input()), signed);
        assert_eq!(unverified.token(), token.as_bytes());
    }
}

#[test]
fn reads_alg_and_kid_and_ignores_what_stands_beside_them() {
    let token =
        with_header(r#"{"typ":"at+jwt","x5t":[1],"x5c":"?","alg":"RS256","kid":"k1","jwk":{"d":"x"}}"#);
    let header = Unverified::parse(token.as_bytes()).expect("token").header().clone();
    let expected = Header { algorithm: Ok(Algorithm::Rs256), kid: Some("k1".into()), has_nonce: false };
    assert_eq!(header, expected);
}

#[test]
fn keeps_the_name_of_an_algorithm_that_it_does_not_know() {
    for name in ["none", "NONE", "rs256", "RS256 ", "", "RSA-OAEP"] {
        let token = with_header(&format!(r#"{{"alg":"{name}"}}"#));
        let unverified = Unverified::parse(token.as_bytes()).expect("token");
        assert_eq!(unverified.header().algorithm, Err(name.into()));
    }
}

#[test]
fn refuses_a_header_that_breaks_a_rule() {
    let long = "k".repeat(MAX_KID + 1);
    let cases = [
        (String::new(), malformed(Malformed::Json)),
        ("[]".into(), malformed(Malformed::Json)),
        ("\"alg\"".into(), malformed(Malformed::Json)),
        ("{\"alg\":\"RS256\"".into(), malformed(Malformed::Json)),
        ("{}".into(), malformed(Malformed::HeaderMember)),
        (r#"{"alg":null}"#.into(), malformed(Malformed::HeaderMember)),
        (r#"{"alg":["RS256"]}"#.into(), malformed(Malformed::HeaderMember)),
        (r#"{"alg":"RS256","kid":1}"#.into(), malformed(Malformed::HeaderMember)),
        (r#"{"alg":"RS256","kid":null}"#.into(), malformed(Malformed::HeaderMember)),
        (format!(r#"{{"alg":"RS256","kid":"{long}"}}"#), malformed(Malformed::HeaderMember)),
        (r#"{"alg":"none","alg":"RS256"}"#.into(), malformed(Malformed::DuplicateMember)),
        (r#"{"alg":"RS256","x":{"a":1,"a":1}}"#.into(), malformed(Malformed::DuplicateMember)),
        (format!(r#"{{"alg":"RS256","x":{}}}"#, "[".repeat(64)), malformed(Malformed::TooComplex)),
        (r#"{"alg":"RS256","crit":["exp"]}"#.into(), Denial::CriticalHeader),
        (r#"{"alg":"RS256","crit":[]}"#.into(), Denial::CriticalHeader),
        (r#"{"alg":"RS256","b64":false,"crit":["b64"]}"#.into(), Denial::CriticalHeader),
    ];
    for (header, expected) in cases {
        assert_eq!(denial(&with_header(&header)), expected, "{header}");
    }
}

#[test]
fn refuses_another_number_of_parts_and_names_encryption() {
    let header = encoded(r#"{"alg":"RS256"}"#);
    for token in ["", ".", "abc", "a.b", "a.b.c.d", "a.b.c.d.e.f"] {
        assert_eq!(denial(token), malformed(Malformed::Parts), "{token}");
    }
    assert_eq!(denial(&format!("{header}.a.b.c.d")), Denial::EncryptedToken);
    assert_eq!(denial(".."), malformed(Malformed::Json), "an empty header is no JSON object");
}

#[test]
fn refuses_every_second_spelling_of_a_part() {
    let header = encoded(r#"{"alg":"RS256"}"#);
    // "c2ln" is three bytes; "c2k" holds two with spare bits 0, "c2l" the same two with spare bits 1.
    for signature in ["c2ln=", "c2k=", "c2l", "c2 ln", "c2ln\n", "c2l+", "c2l/", "c", "c2ln\u{e9}"] {
        assert_eq!(
            denial(&format!("{header}.e30.{signature}")),
            malformed(Malformed::Base64),
            "{signature:?}"
        );
    }
    assert_eq!(denial(&format!("{header}=.e30.c2ln")), malformed(Malformed::Base64));
    assert!(Unverified::parse(format!("{header}.e30.c2k").as_bytes()).is_ok());
}

#[test]
fn bounds_the_length_of_a_token() {
    let short = format!("{}.e30.", encoded(r#"{"alg":"RS256"}"#));
    let token = |length: usize| format!("{short}{}", "A".repeat(length - short.len()));
    assert!(Unverified::parse(token(MAX_TOKEN).as_bytes()).is_ok());
    assert_eq!(denial(&token(MAX_TOKEN + 1)), malformed(Malformed::TooLong));
}

#[test]
fn does_not_look_at_the_payload_before_the_signature() {
    let token = format!("{}.!!!.c2ln", encoded(r#"{"alg":"RS256"}"#));
    let unverified = Unverified::parse(token.as_bytes()).expect("token");
    assert_eq!(unverified.payload(), Err(malformed(Malformed::Base64)));
}

#[test]
fn shows_header_and_claims_to_a_person_without_proof() {
    let claims = decode_unverified_claims(EC_TOKEN.as_bytes()).expect("claims");
    let header = decode_unverified_header(EC_TOKEN.as_bytes()).expect("header");
    assert_eq!(claims.get("iss").and_then(Value::as_str), Some("joe"));
    assert_eq!(header.get("alg").and_then(Value::as_str), Some("ES256"));
    assert_eq!(decode_unverified_claims(b"a.W10.c"), Err(malformed(Malformed::Json)));
}
