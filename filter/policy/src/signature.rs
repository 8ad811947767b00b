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
mod ed25519;
mod hash;
mod hmac;
mod montgomery;
mod private;
mod rsa;

pub use algorithm::{Algorithm, AlgorithmSet};
pub use compact::{PublicKeyAlgorithm, SignatureBytes};
pub use ecdsa::{Curve, EcKey};
pub use ed25519::{Ed25519Key, Ed25519KeyError};
pub use hash::Hash;
pub use hmac::HmacKey;
pub(crate) use hmac::mac;
pub use private::{NativeSigner, PrivateKey, RsaNumbers, SigningError};
pub use rsa::{RsaKey, RsaKeyError};

/// Native signature code of the host, where it has some.
pub trait NativeSignatures {
    /// Whether `signature` over `text` fits the key. Asked for RS* and ES* only; an ECDSA signature comes in DER.
    /// `None`: the host cannot say (no such function, or a failure of its own), and the sandbox decides.
    fn verify(&self, algorithm: Algorithm, spki_der: &[u8], signature: &[u8], text: &[u8]) -> Option<bool>;
}

/// Whether `signature`, in the form of JWS (RFC 7518 3, RFC 8037 3.1), is the key's over `text`.
///
/// False also where the key is not for this algorithm.
#[must_use]
pub fn verify(
    key: &Key,
    algorithm: Algorithm,
    text: &[u8],
    signature: &[u8],
    native: Option<&dyn NativeSignatures>,
) -> bool {
    fits(&PublicKeyAlgorithm::new(algorithm, native), key, text, signature)
}

/// jwt-compact's trait carries the verifiers, so that any of its own, or of its users, can stand in. Its own panic
/// at a signature whose length they do not expect.
fn fits<A: jwt_compact::Algorithm>(
    algorithm: &A,
    key: &A::VerifyingKey,
    text: &[u8],
    signature: &[u8],
) -> bool {
    A::Signature::LENGTH.is_none_or(|length| length.get() == signature.len())
        && A::Signature::try_from_slice(signature)
            .is_ok_and(|signature| algorithm.verify_signature(&signature, key, text))
}

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) mod vectors;
