use super::*;
use crate::mint::algorithm::PublicKeyBytes;
use jwt_compact::{AlgorithmExt as _, UntrustedToken};
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature, VerifyingKey};

const ALGORITHMS: [SigningAlgorithm; 2] = [SigningAlgorithm::Rs256, SigningAlgorithm::Es256];

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
fn jwt_compact_reads_and_verifies_a_token() {
    let signer = Signer::generate(SigningAlgorithm::Rs256, "k").unwrap();
    let token = signer.sign(&signer.header(), &claims()).unwrap();
    let Key::Rsa(pair) = &signer.key else { panic!("an RSA key") };
    let public = aws_lc_rs::signature::KeyPair::public_key(pair).as_ref();
    let public = PublicKeyBytes(public.into());
    let untrusted = UntrustedToken::new(&token).unwrap();
    assert_eq!(untrusted.header().key_id.as_deref(), Some("k"));
    let validated = Rs256.validator::<Value>(&public).validate(&untrusted).unwrap();
    assert_eq!(validated.claims().custom, json!({"sub": "app-1"}));
    let corrupted = corrupt_signature(&token).unwrap();
    let corrupted = UntrustedToken::new(&corrupted).unwrap();
    assert!(Rs256.validator::<Value>(&public).validate(&corrupted).is_err());
}

#[test]
fn a_private_jwk_survives_the_round_trip() {
    for algorithm in ALGORITHMS {
        let signer = Signer::generate(algorithm, "k").unwrap();
        let private = signer.private_jwk().unwrap();
        let again = Signer::from_jwk(private.to_string().as_bytes()).unwrap();
        assert_eq!(again.kid(), "k");
        assert_eq!(again.algorithm(), algorithm);
        assert_eq!(again.private_jwk().unwrap(), private);
        assert_eq!(again.public_jwk().unwrap(), signer.public_jwk().unwrap());
    }
}

#[test]
fn a_public_jwk_holds_nothing_private() {
    let expected = [["alg", "e", "kid", "kty", "n", "use"], ["alg", "crv", "kid", "kty", "x", "y"]];
    for (algorithm, expected) in ALGORITHMS.into_iter().zip(expected) {
        let public = Signer::generate(algorithm, "k").unwrap().public_jwk().unwrap();
        let members: Vec<&str> = public.as_object().unwrap().keys().map(String::as_str).collect();
        assert!(expected.iter().all(|member| members.contains(member)), "{members:?}");
        assert!(members.iter().all(|member| expected.contains(member) || *member == "use"), "{members:?}");
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
    for (what, jwk) in [
        ("a public key", ec.public_jwk().unwrap()),
        ("a symmetric key", json!({"kty": "oct", "k": "AAAA"})),
        ("another curve", json!({"kty": "EC", "crv": "P-521", "x": "", "y": "", "d": ""})),
        ("a point of another key", mixed),
        ("no key", json!([])),
    ] {
        assert!(Signer::from_jwk(jwk.to_string().as_bytes()).is_err(), "{what}");
    }
}

#[test]
fn debug_and_errors_show_no_private_number() {
    let signer = Signer::generate(SigningAlgorithm::Es256, "k").unwrap();
    let mut jwk = signer.private_jwk().unwrap();
    let secret = jwk["d"].as_str().unwrap().to_owned();
    assert!(!format!("{signer:?}").contains(&secret));
    jwk["d"] = json!(format!("{secret}!"));
    let error = Signer::from_jwk(jwk.to_string().as_bytes()).unwrap_err().to_string();
    assert!(!error.contains(&secret), "{error}");
}
