use super::{NativeSigner, PrivateKey, RsaNumbers, SigningError};
use crate::json::{Limits, Value};
use crate::signature::vectors::{RSA_JWK, RSA_PRIVATE, RSA_TOKEN, with};
use crate::signature::{Algorithm, Curve, EcKey, Hash, RsaKey, RsaKeyError};
use alloc::format;
use alloc::vec::Vec;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rsa::pkcs8::DecodePrivateKey;
use rsa::signature::{SignatureEncoding, Signer};

const TEXT: &[u8] = b"header.payload";

/// An engine that signs as Envoy does: PKCS#1 v1.5, by a key in PKCS#8.
struct Engine;

impl NativeSigner for Engine {
    fn sign(&self, hash: Hash, pkcs8_der: &[u8], text: &[u8]) -> Option<Vec<u8>> {
        let key = rsa::RsaPrivateKey::from_pkcs8_der(pkcs8_der).ok()?;
        Some(match hash {
            Hash::Sha256 => rsa::pkcs1v15::SigningKey::<sha2::Sha256>::new(key).sign(text).to_vec(),
            Hash::Sha384 => rsa::pkcs1v15::SigningKey::<sha2::Sha384>::new(key).sign(text).to_vec(),
            Hash::Sha512 => rsa::pkcs1v15::SigningKey::<sha2::Sha512>::new(key).sign(text).to_vec(),
        })
    }
}

/// An engine that answers with these bytes.
struct Answers(Option<Vec<u8>>);

impl NativeSigner for Answers {
    fn sign(&self, _: Hash, _: &[u8], _: &[u8]) -> Option<Vec<u8>> {
        self.0.clone()
    }
}

#[test]
fn ecdsa_signs_so_that_the_public_key_verifies_and_the_same_each_time() {
    let p256 = p256::ecdsa::SigningKey::from_slice(&[7; 32]).expect("scalar");
    let p384 = p384::ecdsa::SigningKey::from_slice(&[7; 48]).expect("scalar");
    let (p256, p384) =
        (p256.verifying_key().to_encoded_point(false), p384.verifying_key().to_encoded_point(false));
    for (curve, point) in [(Curve::P256, p256.as_bytes()), (Curve::P384, p384.as_bytes())] {
        let (x, y) = point[1..].split_at(curve.length());
        let scalar = [7].repeat(curve.length());
        let key = PrivateKey::ec(curve, &scalar, x, y).expect("key");
        let signature = key.sign(curve.algorithm(), TEXT, None).expect("signature");
        assert!(EcKey::new(curve, x, y).expect("public").verify(TEXT, &signature));
        assert_eq!(key.sign(curve.algorithm(), TEXT, None), Ok(signature), "RFC 6979");
        assert_eq!(key.sign(Algorithm::EdDsa, TEXT, None), Err(SigningError::Algorithm));
        assert!(PrivateKey::ec(curve, &[8].repeat(curve.length()), x, y).is_none(), "another's point");
        assert!(PrivateKey::ec(curve, &[0].repeat(curve.length()), x, y).is_none(), "no scalar");
    }
}

#[test]
fn rsa_is_signed_by_the_engine_and_by_nothing_else() {
    let key = rsa_key();
    assert!(key.needs_native_signer());
    for (algorithm, hash) in
        [(Algorithm::Rs256, Hash::Sha256), (Algorithm::Rs384, Hash::Sha384), (Algorithm::Rs512, Hash::Sha512)]
    {
        let signature = key.sign(algorithm, TEXT, Some(&Engine)).expect("signature");
        let public = RsaKey::new(&number("n"), &number("e")).expect("public");
        assert!(public.verify_pkcs1(hash, TEXT, &signature));
    }
    let (text, signature) = RSA_TOKEN.rsplit_once('.').expect("token");
    let signature = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
    assert_eq!(key.sign(Algorithm::Rs256, text.as_bytes(), Some(&Engine)), Ok(signature), "RFC 7515 A.2");
    assert_eq!(key.sign(Algorithm::Rs256, TEXT, None), Err(SigningError::NoNativeSigner));
    assert_eq!(key.sign(Algorithm::Ps256, TEXT, Some(&Engine)), Err(SigningError::Algorithm));
    for answer in [None, Some(Vec::new()), Some([1].repeat(255)), Some([1].repeat(257))] {
        assert_eq!(key.sign(Algorithm::Rs256, TEXT, Some(&Answers(answer))), Err(SigningError::NativeSigner));
    }
}

#[test]
fn rsa_keys_that_would_not_verify_do_not_sign() {
    let none: &[u8] = &[];
    let numbers =
        RsaNumbers { n: &[255; 64], e: &[1, 0, 1], d: none, p: none, q: none, dp: none, dq: none, qi: none };
    assert_eq!(PrivateKey::rsa(&numbers).err(), Some(RsaKeyError::ModulusBits { found: 512 }));
}

#[test]
fn debug_shows_nothing() {
    assert_eq!(format!("{:?}", rsa_key()), "PrivateKey");
}

/// A number of the key of RFC 7515 A.2.
fn number(name: &str) -> Vec<u8> {
    let jwk = Value::parse(with(RSA_JWK, RSA_PRIVATE).as_bytes(), &Limits::TOKEN).expect("json");
    URL_SAFE_NO_PAD.decode(jwk.get(name).and_then(Value::as_str).expect("a text")).expect("base64url")
}

fn rsa_key() -> PrivateKey {
    let [n, e, d, p] = ["n", "e", "d", "p"].map(number);
    let [q, dp, dq, qi] = ["q", "dp", "dq", "qi"].map(number);
    let numbers = RsaNumbers { n: &n, e: &e, d: &d, p: &p, q: &q, dp: &dp, dq: &dq, qi: &qi };
    PrivateKey::rsa(&numbers).expect("key")
}
