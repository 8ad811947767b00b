//! A client at an identity provider: the gateway's own, or a caller whose id and secret the gateway hands on.

use crate::keys::SigningKey;
use crate::signature::{Algorithm, Hash};
use alloc::boxed::Box;
use core::fmt;

/// What nobody else may see. Does not show itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Box<[u8]>);

/// A client (RFC 6749 2).
#[derive(Debug, Clone)]
pub struct Client {
    /// Its id.
    pub id: Box<str>,
    /// The secret that it shares with the provider.
    pub secret: Option<Secret>,
    /// The hash of its client_secret_jwt.
    pub hash: Hash,
    /// The key of its private_key_jwt.
    pub key: Option<SigningKey>,
}

impl Client {
    /// One that shares a secret with the provider, and no more.
    #[must_use]
    pub fn with_secret(id: &str, secret: &[u8]) -> Self {
        Self { id: id.into(), secret: Some(Secret::new(secret)), hash: Hash::Sha256, key: None }
    }

    /// The algorithm of its client_secret_jwt.
    #[must_use]
    pub const fn secret_algorithm(&self) -> Algorithm {
        match self.hash {
            Hash::Sha256 => Algorithm::Hs256,
            Hash::Sha384 => Algorithm::Hs384,
            Hash::Sha512 => Algorithm::Hs512,
        }
    }
}

impl Secret {
    /// These bytes.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }

    /// The bytes, for those who must know them.
    #[must_use]
    pub fn reveal(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}
