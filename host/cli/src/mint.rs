//! Makes tokens: well-formed ones, and ones that are wrong in exactly the way that a test needs.
//!
//! Signatures go through jwt-compact's `Algorithm` trait, with aws-lc-rs behind it (see `algorithm.rs`); header
//! and payload are the caller's bytes, so that nothing stands between a test and the token that it wants. The
//! keys are for development: they lie unencrypted in a file, and are not wiped from memory.

use crate::mint::algorithm::{Es256, Rs256};
use crate::mint::jwk::{PrivateKey, PublicKey};
use aws_lc_rs::error::{KeyRejected, Unspecified};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RsaKeyPair};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jwt_compact::{Algorithm, AlgorithmSignature as _};
use serde_json::{Map, Value, json};
use std::fmt;

/// RS256 and ES256 as jwt-compact algorithms.
pub mod algorithm;

/// Keys as JSON (RFC 7517, RFC 7518 6).
mod jwk;

/// The one DER structure that is read: an RSA private key.
mod der;

/// A private key that signs tokens, with the `kid` that names it.
pub struct Signer {
    kid: Box<str>,
    key: Key,
}

enum Key {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
}

/// What a [`Signer`] can sign with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum SigningAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256 and a key of 2048 bits (RFC 7518 3.3).
    #[value(name = "RS256", alias = "rs256")]
    Rs256,
    /// ECDSA on P-256 with SHA-256 (RFC 7518 3.4).
    #[value(name = "ES256", alias = "es256")]
    Es256,
}

impl Signer {
    /// A new key.
    ///
    /// # Errors
    /// [`MintError::Generate`] if the random source or the key generation fails.
    pub fn generate(algorithm: SigningAlgorithm, kid: &str) -> Result<Self, MintError> {
        let key = match algorithm {
            SigningAlgorithm::Rs256 => RsaKeyPair::generate(KeySize::Rsa2048).map(Key::Rsa),
            SigningAlgorithm::Es256 => EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map(Key::Ec),
        };
        Ok(Self { kid: kid.into(), key: key.map_err(|Unspecified| MintError::Generate)? })
    }

    /// The key of a private JWK, the form that `claimgate keys new` writes: RSA with all its CRT members, or
    /// EC on P-256. `kid` may be absent; then it is empty.
    ///
    /// # Errors
    /// [`MintError::Jwk`] if the JSON is not such a key, [`MintError::Rejected`] if its numbers do not belong
    /// together.
    pub fn from_jwk(json: &[u8]) -> Result<Self, MintError> {
        let (kid, private) = jwk::read(json).map_err(MintError::Jwk)?;
        let key = match private {
            PrivateKey::Rsa(rsa) => RsaKeyPair::from_components(&rsa.components()).map(Key::Rsa),
            PrivateKey::Ec(ec) => ec.key_pair().map(Key::Ec),
        };
        Ok(Self { kid, key: key.map_err(MintError::Rejected)? })
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
        match self.key {
            Key::Rsa(_) => SigningAlgorithm::Rs256,
            Key::Ec(_) => SigningAlgorithm::Es256,
        }
    }

    /// The public half, for a JWKS: with `kid`, `alg` and `use`.
    ///
    /// # Errors
    /// [`MintError::Export`] if the key cannot be written out.
    pub fn public_jwk(&self) -> Result<Value, MintError> {
        let key = PublicKey::from(&self.private_key()?);
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

    /// The signature of some bytes: for RS256 as long as the modulus, for ES256 `r || s`.
    ///
    /// # Errors
    /// [`MintError::Sign`] if signing fails.
    pub fn signature(&self, input: &[u8]) -> Result<Vec<u8>, MintError> {
        let signature = match &self.key {
            Key::Rsa(key) => Rs256.sign(key, input),
            Key::Ec(key) => Es256.sign(key, input),
        };
        if signature.is_made() { Ok(signature.as_bytes().into_owned()) } else { Err(MintError::Sign) }
    }

    fn private_key(&self) -> Result<PrivateKey, MintError> {
        match &self.key {
            Key::Rsa(key) => der::rsa_private_key(key).map(PrivateKey::Rsa),
            Key::Ec(key) => jwk::ec_private_key(key).map(PrivateKey::Ec),
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

/// Shows the name of the key, never the key.
impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("kid", &self.kid)
            .field("algorithm", &self.algorithm())
            .finish_non_exhaustive()
    }
}

impl SigningAlgorithm {
    /// The value of `alg` (RFC 7518 3.1).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
        }
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
    /// The signing failed.
    Sign,
}

impl fmt::Display for MintError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Generate => f.write_str("the key generation failed; check the system's random source"),
            Self::Jwk(error) => write!(
                f,
                "expected a private JWK: kty RSA with n, e, d, p, q, dp, dq, qi, or kty EC with crv P-256, x, y, d; {error}"
            ),
            Self::Rejected(error) => write!(
                f,
                "expected a private key whose numbers belong together (RSA from 2048 bits, or P-256), found one that is refused: {error}"
            ),
            Self::Export => f.write_str("the key could not be written out as JSON"),
            Self::Sign => f.write_str("the signing failed"),
        }
    }
}

impl std::error::Error for MintError {}

#[cfg(test)]
mod tests;
