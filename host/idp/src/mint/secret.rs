//! Shared secrets, through jwt-compact's own HMAC.

use crate::mint::{MintError, base64url};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand;
use claimgate_policy::signature::Hash;
use jwt_compact::alg::{Hs256, Hs256Key, Hs384, Hs384Key, Hs512, Hs512Key};
use jwt_compact::{Algorithm, AlgorithmSignature as _};

/// A secret, at least as long as its hash. Its bytes are text where it was generated: a config holds it as text.
pub(super) struct Secret {
    hash: Hash,
    bytes: Box<[u8]>,
}

impl Secret {
    /// As many random bytes as the hash has, as base64url.
    pub(super) fn generate(hash: Hash) -> Result<Self, Unspecified> {
        let mut random = vec![0; hash.length()];
        rand::fill(&mut random)?;
        Ok(Self { hash, bytes: base64url(&random).into_bytes().into() })
    }

    pub(super) fn new(hash: Hash, bytes: &[u8]) -> Result<Self, MintError> {
        let (least, found) = (hash.length(), bytes.len());
        if found < least {
            Err(MintError::ShortSecret { least, found })
        } else {
            Ok(Self { hash, bytes: bytes.into() })
        }
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn sign(&self, input: &[u8]) -> Vec<u8> {
        match self.hash {
            Hash::Sha256 => Hs256.sign(&Hs256Key::new(&self.bytes), input).as_bytes().into_owned(),
            Hash::Sha384 => Hs384.sign(&Hs384Key::new(&self.bytes), input).as_bytes().into_owned(),
            Hash::Sha512 => Hs512.sign(&Hs512Key::new(&self.bytes), input).as_bytes().into_owned(),
        }
    }
}
