//! Records as bytes, for shared data: a bucket of records behind one version byte, with a MAC at the end.
//!
//! Integers are big-endian; text and lists have a 16-bit length in front; what may be absent has a byte 0 or 1 in
//! front. Any process that shares the engine's data could write there, so nothing is read before the MAC fits.

use super::Record;
use alloc::vec::Vec;
use core::fmt;
use hmac::{Hmac, Mac};
use sha2::Sha256;

mod read;
mod write;

/// The key of the MAC. Does not show itself.
#[derive(Clone)]
pub struct MacKey([u8; HMAC_BLOCK]);

/// Why bytes are no bucket of records, or records cannot become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodecError {
    /// The MAC does not fit: another key wrote it, or something changed it.
    Mac,
    /// The bytes end where more should come.
    Truncated,
    /// A byte that no writer writes, text that is not UTF-8, or bytes after the end.
    Malformed,
    /// Another version of this format.
    Version {
        /// The version that stands there.
        found: u8,
    },
    /// Text or a list that is longer than 65,535.
    TooLong,
}

/// `records` as bytes, with a MAC by `key`.
///
/// # Errors
/// [`CodecError::TooLong`].
pub fn seal(records: &[Record], key: &MacKey) -> Result<Vec<u8>, CodecError> {
    let mut bytes = write::bucket(records)?;
    let tag = key.mac(&bytes).finalize().into_bytes();
    bytes.extend(tag.iter().take(TAG_LEN));
    Ok(bytes)
}

/// The records that [`seal`] made `bytes` from with the same key.
///
/// # Errors
/// All of [`CodecError`]; [`CodecError::Mac`] hides the others.
pub fn open(bytes: &[u8], key: &MacKey) -> Result<Vec<Record>, CodecError> {
    let content = bytes.len().checked_sub(TAG_LEN).ok_or(CodecError::Truncated)?;
    let (content, tag) = bytes.split_at_checked(content).ok_or(CodecError::Truncated)?;
    key.mac(content).verify_truncated_left(tag).map_err(|_| CodecError::Mac)?;
    read::bucket(content)
}

impl MacKey {
    /// From 32 secret bytes.
    #[must_use]
    pub fn new(secret: &[u8; 32]) -> Self {
        // HMAC fills a key with zeros up to its block (RFC 2104 2), so this is the same key.
        let mut block = [0; HMAC_BLOCK];
        for (byte, secret) in block.iter_mut().zip(secret) {
            *byte = *secret;
        }
        Self(block)
    }

    /// A MAC over `content`, apart from every other use of the key.
    fn mac(&self, content: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new(&self.0.into());
        mac.update(LABEL);
        mac.update(content);
        mac
    }
}

impl fmt::Debug for MacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MacKey")
    }
}

impl fmt::Display for CodecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mac => f.write_str("expected records sealed with this key, found another MAC"),
            Self::Truncated => f.write_str("expected more bytes of a record, found the end"),
            Self::Malformed => {
                f.write_str("expected a record, found bytes that no version of this filter writes")
            }
            Self::Version { found } => write!(f, "expected records of version {VERSION}, found {found}"),
            Self::TooLong => f.write_str("expected at most 65535 bytes or items, found more"),
        }
    }
}

impl core::error::Error for CodecError {}

const VERSION: u8 = 2;
/// 128 bits of HMAC-SHA-256.
const TAG_LEN: usize = 16;
const HMAC_BLOCK: usize = 64;
const LABEL: &[u8] = b"claimgate registry bucket\0";

#[cfg(test)]
mod tests;
