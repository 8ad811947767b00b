//! Texts that prove something to who knows them.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use serde::Deserialize;
use std::fmt;

/// A secret or a password. Shows nothing of itself.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Secret(Box<str>);

/// The SHA-256 of a token or code: what is kept of one, so that nothing that is kept can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Fingerprint([u8; 32]);

impl Secret {
    /// A secret of this text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// Whether this is the text; compared in a time that does not tell how much of it fits.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        verify_slices_are_equal(&Fingerprint::of(&self.0).0, &Fingerprint::of(text).0).is_ok()
    }

    /// Its beginning, by which people tell secrets apart; nothing of one that is short.
    pub(crate) fn hint(&self) -> &str {
        if self.0.len() >= LONG { self.0.get(..HINT).unwrap_or_default() } else { "" }
    }

    /// The bytes, to make or check an HMAC with.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl Fingerprint {
    pub(crate) fn of(text: &str) -> Self {
        Self(sha256(text.as_bytes()))
    }
}

/// SHA-256.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    let digest = digest(&SHA256, bytes);
    out.iter_mut().zip(digest.as_ref()).for_each(|(out, byte)| *out = *byte);
    out
}

/// Bytes of a secret from which on three of them give little away.
const LONG: usize = 32;

/// Bytes of a hint, as in Entra.
const HINT: usize = 3;
