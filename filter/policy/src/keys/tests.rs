use super::*;
use crate::json::Position;
use crate::signature::vectors::{BILBO_P521_JWK, EC_JWK, EC_TOKEN, ED25519_JWK, P521_JWK, RSA_JWK, jwks};
use crate::signature::{Ed25519KeyError, RsaKeyError};
use crate::verified::{self, SourceId};
use alloc::format;
use alloc::string::{String, ToString};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

fn set(document: &str) -> (KeySet, Vec<KeyWarning>) {
    KeySet::from_jwks(document.as_bytes()).expect(document)
}

/// The key with more members put in front.
fn with(members: &str, jwk: &str) -> String {
    jwk.replacen('{', &format!("{{{members},"), 1)
}

fn rsa(modulus: &[u8], exponent: &[u8]) -> String {
    let encoded = |bytes| URL_SAFE_NO_PAD.encode(bytes);
    format!(r#"{{"kty":"RSA","n":"{}","e":"{}"}}"#, encoded(modulus), encoded(exponent))
}

fn ed25519(point: &[u8; 32]) -> String {
    format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{}"}}"#, URL_SAFE_NO_PAD.encode(point))
}

#[test]
fn prepares_both_keys_of_rfc_7515_for_their_families() {
    let (keys, warnings) = set(&jwks());
    let algorithms: Vec<String> = keys.iter().map(|key| key.algorithms().to_string()).collect();
    assert_eq!(algorithms, ["PS256, PS384, PS512, RS256, RS384, RS512", "ES256"]);
    assert!(warnings.is_empty() && !keys.is_empty());
}

#[test]
fn prepares_keys_on_every_curve_for_their_one_algorithm() {
    let p384 = p384::ecdsa::SigningKey::from_slice(&[7; 48]).expect("key");
    let point = p384.verifying_key().to_encoded_point(false);
    let encoded = |bytes: Option<&p384::FieldBytes>| URL_SAFE_NO_PAD.encode(bytes.expect("coordinate"));
    let p384 =
        format!(r#"{{"kty":"EC","crv":"P-384","x":"{}","y":"{}"}}"#, encoded(point.x()), encoded(point.y()));
    let named = with(r#""alg":"EdDSA","use":"sig""#, ED25519_JWK);
    let list = [EC_JWK, &p384, P521_JWK, BILBO_P521_JWK, ED25519_JWK, &named];
    let (keys, warnings) = set(&format!(r#"{{"keys":[{}]}}"#, list.join(",")));
    let algorithms: Vec<String> = keys.iter().map(|key| key.algorithms().to_string()).collect();
    assert_eq!(algorithms, ["ES256", "ES384", "ES512", "ES512", "EdDSA", "EdDSA"]);
    assert_eq!(warnings, []);
}

#[test]
fn keeps_a_key_to_the_algorithm_that_it_names() {
    let (keys, _) = set(&format!(r#"{{"keys":[{}]}}"#, with(r#""alg":"PS256""#, RSA_JWK)));
    assert_eq!(keys.iter().map(|key| key.algorithms().to_string()).collect::<Vec<_>>(), ["PS256"]);
    assert_eq!(keys.candidates(None, Algorithm::Rs256).count(), 0);
}

#[test]
fn takes_keys_as_issuers_publish_them() {
    let entra = r#""use":"sig","kid":"k","x5t":"k","x5c":["MIIC"],"issuer":"https://idp.example/{tenantid}""#;
    let okta = r#""alg":"RS256","use":"sig","kid":"k","key_ops":["verify"]"#;
    for members in [entra, okta] {
        let (keys, warnings) = set(&format!(r#"{{"keys":[{}]}}"#, with(members, RSA_JWK)));
        assert_eq!((keys.len(), warnings), (1, Vec::new()));
    }
}

#[test]
fn leaves_out_each_key_that_cannot_verify_and_says_why() {
    let long = "k".repeat(257);
    let off_curve = EC_JWK.replace("f83OJ3", "f83OJ4");
    let short_point = EC_JWK.replace("\"f83O", "\"");
    let even = [&[0xff; 255][..], &[0xfe]].concat();
    let found = |text: &str| -> Box<str> { text.into() };
    let member = |name| KeyProblem::Member { name };
    let bits = |found| KeyProblem::Rsa(RsaKeyError::ModulusBits { found });
    let exponent = KeyProblem::Rsa(RsaKeyError::Exponent);
    let cases = [
        ("7".into(), member("kty")),
        ("{}".into(), member("kty")),
        (r#"{"kty":5}"#.into(), member("kty")),
        (r#"{"kty":"AKP","pub":"A"}"#.into(), KeyProblem::KeyType { found: found("AKP") }),
        (ED25519_JWK.replace("Ed25519", "X25519"), KeyProblem::Curve { found: found("X25519") }),
        (ED25519_JWK.replace("Ed25519", "P-256"), KeyProblem::Curve { found: found("P-256") }),
        (ED25519_JWK.replace("11qYAY", "11qY"), member("x")),
        (ED25519_JWK.replace("\"x\"", "\"y\""), member("x")),
        (ED25519_JWK.replace("\"crv\"", "\"curve\""), member("crv")),
        (with(r#""alg":"ES256""#, ED25519_JWK), KeyProblem::Algorithm { found: found("ES256") }),
        (with(r#""alg":"HS256""#, ED25519_JWK), KeyProblem::Algorithm { found: found("HS256") }),
        (with(r#""d":"A""#, ED25519_JWK), KeyProblem::Private),
        (ed25519(&[0; 32]), KeyProblem::Ed25519(Ed25519KeyError::Weak)),
        (ed25519(&[0xff; 32]), KeyProblem::Ed25519(Ed25519KeyError::Encoding)),
        (with(r#""alg":"ES256""#, P521_JWK), KeyProblem::Algorithm { found: found("ES256") }),
        (EC_JWK.replace("P-256", "P-384"), member("x")),
        (P521_JWK.replace("P-521", "P-256"), member("x")),
        (BILBO_P521_JWK.replace("AHKZLLOs", "cpkss6w"), member("x")),
        (P521_JWK.replace("AekpBQ8S", "AekpBQ8T"), KeyProblem::PointNotOnCurve),
        (r#"{"kty":"oct","k":"c2VjcmV0"}"#.into(), KeyProblem::Symmetric),
        (with(r#""d":"AQ""#, RSA_JWK), KeyProblem::Private),
        (with(r#""d":null"#, EC_JWK), KeyProblem::Private),
        (with(r#""use":"enc""#, RSA_JWK), KeyProblem::Use { found: found("enc") }),
        (with(r#""use":["sig"]"#, RSA_JWK), member("use")),
        (with(r#""key_ops":["sign","encrypt"]"#, RSA_JWK), KeyProblem::Operations),
        (with(r#""key_ops":"verify""#, RSA_JWK), member("key_ops")),
        (with(r#""kid":7"#, RSA_JWK), member("kid")),
        (with(r#""issuer":["https://idp.example/"]"#, RSA_JWK), member("issuer")),
        (with(&format!(r#""kid":"{long}""#), RSA_JWK), KeyProblem::KidTooLong),
        (with(r#""alg":"ES256""#, RSA_JWK), KeyProblem::Algorithm { found: found("ES256") }),
        (with(r#""alg":"HS256""#, RSA_JWK), KeyProblem::Algorithm { found: found("HS256") }),
        (with(r#""alg":"RSA-OAEP""#, RSA_JWK), KeyProblem::Algorithm { found: found("RSA-OAEP") }),
        (with(r#""alg":"none""#, EC_JWK), KeyProblem::Algorithm { found: found("none") }),
        (EC_JWK.replace("P-256", "secp256k1"), KeyProblem::Curve { found: found("secp256k1") }),
        (EC_JWK.replace("\"crv\"", "\"curve\""), member("crv")),
        (off_curve, KeyProblem::PointNotOnCurve),
        (short_point, member("x")),
        (RSA_JWK.replace("AQAB", "AQ=="), member("e")),
        (RSA_JWK.replace("AQAB", ""), exponent.clone()),
        (rsa(&[0xff; 256], &[1]), exponent.clone()),
        (rsa(&[0xff; 256], &[1, 0, 0]), exponent.clone()),
        (rsa(&[0xff; 256], &[2, 0, 0, 0, 1]), exponent),
        (rsa(&[0x7f; 256], &[3]), bits(2047)),
        (rsa(&[0xff; 128], &[3]), bits(1024)),
        (rsa(&[0x01; 1025], &[3]), bits(8193)),
        (rsa(&[], &[3]), bits(0)),
        (rsa(&even, &[3]), KeyProblem::Rsa(RsaKeyError::ModulusEven)),
    ];
    for (jwk, problem) in cases {
        let (keys, warnings) = set(&format!(r#"{{"keys":[{jwk},{EC_JWK}]}}"#));
        assert_eq!(warnings.iter().map(|warning| &warning.problem).collect::<Vec<_>>(), [&problem], "{jwk}");
        assert_eq!(keys.len(), 1, "the other key stays: {jwk}");
    }
}

#[test]
fn names_the_key_in_a_warning_and_escapes_what_it_shows() {
    let odd = with(r#""kid":"a\u001bb","use":"e\nc""#, RSA_JWK);
    let (_, warnings) = set(&format!(r#"{{"keys":[{EC_JWK},{odd},{{"kty":"oct"}}]}}"#));
    let lines: Vec<String> = warnings.iter().map(ToString::to_string).collect();
    let expected = [
        "key 1 (kid a\\u{1b}b) is not used: expected use sig, found e\\nc",
        "key 2 is not used: expected a public key, found a shared secret",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn refuses_a_set_that_is_too_large_or_ambiguous() {
    let many = format!(r#"{{"keys":[{}7]}}"#, "7,".repeat(MAX_KEYS));
    let long = format!(r#"{{"keys":[]}}{}"#, " ".repeat(MAX_JWKS));
    let twice = JsonError::DuplicateMember { name: "keys".into(), at: Position { line: 1, column: 21 } };
    let cases = [
        ("{}", JwksError::NoKeys),
        ("[]", JwksError::NoKeys),
        (r#"{"keys":{}}"#, JwksError::NoKeys),
        (r#"{"keys":[],"keys":[]}"#, JwksError::Json(twice)),
        (&many, JwksError::TooManyKeys { found: MAX_KEYS + 1 }),
        (&long, JwksError::TooLong { found: long.len() }),
    ];
    for (document, expected) in cases {
        assert_eq!(KeySet::from_jwks(document.as_bytes()).err(), Some(expected));
    }
    assert!(matches!(KeySet::from_jwks(b"{\"keys\":["), Err(JwksError::Json(_))));
}

#[test]
fn finds_keys_by_exact_kid_or_by_algorithm_and_bounds_how_many_are_tried() {
    let named = |kid: &str, jwk: &str| with(&format!(r#""kid":"{kid}""#), jwk);
    let list = [
        named("a", EC_JWK),
        named("a", RSA_JWK),
        named("b", EC_JWK),
        EC_JWK.into(),
        EC_JWK.into(),
        EC_JWK.into(),
    ];
    let (keys, _) = set(&format!(r#"{{"keys":[{}]}}"#, list.join(",")));
    let count = |kid, algorithm| keys.candidates(kid, algorithm).count();
    assert_eq!(count(Some("a"), Algorithm::Es256), 1);
    assert_eq!(count(Some("a"), Algorithm::Rs256), 1);
    assert_eq!(count(Some("A"), Algorithm::Es256), 0);
    assert_eq!(count(Some("b"), Algorithm::Rs256), 0);
    assert_eq!(count(None, Algorithm::Rs256), 1);
    assert_eq!(count(None, Algorithm::Es256), MAX_TRIED);
}

#[test]
fn gives_a_key_one_fingerprint_whatever_stands_around_it() {
    let (plain, _) = set(&jwks());
    let (dressed, _) = set(&format!(r#"{{"keys":[{}]}}"#, with(r#""kid":"x","alg":"ES256""#, EC_JWK)));
    let prints = |keys: &KeySet| keys.iter().map(Key::fingerprint).collect::<Vec<_>>();
    assert_eq!(prints(&plain)[1], prints(&dressed)[0]);
    assert_ne!(prints(&plain)[0], prints(&plain)[1]);
    assert_eq!(prints(&plain)[0].to_string().len(), 64);
}

#[test]
fn upholds_a_proof_as_long_as_the_key_has_the_same_name_and_algorithm() {
    let token = crate::jwt::Unverified::parse(EC_TOKEN.as_bytes()).expect("token");
    let proof = verified::verify(&token, &SourceId::new("s"), &set(&jwks()).0, None).expect("proof");
    let renamed = format!(r#"{{"keys":[{}]}}"#, with(r#""kid":"new""#, EC_JWK));
    let bound = format!(r#"{{"keys":[{}]}}"#, with(r#""issuer":"joe""#, EC_JWK));
    let cases = [
        (format!(r#"{{"keys":[{EC_JWK}]}}"#), true),
        (renamed, true),
        (bound, false),
        (format!(r#"{{"keys":[{RSA_JWK}]}}"#), false),
        (r#"{"keys":[]}"#.into(), false),
    ];
    for (document, expected) in cases {
        assert_eq!(set(&document).0.upholds(proof.evidence()), expected, "{document}");
    }
}
