//! Makes tokens: well-formed ones, and ones that are wrong in exactly the way that a test needs.
//!
//! Signatures go through jwt-compact's `Algorithm` trait: its own HMAC, and aws-lc-rs for key pairs (see `pairs.rs`);
//! header and payload are the caller's bytes, so that nothing stands between a test and the token that it wants. The
//! keys are for development: they lie unencrypted in a file, and are not wiped from memory.

use crate::mint::jwk::{Base64Url, Curve, PrivateKey, PublicKey};
use crate::mint::pairs::{Ecdsa, Ed25519, Rsa};
use crate::mint::secret::Secret;
use aws_lc_rs::error::{KeyRejected, Unspecified};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{EcdsaKeyPair, Ed25519KeyPair, RsaKeyPair};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jwt_compact::{Algorithm, AlgorithmSignature as _};
use serde_json::{Map, Value, json};
use std::fmt;

pub use algorithm::SigningAlgorithm;

mod algorithm;

/// Key pairs as jwt-compact algorithms.
pub mod pairs;

/// Shared secrets, and the HMACs that they sign with.
mod secret;

/// Keys as JSON (RFC 7517, RFC 7518 6).
mod jwk;

/// The one DER structure that is read: an RSA private key.
mod der;

/// A private key that signs tokens, with the `kid` that names it.
pub struct Signer {
    kid: Box<str>,
    algorithm: SigningAlgorithm,
    key: Key,
}

enum Key {
    Rsa(Rsa, RsaKeyPair),
    Ec(Curve, EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Secret(Secret),
}

impl Signer {
    /// A new key.
    ///
    /// # Errors
    /// [`MintError::Generate`] if the random source or the key generation fails.
    pub fn generate(algorithm: SigningAlgorithm, kid: &str) -> Result<Self, MintError> {
        let key = if let Some(hash) = algorithm.hmac() {
            Secret::generate(hash).map(Key::Secret)
        } else if let Some(curve) = Curve::of(algorithm) {
            EcdsaKeyPair::generate(curve.signing()).map(|pair| Key::Ec(curve, pair))
        } else if let Some(rsa) = Rsa::of(algorithm) {
            RsaKeyPair::generate(KeySize::Rsa2048).map(|pair| Key::Rsa(rsa, pair))
        } else {
            Ed25519KeyPair::generate().map(Key::Ed25519)
        };
        Ok(Self { kid: kid.into(), algorithm, key: key.map_err(|Unspecified| MintError::Generate)? })
    }

    /// The key of a private JWK, the form that `claimgate keys new` writes: RSA with all its CRT members, EC on
    /// P-256, P-384 or P-521, OKP on Ed25519, or oct. Without `alg` it signs with RS256, with the curve's algorithm,
    /// or with HS256. `kid` may be absent; then it is empty.
    ///
    /// # Errors
    /// [`MintError::Jwk`] if the JSON is not such a key, [`MintError::Rejected`] if its numbers do not belong
    /// together, [`MintError::ShortSecret`] if a secret is shorter than the hash.
    pub fn from_jwk(json: &[u8]) -> Result<Self, MintError> {
        let (kid, algorithm, private) = jwk::read(json).map_err(MintError::Jwk)?;
        Ok(Self { kid, algorithm, key: Key::of(algorithm, &private)? })
    }

    /// The same key under another name.
    #[must_use]
    pub fn named(self, kid: &str) -> Self {
        Self { kid: kid.into(), ..self }
    }

    /// The name of the key.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// What the key signs with.
    #[must_use]
    pub fn algorithm(&self) -> SigningAlgorithm {
        self.algorithm
    }

    /// The public half, for a JWKS: with `kid`, `alg` and `use`.
    ///
    /// # Errors
    /// [`MintError::NoPublicHalf`] of a secret, [`MintError::Export`] if the key cannot be written out.
    pub fn public_jwk(&self) -> Result<Value, MintError> {
        let key = PublicKey::of(&self.private_key()?).ok_or(MintError::NoPublicHalf)?;
        Ok(self.labelled(serde_json::to_value(key).map_err(|_| MintError::Export)?))
    }

