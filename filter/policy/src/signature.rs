//! Signature algorithms of JOSE (RFC 7518 3.1, RFC 8037), and the one way to check a signature.
//!
//! The caller has picked a key, and the key says which algorithms it is for; the header's `alg` is only
//! compared with that. Native code of the host is asked first where there is some, since it is several times
//! faster than anything in the sandbox; where it cannot say, the code here decides.

use jwt_compact::AlgorithmSignature;

use crate::keys::Key;

mod algorithm;
mod compact;
pub mod der;
mod ecdsa;
mod montgomery;
mod rsa;

pub use algorithm::{Algorithm, AlgorithmSet, Hash};
pub use compact::{Es256, EsSignature, Rs256, RsSignature};
pub use ecdsa::P256Key;
pub use rsa::{RsaKey, RsaKeyError};

/// Native signature code of the host, where it has some.
pub trait NativeSignatures {
    /// Whether `signature` over `text` fits the key. RSA is PKCS#1 v1.5; an ECDSA signature comes in DER.
    /// `None`: the host cannot say (no such function, or a failure of its own), and the sandbox decides.
    fn verify(&self, hash: Hash, spki_der: &[u8], signature: &[u8], text: &[u8]) -> Option<bool>;
}

/// Whether `signature`, in the form of JWS (RFC 7518 3), is the key's over `text`.
///
/// False also where the key is not for this algorithm, or the algorithm is not verified here
/// ([`Algorithm::is_verified`]).
#[must_use]
pub fn verify(
    key: &Key,
    algorithm: Algorithm,
    text: &[u8],
    signature: &[u8],
    native: Option<&dyn NativeSignatures>,
) -> bool {
    if !key.algorithms().contains(algorithm) {
        return false;
    }
    match algorithm {
        Algorithm::Es256 => fits(&Es256::new(native), key, text, signature),
        Algorithm::Rs256 => fits(&Rs256::new(native), key, text, signature),
        Algorithm::EdDsa
        | Algorithm::Es384
        | Algorithm::Es512
        | Algorithm::Hs256
        | Algorithm::Hs384
        | Algorithm::Hs512
        | Algorithm::Ps256
        | Algorithm::Ps384
        | Algorithm::Ps512
        | Algorithm::Rs384
        | Algorithm::Rs512 => false,
    }
}

/// jwt-compact's trait carries the verifiers, so that any of its own, or of its users, can stand in.
fn fits<A>(algorithm: &A, key: &Key, text: &[u8], signature: &[u8]) -> bool
where
    A: jwt_compact::Algorithm<VerifyingKey = Key>,
{
    A::Signature::try_from_slice(signature)
        .is_ok_and(|signature| algorithm.verify_signature(&signature, key, text))
}

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) mod vectors;
