//! `sign`: an RSA or ECDSA signature over a text, made natively.
//!
//! Stricter than Envoy in four points: SHA-1 and SHA-224 are refused, and so are RSA keys of less than 2048 or more than
//! 8192 bits, ECDSA keys with a hash that is not their curve's (RFC 7518 3.4), and keys in PEM.

use super::ForeignError;
use super::algorithm::{Family, Hash, UnknownHash};
use super::protobuf;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{self, EcdsaKeyPair, EcdsaSigningAlgorithm, RsaEncoding, RsaKeyPair};

/// Answers the encoded result; an error only where the argument itself is unusable.
pub(super) fn call(argument: &[u8]) -> Result<Vec<u8>, ForeignError> {
    let arguments = Arguments::decode(argument).ok_or(ForeignError::BadArgument)?;
    if arguments.private_key.is_empty() || arguments.has_pem {
        return Err(ForeignError::BadArgument);
    }
    Ok(match sign(&arguments) {
        Ok(signature) => signed(&signature),
        Err(refusal) => refusal.encode(),
    })
}

fn sign(arguments: &Arguments<'_>) -> Result<Vec<u8>, Refusal> {
    let hash = Hash::named(arguments.hash_function).map_err(Refusal::Hash)?;
    let Arguments { private_key, text, .. } = arguments;
    match Scheme::of(Family::of_private_key(private_key).ok_or(Refusal::Key)?, hash)? {
        Scheme::Rsa(encoding) => rsa(private_key, encoding, text),
        Scheme::Ecdsa(algorithm) => ecdsa(private_key, algorithm, text),
    }
}

fn rsa(key: &[u8], encoding: &'static dyn RsaEncoding, text: &[u8]) -> Result<Vec<u8>, Refusal> {
    let pair = RsaKeyPair::from_pkcs8(key).map_err(|_| Refusal::Key)?;
    let mut signature = vec![0; pair.public_modulus_len()];
    let made = pair.sign(encoding, &SystemRandom::new(), text, &mut signature);
    made.map(|()| signature).map_err(|_| Refusal::Signature)
}

fn ecdsa(key: &[u8], algorithm: &'static EcdsaSigningAlgorithm, text: &[u8]) -> Result<Vec<u8>, Refusal> {
    let pair = EcdsaKeyPair::from_pkcs8(algorithm, key).map_err(|_| Refusal::Key)?;
    let made = pair.sign(&SystemRandom::new(), text).map_err(|_| Refusal::Signature)?;
    Ok(made.as_ref().to_vec())
}

enum Scheme {
    Rsa(&'static dyn RsaEncoding),
    Ecdsa(&'static EcdsaSigningAlgorithm),
}

impl Scheme {
    fn of(family: Family, hash: Hash) -> Result<Self, Refusal> {
        Ok(match (family, hash) {
            (Family::Rsa, Hash::Sha256) => Self::Rsa(&signature::RSA_PKCS1_SHA256),
            (Family::Rsa, Hash::Sha384) => Self::Rsa(&signature::RSA_PKCS1_SHA384),
            (Family::Rsa, Hash::Sha512) => Self::Rsa(&signature::RSA_PKCS1_SHA512),
            (Family::P256, Hash::Sha256) => Self::Ecdsa(&signature::ECDSA_P256_SHA256_ASN1_SIGNING),
            (Family::P384, Hash::Sha384) => Self::Ecdsa(&signature::ECDSA_P384_SHA384_ASN1_SIGNING),
            (Family::P521, Hash::Sha512) => Self::Ecdsa(&signature::ECDSA_P521_SHA512_ASN1_SIGNING),
            (Family::P256 | Family::P384 | Family::P521, _) => return Err(Refusal::Curve),
        })
    }
}

/// Why there is no signature.
#[derive(Debug, PartialEq, Eq)]
enum Refusal {
    Hash(UnknownHash),
    Key,
    Curve,
    Signature,
}

impl Refusal {
    /// `{error = 3}`; `result` is absent, which is false.
    fn encode(&self) -> Vec<u8> {
        let text = match self {
            Self::Hash(unknown) => unknown.to_string(),
            Self::Key => "expected an RSA or EC key in PKCS #8, found another".to_owned(),
            Self::Curve => "expected the hash that belongs to the key's curve, found another".to_owned(),
            Self::Signature => "no signature could be made".to_owned(),
        };
        let mut message = Vec::new();
        protobuf::push(&mut message, 3, text.as_bytes());
        message
    }
}

/// `{result = 1: true, signature = 2}`.
fn signed(signature: &[u8]) -> Vec<u8> {
    let mut message = vec![0x08, 0x01];
    protobuf::push(&mut message, 2, signature);
    message
}

/// The argument message. It is not to be shown: it holds a key.
#[derive(Default)]
struct Arguments<'a> {
    hash_function: &'a [u8],
    private_key: &'a [u8],
    text: &'a [u8],
    has_pem: bool,
}

impl<'a> Arguments<'a> {
    fn decode(message: &'a [u8]) -> Option<Self> {
        let mut arguments = Self::default();
        protobuf::each(message, |number, value| match number {
            1 => arguments.hash_function = value,
            2 => arguments.private_key = value,
            3 => arguments.text = value,
            4 => arguments.has_pem = !value.is_empty(),
            _ => {}
        })?;
        Some(arguments)
    }
}

#[cfg(test)]
mod tests;
