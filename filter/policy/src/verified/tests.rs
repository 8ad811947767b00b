use super::*;
use crate::denial::Malformed;
use crate::signature::vectors::{EC_JWK, EC_TOKEN, RSA_JWK, RSA_TOKEN, jwks};
use alloc::format;
use alloc::string::String;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};

fn keys(document: &str) -> KeySet {
    KeySet::from_jwks(document.as_bytes()).expect(document).0
}

fn check(token: &str, jwks: &str) -> Result<Verified, Denial> {
    let token = Unverified::parse(token.as_bytes()).expect("token");
    verify(&token, &SourceId::new("idp"), &keys(jwks), None)
}

fn secret() -> SigningKey {
    SigningKey::from_slice(&[7; 32]).expect("key")
}

/// A set with the key of [`signed`], under this `kid`.
fn own_jwks(kid: &str) -> String {
    let point = secret().verifying_key().to_encoded_point(false);
    let coordinate = |bytes: Option<&p256::FieldBytes>| URL_SAFE_NO_PAD.encode(bytes.expect("coordinate"));
    let (x, y) = (coordinate(point.x()), coordinate(point.y()));
    format!(r#"{{"keys":[{EC_JWK},{{"kty":"EC","crv":"P-256","kid":"{kid}","x":"{x}","y":"{y}"}}]}}"#)
}

fn signed(header: &str, payload: &[u8]) -> String {
    let input = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let signature: Signature = secret().sign(input.as_bytes());
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

#[test]
fn proves_the_tokens_of_rfc_7515_and_says_with_which_key() {
    for (token, algorithm) in [(RSA_TOKEN, Algorithm::Rs256), (EC_TOKEN, Algorithm::Es256)] {
        let verified = check(token, &jwks()).expect("verified");
        let keys = keys(&jwks());
        let fingerprint = keys.candidates(None, algorithm).next().expect("key").fingerprint();
        assert_eq!(
            verified.evidence(),
            &Evidence::Signature { algorithm, kid: None, fingerprint, key_issuer: None }
        );
        assert_eq!(verified.claims().get("iss").and_then(Value::as_str), Some("joe"));
        assert_eq!(verified.source(), &SourceId::from("idp"));
    }
}

#[test]
fn tries_the_keys_of_an_algorithm_where_the_token_has_no_kid() {
    let token = signed(r#"{"alg":"ES256"}"#, br#"{"sub":"ann"}"#);
    assert!(check(&token, &own_jwks("k1")).is_ok());
}

#[test]
fn refuses_each_way_in_which_token_and_key_do_not_fit() {
    let named = |alg: &str, kid: &str| signed(&format!(r#"{{"alg":"{alg}","kid":"{kid}"}}"#), b"{}");
    let not_allowed = |found: &str| Denial::AlgorithmNotAllowed { found: found.into() };
    let rsa_named = format!(r#"{{"keys":[{}]}}"#, RSA_JWK.replacen('{', r#"{"kid":"k1","alg":"RS256","#, 1));
    let mismatch = |expected: &str, found: &str| Denial::AlgorithmMismatch {
        expected: expected.into(),
        found: found.into(),
    };
    let cases = [
        (named("none", "k1"), own_jwks("k1"), not_allowed("none")),
        (named("HS256", "k1"), own_jwks("k1"), not_allowed("HS256")),
        (named("PS256", "k1"), own_jwks("k1"), mismatch("ES256", "PS256")),
        (named("PS256", "k1"), rsa_named.clone(), mismatch("RS256", "PS256")),
        (named("EdDSA", "k1"), own_jwks("k1"), mismatch("ES256", "EdDSA")),
        (named("ES384", "k1"), own_jwks("k1"), mismatch("ES256", "ES384")),
        (named("es256", "k1"), own_jwks("k1"), not_allowed("es256")),
        (named("ES256", "k2"), own_jwks("k1"), Denial::KeyUnknown { kid: Some("k2".into()) }),
        (named("ES256", "k1"), r#"{"keys":[]}"#.into(), Denial::KeyUnknown { kid: Some("k1".into()) }),
        (RSA_TOKEN.into(), own_jwks("k1"), Denial::KeyUnknown { kid: None }),
        (named("RS256", "k1"), own_jwks("k1"), mismatch("ES256", "RS256")),
        (named("ES256", "k1"), rsa_named, mismatch("RS256", "ES256")),
        (EC_TOKEN.into(), own_jwks("k1").replace(EC_JWK, "7"), Denial::SignatureInvalid),
        (named("ES256", "k1").replace(".e30.", ".e30K."), own_jwks("k1"), Denial::SignatureInvalid),
    ];
    for (token, jwks, expected) in cases {
        assert_eq!(check(&token, &jwks).expect_err("refused"), expected);
    }
}

#[test]
fn refuses_a_signed_payload_that_is_no_strict_json_object() {
    let header = r#"{"alg":"ES256","kid":"k1"}"#;
    let deep = [&b"{\"a\":"[..], &[b'['; 20]].concat();
    let cases: [(&[u8], Malformed); 6] = [
        (b"", Malformed::Json),
        (b"null", Malformed::Json),
        (b"[{}]", Malformed::Json),
        (b"{\"a\":\"\xff\"}", Malformed::Json),
        (br#"{"iss":"a","iss":"b"}"#, Malformed::DuplicateMember),
        (&deep, Malformed::TooComplex),
    ];
    for (payload, what) in cases {
        let found = check(&signed(header, payload), &own_jwks("k1")).expect_err("refused");
        assert_eq!(found, Denial::MalformedToken { what });
    }
    let bad_base64 = signed(header, b"{}").replace(".e30.", ".e31.");
    assert_eq!(check(&bad_base64, &own_jwks("k1")).expect_err("refused"), Denial::SignatureInvalid);
}

#[test]
fn a_key_of_one_issuer_proves_tokens_of_that_issuer_only() {
    let bound = own_jwks("k1").replace(r#""kid":"k1""#, r#""kid":"k1","issuer":"https://a.example/""#);
    let token =
        |iss: &str| signed(r#"{"alg":"ES256","kid":"k1"}"#, format!(r#"{{"iss":"{iss}"}}"#).as_bytes());
    let verified = check(&token("https://a.example/"), &bound).expect("its issuer");
    let Evidence::Signature { key_issuer, .. } = verified.evidence() else { panic!("a signature") };
    assert_eq!(key_issuer.as_ref().map(ToString::to_string).as_deref(), Some("https://a.example/"));
    let refused = check(&token("https://b.example/"), &bound).expect_err("another issuer");
    let (expected, found) = ("https://a.example/".into(), "https://b.example/".into());
    assert_eq!(refused, Denial::KeyIssuerMismatch { expected, found });
    let forged = token("https://b.example/").replace(".eyJpc3M", ".eyJpc3N");
    assert_eq!(
        check(&forged, &bound).expect_err("forged"),
        Denial::SignatureInvalid,
        "the signature is first"
    );
}

#[test]
fn one_key_may_stand_in_a_set_for_several_issuers() {
    let entry = |issuer: &str| {
        let jwks = own_jwks("k1").replace(EC_JWK, "7");
        jwks.replace(r#""kid":"k1""#, &format!(r#""kid":"k1","issuer":"{issuer}""#))
    };
    let (one, other) = (entry("https://a.example/"), entry("https://b.example/"));
    let both = one.replace("]}", &format!(",{}", other.trim_start_matches(r#"{"keys":["#)));
    for (iss, admitted) in
        [("https://a.example/", true), ("https://b.example/", true), ("https://c.example/", false)]
    {
        let token = signed(r#"{"alg":"ES256"}"#, format!(r#"{{"iss":"{iss}"}}"#).as_bytes());
        assert_eq!(check(&token, &both).is_ok(), admitted, "{iss}");
    }
}

#[test]
fn a_token_for_microsoft_graph_is_refused_under_its_own_name() {
    let graph = r#"{"aud":"00000003-0000-0000-c000-000000000000"}"#;
    let named = r#"{"aud":"https://graph.microsoft.com"}"#;
    let api = r#"{"aud":"6e74172b-be56-4843-9ff4-e66a39bb12e3"}"#;
    let with_nonce = r#"{"alg":"ES256","kid":"k1","nonce":"n"}"#;
    let unknown_key = r#"{"alg":"ES256","kid":"k2","nonce":"n"}"#;
    let without = r#"{"alg":"ES256","kid":"k1"}"#;
    for (header, payload, expected) in [
        (with_nonce, graph, Denial::GraphToken),
        (with_nonce, named, Denial::GraphToken),
        (unknown_key, graph, Denial::GraphToken),
        (with_nonce, api, Denial::SignatureInvalid),
        (without, graph, Denial::SignatureInvalid),
        (with_nonce, "no JSON", Denial::SignatureInvalid),
        (with_nonce, r#"{"aud":["https://graph.microsoft.com"]}"#, Denial::SignatureInvalid),
    ] {
        let token = signed(header, payload.as_bytes());
        let (input, _) = token.rsplit_once('.').expect("a signature");
        let other = format!("{input}.{}", URL_SAFE_NO_PAD.encode([7; 64]));
        assert_eq!(check(&other, &own_jwks("k1")).expect_err("refused"), expected, "{header} {payload}");
    }
    assert!(check(&signed(with_nonce, graph.as_bytes()), &own_jwks("k1")).is_ok(), "a hint decides nothing");
}

#[test]
fn escapes_what_it_shows_of_an_unproven_token() {
    let token = signed(r#"{"alg":"ES256","kid":"a\nb"}"#, b"{}");
    let found = check(&token, &own_jwks("k1")).expect_err("refused");
    assert_eq!(found, Denial::KeyUnknown { kid: Some("a\\nb".into()) });
}

#[test]
fn shows_neither_token_nor_claims_when_it_is_printed() {
    let token = Unverified::parse(EC_TOKEN.as_bytes()).expect("token");
    let printed = format!("{token:?} {:?}", check(EC_TOKEN, &jwks()).expect("verified"));
    assert!(
        printed.contains("Es256") && !printed.contains("joe") && !printed.contains("signing_input"),
        "{printed}"
    );
}
