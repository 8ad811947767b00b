//! Keys of an issuer: a JSON Web Key Set (RFC 7517), read once, each key prepared for its algorithm.
//!
//! A key owns its algorithms; a token's header can only agree with them. A key that cannot be used is left
//! out with a warning that names it, so that one odd key does not take an issuer down.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use sha2::{Digest, Sha256};

use crate::json::{JsonError, Limits, Value};
use crate::signature::{Algorithm, AlgorithmSet, EcKey, Ed25519Key, RsaKey};
use crate::verified::Evidence;

mod bound;
mod jwk;
mod signing;
mod warning;

pub use bound::KeyIssuer;
pub use signing::{SigningKey, SigningKeyProblem};
pub use warning::{KeyProblem, KeyWarning};

/// The public keys of one source. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct KeySet(Arc<[Key]>);

/// One public key that signatures can be verified with.
#[derive(Debug, Clone)]
pub struct Key {
    kid: Option<Box<str>>,
    issuer: Option<KeyIssuer>,
    algorithms: AlgorithmSet,
    fingerprint: Fingerprint,
    spki_der: Box<[u8]>,
    material: Material,
    /// As the issuer wrote it, compact.
    jwk: Box<str>,
}

/// The numbers of a key.
#[derive(Debug, Clone)]
pub enum Material {
    /// RSA.
    Rsa(RsaKey),
    /// A point on one of ECDSA's curves.
    Ec(EcKey),
    /// A point on edwards25519.
    Ed25519(Ed25519Key),
}

/// SHA-256 of a key's SubjectPublicKeyInfo in DER: the same key has the same one, whatever its `kid`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 32]);

/// Why a whole key set was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JwksError {
    /// Longer than [`MAX_JWKS`].
    TooLong {
        /// Bytes found.
        found: usize,
    },
    /// Not strict JSON.
    Json(JsonError),
    /// No member `keys` that is an array (RFC 7517 5).
    NoKeys,
    /// More keys than [`MAX_KEYS`].
    TooManyKeys {
        /// Keys found.
        found: usize,
    },
}

impl KeySet {
    /// Reads a JWKS document.
    ///
    /// # Errors
    /// A document that is too long, is not JSON, holds a member twice, has no `keys`, or too many.
    pub fn from_jwks(document: &[u8]) -> Result<(Self, Vec<KeyWarning>), JwksError> {
        if document.len() > MAX_JWKS {
            return Err(JwksError::TooLong { found: document.len() });
        }
        Self::from_value(&Value::parse(document, &Limits::CONFIG).map_err(JwksError::Json)?)
    }

    /// Reads a JWKS that is part of a document.
    ///
    /// # Errors
    /// A value without `keys`, or with too many.
    pub fn from_value(jwks: &Value) -> Result<(Self, Vec<KeyWarning>), JwksError> {
        let entries = jwks.get("keys").and_then(Value::as_array).ok_or(JwksError::NoKeys)?;
        if entries.len() > MAX_KEYS {
            return Err(JwksError::TooManyKeys { found: entries.len() });
        }
        let (mut keys, mut warnings) = (Vec::new(), Vec::new());
        for (index, entry) in entries.iter().enumerate() {
            match jwk::key(entry) {
                Ok(key) => keys.push(key),
                Err(problem) => warnings.push(KeyWarning::new(index, entry, problem)),
            }
        }
        Ok((Self(keys.into()), warnings))
    }

    /// The keys of several sets in one, as many as one may hold.
    #[must_use]
    pub fn join<'a>(sets: impl Iterator<Item = &'a Self>) -> Self {
        Self(sets.flat_map(Self::iter).take(MAX_KEYS).cloned().collect())
    }

    /// Whether both hold the same keys under the same names.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let names = |key: &Key| (key.kid.clone(), key.issuer.clone(), key.algorithms, key.fingerprint);
        self.iter().map(names).eq(other.iter().map(names))
    }

    /// Keys that a token with this `kid` and `alg` may be signed by, at most [`MAX_TRIED`]: those of that very
    /// `kid`, or all where the token has none, as far as they are for the algorithm.
    pub fn candidates(&self, kid: Option<&str>, algorithm: Algorithm) -> impl Iterator<Item = &Key> {
        self.iter()
            .filter(move |key| kid.is_none() || key.kid() == kid)
            .filter(move |key| key.algorithms.contains(algorithm))
            .take(MAX_TRIED)
    }

    /// Whether what was proven with a key would be proven again: the same key is still there, for the same
    /// `kid`, the same algorithm and the same issuer. A shared secret is in no set, nor is a source's word.
    #[must_use]
    pub fn upholds(&self, evidence: &Evidence) -> bool {
        match evidence {
            Evidence::Signature { algorithm, kid, fingerprint, key_issuer } => self
                .candidates(kid.as_deref(), *algorithm)
                .any(|key| key.fingerprint == *fingerprint && key.issuer == *key_issuer),
            Evidence::SharedSecret { .. } | Evidence::Introspection | Evidence::UserInfo => false,
        }
    }

    /// The keys in the order of the document.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Key> {
        self.0.iter()
    }

    /// How many keys can be used.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether no key can be used.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Key {
    fn new(
        kid: Option<Box<str>>,
        issuer: Option<KeyIssuer>,
        algorithms: AlgorithmSet,
        spki_der: Vec<u8>,
        material: Material,
        jwk: Box<str>,
    ) -> Self {
        let fingerprint = Fingerprint(Sha256::digest(&spki_der).into());
        Self { kid, issuer, algorithms, fingerprint, spki_der: spki_der.into_boxed_slice(), material, jwk }
    }

    /// The JWK as the issuer wrote it, compact. Public parts only: a key with a private part is never taken.
    #[must_use]
    pub fn jwk(&self) -> &str {
        &self.jwk
    }

    /// The issuer's name for the key.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// For whom alone the key may sign, if its entry says so.
    #[must_use]
    pub fn issuer(&self) -> Option<&KeyIssuer> {
        self.issuer.as_ref()
    }

    /// Algorithms that the key is for.
    #[must_use]
    pub fn algorithms(&self) -> AlgorithmSet {
        self.algorithms
    }

    /// What tells this key from any other.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// SubjectPublicKeyInfo in DER, as native code takes it.
    #[must_use]
    pub fn spki_der(&self) -> &[u8] {
        &self.spki_der
    }

    /// The numbers.
    #[must_use]
    pub fn material(&self) -> &Material {
        &self.material
    }
}

impl Fingerprint {
    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// 64 hexadecimal digits.
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Display for JwksError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { found } => {
                write!(f, "expected a key set of at most {MAX_JWKS} bytes, found {found}")
            }
            Self::Json(error) => write!(f, "the key set: {error}"),
            Self::NoKeys => f.write_str("expected a key set with an array named keys, found none"),
            Self::TooManyKeys { found } => write!(f, "expected at most {MAX_KEYS} keys, found {found}"),
        }
    }
}

impl core::error::Error for JwksError {}

/// Bytes of a JWKS document, at most.
pub const MAX_JWKS: usize = 256 * 1024;

/// Keys of a set, at most.
pub const MAX_KEYS: usize = 100;

/// Keys that one token is tried with, at most.
pub const MAX_TRIED: usize = 4;

#[cfg(test)]
mod tests;
