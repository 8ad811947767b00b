//! What a browser keeps for the gateway: text that nobody else can read or change.
//!
//! XChaCha20-Poly1305 with keys derived from a secret of the config (HKDF, RFC 5869), each for one use. A nonce is made
//! from everything that is sealed, with random bytes and the time beside it: should an engine's randomness repeat itself,
//! a nonce repeats for the same plaintext in the same place alone, and then gives the same text, which tells nothing.
//!
//! ```text
//! version 1 | key 4 | nonce 24 | ciphertext and tag       in base64url without padding
//! ```

use crate::signature::{Hash, mac};
use crate::time::UnixTime;
use crate::world::Entropy;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use core::fmt;
use hkdf::Hkdf;
use sha2::Sha256;

/// Keys of one purpose: the first seals, and all open. Never empty.
#[derive(Clone)]
pub struct Keyring {
    first: Key,
    older: Box<[Key]>,
}

#[derive(Clone)]
struct Key {
    /// Says which of the keys it is, and nothing of the secret.
    name: [u8; NAME],
    cipher: XChaCha20Poly1305,
    /// Of the nonces.
    mac: [u8; 32],
    /// Of the bytes that nobody can guess.
    unguessable: [u8; 32],
}

/// For what a text is sealed. It opens for the same alone, part by part.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a>(pub &'a [&'a [u8]]);

/// Why a text does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unopened {
    /// It has another form than a sealed text.
    NotSealed,
    /// It was sealed with a key that is none of these, or not any more.
    KeyUnknown,
    /// It was sealed for another place, or changed.
    Forged,
}

impl Keyring {
    /// Keys for `purpose` from these secrets, the present one first. `None` if there is none.
    #[must_use]
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a [u8]>, purpose: &str) -> Option<Self> {
        let mut keys = secrets.into_iter().map(|secret| Key::derive(secret, purpose));
        let first = keys.next()?;
        Some(Self { first, older: keys.collect() })
    }

    /// The text that [`open`](Self::open) makes the plaintext of again, for this place. `None` if it is too long for the
    /// cipher, which no plaintext is that fits into memory here.
    #[must_use]
    pub fn seal(
        &self,
        place: Place<'_>,
        plaintext: &[u8],
        now: UnixTime,
        entropy: &mut dyn Entropy,
    ) -> Option<String> {
        let key = &self.first;
        let associated = place.bytes();
        let nonce = key.nonce(&associated, plaintext, now, entropy);
        let payload = Payload { msg: plaintext, aad: &associated };
        let sealed = key.cipher.encrypt(&XNonce::from(nonce), payload).ok()?;
        Some(URL_SAFE_NO_PAD.encode([&[VERSION], &key.name[..], &nonce, &sealed].concat()))
    }

    /// The plaintext that was sealed for this place.
    ///
    /// # Errors
    /// [`Unopened`].
    pub fn open(&self, place: Place<'_>, text: &[u8]) -> Result<Vec<u8>, Unopened> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| Unopened::NotSealed)?;
        let (version, rest) = bytes.split_first().ok_or(Unopened::NotSealed)?;
        let (name, rest) = rest.split_first_chunk::<NAME>().ok_or(Unopened::NotSealed)?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE>().ok_or(Unopened::NotSealed)?;
        if *version != VERSION {
            return Err(Unopened::NotSealed);
        }
        let key = self.keys().find(|key| key.name == *name).ok_or(Unopened::KeyUnknown)?;
        let payload = Payload { msg: sealed, aad: &place.bytes() };
        key.cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| Unopened::Forged)
    }

    /// Bytes that nobody can guess. `about` is whatever tells these from others: where an engine's randomness repeats
    /// itself, who does not know the secret still learns nothing.
    #[must_use]
    pub fn unguessable(&self, about: &[&[u8]], now: UnixTime, entropy: &mut dyn Entropy) -> [u8; 32] {
        let mut random = [0; 32];
        entropy.fill(&mut random);
        let time = now.seconds().to_be_bytes();
        let parts: Vec<&[u8]> = [&random[..], &time].into_iter().chain(about.iter().copied()).collect();
        let bytes = mac(Hash::Sha256, &self.first.unguessable, &Place(&parts).bytes());
        bytes.first_chunk().copied().unwrap_or_default()
    }

    fn keys(&self) -> impl Iterator<Item = &Key> {
        core::iter::once(&self.first).chain(&self.older)
    }
}

impl Key {
    fn derive(secret: &[u8], purpose: &str) -> Self {
        let derived = Hkdf::<Sha256>::new(Some(SALT), secret);
        Self {
            name: part(&derived, purpose, "name"),
            cipher: XChaCha20Poly1305::new(&part::<32>(&derived, purpose, "cipher").into()),
            mac: part(&derived, purpose, "nonce"),
            unguessable: part(&derived, purpose, "unguessable"),
        }
    }

    fn nonce(
        &self,
        associated: &[u8],
        plaintext: &[u8],
        now: UnixTime,
        entropy: &mut dyn Entropy,
    ) -> [u8; NONCE] {
        let mut random = [0; 32];
        entropy.fill(&mut random);
        let length = length_of(associated);
        let time = now.seconds().to_be_bytes();
        let text = [&random[..], &time, &length, associated, plaintext].concat();
        let hash = mac(Hash::Sha256, &self.mac, &text);
        hash.first_chunk().copied().unwrap_or_default()
    }
}

/// A key of so many bytes.
fn part<const N: usize>(derived: &Hkdf<Sha256>, purpose: &str, name: &str) -> [u8; N] {
    let mut key = [0; N];
    // Fails for more than 255 blocks alone (RFC 5869 2.3).
    let expanded = derived.expand_multi_info(&[purpose.as_bytes(), b" ", name.as_bytes()], &mut key);
    debug_assert!(expanded.is_ok(), "a key of {N} bytes");
    key
}

impl Place<'_> {
    /// Every part with its length in front, so that no place reads as another.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for part in self.0 {
            bytes.extend(length_of(part));
            bytes.extend(*part);
        }
        bytes
    }
}

/// The same on every machine: what one gateway sealed another opens.
fn length_of(part: &[u8]) -> [u8; 8] {
    u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes()
}

/// How many keys there are.
impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring").field("keys", &self.keys().count()).finish_non_exhaustive()
    }
}

impl Unopened {
    /// What was found instead of a sealed text, in words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotSealed => "a text of another form",
            Self::KeyUnknown => "one that was sealed with another secret",
            Self::Forged => "one that was changed, or sealed for another place",
        }
    }
}

/// Seconds by which the clocks of gateways that share what browsers keep may differ.
pub(crate) const SKEW: i64 = 60;

const VERSION: u8 = 1;
const NAME: usize = 4;
const NONCE: usize = 24;

/// No secret; it keeps these keys apart from those of other programs that were given the same one.
const SALT: &[u8] = b"claimgate sealed 1";

#[cfg(test)]
mod tests;
