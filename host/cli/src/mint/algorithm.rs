//! RS256 and ES256 behind jwt-compact's `Algorithm` trait, with aws-lc-rs doing the arithmetic.
//!
//! jwt-compact's own RSA rests on a crate whose private-key operations are open to timing attacks
//! (RUSTSEC-2023-0071); aws-lc-rs is in the binary already, for TLS.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, EcdsaKeyPair, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair,
    UnparsedPublicKey, VerificationAlgorithm,
};
use jwt_compact::{Algorithm, AlgorithmSignature};
use std::borrow::Cow;

/// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 3.3).
#[derive(Debug, Clone, Copy, Default)]
pub struct Rs256;

/// ECDSA on P-256 with SHA-256, signature `r || s` (RFC 7518 3.4).
#[derive(Debug, Clone, Copy, Default)]
pub struct Es256;

/// The bytes of a signature. The trait has no way to say that signing failed, so a failure is a signature of
/// no bytes, which fits no token; see [`Signature::is_made`].
#[derive(Debug, Clone)]
pub struct Signature(Vec<u8>);

/// A public key in the form that aws-lc-rs reads: `RSAPublicKey` in DER, or an uncompressed point.
#[derive(Debug, Clone)]
pub struct PublicKeyBytes(pub Box<[u8]>);

impl Signature {
    /// Whether signing succeeded.
    #[must_use]
    pub fn is_made(&self) -> bool {
        !self.0.is_empty()
    }
}

impl AlgorithmSignature for Signature {
    fn try_from_slice(slice: &[u8]) -> anyhow::Result<Self> {
        Ok(Self(slice.to_vec()))
    }

    fn as_bytes(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.0)
    }
}

impl Algorithm for Rs256 {
    type SigningKey = RsaKeyPair;
    type VerifyingKey = PublicKeyBytes;
    type Signature = Signature;

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed("RS256")
    }

    fn sign(&self, key: &RsaKeyPair, message: &[u8]) -> Signature {
        let mut bytes = vec![0; key.public_modulus_len()];
        let signed = key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut bytes);
        Signature(signed.map(|()| bytes).unwrap_or_default())
    }

    fn verify_signature(&self, signature: &Signature, key: &PublicKeyBytes, message: &[u8]) -> bool {
        verify(&RSA_PKCS1_2048_8192_SHA256, signature, key, message)
    }
}

impl Algorithm for Es256 {
    type SigningKey = EcdsaKeyPair;
    type VerifyingKey = PublicKeyBytes;
    type Signature = Signature;

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed("ES256")
    }

    fn sign(&self, key: &EcdsaKeyPair, message: &[u8]) -> Signature {
        let signed = key.sign(&SystemRandom::new(), message);
        Signature(signed.map(|signature| signature.as_ref().to_vec()).unwrap_or_default())
    }

    fn verify_signature(&self, signature: &Signature, key: &PublicKeyBytes, message: &[u8]) -> bool {
        verify(&ECDSA_P256_SHA256_FIXED, signature, key, message)
    }
}

fn verify(
    algorithm: &'static dyn VerificationAlgorithm,
    signature: &Signature,
    key: &PublicKeyBytes,
    message: &[u8],
) -> bool {
    UnparsedPublicKey::new(algorithm, &key.0).verify(message, &signature.0).is_ok()
}
