//! Values with a MAC: whoever shares the engine's data could write there, so nothing is read before the MAC fits. It
//! covers the place, so that a value that is good in one is nothing in another.

use super::binary::ValueError;
use alloc::vec::Vec;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use core::fmt;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// The secret that readers and writers of one realm share. Does not show itself.
#[derive(Clone)]
pub struct MacKey {
    /// Prepared with the label of seals: what is hashed is fixed work per value, not per key.
    seals: Hmac<Sha256>,
    places: [u8; 16],
}

/// Why a text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MacKeyError {
    /// Not base64url of 32 bytes.
    Form,
    /// One byte, over and over.
    Weak,
}

impl MacKey {
    /// From 32 secret bytes.
    #[must_use]
    pub fn new(secret: &[u8; 32]) -> Self {
        let seals = labelled(secret, b"claimgate shared data seal\0");
        let digest = labelled(secret, b"claimgate shared data places\0").finalize().into_bytes();
        let mut places = [0; 16];
        for (byte, digit) in places.iter_mut().zip(digest) {
            *byte = digit;
        }
        Self { seals, places }
    }

    /// From the config: 32 secret bytes as base64url without padding (RFC 4648 5).
    ///
    /// # Errors
    /// [`MacKeyError`].
    pub fn parse(text: &str) -> Result<Self, MacKeyError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| MacKeyError::Form)?;
        let secret: [u8; 32] = bytes.try_into().map_err(|_| MacKeyError::Form)?;
        let [first, ..] = secret;
        if secret.iter().all(|byte| *byte == first) {
            return Err(MacKeyError::Weak);
        }
        Ok(Self::new(&secret))
    }

    /// The key of the hash that places are named by: which caller has which place is nothing that others need to know,
    /// or can choose.
    pub(super) const fn of_places(&self) -> &[u8; 16] {
        &self.places
    }

    /// `content` with a MAC that holds for the place `name`.
    pub(super) fn seal(&self, name: &str, mut content: Vec<u8>) -> Vec<u8> {
        let tag = self.mac(name, &content).finalize().into_bytes();
        content.extend(tag.iter().take(TAG_LEN));
        content
    }

    /// The content of what [`MacKey::seal`] made for this place.
    pub(super) fn open<'a>(&self, name: &str, sealed: &'a [u8]) -> Result<&'a [u8], ValueError> {
        let content = sealed.len().checked_sub(TAG_LEN).ok_or(ValueError::Truncated)?;
        let (content, tag) = sealed.split_at_checked(content).ok_or(ValueError::Truncated)?;
        self.mac(name, content).verify_truncated_left(tag).map_err(|_| ValueError::Mac)?;
        Ok(content)
    }

    /// A name holds no NUL, so that no pair of name and content reads as another.
    fn mac(&self, name: &str, content: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.seals.clone();
        mac.update(name.as_bytes());
        mac.update(b"\0");
        mac.update(content);
        mac
    }
}

fn labelled(secret: &[u8; 32], label: &[u8]) -> Hmac<Sha256> {
    // HMAC fills a key with zeros up to its block (RFC 2104 2), so this is the same key.
    let mut block = [0; HMAC_BLOCK];
    for (byte, secret) in block.iter_mut().zip(secret) {
        *byte = *secret;
    }
    let mut mac = Hmac::<Sha256>::new(&block.into());
    mac.update(label);
    mac
}

impl fmt::Debug for MacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MacKey")
    }
}

impl fmt::Display for MacKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form => f.write_str("expected 32 bytes as base64url without padding (43 characters)"),
            Self::Weak => f.write_str("expected 32 random bytes, found one byte over and over"),
        }
    }
}

impl core::error::Error for MacKeyError {}

/// 128 bits of HMAC-SHA-256.
const TAG_LEN: usize = 16;
const HMAC_BLOCK: usize = 64;

#[cfg(test)]
mod tests;
