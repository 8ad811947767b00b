use super::*;
use crate::signature::rsa::tests::{PAIR, TEXT, forged, pair};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rsa::RsaPrivateKey;
use rsa::pss::SigningKey;
use rsa::signature::{RandomizedSigner, SignatureEncoding};
use sha2::{Sha256, Sha384, Sha512};
use std::vec;

const HASHES: [Hash; 3] = [Hash::Sha256, Hash::Sha384, Hash::Sha512];

/// What the crate `rsa` signs with a salt of so many bytes.
fn signed(private: &RsaPrivateKey, hash: Hash, salt: usize) -> Vec<u8> {
    let (private, mut random) = (private.clone(), StdRng::seed_from_u64(5));
    let signature = match hash {
        Hash::Sha256 => {
            SigningKey::<Sha256>::new_with_salt_len(private, salt).sign_with_rng(&mut random, TEXT)
        }
        Hash::Sha384 => {
            SigningKey::<Sha384>::new_with_salt_len(private, salt).sign_with_rng(&mut random, TEXT)
        }
        Hash::Sha512 => {
            SigningKey::<Sha512>::new_with_salt_len(private, salt).sign_with_rng(&mut random, TEXT)
        }
    };
    signature.to_vec()
}

/// An encoding of 256 bytes, as keys of 2048 and 2049 bits have it, and what may be odd about it.
#[derive(Clone, Copy)]
struct Encoding {
    hash: Hash,
    mask_hash: Hash,
    salt: &'static [u8],
    first_zero: u8,
    last_zero: u8,
    separator: u8,
    used: u8,
    top_bit: u8,
    trailer: u8,
}

const RIGHT: Encoding = Encoding {
    hash: Hash::Sha256,
    mask_hash: Hash::Sha256,
    salt: &[5; 32],
    first_zero: 0,
    last_zero: 0,
    separator: SEPARATOR,
    used: 0x7f,
    top_bit: 0,
    trailer: TRAILER,
};

impl Encoding {
    /// EMSA-PSS-ENCODE (RFC 8017 9.1.1).
    fn message(&self) -> Vec<u8> {
        let digest = self.hash.of(&[&[0; 8], &self.hash.of(&[TEXT]), self.salt]);
        let zeros = 252_usize.saturating_sub(digest.len()).saturating_sub(self.salt.len());
        let ends = [self.last_zero, self.separator];
        let mut block = [&[self.first_zero], &vec![0; zeros][..], &ends, self.salt].concat();
        block.iter_mut().zip(mask(&digest, self.mask_hash)).for_each(|(byte, mask)| *byte ^= mask);
        block[0] = block[0] & self.used | self.top_bit;
        [&block[..], &digest, &[self.trailer]].concat()
    }
}

#[test]
fn accepts_what_the_crate_rsa_signs_and_nothing_else() {
    // With 2049 bits the encoded message is a byte shorter than the modulus.
    for (bits, exponent) in [(2048, 3), (2049, 65_537), (2055, 17)] {
        let (private, key) = if bits == 2048 { PAIR.clone() } else { pair(bits, exponent) };
        for hash in HASHES {
            let signature = signed(&private, hash, hash.length());
            assert!(key.verify_pss(hash, TEXT, &signature), "{bits} bits, {hash:?}");
            assert!(!key.verify_pss(hash, b"header.other", &signature));
            assert!(!key.verify_pkcs1(hash, TEXT, &signature));
            for other in HASHES.into_iter().filter(|other| *other != hash) {
                assert!(!key.verify_pss(other, TEXT, &signature), "{hash:?} as {other:?}");
            }
        }
    }
}

#[test]
fn refuses_a_signature_with_any_byte_changed() {
    let (private, key) = &*PAIR;
    let signature = signed(private, Hash::Sha256, 32);
    for place in 0..signature.len() {
        let mut changed = signature.clone();
        changed[place] ^= 1 << (place % 8);
        assert!(!key.verify_pss(Hash::Sha256, TEXT, &changed), "byte {place}");
    }
}

#[test]
fn refuses_a_salt_that_is_not_as_long_as_the_hash() {
    let (private, key) = &*PAIR;
    for hash in HASHES {
        for salt in [0, 1, 20, 31, 32, 33, 47, 48, 49, 63, 64, 65, 100] {
            let found = key.verify_pss(hash, TEXT, &signed(private, hash, salt));
            assert_eq!(found, salt == hash.length(), "{hash:?} with a salt of {salt} bytes");
        }
    }
}

#[test]
fn refuses_every_encoding_but_the_one_of_the_standard() {
    let (private, key) = &*PAIR;
    let cases = [
        ("as the standard has it", RIGHT, true),
        ("another salt", Encoding { salt: &[6; 32], ..RIGHT }, true),
        ("mask of another hash", Encoding { mask_hash: Hash::Sha512, ..RIGHT }, false),
        ("short salt", Encoding { salt: &[5; 31], ..RIGHT }, false),
        ("long salt", Encoding { salt: &[5; 33], ..RIGHT }, false),
        ("salt that begins like the separator", Encoding { salt: &[1; 33], ..RIGHT }, false),
        ("first byte of the filler not 0", Encoding { first_zero: 1, ..RIGHT }, false),
        ("last byte of the filler not 0", Encoding { last_zero: 1, ..RIGHT }, false),
        ("no separator", Encoding { separator: 0, ..RIGHT }, false),
        ("another separator", Encoding { separator: 2, ..RIGHT }, false),
        ("another trailer", Encoding { trailer: 0xcc, ..RIGHT }, false),
    ];
    for (name, encoding, expected) in cases {
        let found = key.verify_pss(Hash::Sha256, TEXT, &forged(private, &encoding.message()));
        assert_eq!(found, expected, "{name}");
    }
    assert!(
        !fits(&Encoding { top_bit: 0x80, ..RIGHT }.message(), 2048, Hash::Sha256, TEXT),
        "unused bit set"
    );
    assert!(fits(&RIGHT.message(), 2048, Hash::Sha256, TEXT));
}

#[test]
fn refuses_a_message_that_is_too_short_or_whose_extra_byte_is_not_0() {
    let message = RIGHT.message();
    for length in 0..message.len() {
        assert!(!fits(&message[..length], 2048, Hash::Sha256, TEXT), "{length} bytes");
    }
    // The message of a modulus of 2049 bits has all 2048 bits, and a byte in front of it.
    let message = Encoding { used: 0xff, ..RIGHT }.message();
    assert!(fits(&[&[0], &message[..]].concat(), 2049, Hash::Sha256, TEXT));
    assert!(!fits(&[&[1], &message[..]].concat(), 2049, Hash::Sha256, TEXT));
    assert!(!fits(&[TRAILER; 66], 521, Hash::Sha512, TEXT), "no room for hash and salt");
}
