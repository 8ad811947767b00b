//! ECDSA (FIPS 186-5 6.4.2) on the curves of JOSE, by the crates `p256`, `p384` and `p521`.

use alloc::boxed::Box;
use core::fmt;
use p256::ecdsa::signature::Verifier;

use super::Algorithm;

/// A curve that ECDSA keys lie on. The curve is part of the algorithm, and fixes its hash (RFC 7518 3.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Curve {
    /// secp256r1, for ES256.
    P256,
    /// secp384r1, for ES384.
    P384,
    /// secp521r1, for ES512.
    P521,
}

/// A public key on one of the curves.
#[derive(Clone)]
pub struct EcKey(Point);

#[derive(Clone)]
enum Point {
    P256(p256::ecdsa::VerifyingKey),
    P384(p384::ecdsa::VerifyingKey),
    P521(Box<p521::ecdsa::VerifyingKey>),
}

impl Curve {
    /// Every curve.
    pub const ALL: [Self; 3] = [Self::P256, Self::P384, Self::P521];

    /// The curve of a name in `crv`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|curve| curve.name() == name)
    }

    /// The name in `crv` (RFC 7518 6.2.1.1).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
        }
    }

    /// Bytes of a coordinate, and of each half of a signature, leading zeros included.
    #[must_use]
    pub const fn length(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    /// The one algorithm of keys on this curve.
    #[must_use]
    pub const fn algorithm(self) -> Algorithm {
        match self {
            Self::P256 => Algorithm::Es256,
            Self::P384 => Algorithm::Es384,
            Self::P521 => Algorithm::Es512,
        }
    }
}

impl EcKey {
    /// The key of a point, its coordinates in full length; `None` if the point is not on the curve.
    #[must_use]
    pub fn new(curve: Curve, x: &[u8], y: &[u8]) -> Option<Self> {
        if x.len() != curve.length() || y.len() != curve.length() {
            return None;
        }
        let point = [&[UNCOMPRESSED], x, y].concat();
        let point = match curve {
            Curve::P256 => p256::ecdsa::VerifyingKey::from_sec1_bytes(&point).map(Point::P256),
            Curve::P384 => p384::ecdsa::VerifyingKey::from_sec1_bytes(&point).map(Point::P384),
            Curve::P521 => {
                p521::ecdsa::VerifyingKey::from_sec1_bytes(&point).map(|key| Point::P521(Box::new(key)))
            }
        };
        point.ok().map(Self)
    }

    /// The curve that the key lies on.
    #[must_use]
    pub const fn curve(&self) -> Curve {
        match self.0 {
            Point::P256(_) => Curve::P256,
            Point::P384(_) => Curve::P384,
            Point::P521(_) => Curve::P521,
        }
    }

    /// Whether r and s (each as long as a coordinate, 1 to n-1) are this key's signature over the text, with the
    /// curve's hash. Both s and n-s are: JWS does not ask for the low one, and issuers do not send it.
    #[must_use]
    pub fn verify(&self, text: &[u8], signature: &[u8]) -> bool {
        match &self.0 {
            Point::P256(key) => p256::ecdsa::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify(text, &signature).is_ok()),
            Point::P384(key) => p384::ecdsa::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify(text, &signature).is_ok()),
            Point::P521(key) => p521::ecdsa::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify(text, &signature).is_ok()),
        }
    }
}

impl fmt::Debug for EcKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EcKey").field("curve", &self.curve()).finish_non_exhaustive()
    }
}

/// The first byte of a point with both coordinates (SEC 1 2.3.3).
const UNCOMPRESSED: u8 = 4;

#[cfg(test)]
mod tests;
