//! The verifiers as algorithms of jwt-compact.
//!
//! They verify only: the type of their signing key has no values, so `sign` cannot be called.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use anyhow::Context;
use core::convert::Infallible;
use core::fmt;
use core::num::NonZeroUsize;
use jwt_compact::{Algorithm, AlgorithmSignature};

use super::{Hash, NativeSignatures, der};
use crate::keys::{Key, Material};

/// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 3.3).
#[derive(Clone, Copy)]
pub struct Rs256<'a> {
    native: Option<&'a dyn NativeSignatures>,
}

/// ECDSA on P-256 with SHA-256 (RFC 7518 3.4).
#[derive(Clone, Copy)]
pub struct Es256<'a> {
    native: Option<&'a dyn NativeSignatures>,
}

/// An RSA signature: as long as the modulus.
#[derive(Clone, PartialEq, Eq)]
pub struct RsSignature(Box<[u8]>);

/// An ECDSA signature on P-256: r and s, 32 bytes each.
#[derive(Clone, PartialEq, Eq)]
pub struct EsSignature([u8; 64]);

impl<'a> Rs256<'a> {
    /// The algorithm, in native code where the host has some.
    #[must_use]
    pub const fn new(native: Option<&'a dyn NativeSignatures>) -> Self {
        Self { native }
    }
}

impl<'a> Es256<'a> {
    /// The algorithm, in native code where the host has some.
    #[must_use]
    pub const fn new(native: Option<&'a dyn NativeSignatures>) -> Self {
        Self { native }
    }
}

impl Algorithm for Rs256<'_> {
    type SigningKey = Infallible;
    type VerifyingKey = Key;
    type Signature = RsSignature;

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(super::Algorithm::Rs256.name())
    }

    fn sign(&self, signing_key: &Infallible, _: &[u8]) -> RsSignature {
        match *signing_key {}
    }

    fn verify_signature(&self, signature: &RsSignature, key: &Key, text: &[u8]) -> bool {
        let Material::Rsa(rsa) = key.material() else { return false };
        self.native
            .and_then(|native| native.verify(Hash::Sha256, key.spki_der(), &signature.0, text))
            .unwrap_or_else(|| rsa.verify_pkcs1_sha256(text, &signature.0))
    }
}

impl Algorithm for Es256<'_> {
    type SigningKey = Infallible;
    type VerifyingKey = Key;
    type Signature = EsSignature;

    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(super::Algorithm::Es256.name())
    }

    fn sign(&self, signing_key: &Infallible, _: &[u8]) -> EsSignature {
        match *signing_key {}
    }

    fn verify_signature(&self, signature: &EsSignature, key: &Key, text: &[u8]) -> bool {
        let Material::P256(p256) = key.material() else { return false };
        self.native
            .and_then(|native| {
                native.verify(Hash::Sha256, key.spki_der(), &der::ecdsa_signature(&signature.0), text)
            })
            .unwrap_or_else(|| p256.verify_sha256(text, &signature.0))
    }
}

impl AlgorithmSignature for RsSignature {
    fn try_from_slice(slice: &[u8]) -> anyhow::Result<Self> {
        Ok(Self(slice.into()))
    }

    fn as_bytes(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.0)
    }
}

impl AlgorithmSignature for EsSignature {
    const LENGTH: Option<NonZeroUsize> = NonZeroUsize::new(64);

    fn try_from_slice(slice: &[u8]) -> anyhow::Result<Self> {
        slice.try_into().map(Self).context("expected a signature of 64 bytes, found another length")
    }

    fn as_bytes(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.0)
    }
}

impl fmt::Debug for Rs256<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rs256").field("native", &self.native.is_some()).finish()
    }
}

impl fmt::Debug for Es256<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Es256").field("native", &self.native.is_some()).finish()
    }
}