    /// The private key, for a file that nobody else can read.
    ///
    /// # Errors
    /// [`MintError::Export`] if the key cannot be written out.
    pub fn private_jwk(&self) -> Result<Value, MintError> {
        let key = self.private_key()?;
        Ok(self.labelled(serde_json::to_value(key).map_err(|_| MintError::Export)?))
    }

    /// The header of an ordinary token of this key: `alg`, `kid` (unless it is empty) and `typ`.
    #[must_use]
    pub fn header(&self) -> Map<String, Value> {
        let mut header = Map::new();
        header.insert("alg".into(), self.algorithm().name().into());
        header.insert("typ".into(), "JWT".into());
        if !self.kid.is_empty() {
            header.insert("kid".into(), self.kid().into());
        }
        header
    }

    /// A token with exactly this header and these claims. Nothing is added: [`Signer::header`] is where an
    /// ordinary header comes from, and a header that names another `alg` is signed with this key all the same.
    ///
    /// # Errors
    /// [`MintError::Sign`] if signing fails.
    pub fn sign(
        &self,
        header: &Map<String, Value>,
        claims: &Map<String, Value>,
    ) -> Result<String, MintError> {
        Draft::new(header, claims).signed(self)
    }

    /// The signature of some bytes, in the form of JWS: of RSA as long as the modulus, of ECDSA `r || s`.
    ///
    /// # Errors
    /// [`MintError::Sign`] if signing fails.
    pub fn signature(&self, input: &[u8]) -> Result<Vec<u8>, MintError> {
        let signature = match &self.key {
            Key::Rsa(rsa, key) => rsa.sign(key, input),
            Key::Ec(curve, key) => Ecdsa::on(*curve).sign(key, input),
            Key::Ed25519(key) => Ed25519.sign(key, input),
            Key::Secret(secret) => return Ok(secret.sign(input)),
        };
        if signature.is_made() { Ok(signature.as_bytes().into_owned()) } else { Err(MintError::Sign) }
    }

    fn private_key(&self) -> Result<PrivateKey, MintError> {
        match &self.key {
            Key::Rsa(_, key) => der::rsa_private_key(key).map(PrivateKey::Rsa),
            Key::Ec(curve, key) => jwk::ec_private_key(key, *curve).map(PrivateKey::Ec),
            Key::Ed25519(key) => jwk::okp_private_key(key).map(PrivateKey::Okp),
            Key::Secret(secret) => Some(PrivateKey::Secret { k: Base64Url(secret.as_bytes().to_vec()) }),
        }
        .ok_or(MintError::Export)
    }

    fn labelled(&self, mut key: Value) -> Value {
        if let Value::Object(members) = &mut key {
            let labels = [("kid", self.kid()), ("alg", self.algorithm().name()), ("use", "sig")];
            members.extend(labels.map(|(name, value)| (name.to_owned(), json!(value))));
        }
        key
    }
}

impl Key {
    fn of(algorithm: SigningAlgorithm, private: &PrivateKey) -> Result<Self, MintError> {
        match private {
            PrivateKey::Rsa(rsa) => {
                let scheme = Rsa::of(algorithm).ok_or(MintError::Sign)?;
                RsaKeyPair::from_components(&rsa.components()).map(|pair| Self::Rsa(scheme, pair))
            }
            PrivateKey::Ec(ec) => ec.key_pair().map(|pair| Self::Ec(ec.curve(), pair)),
            PrivateKey::Okp(okp) => okp.key_pair().map(Self::Ed25519),
            PrivateKey::Secret { k } => {
                let hash = algorithm.hmac().ok_or(MintError::Sign)?;
                return Secret::new(hash, &k.0).map(Self::Secret);
            }
        }
        .map_err(MintError::Rejected)
    }
}

/// Shows the name of the key, never the key.
impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("kid", &self.kid)
            .field("algorithm", &self.algorithm())
            .finish_non_exhaustive()
    }
}

