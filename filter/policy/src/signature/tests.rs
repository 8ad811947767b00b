use super::*;
use crate::jwt::Unverified;
use crate::keys::KeySet;
use alloc::format;
use alloc::vec::Vec;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use core::cell::RefCell;
use jwt_compact::{AlgorithmExt as _, Claims, Header, UntrustedToken};
use p256::ecdsa::SigningKey;
use p256::ecdsa::signature::Signer as _;
use vectors::{EC_TOKEN, RSA_TOKEN, jwks};

const TEXT: &[u8] = b"header.payload";

/// Native code that gives one answer and notes what it was asked.
struct Native {
    answer: Option<bool>,
    asked: RefCell<Vec<Question>>,
}

#[derive(Debug, PartialEq, Eq)]
struct Question {
    hash: Hash,
    spki_der: Vec<u8>,
    signature: Vec<u8>,
    text: Vec<u8>,
}

impl Question {
    fn new(hash: Hash, spki_der: &[u8], signature: &[u8], text: &[u8]) -> Self {
        Self { hash, spki_der: spki_der.into(), signature: signature.into(), text: text.into() }
    }
}

impl Native {
    fn new(answer: Option<bool>) -> Self {
        Self { answer, asked: RefCell::default() }
    }
}

impl NativeSignatures for Native {
    fn verify(&self, hash: Hash, spki_der: &[u8], signature: &[u8], text: &[u8]) -> Option<bool> {
        self.asked.borrow_mut().push(Question::new(hash, spki_der, signature, text));
        self.answer
    }
}

fn keys() -> KeySet {
    KeySet::from_jwks(jwks().as_bytes()).expect("jwks").0
}

fn key_for(algorithm: Algorithm) -> Key {
    keys().candidates(None, algorithm).next().expect("key").clone()
}

