//! `verify_signature`: an RSA or ECDSA signature over a text, checked natively.
//!
//! Stricter than Envoy in three points: SHA-1 and SHA-224 are refused, and so are RSA keys of less
//! than 2048 or more than 8192 bits.

use super::ForeignError;

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
    let hash = Hash::named(arguments.hash_function)?;
    let family = Family::of(arguments.public_key).ok_or(Refusal::Key)?;
    let key = UnparsedPublicKey::new(algorithm(family, hash), arguments.public_key);
    let key = key.parse().map_err(|_| Refusal::Key)?;
    key.verify_sig(arguments.text, arguments.signature).map_err(|_| Refusal::Signature)
}

/// Why a signature is not valid. The texts are Envoy's.
#[derive(Debug, PartialEq, Eq)]
enum Refusal {
    Hash(String),
    Key,
    Signature,
}

impl Refusal {
    /// `{error = 2}`; `result` is absent, which is false.
    fn encode(&self) -> Vec<u8> {
        let text = match self {
            Self::Hash(name) => format!("{name} is not supported."),
            Self::Key => "Failed to initialize digest verify.".to_owned(),
            Self::Signature => "Failed to verify digest. Error code: 0".to_owned(),
        };
        let mut message = vec![0x12];
        push_varint(&mut message, text.len());
        message.extend_from_slice(text.as_bytes());
        message
    }
}

#[derive(Debug, Clone, Copy)]
enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    fn named(name: &[u8]) -> Result<Self, Refusal> {
        match name.to_ascii_lowercase().as_slice() {
            b"sha256" => Ok(Self::Sha256),
            b"sha384" => Ok(Self::Sha384),
            b"sha512" => Ok(Self::Sha512),
            // The name comes from the guest; what it gets back is bounded.
            _ => Err(Refusal::Hash(String::from_utf8_lossy(name).chars().take(32).collect())),
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Family {
    Rsa,
    P256,
    P384,
    P521,
}

impl Family {
    /// Reads the algorithm identifier at the front of a SubjectPublicKeyInfo. A bare PKCS #1 key and a
    /// certificate have none there, and are refused as in Envoy.
    fn of(key: &[u8]) -> Option<Self> {
        let content = match key {
            [0x30, 0x82, _, _, content @ ..] | [0x30, 0x81, _, content @ ..] => content,
            [0x30, length, content @ ..] if *length < 0x80 => content,
            _ => return None,
        };
        IDENTIFIERS.into_iter().find(|(prefix, _)| content.starts_with(prefix)).map(|(_, family)| family)
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
    /// Of a field that comes twice the last counts, and unknown fields are skipped, as in protobuf.
    fn decode(mut rest: &'a [u8]) -> Option<Self> {
        let mut arguments = Self::default();
        while !rest.is_empty() {
            let tag = take_varint(&mut rest)?;
            match (tag >> 3, tag & 7) {
                (0, _) => return None,
                (1, DELIMITED) => arguments.hash_function = take_delimited(&mut rest)?,
                (2, DELIMITED) => arguments.public_key = take_delimited(&mut rest)?,
                (3, DELIMITED) => arguments.signature = take_delimited(&mut rest)?,
                (4, DELIMITED) => arguments.text = take_delimited(&mut rest)?,
                (5, DELIMITED) => arguments.has_pem = !take_delimited(&mut rest)?.is_empty(),
                (_, kind) => skip(&mut rest, kind)?,
            }
        }
        Some(arguments)
    }
}

fn skip(rest: &mut &[u8], kind: u64) -> Option<()> {
    match kind {
        0 => take_varint(rest).map(drop),
        1 => take(rest, 8).map(drop),
        DELIMITED => take_delimited(rest).map(drop),
        5 => take(rest, 4).map(drop),
        _ => None,
    }
}

fn take_delimited<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = take_varint(rest)?;
    take(rest, usize::try_from(length).ok()?)
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (head, tail) = rest.split_at_checked(length)?;
    *rest = tail;
    Some(head)
}

fn take_varint(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, tail) = rest.split_first()?;
        *rest = tail;
        value |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

fn push_varint(message: &mut Vec<u8>, mut value: usize) {
    while let (true, [low, ..]) = (value >= 0x80, value.to_le_bytes()) {
        message.push(low | 0x80);
        value >>= 7;
    }
    let [low, ..] = value.to_le_bytes();
    message.push(low);
}

/// `{result = 1: true}`.
const VALID: [u8; 2] = [0x08, 0x01];
/// The wire type of strings and bytes.
const DELIMITED: u64 = 2;

/// DER of the AlgorithmIdentifier of each family that is admitted (RFC 3279 and RFC 5480).
const IDENTIFIERS: [(&[u8], Family); 4] = [
    (b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00", Family::Rsa),
    (b"\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07", Family::P256),
    (b"\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22", Family::P384),
    (b"\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x23", Family::P521),
];

#[cfg(test)]
mod tests;
