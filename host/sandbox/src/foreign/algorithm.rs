//! Hashes and families of keys that signatures are made and verified with.

use std::fmt;

#[derive(Debug, Clone, Copy)]
pub(super) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

/// A hash that is not admitted. The name comes from the guest; what it gets back is bounded.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct UnknownHash(String);

impl Hash {
    pub(super) fn named(name: &[u8]) -> Result<Self, UnknownHash> {
        match name.to_ascii_lowercase().as_slice() {
            b"sha256" => Ok(Self::Sha256),
            b"sha384" => Ok(Self::Sha384),
            b"sha512" => Ok(Self::Sha512),
            _ => Err(UnknownHash(String::from_utf8_lossy(name).chars().take(32).collect())),
        }
    }
}

/// In Envoy's words.
impl fmt::Display for UnknownHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is not supported.", self.0)
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Family {
    Rsa,
    P256,
    P384,
    P521,
}

impl Family {
    /// Reads the algorithm identifier at the front of a SubjectPublicKeyInfo. A bare PKCS #1 key and a
    /// certificate have none there, and are refused as in Envoy.
    pub(super) fn of_public_key(key: &[u8]) -> Option<Self> {
        Self::identified(content(key)?)
    }

    /// Reads the algorithm identifier of a PrivateKeyInfo (PKCS #8, RFC 5208 5), which stands behind the version.
    pub(super) fn of_private_key(key: &[u8]) -> Option<Self> {
        Self::identified(content(key)?.strip_prefix(&[0x02, 0x01, 0x00])?)
    }

    fn identified(rest: &[u8]) -> Option<Self> {
        IDENTIFIERS.into_iter().find(|(prefix, _)| rest.starts_with(prefix)).map(|(_, family)| family)
    }
}

/// What is in a SEQUENCE.
fn content(der: &[u8]) -> Option<&[u8]> {
    match der {
        [0x30, 0x82, _, _, content @ ..] | [0x30, 0x81, _, content @ ..] => Some(content),
        [0x30, length, content @ ..] if *length < 0x80 => Some(content),
        _ => None,
    }
}

/// DER of the AlgorithmIdentifier of each family that is admitted (RFC 3279 and RFC 5480).
const IDENTIFIERS: [(&[u8], Family); 4] = [
    (b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00", Family::Rsa),
    (b"\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07", Family::P256),
    (b"\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22", Family::P384),
    (b"\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x23", Family::P521),
];
