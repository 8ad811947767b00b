//! EMSA-PSS (RFC 8017 9.1.2), with MGF1 of the same hash and a salt as long as a hash (RFC 7518 3.5).

use alloc::vec::Vec;

use crate::signature::Hash;

/// Whether `opened`, what a signature of a key of `modulus_bits` opens to, is an encoding of the text.
pub(super) fn fits(opened: &[u8], modulus_bits: usize, hash: Hash, text: &[u8]) -> bool {
    encoded_message(opened, modulus_bits)
        .and_then(|(message, unused)| salt(message, unused, hash))
        .is_some_and(|(digest, salt)| hash.of(&[&[0; 8], &hash.of(&[text]), &salt]) == digest)
}

/// The encoded message, and how many bits at its front are unused: it has one bit less than the modulus, so where
/// that leaves whole bytes only, the number's first byte is none of it and must be 0.
fn encoded_message(opened: &[u8], modulus_bits: usize) -> Option<(&[u8], u32)> {
    let bits = modulus_bits.checked_sub(1)?;
    let length = bits.div_ceil(8);
    let (front, message) = opened.split_at_checked(opened.len().checked_sub(length)?)?;
    let unused = u32::try_from(length.checked_mul(8)?.checked_sub(bits)?).ok()?;
    front.iter().all(|byte| *byte == 0).then_some((message, unused))
}

/// Takes a message apart: the hash in it, and its salt, if what stands around them is as it must be.
fn salt(message: &[u8], unused: u32, hash: Hash) -> Option<(&[u8], Vec<u8>)> {
    let message = message.strip_suffix(&[TRAILER])?;
    let (masked, digest) = message.split_at_checked(message.len().checked_sub(hash.length())?)?;
    let used = 0xff_u8.checked_shr(unused)?;
    if masked.first()? & !used != 0 {
        return None;
    }
    let mut block: Vec<u8> = masked.iter().zip(mask(digest, hash)).map(|(byte, mask)| byte ^ mask).collect();
    *block.first_mut()? &= used;
    let salt = block.split_off(block.len().checked_sub(hash.length())?);
    let (separator, zeros) = block.split_last()?;
    (*separator == SEPARATOR && zeros.iter().all(|byte| *byte == 0)).then_some((digest, salt))
}

/// MGF1 (RFC 8017 B.2.1), without end.
fn mask(seed: &[u8], hash: Hash) -> impl Iterator<Item = u8> {
    (0_u32..).flat_map(move |counter| hash.of(&[seed, &counter.to_be_bytes()]))
}

const TRAILER: u8 = 0xbc;
const SEPARATOR: u8 = 1;

#[cfg(test)]
mod tests;
