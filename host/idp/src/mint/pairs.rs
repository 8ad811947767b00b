//! Key pairs behind jwt-compact's `Algorithm` trait, with aws-lc-rs doing the arithmetic.
//!
//! jwt-compact's own RSA rests on a crate whose private-key operations are open to timing attacks
//! (RUSTSEC-2023-0071), and it has no ES384 and ES512; aws-lc-rs is in the binary already, for TLS.

use crate::mint::algorithm::SigningAlgorithm;
use crate::mint::jwk::Curve;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED,
    ECDSA_P384_SHA384_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED, ECDSA_P521_SHA512_FIXED_SIGNING, ED25519,
    EcdsaKeyPair, EcdsaSigningAlgorithm, EcdsaVerificationAlgorithm, Ed25519KeyPair,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PKCS1_SHA256,
    RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384,
    RSA_PSS_2048_8192_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512, RsaKeyPair, RsaParameters,
    RsaSignatureEncoding, UnparsedPublicKey, VerificationAlgorithm,
};
use jwt_compact::{Algorithm, AlgorithmSignature};
use std::borrow::Cow;

/// An algorithm with an RSA key: RS* or PS*.
#[derive(Debug, Clone, Copy)]
pub struct Rsa {
    name: &'static str,
    signing: &'static RsaSignatureEncoding,
    verifying: &'static RsaParameters,
}

/// ECDSA on one of JOSE's curves, with its hash and a signature `r || s` (RFC 7518 3.4).
#[derive(Debug, Clone, Copy)]
pub struct Ecdsa {
    name: &'static str,
    verifying: &'static EcdsaVerificationAlgorithm,
}

/// Ed25519 (RFC 8037 3.1).
#[derive(Debug, Clone, Copy, Default)]
pub struct Ed25519;

/// The bytes of a signature. The trait has no way to say that signing failed, so a failure is a signature of
/// no bytes, which fits no token; see [`Signature::is_made`].
#[derive(Debug, Clone)]
pub struct Signature(Vec<u8>);

/// A public key in the form that aws-lc-rs reads: `RSAPublicKey` in DER, an uncompressed point, or the encoding
/// of a point on edwards25519.
#[derive(Debug, Clone)]
pub struct PublicKeyBytes(pub Box<[u8]>);

impl Rsa {
    /// `None` if the algorithm is not one of RSA's.
    #[must_use]
    pub fn of(algorithm: SigningAlgorithm) -> Option<Self> {
        let (signing, verifying) = match algorithm {
            SigningAlgorithm::Rs256 => (&RSA_PKCS1_SHA256, &RSA_PKCS1_2048_8192_SHA256),
            SigningAlgorithm::Rs384 => (&RSA_PKCS1_SHA384, &RSA_PKCS1_2048_8192_SHA384),
            SigningAlgorithm::Rs512 => (&RSA_PKCS1_SHA512, &RSA_PKCS1_2048_8192_SHA512),
            SigningAlgorithm::Ps256 => (&RSA_PSS_SHA256, &RSA_PSS_2048_8192_SHA256),
            SigningAlgorithm::Ps384 => (&RSA_PSS_SHA384, &RSA_PSS_2048_8192_SHA384),
            SigningAlgorithm::Ps512 => (&RSA_PSS_SHA512, &RSA_PSS_2048_8192_SHA512),
            _ => return None,
        };
        Some(Self { name: algorithm.name(), signing, verifying })
    }
}

impl Ecdsa {
    pub(super) fn on(curve: Curve) -> Self {
        let verifying = match curve {
            Curve::P256 => &ECDSA_P256_SHA256_FIXED,
            Curve::P384 => &ECDSA_P384_SHA384_FIXED,
            Curve::P521 => &ECDSA_P521_SHA512_FIXED,
        };
        Self { name: curve.algorithm().name(), verifying }
    }
}

impl Curve {
    /// The form in which aws-lc-rs makes key pairs on the curve.
    pub(super) fn signing(self) -> &'static EcdsaSigningAlgorithm {
        match self {
            Self::P256 => &ECDSA_P256_SHA256_FIXED_SIGNING,
            Self::P384 => &ECDSA_P384_SHA384_FIXED_SIGNING,
            Self::P521 => &ECDSA_P521_SHA512_FIXED_SIGNING,
        }
    }
}

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

impl Algorithm for Rsa {
    type SigningKey = RsaKeyPair;
    type VerifyingKey = PublicKeyBytes;
    type Signature = Signature;

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(self.name)
    }

    fn sign(&self, key: &RsaKeyPair, message: &[u8]) -> Signature {
        let mut bytes = vec![0; key.public_modulus_len()];
        let signed = key.sign(self.signing, &SystemRandom::new(), message, &mut bytes);
        Signature(signed.map(|()| bytes).unwrap_or_default())
    }

    fn verify_signature(&self, signature: &Signature, key: &PublicKeyBytes, message: &[u8]) -> bool {
        verify(self.verifying, signature, key, message)
    }
}

impl Algorithm for Ecdsa {
    type SigningKey = EcdsaKeyPair;
    type VerifyingKey = PublicKeyBytes;
    type Signature = Signature;

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(self.name)
    }

    fn sign(&self, key: &EcdsaKeyPair, message: &[u8]) -> Signature {
        let signed = key.sign(&SystemRandom::new(), message);
        Signature(signed.map(|signature| signature.as_ref().to_vec()).unwrap_or_default())
    }

    fn verify_signature(&self, signature: &Signature, key: &PublicKeyBytes, message: &[u8]) -> bool {
        verify(self.verifying, signature, key, message)
    }
}

impl Algorithm for Ed25519 {
    type SigningKey = Ed25519KeyPair;
    type VerifyingKey = PublicKeyBytes;
    type Signature = Signature;

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(SigningAlgorithm::EdDsa.name())
    }

    fn sign(&self, key: &Ed25519KeyPair, message: &[u8]) -> Signature {
        let signed = key.try_sign(message);
        Signature(signed.map(|signature| signature.as_ref().to_vec()).unwrap_or_default())
    }

    fn verify_signature(&self, signature: &Signature, key: &PublicKeyBytes, message: &[u8]) -> bool {
        verify(&ED25519, signature, key, message)
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
