//! Random texts. Where the randomness comes from is the edge's business; keys alone are made by the library.

use crate::mint::base64url;
use claimgate_policy::world::Entropy;
use uuid::Builder;

/// A text that nobody guesses, of 256 bits: tokens, codes, secrets.
pub(crate) fn unguessable(entropy: &mut dyn Entropy) -> String {
    base64url(&bytes::<32>(entropy))
}

/// A text that no other has, of 128 bits: 22 characters.
pub(crate) fn unique(entropy: &mut dyn Entropy) -> String {
    base64url(&bytes::<16>(entropy))
}

/// A random GUID (RFC 9562 5.4).
pub(crate) fn guid(entropy: &mut dyn Entropy) -> String {
    guid_of(bytes(entropy))
}

/// A GUID of these bits.
pub(crate) fn guid_of(bits: [u8; 16]) -> String {
    Builder::from_random_bytes(bits).into_uuid().hyphenated().to_string()
}

fn bytes<const N: usize>(entropy: &mut dyn Entropy) -> [u8; N] {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes);
    bytes
}
