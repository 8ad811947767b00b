//! `verify_signature`: an RSA or ECDSA signature over a text, checked natively.
//!
//! Stricter than Envoy in three points: SHA-1 and SHA-224 are refused, and so are RSA keys of less
//! than 2048 or more than 8192 bits.

use super::ForeignError;
use super::algorithm::{Family, Hash, UnknownHash};
use super::protobuf;

use aws_lc_rs::signature::{self, UnparsedPublicKey, VerificationAlgorithm};

/// Answers the encoded result; an error only where the argument itself is unusable.
pub(super) fn call(argument: &[u8]) -> Result<Vec<u8>, ForeignError> {
    let arguments = Arguments::decode(argument).ok_or(ForeignError::BadArgument)?;
    if arguments.public_key.is_empty() || arguments.has_pem {
        return Err(ForeignError::BadArgument);
    }
    Ok(match verify(&arguments) {
        Ok(()) => VALID.to_vec(),
        Err(refusal) => refusal.encode(),
    })
}

fn verify(arguments: &Arguments<'_>) -> Result<(), Refusal> {
    let hash = Hash::named(arguments.hash_function).map_err(Refusal::Hash)?;
    let family = Family::of_public_key(arguments.public_key).ok_or(Refusal::Key)?;
    let key = UnparsedPublicKey::new(algorithm(family, hash), arguments.public_key);
    let key = key.parse().map_err(|_| Refusal::Key)?;
    key.verify_sig(arguments.text, arguments.signature).map_err(|_| Refusal::Signature)
}

/// Why a signature is not valid. The texts are Envoy's.
#[derive(Debug, PartialEq, Eq)]
enum Refusal {
    Hash(UnknownHash),
    Key,
    Signature,
}

impl Refusal {
    /// `{error = 2}`; `result` is absent, which is false.
    fn encode(&self) -> Vec<u8> {
        let text = match self {
            Self::Hash(unknown) => unknown.to_string(),
            Self::Key => "Failed to initialize digest verify.".to_owned(),
            Self::Signature => "Failed to verify digest. Error code: 0".to_owned(),
        };
        let mut message = Vec::new();
        protobuf::push(&mut message, 2, text.as_bytes());
        message
    }
}

fn algorithm(family: Family, hash: Hash) -> &'static dyn VerificationAlgorithm {
    match (family, hash) {
        (Family::Rsa, Hash::Sha256) => &signature::RSA_PKCS1_2048_8192_SHA256,
        (Family::Rsa, Hash::Sha384) => &signature::RSA_PKCS1_2048_8192_SHA384,
        (Family::Rsa, Hash::Sha512) => &signature::RSA_PKCS1_2048_8192_SHA512,
        (Family::P256, Hash::Sha256) => &signature::ECDSA_P256_SHA256_ASN1,
        (Family::P256, Hash::Sha384) => &signature::ECDSA_P256_SHA384_ASN1,
        (Family::P256, Hash::Sha512) => &signature::ECDSA_P256_SHA512_ASN1,
        (Family::P384, Hash::Sha256) => &signature::ECDSA_P384_SHA256_ASN1,
        (Family::P384, Hash::Sha384) => &signature::ECDSA_P384_SHA384_ASN1,
        (Family::P384, Hash::Sha512) => &signature::ECDSA_P384_SHA512_ASN1,
        (Family::P521, Hash::Sha256) => &signature::ECDSA_P521_SHA256_ASN1,
        (Family::P521, Hash::Sha384) => &signature::ECDSA_P521_SHA384_ASN1,
        (Family::P521, Hash::Sha512) => &signature::ECDSA_P521_SHA512_ASN1,
    }
}

/// The argument message.
#[derive(Debug, Default)]
struct Arguments<'a> {
    hash_function: &'a [u8],
    public_key: &'a [u8],
    signature: &'a [u8],
    text: &'a [u8],
    has_pem: bool,
}

impl<'a> Arguments<'a> {
    fn decode(message: &'a [u8]) -> Option<Self> {
        let mut arguments = Self::default();
        protobuf::each(message, |number, value| match number {
            1 => arguments.hash_function = value,
            2 => arguments.public_key = value,
            3 => arguments.signature = value,
            4 => arguments.text = value,
            5 => arguments.has_pem = !value.is_empty(),
            _ => {}
        })?;
        Some(arguments)
    }
}

/// `{result = 1: true}`.
const VALID: [u8; 2] = [0x08, 0x01];

#[cfg(test)]
mod tests;