fn ec_pair() -> (SigningKey, Key) {
    let signing = SigningKey::from_slice(&[7; 32]).expect("key");
    let point = signing.verifying_key().to_encoded_point(false);
    let coordinate = |bytes: Option<&p256::FieldBytes>| URL_SAFE_NO_PAD.encode(bytes.expect("coordinate"));
    let (x, y) = (coordinate(point.x()), coordinate(point.y()));
    let jwks = format!(r#"{{"keys":[{{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}"}}]}}"#);
    let (keys, _) = KeySet::from_jwks(jwks.as_bytes()).expect("jwks");
    let key = keys.iter().next().expect("key").clone();
    (signing, key)
}

#[test]
fn verifies_the_tokens_of_rfc_7515_and_no_other_signature() {
    for (token, algorithm) in [(RSA_TOKEN, Algorithm::Rs256), (EC_TOKEN, Algorithm::Es256)] {
        let token = Unverified::parse(token.as_bytes()).expect("token");
        let key = key_for(algorithm);
        assert!(verify(&key, algorithm, token.signing_input(), token.signature(), None), "{algorithm}");
        for place in 0..token.signature().len() {
            let mut changed = token.signature().to_vec();
            changed[place] ^= 0x10;
            assert!(
                !verify(&key, algorithm, token.signing_input(), &changed, None),
                "{algorithm} byte {place}"
            );
        }
        assert!(!verify(&key, algorithm, TEXT, token.signature(), None));
    }
}

#[test]
fn verifies_only_with_an_algorithm_of_the_key() {
    let token = Unverified::parse(RSA_TOKEN.as_bytes()).expect("token");
    let native = Native::new(Some(true));
    for algorithm in Algorithm::ALL {
        let key = key_for(Algorithm::Rs256);
        let found = verify(&key, algorithm, token.signing_input(), token.signature(), Some(&native));
        assert_eq!(found, algorithm == Algorithm::Rs256, "{algorithm}");
        let found = verify(&key_for(Algorithm::Es256), algorithm, TEXT, &[1; 64], Some(&native));
        assert_eq!(found, algorithm == Algorithm::Es256, "{algorithm}");
    }
}

#[test]
fn takes_the_answer_of_native_code_and_decides_where_there_is_none() {
    for (token, algorithm) in [(RSA_TOKEN, Algorithm::Rs256), (EC_TOKEN, Algorithm::Es256)] {
        let token = Unverified::parse(token.as_bytes()).expect("token");
        let wrong: Vec<u8> = token.signature().iter().rev().copied().collect();
        for (answer, right, other) in
            [(Some(true), true, true), (Some(false), false, false), (None, true, false)]
        {
            let (native, key) = (Native::new(answer), key_for(algorithm));
            let found = |signature| verify(&key, algorithm, token.signing_input(), signature, Some(&native));
            assert_eq!((found(token.signature()), found(&wrong)), (right, other), "{algorithm} {answer:?}");
        }
    }
}

#[test]
fn asks_native_code_for_der_keys_and_der_signatures() {
    let native = Native::new(Some(true));
    let (rsa, ec) = (key_for(Algorithm::Rs256), key_for(Algorithm::Es256));
    assert!(verify(&rsa, Algorithm::Rs256, TEXT, &[9; 256], Some(&native)));
    assert!(verify(&ec, Algorithm::Es256, TEXT, &[9; 64], Some(&native)));
    let expected = [
        Question::new(Hash::Sha256, rsa.spki_der(), &[9; 256], TEXT),
        Question::new(Hash::Sha256, ec.spki_der(), &der::ecdsa_signature(&[9; 64]), TEXT),
    ];
    assert_eq!(*native.asked.borrow(), expected);
}

#[test]
fn accepts_both_halves_of_s_and_refuses_numbers_out_of_range() {
    let (signing, key) = ec_pair();
    let signature: p256::ecdsa::Signature = signing.sign(TEXT);
    let (r, s) = signature.split_bytes();
    let negated: p256::FieldBytes = (-*signature.s()).into();
    let order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
    let order = p256::U256::from_be_hex(order);
    let order: [u8; 32] =
        p256::FieldBytes::from(p256::elliptic_curve::bigint::ArrayEncoding::to_be_byte_array(&order)).into();
    let cases: [(&str, &[u8], &[u8], bool); 10] = [
        ("as signed", &r, &s, true),
        ("n - s", &r, &negated, true),
        ("swapped", &s, &r, false),
        ("r = 0", &[0; 32], &s, false),
        ("s = 0", &r, &[0; 32], false),
        ("both 0", &[0; 32], &[0; 32], false),
        ("r = n", &order, &s, false),
        ("s = n", &r, &order, false),
        ("r = 2^256 - 1", &[0xff; 32], &s, false),
        ("s = 2^256 - 1", &r, &[0xff; 32], false),
    ];
    for (name, r, s, expected) in cases {
        assert_eq!(verify(&key, Algorithm::Es256, TEXT, &[r, s].concat(), None), expected, "{name}");
    }
}

#[test]
fn refuses_an_ecdsa_signature_that_is_not_64_bytes() {
    let (signing, key) = ec_pair();
    let signature: p256::ecdsa::Signature = signing.sign(TEXT);
    let raw = signature.to_bytes();
    let native = Native::new(Some(true));
    for found in [&[][..], &raw[..63], &[&raw[..], &[0]].concat(), signature.to_der().as_bytes()] {
        assert!(!verify(&key, Algorithm::Es256, TEXT, found, Some(&native)), "{} bytes", found.len());
    }
    assert!(native.asked.borrow().is_empty(), "native code must not see it either");
}

#[test]
fn agrees_with_jwt_compact_on_tokens_that_it_signs() {
    let (signing, key) = ec_pair();
    let claims = Claims::empty();
    let text = jwt_compact::alg::Es256.token(&Header::empty(), &claims, &signing).expect("token");
    let token = Unverified::parse(text.as_bytes()).expect("token");
    assert!(verify(&key, Algorithm::Es256, token.signing_input(), token.signature(), None));
    let untrusted = UntrustedToken::new(&text).expect("token");
    let ours = Es256::new(None).validator::<jwt_compact::Empty>(&key).validate(&untrusted);
    assert!(ours.is_ok(), "our verifier inside jwt-compact: {ours:?}");
}

#[test]
fn knows_every_name_and_no_other() {
    for algorithm in Algorithm::ALL {
        assert_eq!(Algorithm::from_name(algorithm.name()), Some(algorithm));
    }
    for name in ["none", "", "es256", "ES256K", "RSA1_5", "HS1"] {
        assert_eq!(Algorithm::from_name(name), None);
    }
    assert_eq!([Hash::Sha256, Hash::Sha384, Hash::Sha512].map(Hash::name), ["sha256", "sha384", "sha512"]);
}
