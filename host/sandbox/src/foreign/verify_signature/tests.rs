use super::{ForeignError, call};

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P521_SHA512_ASN1_SIGNING,
    EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384,
    RSA_PKCS1_SHA512, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair,
};

const VALID: [u8; 2] = [8, 1];
const TEXT: &[u8] = b"header.payload";

#[test]
fn a_valid_rsa_signature_is_valid_under_its_hash_only() {
    let key = rsa_key();
    let cases: [(&str, &'static dyn RsaEncoding); 3] =
        [("sha256", &RSA_PKCS1_SHA256), ("SHA384", &RSA_PKCS1_SHA384), ("sha512", &RSA_PKCS1_SHA512)];
    for (hash, encoding) in cases {
        let signature = sign_rsa(&key, encoding);
        assert_eq!(verify(hash, &spki(key.public_key()), &signature, TEXT), VALID, "{hash}");
        for (other, _) in cases.iter().filter(|(other, _)| *other != hash) {
            refused(&verify(other, &spki(key.public_key()), &signature, TEXT), "Failed to verify digest");
        }
    }
}

#[test]
fn a_valid_ecdsa_signature_is_valid() {
    let cases: [(&str, &'static EcdsaSigningAlgorithm); 3] = [
        ("sha256", &ECDSA_P256_SHA256_ASN1_SIGNING),
        ("sha384", &ECDSA_P384_SHA384_ASN1_SIGNING),
        ("sha512", &ECDSA_P521_SHA512_ASN1_SIGNING),
    ];
    for (hash, algorithm) in cases {
        let key = EcdsaKeyPair::generate(algorithm).unwrap();
        let signature = key.sign(&SystemRandom::new(), TEXT).unwrap();
        let public = spki(key.public_key());
        assert_eq!(verify(hash, &public, signature.as_ref(), TEXT), VALID, "{hash}");
        refused(&verify(hash, &public, signature.as_ref(), b"other text"), "Failed to verify digest");
    }
}

#[test]
fn every_changed_byte_of_a_signature_makes_it_invalid() {
    let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
    let signature = key.sign(&SystemRandom::new(), TEXT).unwrap().as_ref().to_vec();
    let public = spki(key.public_key());
    for at in 0..signature.len() {
        let mut changed = signature.clone();
        changed[at] ^= 1;
        assert_ne!(verify("sha256", &public, &changed, TEXT), VALID, "byte {at}");
    }
    for cut in [&signature[..signature.len() - 1], b""] {
        assert_ne!(verify("sha256", &public, cut, TEXT), VALID);
    }
}

#[test]
fn a_signature_by_another_key_is_invalid() {
    let signature = sign_rsa(&rsa_key(), &RSA_PKCS1_SHA256);
    refused(&verify("sha256", &spki(rsa_key().public_key()), &signature, TEXT), "Failed to verify digest");
}

#[test]
fn pss_is_not_pkcs1() {
    let key = rsa_key();
    let signature = sign_rsa(&key, &RSA_PSS_SHA256);
    refused(&verify("sha256", &spki(key.public_key()), &signature, TEXT), "Failed to verify digest");
}

#[test]
fn a_jose_ecdsa_signature_is_not_der() {
    let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
    refused(&verify("sha256", &spki(key.public_key()), &[1; 64], TEXT), "Failed to verify digest");
}

#[test]
fn weak_and_unknown_hashes_are_refused() {
    for hash in ["sha1", "SHA1", "sha224", "md5", "", "sha-256"] {
        let answer = verify(hash, b"key", b"x", TEXT);
        refused(&answer, &format!("{hash} is not supported."));
    }
    let answer = verify(&"x".repeat(10_000), b"key", b"x", TEXT);
    assert!(answer.len() < 100, "{}", answer.len());
}

#[test]
fn keys_that_are_no_spki_of_a_known_family_are_refused() {
    let rsa = rsa_key();
    let ed25519 = Ed25519KeyPair::generate().unwrap();
    let ed25519: PublicKeyX509Der<'_> = ed25519.public_key().as_der().unwrap();
    let spki = spki(rsa.public_key());
    let keys: [(&str, &[u8]); 6] = [
        ("a bare PKCS #1 key", rsa.public_key().as_ref()),
        ("ed25519", ed25519.as_ref()),
        ("garbage", b"garbage"),
        ("a cut key", &spki[..spki.len() - 1]),
        ("only the front", &spki[..30]),
        ("a symmetric secret", b"secretsecretsecretsecretsecret12"),
    ];
    for (what, key) in keys {
        let answer = verify("sha256", key, b"signature", TEXT);
        assert!(contains(&answer, "Failed to initialize digest verify."), "{what}: {answer:?}");
        assert_ne!(answer, VALID);
    }
}

#[test]
fn an_argument_that_says_too_little_or_cannot_be_read_is_an_error() {
    let pem = [field(1, b"sha256"), field(2, b"der"), field(5, b"pem")].concat();
    let cases: [(&str, &[u8]); 8] = [
        ("nothing", b""),
        ("no key", &field(1, b"sha256")),
        ("both keys", &pem),
        ("cut", b"\x0a\x04sha"),
        ("field 0", b"\x02\x00"),
        ("a group", b"\x0b"),
        ("an endless varint", &[0xff; 11]),
        ("a length beyond memory", b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
    ];
    for (what, argument) in cases {
        assert_eq!(call(argument), Err(ForeignError::BadArgument), "{what}");
    }
}

#[test]
fn unknown_fields_are_skipped() {
    let key = rsa_key();
    let signature = sign_rsa(&key, &RSA_PKCS1_SHA256);
    let unknown = [&b"\x30\x96\x01"[..], b"\x39\0\0\0\0\0\0\0\0", b"\x3d\0\0\0\0", &field(9, b"?")].concat();
    let argument = [unknown, argument("sha256", &spki(key.public_key()), &signature, TEXT)].concat();
    assert_eq!(call(&argument).unwrap(), VALID);
}

fn verify(hash: &str, key: &[u8], signature: &[u8], text: &[u8]) -> Vec<u8> {
    call(&argument(hash, key, signature, text)).unwrap()
}

fn argument(hash: &str, key: &[u8], signature: &[u8], text: &[u8]) -> Vec<u8> {
    [field(1, hash.as_bytes()), field(2, key), field(3, signature), field(4, text)].concat()
}

fn field(number: u8, value: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    super::protobuf::push(&mut bytes, number, value);
    bytes
}

/// The result field is absent, and the error says so much.
fn refused(answer: &[u8], error: &str) {
    assert_eq!(answer.first(), Some(&0x12), "{answer:?}");
    assert!(contains(answer, error), "{answer:?}");
}

fn contains(answer: &[u8], text: &str) -> bool {
    String::from_utf8_lossy(answer).contains(text)
}

fn spki(key: &impl AsDer<PublicKeyX509Der<'static>>) -> Vec<u8> {
    key.as_der().unwrap().as_ref().to_vec()
}

fn rsa_key() -> RsaKeyPair {
    RsaKeyPair::generate(KeySize::Rsa2048).unwrap()
}

fn sign_rsa(key: &RsaKeyPair, encoding: &'static dyn RsaEncoding) -> Vec<u8> {
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(encoding, &SystemRandom::new(), TEXT, &mut signature).unwrap();
    signature
}