/// A token before its signature: the first two parts, whatever their bytes are.
#[derive(Debug, Clone)]
pub struct Draft {
    signing_input: String,
}

impl Draft {
    /// A header and claims as compact JSON.
    #[must_use]
    pub fn new(header: &Map<String, Value>, claims: &Map<String, Value>) -> Self {
        Self::from_bytes(compact(header).as_bytes(), compact(claims).as_bytes())
    }

    /// Any bytes as header and payload: invalid JSON, duplicate members, no UTF-8.
    #[must_use]
    pub fn from_bytes(header: &[u8], payload: &[u8]) -> Self {
        Self { signing_input: format!("{}.{}", base64url(header), base64url(payload)) }
    }

    /// The token, signed.
    ///
    /// # Errors
    /// [`MintError::Sign`] if signing fails.
    pub fn signed(&self, signer: &Signer) -> Result<String, MintError> {
        signer.signature(self.signing_input.as_bytes()).map(|signature| self.with_signature(&signature))
    }

    /// The token with an empty signature, as `alg: none` has it (RFC 7515 A.5).
    #[must_use]
    pub fn unsigned(&self) -> String {
        self.with_signature(&[])
    }

    /// The token with these bytes as its signature.
    #[must_use]
    pub fn with_signature(&self, signature: &[u8]) -> String {
        format!("{}.{}", self.signing_input, base64url(signature))
    }
}

/// The token with one bit of its signature flipped; `None` if its third part is not base64url or is empty.
#[must_use]
pub fn corrupt_signature(token: &str) -> Option<String> {
    let (signing_input, signature) = token.rsplit_once('.')?;
    let mut signature = BASE64_URL_SAFE_NO_PAD.decode(signature).ok()?;
    let middle = signature.len() / 2;
    *signature.get_mut(middle)? ^= 1;
    Some(format!("{signing_input}.{}", base64url(&signature)))
}

/// Base64url without padding (RFC 7515 2).
#[must_use]
pub fn base64url(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn compact(members: &Map<String, Value>) -> String {
    // A map of strings and JSON values has a JSON form; `Display` of the value cannot fail.
    Value::Object(members.clone()).to_string()
}

/// Why a key or a token could not be made. Never holds key material.
#[derive(Debug)]
#[non_exhaustive]
pub enum MintError {
    /// The key generation failed.
    Generate,
    /// Not a private JWK that can sign here.
    Jwk(serde_json::Error),
    /// The numbers of the key do not belong together, or are too small.
    Rejected(KeyRejected),
    /// The key could not be written out.
    Export,
    /// A secret has no public half.
    NoPublicHalf,
    /// A secret with fewer bytes than the hash has (RFC 7518 3.2).
    ShortSecret {
        /// Bytes that are needed.
        least: usize,
        /// Bytes found.
        found: usize,
    },
    /// The signing failed.
    Sign,
}

impl fmt::Display for MintError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Generate => f.write_str("the key generation failed; check the system's random source"),
            Self::Jwk(error) => write!(
                f,
                "expected a private JWK: kty RSA with n, e, d, p, q, dp, dq, qi; EC with crv P-256, P-384 or P-521, x, y, d; OKP with crv Ed25519, x, d; or oct with k; {error}"
            ),
            Self::Rejected(error) => write!(
                f,
                "expected a private key whose numbers belong together (RSA from 2048 bits), found one that is refused: {error}"
            ),
            Self::Export => f.write_str("the key could not be written out as JSON"),
            Self::NoPublicHalf => f.write_str(
                "expected a key pair, found a secret; it has no public half that a JWKS could hold",
            ),
            Self::ShortSecret { least, found } => {
                write!(f, "expected a secret of at least {least} bytes, as long as the hash, found {found}")
            }
            Self::Sign => f.write_str("the signing failed"),
        }
    }
}

impl std::error::Error for MintError {}

#[cfg(test)]
mod tests;
