//! Keys of the gateway's own, with which it signs assertions: private JSON Web Keys (RFC 7517, RFC 7518 6, RFC 8037 2).

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use super::{KeyProblem, Material, jwk};
use crate::denial::shown;
use crate::json::Value;
use crate::signature::{Algorithm, AlgorithmSet, Curve, NativeSigner, PrivateKey, RsaNumbers, SigningError};

/// A private key, the one algorithm that it is used with, and what names it to who verifies. Shows nothing of its
/// private part.
#[derive(Debug, Clone)]
pub struct SigningKey {
    kid: Option<Box<str>>,
    x5t: Option<Box<str>>,
    x5t_s256: Option<Box<str>>,
    algorithm: Algorithm,
    private: PrivateKey,
}

/// Why a JWK cannot sign. Holds nothing of a private part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SigningKeyProblem {
    /// The algorithm that is asked for, or that `alg` names, is none that the key is used with.
    Algorithm {
        /// Those that it is used with.
        expected: AlgorithmSet,
        /// The one that is asked for.
        found: Box<str>,
    },
    /// A curve whose keys do not sign here.
    Curve {
        /// `crv`.
        found: &'static str,
    },
    /// The private part is not that of the public part.
    Mismatch,
    /// More than two primes.
    MorePrimes,
    /// `key_ops` has no `sign`.
    Operations,
    /// The public part, or a member, is wrong.
    Part(KeyProblem),
}

impl SigningKey {
    /// Reads a private JWK. Without `wanted` and `alg`, an RSA key is for RS256.
    ///
    /// # Errors
    /// [`SigningKeyProblem`].
    pub fn from_jwk(jwk: &Value, wanted: Option<Algorithm>) -> Result<Self, SigningKeyProblem> {
        let kty = jwk::text(jwk, "kty")?.ok_or(KeyProblem::Member { name: "kty" })?;
        jwk::check_use(jwk)?;
        check_operations(jwk)?;
        if kty == "oct" {
            return Err(KeyProblem::Symmetric.into());
        }
        let (_, _, public) = jwk::public_part(jwk, kty)?;
        Ok(Self {
            kid: jwk::kid(jwk)?.map(Into::into),
            x5t: thumbprint(jwk, "x5t", SHA_1)?,
            x5t_s256: thumbprint(jwk, "x5t#S256", SHA_256)?,
            algorithm: algorithm(jwk, &public, wanted)?,
            private: private(jwk, &public)?,
        })
    }

    /// The name of the key.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// The SHA-1 thumbprint of its certificate (RFC 7515 4.1.7), by which Entra finds it.
    #[must_use]
    pub fn x5t(&self) -> Option<&str> {
        self.x5t.as_deref()
    }

    /// The SHA-256 thumbprint of its certificate (RFC 7515 4.1.8).
    #[must_use]
    pub fn x5t_s256(&self) -> Option<&str> {
        self.x5t_s256.as_deref()
    }

    /// The algorithm that it is used with.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Whether nothing but the engine can sign with it.
    #[must_use]
    pub const fn needs_native_signer(&self) -> bool {
        self.private.needs_native_signer()
    }

    /// The signature over a text, as a JWS has it.
    ///
    /// # Errors
    /// [`SigningError`], of RSA keys.
    pub fn sign(&self, text: &[u8], native: Option<&dyn NativeSigner>) -> Result<Vec<u8>, SigningError> {
        self.private.sign(self.algorithm, text, native)
    }
}

fn private(jwk: &Value, public: &Material) -> Result<PrivateKey, SigningKeyProblem> {
    let mismatch = SigningKeyProblem::Mismatch;
    match public {
        Material::Rsa(_) => rsa(jwk),
        Material::Ec(key) if key.curve() == Curve::P521 => {
            Err(SigningKeyProblem::Curve { found: Curve::P521.name() })
        }
        Material::Ec(key) => {
            let curve = key.curve();
            let [scalar, x, y] = ["d", "x", "y"].map(|name| jwk::coordinate(jwk, name, curve));
            PrivateKey::ec(curve, &scalar?, &x?, &y?).ok_or(mismatch)
        }
        Material::Ed25519(_) => {
            let [seed, point] = ["d", "x"]
                .map(|name| jwk::number(jwk, name)?.try_into().map_err(|_| KeyProblem::Member { name }));
            PrivateKey::ed25519(&seed?, &point?).ok_or(mismatch)
        }
    }
}

