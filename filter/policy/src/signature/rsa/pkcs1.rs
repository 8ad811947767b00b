//! EMSA-PKCS1-v1_5 (RFC 8017 9.2).
//!
//! The encoded message that the hash must have is built and compared whole: nothing of what the signature
//! opens to is parsed, so there is no room for forged padding.

use alloc::vec::Vec;
use core::iter;

use crate::signature::Hash;

/// 00 01 FF .. FF 00, then what the hash is, then the hash; `None` if `length` bytes are too few.
pub(super) fn encoded(length: usize, hash: Hash, text: &[u8]) -> Option<Vec<u8>> {
    padded(length, &info(hash), &hash.of(&[text]))
}

pub(super) fn padded(length: usize, info: &[u8], digest: &[u8]) -> Option<Vec<u8>> {
    let padding = length.checked_sub(info.len())?.checked_sub(digest.len())?.checked_sub(3)?;
    let filler = iter::repeat_n(0xff, padding);
    Some([0, 1].into_iter().chain(filler).chain([0]).chain(info.iter().chain(digest).copied()).collect())
}

/// DigestInfo up to the hash itself (RFC 8017 9.2, note 1). The three differ in two lengths and in the last arc
/// of the hash's object identifier.
pub(super) const fn info(hash: Hash) -> [u8; 19] {
    let (whole, arc, length) = match hash {
        Hash::Sha256 => (0x31, 1, 0x20),
        Hash::Sha384 => (0x41, 2, 0x30),
        Hash::Sha512 => (0x51, 3, 0x40),
    };
    [
        0x30, whole, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, arc, 0x05, 0x00,
        0x04, length,
    ]
}
