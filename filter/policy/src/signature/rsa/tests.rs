use super::*;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::iter::repeat_n;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rsa::BigUint;
use rsa::pkcs1v15::SigningKey;
use rsa::signature::{SignatureEncoding, Signer};
use rsa::traits::{PrivateKeyParts, PublicKeyParts};
use sha2::{Digest, Sha256, Sha384, Sha512};
use std::sync::LazyLock;

pub(super) const TEXT: &[u8] = b"header.payload";

/// The pair of most tests: making one takes seconds.
pub(super) static PAIR: LazyLock<(rsa::RsaPrivateKey, RsaKey)> = LazyLock::new(|| pair(2048, 3));

pub(super) fn pair(bits: usize, exponent: u32) -> (rsa::RsaPrivateKey, RsaKey) {
    let mut random = StdRng::seed_from_u64(u64::from(exponent));
    let private = rsa::RsaPrivateKey::new_with_exp(&mut random, bits, &BigUint::from(exponent)).expect("key");
    let key = RsaKey::new(&private.n().to_bytes_be(), &private.e().to_bytes_be()).expect("public key");
    (private, key)
}

/// The number whose power is `message`, as long as the modulus.
pub(super) fn forged(private: &rsa::RsaPrivateKey, message: &[u8]) -> Vec<u8> {
    full(&BigUint::from_bytes_be(message).modpow(private.d(), private.n()), private.size())
}

fn full(number: &BigUint, length: usize) -> Vec<u8> {
    let mut digits = number.to_bytes_le();
    digits.resize(length, 0);
    digits.reverse();
    digits
}

#[test]
fn accepts_what_the_crate_rsa_signs_and_nothing_else() {
    for (bits, exponent) in [(2048, 65_537), (2055, 17), (3072, 17), (4096, 65_537)] {
        let (private, key) = pair(bits, exponent);
        let signature = SigningKey::<Sha256>::new(private).sign(TEXT).to_vec();
        assert_eq!(key.bits(), bits);
        assert!(key.verify_pkcs1(Hash::Sha256, TEXT, &signature), "{bits} bits, exponent {exponent}");
        assert!(!key.verify_pkcs1(Hash::Sha256, b"header.other", &signature));
    }
}

#[test]
fn knows_each_hash_from_the_others() {
    let (private, key) = &*PAIR;
    let signed = [
        (Hash::Sha256, SigningKey::<Sha256>::new(private.clone()).sign(TEXT).to_vec()),
        (Hash::Sha384, SigningKey::<Sha384>::new(private.clone()).sign(TEXT).to_vec()),
        (Hash::Sha512, SigningKey::<Sha512>::new(private.clone()).sign(TEXT).to_vec()),
    ];
    for (hash, signature) in &signed {
        for (other, _) in &signed {
            assert_eq!(key.verify_pkcs1(*other, TEXT, signature), other == hash, "{hash:?} as {other:?}");
            assert!(!key.verify_pss(*other, TEXT, signature));
        }
    }
}

#[test]
fn refuses_a_signature_with_any_byte_changed() {
    let (private, key) = &*PAIR;
    let signature = SigningKey::<Sha256>::new(private.clone()).sign(TEXT).to_vec();
    for place in 0..signature.len() {
        let mut changed = signature.clone();
        changed[place] ^= 1 << (place % 8);
        assert!(!key.verify_pkcs1(Hash::Sha256, TEXT, &changed), "byte {place}");
    }
}

#[test]
fn refuses_every_padding_but_the_one_of_the_standard() {
    let (private, key) = &*PAIR;
    let (info, digest) = (pkcs1::info(Hash::Sha256), Sha256::digest(TEXT));
    let right = pkcs1::padded(256, &info, &digest).expect("message");
    let changed = |place: usize, byte: u8| {
        let mut message = right.clone();
        message[place] = byte;
        message
    };
    // AlgorithmIdentifier without NULL, and the one of SHA-1 over as many bytes.
    let no_null = [&[0x30, 0x2f, 0x30, 0x0b][..], &info[4..15], &info[17..]].concat();
    let sha1 = [0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14];
    let with_info = |info: &[u8]| pkcs1::padded(256, info, &digest).expect("message");
    let short = [&[0, 1][..], &[0xff; 8], &[0], &info, &digest].concat();
    let garbage_after = [short.clone(), repeat_n(0, 256 - short.len()).collect()].concat();
    let garbage_between = [&right[..100], &[0; 20], &right[120..]].concat();
    let cases = [
        ("as the standard has it", right.clone(), true),
        ("first byte not 0", changed(0, 1), false),
        ("block type 2", changed(1, 2), false),
        ("block type 0", changed(1, 0), false),
        ("filler not FF", changed(2, 0xfe), false),
        ("filler ends early", changed(100, 0), false),
        ("no separator", changed(204, 0xff), false),
        ("another hash algorithm", changed(219, 2), false),
        ("no NULL parameters", with_info(&no_null), false),
        ("SHA-1", with_info(&sha1), false),
        ("no DigestInfo", with_info(&[]), false),
        ("short filler, garbage after the hash", garbage_after, false),
        ("garbage between filler and hash", garbage_between, false),
        ("another hash", changed(255, right[255] ^ 1), false),
        ("zero", vec![0; 256], false),
        ("one", full(&BigUint::from(1_u8), 256), false),
    ];
    for (name, message, expected) in cases {
        assert_eq!(key.verify_pkcs1(Hash::Sha256, TEXT, &forged(private, &message)), expected, "{name}");
    }
}

#[test]
fn refuses_a_signature_of_another_length_or_not_below_the_modulus() {
    let (private, key) = &*PAIR;
    let signer = SigningKey::<Sha256>::new(private.clone());
    let signature = signer.sign(TEXT).to_vec();
    let longer = [&[0][..], &signature].concat();
    for found in [&[][..], &signature[1..], &signature[..255], &longer] {
        assert!(!key.verify_pkcs1(Hash::Sha256, TEXT, found), "{} bytes", found.len());
    }
    // A number and the same plus the modulus have the same power; the greater one must not pass.
    let (text, greater) = (0..)
        .map(|number| -> String { format!("text {number}") })
        .map(|text| (BigUint::from_bytes_be(&signer.sign(text.as_bytes()).to_vec()) + private.n(), text))
        .find_map(|(greater, text)| (greater.bits() <= 2048).then_some((text, greater)))
        .expect("one whose sum is no longer than the modulus");
    assert!(key.verify_pkcs1(Hash::Sha256, text.as_bytes(), &full(&(&greater - private.n()), 256)));
    assert!(!key.verify_pkcs1(Hash::Sha256, text.as_bytes(), &full(&greater, 256)));
    assert!(!key.verify_pkcs1(Hash::Sha256, TEXT, &private.n().to_bytes_be()));
}

#[test]
fn takes_leading_zeros_off_both_numbers() {
    let (private, key) = &*PAIR;
    let modulus = [&[0, 0][..], &private.n().to_bytes_be()].concat();
    let padded = RsaKey::new(&modulus, &[0, 3]).expect("key");
    let signature = SigningKey::<Sha256>::new(private.clone()).sign(TEXT).to_vec();
    assert_eq!(padded.bits(), key.bits());
    assert!(padded.verify_pkcs1(Hash::Sha256, TEXT, &signature));
    assert_eq!(format!("{padded:?}"), "RsaKey { bits: 2048, exponent: 3 }");
}
