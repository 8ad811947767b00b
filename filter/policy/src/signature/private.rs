//! Private keys: those with which the gateway says at an identity provider who it is.
//!
//! ECDSA (deterministic, RFC 6979) and Ed25519 are signed here. RSA is left to the engine: its private operation needs
//! code that hides its timing, which is much for the few signatures that a gateway makes.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use p256::ecdsa::signature::Signer;

use super::{Algorithm, Curve, Hash, RsaKey, RsaKeyError, der};

/// Code of the engine that signs with RSA keys, where it has some.
pub trait NativeSigner {
    /// The RSASSA-PKCS1-v1_5 signature over the hash of `text` by a key in PKCS#8 (RFC 5208). `None`: the engine cannot,
    /// or it does not take the key.
    fn sign(&self, hash: Hash, pkcs8_der: &[u8], text: &[u8]) -> Option<Vec<u8>>;
}

/// A private key. Does not show itself.
#[derive(Clone)]
pub struct PrivateKey(Private);

#[derive(Clone)]
enum Private {
    P256(Box<p256::ecdsa::SigningKey>),
    P384(Box<p384::ecdsa::SigningKey>),
    Ed25519(Box<ed25519_dalek::SigningKey>),
    Rsa { pkcs8_der: Box<[u8]>, length: usize },
}

/// The numbers of an RSA key with two primes, big-endian, as RFC 7518 6.3 names them.
#[derive(Clone, Copy)]
pub struct RsaNumbers<'a> {
    /// Modulus.
    pub n: &'a [u8],
    /// Public exponent.
    pub e: &'a [u8],
    /// Private exponent.
    pub d: &'a [u8],
    /// First prime.
    pub p: &'a [u8],
    /// Second prime.
    pub q: &'a [u8],
    /// Private exponent modulo the first prime less one.
    pub dp: &'a [u8],
    /// Private exponent modulo the second prime less one.
    pub dq: &'a [u8],
    /// Inverse of the second prime modulo the first.
    pub qi: &'a [u8],
}

/// Why there is no signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SigningError {
    /// An RSA key, and an engine without code that signs with it.
    NoNativeSigner,
    /// The engine did not sign, or with something other than a signature of the key's length.
    NativeSigner,
    /// The key is not for this algorithm.
    Algorithm,
}

impl PrivateKey {
    /// The key of a number on a curve and of the point that belongs to it; `None` where they do not belong together, or
    /// the curve is P-521.
    #[must_use]
    pub fn ec(curve: Curve, scalar: &[u8], x: &[u8], y: &[u8]) -> Option<Self> {
        let point = [&[UNCOMPRESSED], x, y].concat();
        let private = match curve {
            Curve::P256 => {
                let key = p256::ecdsa::SigningKey::from_slice(scalar).ok()?;
                let own = key.verifying_key().to_encoded_point(false);
                (own.as_bytes() == point).then(|| Private::P256(Box::new(key)))
            }
            Curve::P384 => {
                let key = p384::ecdsa::SigningKey::from_slice(scalar).ok()?;
                let own = key.verifying_key().to_encoded_point(false);
                (own.as_bytes() == point).then(|| Private::P384(Box::new(key)))
            }
            Curve::P521 => None,
        };
        private.map(Self)
    }

    /// The key of a seed and of the point that belongs to it (RFC 8032 5.1.5); `None` where they do not belong together.
    #[must_use]
    pub fn ed25519(seed: &[u8; 32], point: &[u8; 32]) -> Option<Self> {
        let key = ed25519_dalek::SigningKey::from_bytes(seed);
        let same = key.verifying_key().as_bytes() == point;
        same.then(|| Self(Private::Ed25519(Box::new(key))))
    }

    /// An RSA key. Whether its numbers belong together is for the engine to find.
    ///
    /// # Errors
    /// Those of [`RsaKey::new`].
    pub fn rsa(numbers: &RsaNumbers<'_>) -> Result<Self, RsaKeyError> {
        let length = RsaKey::new(numbers.n, numbers.e)?.bits().div_ceil(8);
        Ok(Self(Private::Rsa { pkcs8_der: der::rsa_private_key(numbers).into_boxed_slice(), length }))
    }

    /// Whether nothing but the engine can sign with it.
    #[must_use]
    pub const fn needs_native_signer(&self) -> bool {
        matches!(self.0, Private::Rsa { .. })
    }

    /// The signature over a text in the form of JWS (RFC 7518 3, RFC 8037 3.1).
    ///
    /// # Errors
    /// [`SigningError`].
    pub fn sign(
        &self,
        algorithm: Algorithm,
        text: &[u8],
        native: Option<&dyn NativeSigner>,
    ) -> Result<Vec<u8>, SigningError> {
        match (&self.0, algorithm) {
            (Private::P256(key), Algorithm::Es256) => {
                let signature: Option<p256::ecdsa::Signature> = key.try_sign(text).ok();
                signature.map(|signature| signature.to_bytes().to_vec()).ok_or(SigningError::Algorithm)
            }
            (Private::P384(key), Algorithm::Es384) => {
                let signature: Option<p384::ecdsa::Signature> = key.try_sign(text).ok();
                signature.map(|signature| signature.to_bytes().to_vec()).ok_or(SigningError::Algorithm)
            }
            (Private::Ed25519(key), Algorithm::EdDsa) => {
                let signature = key.try_sign(text).ok();
                signature.map(|signature| signature.to_bytes().to_vec()).ok_or(SigningError::Algorithm)
            }
            (Private::Rsa { pkcs8_der, length }, algorithm) => {
                let hash = pkcs1_hash(algorithm).ok_or(SigningError::Algorithm)?;
                let signature = native.ok_or(SigningError::NoNativeSigner)?.sign(hash, pkcs8_der, text);
                signature.filter(|signature| signature.len() == *length).ok_or(SigningError::NativeSigner)
            }
            (Private::P256(_) | Private::P384(_) | Private::Ed25519(_), _) => Err(SigningError::Algorithm),
        }
    }
}

fn pkcs1_hash(algorithm: Algorithm) -> Option<Hash> {
    let pkcs1 = matches!(algorithm, Algorithm::Rs256 | Algorithm::Rs384 | Algorithm::Rs512);
    algorithm.hash().filter(|_| pkcs1)
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey")
    }
}

impl fmt::Display for SigningError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoNativeSigner => {
                "expected an engine that signs with RSA keys, found one that does not; take an EC or Ed25519 key"
            }
            Self::NativeSigner => "expected a signature of the engine with the RSA key, found none",
            Self::Algorithm => "expected an algorithm that the key is for, found another",
        })
    }
}

impl core::error::Error for SigningError {}

/// The first byte of a point with both coordinates (SEC 1 2.3.3).
const UNCOMPRESSED: u8 = 4;

#[cfg(test)]
mod tests;
