use super::*;
use crate::mint::pairs::PublicKeyBytes;
use aws_lc_rs::signature::KeyPair as _;
use claimgate_policy::keys::KeySet;
use claimgate_policy::signature::{self, Algorithm as PolicyAlgorithm};
use jwt_compact::alg::{Hs256, Hs256Key};
use jwt_compact::{AlgorithmExt as _, UntrustedToken};
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature, VerifyingKey};

fn pairs() -> impl Iterator<Item = SigningAlgorithm> {
    SigningAlgorithm::ALL.into_iter().filter(|algorithm| algorithm.hmac().is_none())
}

fn claims() -> Map<String, Value> {
    Map::from_iter([("sub".to_owned(), json!("app-1"))])
}

fn parts(token: &str) -> Vec<Vec<u8>> {
    token.split('.').map(|part| BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).collect()
}

fn bytes(jwk: &Value, member: &str) -> Vec<u8> {
    BASE64_URL_SAFE_NO_PAD.decode(jwk[member].as_str().unwrap()).unwrap()
}

/// The key, payload and signature of RFC 7515 A.2, whose signature is deterministic.
#[test]
fn makes_the_signature_of_rfc_7515_a_2() {
    let signer = Signer::from_jwk(include_bytes!("rfc7515-a2.jwk.json")).unwrap();
    let payload = "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}";
    let token = Draft::from_bytes(br#"{"alg":"RS256"}"#, payload.as_bytes()).signed(&signer).unwrap();
    assert_eq!(token.rsplit('.').next().unwrap(), include_str!("rfc7515-a2.signature.txt").trim_end());
}

#[test]
fn other_code_verifies_an_es256_signature() {
    let signer = Signer::generate(SigningAlgorithm::Es256, "k").unwrap();
    let token = signer.sign(&signer.header(), &claims()).unwrap();
    let jwk = signer.public_jwk().unwrap();
    let point = [vec![4], bytes(&jwk, "x"), bytes(&jwk, "y")].concat();
    let key = VerifyingKey::from_sec1_bytes(&point).unwrap();
    let (input, _) = token.rsplit_once('.').unwrap();
    let signature = Signature::from_slice(&parts(&token)[2]).unwrap();
    key.verify(input.as_bytes(), &signature).unwrap();
}

#[test]
fn the_gateway_verifies_every_signature_with_the_public_jwk() {
    for algorithm in pairs() {
        let signer = Signer::generate(algorithm, "k").unwrap();
        let jwks = json!({"keys": [signer.public_jwk().unwrap()]}).to_string();
        let (keys, warnings) = KeySet::from_jwks(jwks.as_bytes()).unwrap();
        assert_eq!(warnings, [], "{}", algorithm.name());
        let (key, named) =
            (keys.iter().next().unwrap(), PolicyAlgorithm::from_name(algorithm.name()).unwrap());
        let signature = signer.signature(b"input").unwrap();
        assert!(signature::verify(key, named, b"input", &signature, None), "{}", algorithm.name());
        assert!(!signature::verify(key, named, b"other", &signature, None), "{}", algorithm.name());
    }
}

#[test]
fn jwt_compact_reads_and_verifies_a_token_of_every_type_of_key() {
    for algorithm in pairs() {
        let signer = Signer::generate(algorithm, "k").unwrap();
        match &signer.key {
            Key::Rsa(rsa, pair) => verifies(rsa, pair.public_key().as_ref(), &signer),
            Key::Ec(curve, pair) => verifies(&Ecdsa::on(*curve), pair.public_key().as_ref(), &signer),
            Key::Ed25519(pair) => verifies(&Ed25519, pair.public_key().as_ref(), &signer),
            Key::Secret(_) => panic!("a key pair"),
        }
    }
}

/// jwt-compact takes the signer's tokens with its algorithm and public key, and no others.
fn verifies<A: Algorithm<VerifyingKey = PublicKeyBytes>>(algorithm: &A, public: &[u8], signer: &Signer) {
    let public = PublicKeyBytes(public.into());
    let token = signer.sign(&signer.header(), &claims()).unwrap();
    let untrusted = UntrustedToken::new(&token).unwrap();
    assert_eq!(untrusted.header().key_id.as_deref(), Some("k"));
    let validated = algorithm.validator::<Value>(&public).validate(&untrusted).unwrap();
    assert_eq!(validated.claims().custom, json!({"sub": "app-1"}));
    let corrupted = corrupt_signature(&token).unwrap();
    let corrupted = UntrustedToken::new(&corrupted).unwrap();
    assert!(algorithm.validator::<Value>(&public).validate(&corrupted).is_err());
}

/// RFC 7520 4.4.
#[test]
fn makes_the_signature_of_rfc_7520_4_4() {
    let jwk = json!({"kty": "oct", "kid": "018c0ae5-4d9b-471b-bfd6-eef314bc7037", "use": "sig", "alg": "HS256",
        "k": "hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg"});
    let signer = Signer::from_jwk(jwk.to_string().as_bytes()).unwrap();
    let header = r#"{"alg":"HS256","kid":"018c0ae5-4d9b-471b-bfd6-eef314bc7037"}"#;
    let payload = "It\u{2019}s a dangerous business, Frodo, going out your door. You step onto the road, and if you \
        don't keep your feet, there\u{2019}s no knowing where you might be swept off to.";
    let token = Draft::from_bytes(header.as_bytes(), payload.as_bytes()).signed(&signer).unwrap();
    assert!(token.ends_with(".s0h6KThzkfBBBkLspW1h84VsJZFTsPPqMDA7g1Md7p0"), "{token}");
}

#[test]
fn a_generated_secret_is_text_that_jwt_compact_verifies_with() {
    let signer = Signer::generate(SigningAlgorithm::Hs256, "k").unwrap();
    let secret = String::from_utf8(bytes(&signer.private_jwk().unwrap(), "k")).unwrap();
    assert_eq!(secret.len(), 43);
    let token = signer.sign(&signer.header(), &claims()).unwrap();
    let untrusted = UntrustedToken::new(&token).unwrap();
    assert!(Hs256.validator::<Value>(&Hs256Key::new(secret)).validate(&untrusted).is_ok());
    assert!(matches!(signer.public_jwk(), Err(MintError::NoPublicHalf)));
}

#[test]
fn a_private_jwk_survives_the_round_trip() {
    for algorithm in SigningAlgorithm::ALL {
        let signer = Signer::generate(algorithm, "k").unwrap();
        let private = signer.private_jwk().unwrap();
        let again = Signer::from_jwk(private.to_string().as_bytes()).unwrap();
        assert_eq!(again.kid(), "k");
        assert_eq!(again.algorithm(), algorithm);
        assert_eq!(again.private_jwk().unwrap(), private);
        assert_eq!(again.public_jwk().ok(), signer.public_jwk().ok());
    }
}

#[test]
fn a_public_jwk_holds_nothing_private() {
    for algorithm in pairs() {
        let public = Signer::generate(algorithm, "k").unwrap().public_jwk().unwrap();
        let expected: &[&str] = match public["kty"].as_str().unwrap() {
            "RSA" => &["alg", "e", "kid", "kty", "n", "use"],
            "EC" => &["alg", "crv", "kid", "kty", "use", "x", "y"],
            _ => &["alg", "crv", "kid", "kty", "use", "x"],
        };
        let members: Vec<&str> = public.as_object().unwrap().keys().map(String::as_str).collect();
        assert!(expected.iter().all(|member| members.contains(member)), "{members:?}");
        assert_eq!(members.len(), expected.len(), "{members:?}");
    }
}

#[test]
fn header_and_payload_are_exactly_what_was_given() {
    let signer = Signer::generate(SigningAlgorithm::Es256, "k").unwrap();
    for (header, payload) in [
        (br#"{"alg":"none"}"#.as_slice(), b"{\"a\":1,\"a\":2}".as_slice()),
        (b"not json", b""),
        (b"\xff\xfe", b"\x00"),
    ] {
        let token = Draft::from_bytes(header, payload).signed(&signer).unwrap();
        assert_eq!(parts(&token)[..2], [header.to_vec(), payload.to_vec()]);
    }
}

#[test]
fn an_unsigned_token_ends_in_a_dot() {
    let header = Map::from_iter([("alg".to_owned(), json!("none"))]);
    assert!(Draft::new(&header, &claims()).unsigned().ends_with('.'));
}

#[test]
fn corrupting_changes_the_signature_and_nothing_else() {
    let token = Draft::from_bytes(b"{}", b"{}").with_signature(&[1, 2, 3]);
    let corrupted = corrupt_signature(&token).unwrap();
    assert_eq!(parts(&corrupted), [b"{}".to_vec(), b"{}".to_vec(), vec![1, 3, 3]]);
    for hopeless in ["", "a.b", "a.b.", "a.b.!"] {
        assert_eq!(corrupt_signature(hopeless), None, "{hopeless}");
    }
}

#[test]
fn refuses_keys_that_cannot_sign_here() {
    let ec = Signer::generate(SigningAlgorithm::Es256, "k").unwrap();
    let other = Signer::generate(SigningAlgorithm::Es256, "k").unwrap().private_jwk().unwrap();
    let mut mixed = ec.private_jwk().unwrap();
    mixed["d"] = other["d"].clone();
    let mut other_algorithm = ec.private_jwk().unwrap();
    other_algorithm["alg"] = json!("ES384");
    for (what, jwk) in [
        ("a public key", ec.public_jwk().unwrap()),
        ("a short secret", json!({"kty": "oct", "k": "AAAA"})),
        ("a secret shorter than its hash", json!({"kty": "oct", "alg": "HS512", "k": "A".repeat(64)})),
        ("a curve without its numbers", json!({"kty": "EC", "crv": "P-521", "x": "", "y": "", "d": ""})),
        ("another curve", json!({"kty": "EC", "crv": "secp256k1", "x": "", "y": "", "d": ""})),
        (
            "a seed of another point",
            json!({"kty": "OKP", "crv": "Ed25519", "x": "A".repeat(43), "d": "A".repeat(43)}),
        ),
        ("an algorithm of another type", other_algorithm),
        ("a point of another key", mixed),
        ("no key", json!([])),
    ] {
        assert!(Signer::from_jwk(jwk.to_string().as_bytes()).is_err(), "{what}");
    }
}

#[test]
fn debug_and_errors_show_no_private_number() {
    for (algorithm, member) in
        [(SigningAlgorithm::Es256, "d"), (SigningAlgorithm::EdDsa, "d"), (SigningAlgorithm::Hs256, "k")]
    {
        let signer = Signer::generate(algorithm, "k").unwrap();
        let mut jwk = signer.private_jwk().unwrap();
        let secret = jwk[member].as_str().unwrap().to_owned();
        assert!(!format!("{signer:?}").contains(&secret));
        jwk[member] = json!(format!("{secret}!"));
        let error = Signer::from_jwk(jwk.to_string().as_bytes()).unwrap_err().to_string();
        assert!(!error.contains(&secret), "{error}");
    }
}