/// All numbers must be there: to compute what is left out would take the code that the engine has (RFC 7518 6.3.2).
fn rsa(jwk: &Value) -> Result<PrivateKey, SigningKeyProblem> {
    if jwk.get("oth").is_some_and(|primes| *primes != Value::Null) {
        return Err(SigningKeyProblem::MorePrimes);
    }
    let number = |name| jwk::number(jwk, name);
    let (n, e, d) = (number("n")?, number("e")?, number("d")?);
    let (p, q) = (number("p")?, number("q")?);
    let (dp, dq, qi) = (number("dp")?, number("dq")?, number("qi")?);
    let numbers = RsaNumbers { n: &n, e: &e, d: &d, p: &p, q: &q, dp: &dp, dq: &dq, qi: &qi };
    PrivateKey::rsa(&numbers).map_err(|error| KeyProblem::Rsa(error).into())
}

/// The one that is wanted, or else the one that `alg` names.
fn algorithm(
    jwk: &Value,
    public: &Material,
    wanted: Option<Algorithm>,
) -> Result<Algorithm, SigningKeyProblem> {
    let (expected, unset) = match public {
        Material::Rsa(_) => (PKCS1, Algorithm::Rs256),
        Material::Ec(key) => (AlgorithmSet::of(&[key.curve().algorithm()]), key.curve().algorithm()),
        Material::Ed25519(_) => (AlgorithmSet::of(&[Algorithm::EdDsa]), Algorithm::EdDsa),
    };
    let named = jwk::text(jwk, "alg")?;
    let by_name = |name: &str| {
        let known = Algorithm::from_name(name).filter(|algorithm| expected.contains(*algorithm));
        known.ok_or_else(|| SigningKeyProblem::Algorithm { expected, found: shown(name) })
    };
    let named = named.map(by_name).transpose()?;
    match (wanted, named) {
        (Some(wanted), None) => by_name(wanted.name()),
        (Some(wanted), Some(named)) if wanted != named => Err(SigningKeyProblem::Algorithm {
            expected: AlgorithmSet::of(&[named]),
            found: wanted.name().into(),
        }),
        (_, named) => Ok(named.unwrap_or(unset)),
    }
}

/// `key_ops`, where it stands, has `sign` (RFC 7517 4.3).
fn check_operations(jwk: &Value) -> Result<(), SigningKeyProblem> {
    let Some(operations) = jwk.get("key_ops").filter(|operations| **operations != Value::Null) else {
        return Ok(());
    };
    let operations = operations.as_array().ok_or(KeyProblem::Member { name: "key_ops" })?;
    let signs = operations.iter().any(|operation| operation.as_str() == Some("sign"));
    if signs { Ok(()) } else { Err(SigningKeyProblem::Operations) }
}

/// A thumbprint as the header of an assertion repeats it: base64url of a hash of this length.
fn thumbprint(jwk: &Value, name: &'static str, length: usize) -> Result<Option<Box<str>>, KeyProblem> {
    let Some(written) = jwk::text(jwk, name)? else { return Ok(None) };
    let hash = jwk::number(jwk, name)?;
    if hash.len() == length { Ok(Some(written.into())) } else { Err(KeyProblem::Member { name }) }
}

impl From<KeyProblem> for SigningKeyProblem {
    fn from(problem: KeyProblem) -> Self {
        Self::Part(problem)
    }
}

impl fmt::Display for SigningKeyProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Algorithm { expected, found } => {
                write!(f, "expected one of {expected}, which the key is used with, found {found}")
            }
            Self::Curve { found } => {
                write!(f, "expected a key on P-256, P-384 or Ed25519, or an RSA key, found one on {found}")
            }
            Self::Mismatch => f.write_str("expected the private part of the public one, found another's"),
            Self::MorePrimes => f.write_str("expected an RSA key with two primes, found one with more"),
            Self::Operations => f.write_str("expected sign in key_ops, found other operations"),
            Self::Part(KeyProblem::Symmetric) => {
                f.write_str("expected a private key, found a shared secret; that is client_secret")
            }
            Self::Part(problem) => fmt::Display::fmt(problem, f),
        }
    }
}

/// What engines sign with RSA keys.
const PKCS1: AlgorithmSet = AlgorithmSet::of(&[Algorithm::Rs256, Algorithm::Rs384, Algorithm::Rs512]);

const SHA_1: usize = 20;
const SHA_256: usize = 32;

#[cfg(test)]
mod tests;
