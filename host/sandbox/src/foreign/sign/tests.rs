use super::{ForeignError, call, protobuf};
use crate::foreign::verify_signature;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P521_SHA512_ASN1_SIGNING,
    EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair, RsaKeyPair,
};

const TEXT: &[u8] = b"header.payload";
const VALID: [u8; 2] = [8, 1];

#[test]
fn an_rsa_signature_is_valid_under_its_hash_and_key() {
    let (key, other) = (rsa_key(), rsa_key());
    for hash in ["sha256", "SHA384", "sha512"] {
        let signature = signature(&sign(hash, &pkcs8(&key), TEXT));
        assert_eq!(verify(hash, &spki(key.public_key()), &signature), VALID, "{hash}");
        assert_ne!(verify(hash, &spki(other.public_key()), &signature), VALID, "{hash}");
    }
}

#[test]
fn an_ecdsa_signature_is_valid_under_the_hash_of_its_curve_and_no_other_is_made() {
    let cases: [(&str, &'static EcdsaSigningAlgorithm); 3] = [
        ("sha256", &ECDSA_P256_SHA256_ASN1_SIGNING),
        ("sha384", &ECDSA_P384_SHA384_ASN1_SIGNING),
        ("sha512", &ECDSA_P521_SHA512_ASN1_SIGNING),
    ];
    for (hash, algorithm) in cases {
        let key = EcdsaKeyPair::generate(algorithm).unwrap();
        let private = key.to_pkcs8v1().unwrap();
        let signature = signature(&sign(hash, private.as_ref(), TEXT));
        assert_eq!(verify(hash, &spki(key.public_key()), &signature), VALID, "{hash}");
        for (other, _) in cases.iter().filter(|(other, _)| *other != hash) {
            refused(
                &sign(other, private.as_ref(), TEXT),
                "expected the hash that belongs to the key's curve",
            );
        }
    }
}

#[test]
fn weak_and_unknown_hashes_are_refused() {
    let key = pkcs8(&rsa_key());
    for hash in ["sha1", "SHA1", "sha224", "md5", "", "sha-256"] {
        refused(&sign(hash, &key, TEXT), &format!("{hash} is not supported."));
    }
    assert!(sign(&"x".repeat(10_000), &key, TEXT).len() < 100);
}

#[test]
fn keys_that_are_no_pkcs8_of_a_known_family_are_refused_without_being_shown() {
    let rsa = rsa_key();
    let ed25519 = Ed25519KeyPair::generate().unwrap().to_pkcs8v1().unwrap();
    let (private, public) = (pkcs8(&rsa), spki(rsa.public_key()));
    let keys: [(&str, &[u8]); 6] = [
        ("a public key", &public),
        ("a bare PKCS #1 key", &private[26..]),
        ("ed25519", ed25519.as_ref()),
        ("garbage", b"garbage"),
        ("a cut key", &private[..private.len() - 1]),
        ("only the front", &private[..30]),
    ];
    for (what, key) in keys {
        let answer = sign("sha256", key, TEXT);
        refused(&answer, "expected an RSA or EC key in PKCS #8, found another");
        assert!(!String::from_utf8_lossy(&answer).contains("garbage"), "{what}");
    }
}

#[test]
fn an_argument_that_says_too_little_or_cannot_be_read_is_an_error() {
    let pem = [field(1, b"sha256"), field(2, b"der"), field(4, b"pem")].concat();
    let only_pem = [field(1, b"sha256"), field(4, b"pem")].concat();
    let cases: [(&str, &[u8]); 6] = [
        ("nothing", b""),
        ("no key", &field(1, b"sha256")),
        ("both keys", &pem),
        ("PEM alone", &only_pem),
        ("cut", b"\x0a\x04sha"),
        ("a group", b"\x0b"),
    ];
    for (what, argument) in cases {
        assert_eq!(call(argument), Err(ForeignError::BadArgument), "{what}");
    }
}

fn sign(hash: &str, key: &[u8], text: &[u8]) -> Vec<u8> {
    call(&[field(1, hash.as_bytes()), field(2, key), field(3, text)].concat()).unwrap()
}

/// The second field of an answer whose first says that there is one.
fn signature(answer: &[u8]) -> Vec<u8> {
    let fields = answer.strip_prefix(&VALID).unwrap();
    let mut signature = None;
    protobuf::each(fields, |number, value| {
        assert_eq!(number, 2);
        signature = Some(value.to_vec());
    })
    .unwrap();
    signature.unwrap()
}

fn verify(hash: &str, key: &[u8], signature: &[u8]) -> Vec<u8> {
    let argument = [field(1, hash.as_bytes()), field(2, key), field(3, signature), field(4, TEXT)].concat();
    verify_signature::call(&argument).unwrap()
}

fn field(number: u8, value: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    protobuf::push(&mut bytes, number, value);
    bytes
}

/// The result field is absent, and the error says so much.
fn refused(answer: &[u8], error: &str) {
    assert_eq!(answer.first(), Some(&0x1a), "{answer:?}");
    assert!(String::from_utf8_lossy(answer).contains(error), "{}", String::from_utf8_lossy(answer));
}

fn pkcs8(key: &RsaKeyPair) -> Vec<u8> {
    let der: Pkcs8V1Der<'_> = key.as_der().unwrap();
    der.as_ref().to_vec()
}

fn spki(key: &impl AsDer<PublicKeyX509Der<'static>>) -> Vec<u8> {
    key.as_der().unwrap().as_ref().to_vec()
}

fn rsa_key() -> RsaKeyPair {
    RsaKeyPair::generate(KeySize::Rsa2048).unwrap()
}
