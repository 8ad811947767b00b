//! RSASSA-PKCS1-v1_5 (RFC 8017 8.2.2).
//!
//! The encoded message that the hash must have is built and compared whole: nothing of what the signature
//! opens to is parsed, so there is no room for forged padding.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use core::iter;
use sha2::{Digest, Sha256};

use super::montgomery::Modulus;

/// An RSA public key, prepared.
#[derive(Clone)]
pub struct RsaKey {
    /// Big-endian, without leading zeros.
    modulus: Box<[u8]>,
    exponent: u64,
    prepared: Modulus,
}

/// Why numbers are no RSA key that is used here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RsaKeyError {
    /// The modulus is shorter than 2048 bits (RFC 7518 3.3) or longer than 8192.
    ModulusBits {
        /// Its bits.
        found: usize,
    },
    /// The modulus is even, so it is no product of two odd primes.
    ModulusEven,
    /// The exponent is even, less than 3, or longer than 33 bits (what BoringSSL takes, so that native code
    /// and this agree).
    Exponent,
}

impl RsaKey {
    /// A key from modulus and exponent, big-endian.
    ///
    /// # Errors
    /// Numbers outside of the ranges that [`RsaKeyError`] tells.
    pub fn new(modulus: &[u8], exponent: &[u8]) -> Result<Self, RsaKeyError> {
        let modulus = without_leading_zeros(modulus);
        let found = bits(modulus);
        if !(LEAST_BITS..=MOST_BITS).contains(&found) {
            return Err(RsaKeyError::ModulusBits { found });
        }
        if modulus.last().is_none_or(|last| last % 2 == 0) {
            return Err(RsaKeyError::ModulusEven);
        }
        let exponent = small_odd(without_leading_zeros(exponent)).ok_or(RsaKeyError::Exponent)?;
        Ok(Self { modulus: modulus.into(), exponent, prepared: Modulus::new(modulus) })
    }

    /// Bits of the modulus.
    #[must_use]
    pub fn bits(&self) -> usize {
        bits(&self.modulus)
    }

    /// Whether the signature is this key's over the text's SHA-256.
    #[must_use]
    pub fn verify_pkcs1_sha256(&self, text: &[u8], signature: &[u8]) -> bool {
        self.opens(signature)
            && encoded(self.modulus.len(), &SHA256_INFO, &Sha256::digest(text))
                .is_some_and(|expected| self.prepared.power(signature, self.exponent) == expected)
    }

    /// Whether the signature is as long as the modulus, and less than it.
    fn opens(&self, signature: &[u8]) -> bool {
        signature.len() == self.modulus.len() && signature < &*self.modulus
    }
}

/// EMSA-PKCS1-v1_5 (RFC 8017 9.2): 00 01 FF .. FF 00, then what the hash is, then the hash.
fn encoded(length: usize, info: &[u8], digest: &[u8]) -> Option<Vec<u8>> {
    let padding = length.checked_sub(info.len())?.checked_sub(digest.len())?.checked_sub(3)?;
    let filler = iter::repeat_n(0xff, padding);
    Some([0, 1].into_iter().chain(filler).chain([0]).chain(info.iter().chain(digest).copied()).collect())
}

fn without_leading_zeros(big_endian: &[u8]) -> &[u8] {
    let first = big_endian.iter().position(|byte| *byte != 0).unwrap_or(big_endian.len());
    big_endian.get(first..).unwrap_or_default()
}

fn bits(digits: &[u8]) -> usize {
    let zeros = digits.first().map_or(0, |first| first.leading_zeros() as usize);
    digits.len().saturating_mul(8).saturating_sub(zeros)
}

fn small_odd(digits: &[u8]) -> Option<u64> {
    if bits(digits) > MOST_EXPONENT_BITS {
        return None;
    }
    let value = digits.iter().fold(0_u64, |value, byte| value.wrapping_shl(8) | u64::from(*byte));
    (value >= 3 && value % 2 == 1).then_some(value)
}

impl fmt::Debug for RsaKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RsaKey").field("bits", &self.bits()).field("exponent", &self.exponent).finish()
    }
}

const LEAST_BITS: usize = 2048;
const MOST_BITS: usize = 8192;
const MOST_EXPONENT_BITS: usize = 33;

/// DigestInfo of SHA-256 up to the hash itself (RFC 8017 9.2, note 1).
const SHA256_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
    0x04, 0x20,
];

#[cfg(test)]
mod tests;
