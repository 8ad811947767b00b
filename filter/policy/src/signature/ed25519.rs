//! Ed25519 (RFC 8032), by the crate `ed25519-dalek`.
//!
//! Where RFC 8032 leaves room, the strict reading is taken, so that no two strings of bytes are one key or one
//! signature: encodings are canonical, and neither key nor signature has a point of small order.

use ed25519_dalek::{Signature, VerifyingKey};

/// A public key on edwards25519.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ed25519Key(VerifyingKey);

/// Why 32 bytes are no key that is used here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ed25519KeyError {
    /// They are not the one encoding of a point on the curve (RFC 8032 5.1.3).
    Encoding,
    /// The point has small order: signatures can be made that it fits, without a private key.
    Weak,
}

impl Ed25519Key {
    /// The key of an encoded point.
    ///
    /// # Errors
    /// Bytes that are not the encoding of a point, or of one of small order.
    pub fn new(encoded: &[u8; 32]) -> Result<Self, Ed25519KeyError> {
        let key = VerifyingKey::from_bytes(encoded).map_err(|_| Ed25519KeyError::Encoding)?;
        if key.to_edwards().compress().as_bytes() != encoded {
            return Err(Ed25519KeyError::Encoding);
        }
        if key.is_weak() { Err(Ed25519KeyError::Weak) } else { Ok(Self(key)) }
    }

    /// Whether the signature is this key's over the text.
    #[must_use]
    pub fn verify(&self, text: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature).is_ok_and(|signature| self.0.verify_strict(text, &signature).is_ok())
    }
}

#[cfg(test)]
mod tests;
