use super::*;
use crate::jwt::Unverified;
use crate::keys::{KeySet, Material};
use alloc::format;
use alloc::vec::Vec;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use core::cell::RefCell;
use jwt_compact::{AlgorithmExt as _, Claims, Header, UntrustedToken};
use vectors::{BILBO_P521_JWK, EC_JWK, ED25519_JWK, RSA_JWK, VECTORS};

const TEXT: &[u8] = b"header.payload";

/// Native code that gives one answer and notes what it was asked.
struct Native {
    answer: Option<bool>,
    asked: RefCell<Vec<Question>>,
}

#[derive(Debug, PartialEq, Eq)]
struct Question {
    algorithm: Algorithm,
    spki_der: Vec<u8>,
    signature: Vec<u8>,
    text: Vec<u8>,
}

impl Question {
    fn new(algorithm: Algorithm, spki_der: &[u8], signature: &[u8], text: &[u8]) -> Self {
        Self { algorithm, spki_der: spki_der.into(), signature: signature.into(), text: text.into() }
    }
}

impl Native {
    fn new(answer: Option<bool>) -> Self {
        Self { answer, asked: RefCell::default() }
    }
}

impl NativeSignatures for Native {
    fn verify(&self, algorithm: Algorithm, spki_der: &[u8], signature: &[u8], text: &[u8]) -> Option<bool> {
        self.asked.borrow_mut().push(Question::new(algorithm, spki_der, signature, text));
        self.answer
    }
}

