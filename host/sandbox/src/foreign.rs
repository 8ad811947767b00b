//! Native functions that a guest may call by name.

use std::{error::Error, fmt};

mod algorithm;
mod protobuf;
mod sign;
mod verify_signature;

/// Functions that guests reach with `proxy_call_foreign_function`.
pub trait ForeignFunctions: Send + Sync {
    /// Calls the function `name`; `None` if there is none of that name.
    fn call(&self, name: &str, argument: &[u8]) -> Option<Result<Vec<u8>, ForeignError>>;
}

/// Why a foreign function gave no result. The guest sees the status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForeignError {
    /// The argument cannot be read, or says too little.
    BadArgument,
    /// The result cannot be written.
    SerializationFailure,
    /// Anything else.
    InternalFailure,
}

impl fmt::Display for ForeignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BadArgument => "expected another argument; see the function's message type",
            Self::SerializationFailure => "the result could not be written",
            Self::InternalFailure => "the function failed",
        })
    }
}

impl Error for ForeignError {}

/// The foreign functions of this crate: `verify_signature` and `sign`, with Envoy's messages.
///
/// The argument of `verify_signature` is the protobuf message `{hash_function = 1, public_key = 2, signature = 3, text = 4}`:
/// the key as SubjectPublicKeyInfo in DER, the hash `sha256`, `sha384` or `sha512`. RSA keys verify
/// PKCS #1 v1.5, keys on P-256, P-384 and P-521 verify ECDSA with signatures in DER. The result is the
/// message `{result = 1, error = 2}`: only a true `result` means that the signature is valid.
///
/// The argument of `sign` is `{hash_function = 1, private_key = 2, text = 3}`, the key as PKCS #8 in DER; the result is
/// `{result = 1, signature = 2, error = 3}`, with the same kinds of signatures.
#[derive(Debug, Clone, Copy, Default)]
pub struct Native;

impl ForeignFunctions for Native {
    fn call(&self, name: &str, argument: &[u8]) -> Option<Result<Vec<u8>, ForeignError>> {
        match name {
            "sign" => Some(sign::call(argument)),
            "verify_signature" => Some(verify_signature::call(argument)),
            _ => None,
        }
    }
}
