//! HMAC (RFC 7518 3.2), through jwt-compact's own algorithms.

use alloc::vec::Vec;
use core::fmt;
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use jwt_compact::alg::{Hs256, Hs256Key, Hs384, Hs384Key, Hs512, Hs512Key};
use sha2::{Sha256, Sha384, Sha512};

use super::{Algorithm, AlgorithmSet, Hash, fits};
use crate::verified::SourceId;

/// A secret that is shared with one source. No [`Key`](crate::keys::Key), so that no key set can hold one, and no
/// public key can be taken for one. Wiped from memory when it is dropped.
#[derive(Clone)]
pub struct HmacKey {
    source: SourceId,
    hs256: Hs256Key,
    hs384: Option<Hs384Key>,
    hs512: Option<Hs512Key>,
}

impl HmacKey {
    /// The key of a secret, for the algorithms whose hash is not longer than it (RFC 7518 3.2); `None` if it is
    /// shorter than [`SHORTEST_SECRET`](Self::SHORTEST_SECRET).
    #[must_use]
    pub fn new(source: SourceId, secret: &[u8]) -> Option<Self> {
        let suffices = |hash: Hash| secret.len() >= hash.length();
        suffices(Hash::Sha256).then(|| Self {
            source,
            hs256: Hs256Key::new(secret),
            hs384: suffices(Hash::Sha384).then(|| Hs384Key::new(secret)),
            hs512: suffices(Hash::Sha512).then(|| Hs512Key::new(secret)),
        })
    }

    /// Bytes of a secret, at least.
    pub const SHORTEST_SECRET: usize = Hash::Sha256.length();

    /// The source whose tokens the key verifies.
    #[must_use]
    pub const fn source(&self) -> &SourceId {
        &self.source
    }

    /// Algorithms that the key is for.
    #[must_use]
    pub fn algorithms(&self) -> AlgorithmSet {
        let longer =
            [self.hs384.as_ref().map(|_| Algorithm::Hs384), self.hs512.as_ref().map(|_| Algorithm::Hs512)];
        longer.into_iter().flatten().fold(AlgorithmSet::of(&[Algorithm::Hs256]), AlgorithmSet::with)
    }

    /// Whether the signature is this key's over the text. False also where the key is not for this algorithm.
    #[must_use]
    pub fn verify(&self, algorithm: Algorithm, text: &[u8], signature: &[u8]) -> bool {
        match algorithm {
            Algorithm::Hs256 => fits(&Hs256, &self.hs256, text, signature),
            Algorithm::Hs384 => self.hs384.as_ref().is_some_and(|key| fits(&Hs384, key, text, signature)),
            Algorithm::Hs512 => self.hs512.as_ref().is_some_and(|key| fits(&Hs512, key, text, signature)),
            _ => false,
        }
    }
}

/// The MAC of a text under a secret of any length: to write one, where [`HmacKey`] reads.
pub(crate) fn mac(hash: Hash, secret: &[u8], text: &[u8]) -> Vec<u8> {
    match hash {
        Hash::Sha256 => mac_of::<Hmac<Sha256>>(secret, text),
        Hash::Sha384 => mac_of::<Hmac<Sha384>>(secret, text),
        Hash::Sha512 => mac_of::<Hmac<Sha512>>(secret, text),
    }
}

/// HMAC takes keys of every length (RFC 2104 3), so that there always is one.
fn mac_of<M: Mac + KeyInit>(secret: &[u8], text: &[u8]) -> Vec<u8> {
    let mac = <M as Mac>::new_from_slice(secret);
    mac.map(|mac| mac.chain_update(text).finalize().into_bytes().to_vec()).unwrap_or_default()
}

/// Whose it is, never what it is.
impl fmt::Debug for HmacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HmacKey").field("source", &self.source).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