fn key(jwk: &str) -> Key {
    let (keys, warnings) = KeySet::from_jwks(format!(r#"{{"keys":[{jwk}]}}"#).as_bytes()).expect("jwks");
    assert!(warnings.is_empty(), "{warnings:?}");
    keys.iter().next().expect("key").clone()
}

#[test]
fn verifies_the_tokens_of_the_standards_and_no_other_signature() {
    for vector in VECTORS {
        let token = Unverified::parse(vector.token.as_bytes()).expect("token");
        let (key, name) = (key(vector.jwk), vector.name);
        let verify = |text, signature: &[u8]| verify(&key, vector.algorithm, text, signature, None);
        assert_eq!(token.header().algorithm, Ok(vector.algorithm), "{name}");
        assert!(verify(token.signing_input(), token.signature()), "{name}");
        for place in 0..token.signature().len() {
            let mut changed = token.signature().to_vec();
            changed[place] ^= 0x10;
            assert!(!verify(token.signing_input(), &changed), "{name} byte {place}");
        }
        assert!(!verify(TEXT, token.signature()), "{name}");
        assert!(!verify(token.signing_input(), &[]), "{name}");
        assert!(!verify(token.signing_input(), &[token.signature(), &[0]].concat()), "{name}");
    }
}

#[test]
fn verifies_only_with_an_algorithm_of_the_key() {
    for vector in VECTORS {
        let token = Unverified::parse(vector.token.as_bytes()).expect("token");
        let (key, native) = (key(vector.jwk), Native::new(Some(true)));
        for algorithm in Algorithm::ALL {
            let found = verify(&key, algorithm, token.signing_input(), token.signature(), Some(&native));
            let native = algorithm.name().starts_with("RS") && matches!(key.material(), Material::Rsa(_));
            assert_eq!(found, algorithm == vector.algorithm || native, "{} {algorithm}", vector.name);
        }
    }
}

#[test]
fn a_key_that_names_its_algorithm_has_no_other_of_its_family() {
    let named = |alg: &str, jwk: &str| key(&jwk.replacen('{', &format!(r#"{{"alg":"{alg}","#), 1));
    for vector in VECTORS.iter().filter(|vector| vector.jwk.contains("RSA")) {
        let token = Unverified::parse(vector.token.as_bytes()).expect("token");
        for algorithm in AlgorithmSet::RSA.iter() {
            let key = named(algorithm.name(), vector.jwk);
            let found = verify(&key, vector.algorithm, token.signing_input(), token.signature(), None);
            assert_eq!(found, algorithm == vector.algorithm, "{} {algorithm}", vector.name);
        }
    }
}

#[test]
fn takes_the_answer_of_native_code_and_decides_where_there_is_none() {
    for vector in VECTORS.iter().filter(|vector| b"RE".contains(&vector.algorithm.name().as_bytes()[0])) {
        let token = Unverified::parse(vector.token.as_bytes()).expect("token");
        let wrong: Vec<u8> = token.signature().iter().rev().copied().collect();
        let own = vector.algorithm == Algorithm::EdDsa;
        for (answer, right, other) in
            [(Some(true), true, !own), (Some(false), own, false), (None, true, false)]
        {
            let (native, key) = (Native::new(answer), key(vector.jwk));
            let found =
                |signature| verify(&key, vector.algorithm, token.signing_input(), signature, Some(&native));
            assert_eq!(
                (found(token.signature()), found(&wrong)),
                (right, other),
                "{} {answer:?}",
                vector.name
            );
            assert_eq!(native.asked.borrow().is_empty(), own, "{}", vector.name);
        }
    }
}

#[test]
fn asks_native_code_for_der_keys_and_der_signatures() {
    let (rsa, p256, p521) = (key(RSA_JWK), key(EC_JWK), key(BILBO_P521_JWK));
    let cases = [
        (&rsa, Algorithm::Rs256, 256),
        (&rsa, Algorithm::Rs384, 256),
        (&rsa, Algorithm::Rs512, 256),
        (&p256, Algorithm::Es256, 64),
        (&p521, Algorithm::Es512, 132),
    ];
    for (key, algorithm, length) in cases {
        let (native, raw) = (Native::new(Some(true)), [&[9; 132][..], &[9; 124]].concat());
        let raw = &raw[..length];
        assert!(verify(key, algorithm, TEXT, raw, Some(&native)));
        let is_ec = matches!(key.material(), Material::Ec(_));
        let sent = if is_ec { der::ecdsa_signature(raw) } else { raw.to_vec() };
        assert_eq!(*native.asked.borrow(), [Question::new(algorithm, key.spki_der(), &sent, TEXT)]);
    }
}

#[test]
fn never_asks_native_code_about_pss_and_eddsa() {
    let native = Native::new(Some(true));
    for algorithm in [Algorithm::Ps256, Algorithm::Ps384, Algorithm::Ps512] {
        assert!(!verify(&key(RSA_JWK), algorithm, TEXT, &[9; 256], Some(&native)));
    }
    assert!(!verify(&key(ED25519_JWK), Algorithm::EdDsa, TEXT, &[9; 64], Some(&native)));
    assert!(native.asked.borrow().is_empty());
}

#[test]
fn refuses_an_ecdsa_signature_of_another_length_than_the_curves() {
    let native = Native::new(Some(true));
    for (jwk, algorithm, right) in [(EC_JWK, Algorithm::Es256, 64), (BILBO_P521_JWK, Algorithm::Es512, 132)] {
        for length in
            [0, 63, 64, 65, 72, 96, 130, 131, 132, 133].into_iter().filter(|length| *length != right)
        {
            let signature = [&[1; 70][..], &[1; 70]].concat();
            let signature = &signature[..length];
            assert!(!verify(&key(jwk), algorithm, TEXT, signature, Some(&native)), "{length} bytes");
        }
    }
    assert!(native.asked.borrow().is_empty(), "native code must not see it either");
}

#[test]
fn agrees_with_jwt_compact_on_tokens_that_it_signs() {
    let signing = p256::ecdsa::SigningKey::from_slice(&[7; 32]).expect("key");
    let point = signing.verifying_key().to_encoded_point(false);
    let coordinate = |bytes: Option<&p256::FieldBytes>| URL_SAFE_NO_PAD.encode(bytes.expect("coordinate"));
    let (x, y) = (coordinate(point.x()), coordinate(point.y()));
    let key = key(&format!(r#"{{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}"}}"#));
    let claims = Claims::empty();
    let text = jwt_compact::alg::Es256.token(&Header::empty(), &claims, &signing).expect("token");
    let token = Unverified::parse(text.as_bytes()).expect("token");
    assert!(verify(&key, Algorithm::Es256, token.signing_input(), token.signature(), None));
    let untrusted = UntrustedToken::new(&text).expect("token");
    let ours = PublicKeyAlgorithm::new(Algorithm::Es256, None);
    let ours = ours.validator::<jwt_compact::Empty>(&key).validate(&untrusted);
    assert!(ours.is_ok(), "our verifier inside jwt-compact: {ours:?}");
}

#[test]
fn knows_every_name_and_no_other() {
    for algorithm in Algorithm::ALL {
        assert_eq!(Algorithm::from_name(algorithm.name()), Some(algorithm));
    }
    for name in ["none", "", "es256", "ES256K", "RSA1_5", "HS1", "Ed25519"] {
        assert_eq!(Algorithm::from_name(name), None);
    }
    for hash in [Hash::Sha256, Hash::Sha384, Hash::Sha512] {
        let bits = hash.length().saturating_mul(8);
        assert_eq!((hash.name(), hash.of(&[]).len()), (&*format!("sha{bits}"), hash.length()));
        let named = |algorithm: &Algorithm| algorithm.name().ends_with(&format!("{bits}"));
        assert!(Algorithm::ALL.iter().filter(|one| named(one)).all(|one| one.hash() == Some(hash)));
    }
}
