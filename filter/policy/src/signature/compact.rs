//! The verifiers of public keys as one algorithm of jwt-compact.
//!
//! It verifies only: the type of its signing key has no values, so `sign` cannot be called.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use core::convert::Infallible;
use core::fmt;
use jwt_compact::AlgorithmSignature;

use super::{Algorithm, EcKey, Hash, NativeSignatures, RsaKey, der};
use crate::keys::{Key, Material};

/// One of the algorithms with a public key: RS*, PS*, ES* or EdDSA.
#[derive(Clone, Copy)]
pub struct PublicKeyAlgorithm<'a> {
    algorithm: Algorithm,
    native: Option<&'a dyn NativeSignatures>,
}

/// The bytes of a signature. How many they must be depends on the key.
#[derive(Clone, PartialEq, Eq)]
pub struct SignatureBytes(Box<[u8]>);

impl<'a> PublicKeyAlgorithm<'a> {
    /// The algorithm, in native code where the host has some.
    #[must_use]
    pub const fn new(algorithm: Algorithm, native: Option<&'a dyn NativeSignatures>) -> Self {
        Self { algorithm, native }
    }

    fn verify_rsa(&self, key: &Key, rsa: &RsaKey, text: &[u8], signature: &[u8]) -> bool {
        let pkcs1 = |hash: Hash| {
            self.ask_native(key, signature, text).unwrap_or_else(|| rsa.verify_pkcs1(hash, text, signature))
        };
        match self.algorithm {
            Algorithm::Rs256 => pkcs1(Hash::Sha256),
            Algorithm::Rs384 => pkcs1(Hash::Sha384),
            Algorithm::Rs512 => pkcs1(Hash::Sha512),
            Algorithm::Ps256 => rsa.verify_pss(Hash::Sha256, text, signature),
            Algorithm::Ps384 => rsa.verify_pss(Hash::Sha384, text, signature),
            Algorithm::Ps512 => rsa.verify_pss(Hash::Sha512, text, signature),
            Algorithm::EdDsa
            | Algorithm::Es256
            | Algorithm::Es384
            | Algorithm::Es512
            | Algorithm::Hs256
            | Algorithm::Hs384
            | Algorithm::Hs512 => false,
        }
    }

    /// The length is checked first: in DER one and the same number has one spelling whatever its length was.
    fn verify_ecdsa(&self, key: &Key, ec: &EcKey, text: &[u8], signature: &[u8]) -> bool {
        let curve = ec.curve();
        self.algorithm == curve.algorithm()
            && signature.len() == curve.length().saturating_mul(2)
            && self
                .ask_native(key, &der::ecdsa_signature(signature), text)
                .unwrap_or_else(|| ec.verify(text, signature))
    }

    fn ask_native(&self, key: &Key, signature: &[u8], text: &[u8]) -> Option<bool> {
        self.native?.verify(self.algorithm, key.spki_der(), signature, text)
    }
}

impl jwt_compact::Algorithm for PublicKeyAlgorithm<'_> {
    type SigningKey = Infallible;
    type VerifyingKey = Key;
    type Signature = SignatureBytes;

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(self.algorithm.name())
    }

    fn sign(&self, signing_key: &Infallible, _: &[u8]) -> SignatureBytes {
        match *signing_key {}
    }

    fn verify_signature(&self, signature: &SignatureBytes, key: &Key, text: &[u8]) -> bool {
        key.algorithms().contains(self.algorithm)
            && match key.material() {
                Material::Rsa(rsa) => self.verify_rsa(key, rsa, text, &signature.0),
                Material::Ec(ec) => self.verify_ecdsa(key, ec, text, &signature.0),
                Material::Ed25519(ed25519) => {
                    self.algorithm == Algorithm::EdDsa && ed25519.verify(text, &signature.0)
                }
            }
    }
}

impl AlgorithmSignature for SignatureBytes {
    fn try_from_slice(slice: &[u8]) -> anyhow::Result<Self> {
        Ok(Self(slice.into()))
    }

    fn as_bytes(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.0)
    }
}

impl fmt::Debug for PublicKeyAlgorithm<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicKeyAlgorithm")
            .field("algorithm", &self.algorithm)
            .field("native", &self.native.is_some())
            .finish()
    }
}
