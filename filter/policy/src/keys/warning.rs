//! Why a key of a set is not used.

use alloc::boxed::Box;
use core::fmt;

use crate::denial::shown;
use crate::json::Value;
use crate::signature::{Ed25519KeyError, RsaKeyError};

/// A key that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyWarning {
    /// Its place in `keys`, from 0.
    pub index: usize,
    /// Its `kid`, safe to log, if it has one.
    pub kid: Option<Box<str>>,
    /// What is wrong.
    pub problem: KeyProblem,
}

/// What is wrong with a key. Values found are safe to log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyProblem {
    /// `alg` is not a signature algorithm, or not one of the key's type.
    Algorithm {
        /// `alg`.
        found: Box<str>,
    },
    /// A curve that is not supported.
    Curve {
        /// `crv`.
        found: Box<str>,
    },
    /// The bytes are no Ed25519 key that is used here.
    Ed25519(Ed25519KeyError),
    /// A type that is not supported.
    KeyType {
        /// `kty`.
        found: Box<str>,
    },
    /// `kid` is longer than a token's may be.
    KidTooLong,
    /// A member is absent, of the wrong type, or not base64url of the right length.
    Member {
        /// Which one.
        name: &'static str,
    },
    /// `key_ops` has no `verify`.
    Operations,
    /// The point does not lie on its curve.
    PointNotOnCurve,
    /// The private part stands beside the public one.
    Private,
    /// The numbers are no RSA key that is used here.
    Rsa(RsaKeyError),
    /// A shared secret.
    Symmetric,
    /// `use` is not `sig`.
    Use {
        /// `use`.
        found: Box<str>,
    },
}

impl KeyWarning {
    pub(super) fn new(index: usize, jwk: &Value, problem: KeyProblem) -> Self {
        Self { index, kid: jwk.get("kid").and_then(Value::as_str).map(shown), problem }
    }
}

impl fmt::Display for KeyWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kid {
            Some(kid) => write!(f, "key {} (kid {kid}) is not used: {}", self.index, self.problem),
            None => write!(f, "key {} is not used: {}", self.index, self.problem),
        }
    }
}

impl fmt::Display for KeyProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Algorithm { found } => {
                write!(f, "expected a signature algorithm of the key's type in alg, found {found}")
            }
            Self::Curve { found } => {
                write!(f, "expected curve P-256, P-384 or P-521, or Ed25519 of an OKP, found {found}")
            }
            Self::Ed25519(error) => fmt::Display::fmt(error, f),
            Self::KeyType { found } => write!(f, "expected kty RSA, EC or OKP, found {found}"),
            Self::KidTooLong => f.write_str("expected a kid of at most 256 bytes, found a longer one"),
            Self::Member { name } => write!(f, "expected a valid member {name}, found none"),
            Self::Operations => f.write_str("expected verify in key_ops, found other operations"),
            Self::PointNotOnCurve => f.write_str("expected a point on the curve, found another one"),
            Self::Private => {
                f.write_str("expected a public key, found a private one; replace it at the issuer")
            }
            Self::Rsa(error) => fmt::Display::fmt(error, f),
            Self::Symmetric => f.write_str("expected a public key, found a shared secret"),
            Self::Use { found } => write!(f, "expected use sig, found {found}"),
        }
    }
}

impl fmt::Display for RsaKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ModulusBits { found } => {
                write!(f, "expected an RSA modulus of 2048 to 8192 bits, found {found}")
            }
            Self::ModulusEven => f.write_str("expected an odd RSA modulus, found an even one"),
            Self::Exponent => f.write_str("expected an odd RSA exponent of at least 3 and at most 33 bits"),
        }
    }
}

impl fmt::Display for Ed25519KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Encoding => "expected the encoding of a point on edwards25519 in x, found other bytes",
            Self::Weak => {
                "expected a point that a private key can stand behind, found one of small order; replace the key"
            }
        })
    }
}
