use super::*;
use alloc::vec::Vec;
use ed25519_dalek::{Signer as _, SigningKey, Verifier as _};
use rsa::BigUint;
use sha2::{Digest as _, Sha512};

const TEXT: &[u8] = b"header.payload";

fn pair() -> (SigningKey, Ed25519Key) {
    let private = SigningKey::from_bytes(&[7; 32]);
    let key = Ed25519Key::new(&private.verifying_key().to_bytes()).expect("key");
    (private, key)
}

/// 32 bytes from the first of them, filled up with `middle`, and the last.
fn encoded(first: u8, middle: u8, last: u8) -> [u8; 32] {
    let mut bytes = [middle; 32];
    (bytes[0], bytes[31]) = (first, last);
    bytes
}

/// The order of the group that keys and signatures are of (RFC 8032 5.1).
fn order() -> BigUint {
    BigUint::parse_bytes(b"1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed", 16)
        .expect("number")
}

fn little_endian(number: &BigUint) -> Vec<u8> {
    let mut digits = number.to_bytes_le();
    digits.resize(32, 0);
    digits
}

#[test]
fn accepts_what_another_implementation_signs_and_nothing_else() {
    let (private, key) = pair();
    let signature = private.sign(TEXT).to_bytes();
    assert!(key.verify(TEXT, &signature));
    assert!(!key.verify(b"header.other", &signature));
    for place in 0..64 {
        let mut changed = signature;
        changed[place] ^= 1 << (place % 8);
        assert!(!key.verify(TEXT, &changed), "byte {place}");
    }
    for found in [&[][..], &signature[..63], &[&signature[..], &[0]].concat()] {
        assert!(!key.verify(TEXT, found), "{} bytes", found.len());
    }
}

#[test]
fn refuses_a_signature_whose_number_is_not_reduced() {
    let (private, key) = pair();
    let signature = private.sign(TEXT).to_bytes();
    let greater = BigUint::from_bytes_le(&signature[32..]) + order();
    assert!(!key.verify(TEXT, &[&signature[..32], &little_endian(&greater)].concat()));
}

#[test]
fn refuses_a_signature_with_a_point_of_small_order_that_a_lax_reading_takes() {
    let (private, key) = pair();
    let (identity, public) = (encoded(1, 0, 0), private.verifying_key().to_bytes());
    let challenge = Sha512::new().chain_update(identity).chain_update(public).chain_update(TEXT).finalize();
    let scalar = BigUint::from_bytes_le(&private.to_scalar().to_bytes());
    let number = BigUint::from_bytes_le(&challenge) * scalar % order();
    let signature = [&identity[..], &little_endian(&number)].concat();
    let lax = Signature::from_slice(&signature).expect("signature");
    assert!(private.verifying_key().verify(TEXT, &lax).is_ok());
    assert!(!key.verify(TEXT, &signature));
}

#[test]
fn refuses_keys_of_small_order() {
    let eighth = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05";
    let other = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a";
    let number = |hex: &str| BigUint::parse_bytes(hex.as_bytes(), 16).expect("number").to_bytes_be();
    let point = |hex: &str, sign: u8| -> [u8; 32] {
        let mut bytes: [u8; 32] = number(hex).try_into().expect("32 bytes");
        bytes[31] |= sign;
        bytes
    };
    let weak = [
        encoded(1, 0, 0),
        encoded(0xec, 0xff, 0x7f),
        encoded(0, 0, 0),
        encoded(0, 0, 0x80),
        point(eighth, 0),
        point(eighth, 0x80),
        point(other, 0),
        point(other, 0x80),
    ];
    for bytes in weak {
        assert_eq!(Ed25519Key::new(&bytes), Err(Ed25519KeyError::Weak), "{bytes:02x?}");
    }
}

#[test]
fn refuses_keys_that_are_no_encoding_of_a_point_or_not_the_only_one() {
    // The field's prime is 2^255 - 19: the encodings from ed ff .. ff 7f on stand for 0 and what follows.
    let beyond = (0xed..=0xff).flat_map(|first| [encoded(first, 0xff, 0x7f), encoded(first, 0xff, 0xff)]);
    let negative_zero = [encoded(1, 0, 0x80), encoded(0xec, 0xff, 0xff)];
    let off_curve = [encoded(2, 0, 0)];
    let mut lax = 0;
    for bytes in beyond.chain(negative_zero).chain(off_curve) {
        assert_eq!(Ed25519Key::new(&bytes), Err(Ed25519KeyError::Encoding), "{bytes:02x?}");
        lax += usize::from(VerifyingKey::from_bytes(&bytes).is_ok_and(|key| !key.is_weak()));
    }
    assert!(lax > 0, "some stand for points of full order");
}
