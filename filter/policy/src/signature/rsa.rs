//! RSA signatures (RFC 8017 8): RSASSA-PKCS1-v1_5 and RSASSA-PSS.

use alloc::boxed::Box;
use core::fmt;

use super::Hash;
use super::montgomery::Modulus;

mod pkcs1;
mod pss;

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

    /// Whether the signature is this key's over the text, by RSASSA-PKCS1-v1_5 (RFC 8017 8.2.2).
    #[must_use]
    pub fn verify_pkcs1(&self, hash: Hash, text: &[u8], signature: &[u8]) -> bool {
        self.opens(signature)
            && pkcs1::encoded(self.modulus.len(), hash, text)
                .is_some_and(|expected| self.prepared.power(signature, self.exponent) == expected)
    }

    /// Whether the signature is this key's over the text, by RSASSA-PSS (RFC 8017 8.1.2) with MGF1 of the same
    /// hash and a salt as long as a hash (RFC 7518 3.5).
    #[must_use]
    pub fn verify_pss(&self, hash: Hash, text: &[u8], signature: &[u8]) -> bool {
        self.opens(signature)
            && pss::fits(&self.prepared.power(signature, self.exponent), self.bits(), hash, text)
    }

    /// Whether the signature is as long as the modulus, and less than it.
    fn opens(&self, signature: &[u8]) -> bool {
        signature.len() == self.modulus.len() && signature < &*self.modulus
    }
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

#[cfg(test)]
mod tests;
