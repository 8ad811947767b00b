//! ECDSA on P-256 (FIPS 186-5 6.4.2), by the crate `p256`.

use p256::EncodedPoint;
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};

/// A public key on P-256.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct P256Key(VerifyingKey);

impl P256Key {
    /// The key of a point; `None` if the point is not on the curve.
    #[must_use]
    pub fn new(x: &[u8; 32], y: &[u8; 32]) -> Option<Self> {
        let point = EncodedPoint::from_affine_coordinates(x.into(), y.into(), false);
        VerifyingKey::from_encoded_point(&point).ok().map(Self)
    }

    /// Whether r and s (32 bytes each, 1 to n-1) are this key's signature over the text's SHA-256. Both s and
    /// n-s are: JWS does not ask for the low one, and issuers do not send it.
    #[must_use]
    pub fn verify_sha256(&self, text: &[u8], signature: &[u8; 64]) -> bool {
        Signature::from_slice(signature).is_ok_and(|signature| self.0.verify(text, &signature).is_ok())
    }
}
