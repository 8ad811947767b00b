//! Reads the numbers out of an RSA private key in PKCS#8 (RFC 5958 2, RFC 8017 A.1.2): aws-lc-rs writes that
//! form and has no other way to give out the private numbers.

use crate::mint::jwk::{Base64Url, RsaPrivate};
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::signature::RsaKeyPair;

/// The numbers of a key pair; `None` if the library does not give them out in the form that is read here.
pub(super) fn rsa_private_key(pair: &RsaKeyPair) -> Option<RsaPrivate> {
    let pkcs8: Pkcs8V1Der<'_> = pair.as_der().ok()?;
    let mut info = Reader(pkcs8.as_ref()).element(SEQUENCE)?;
    info.element(INTEGER)?; // version
    info.element(SEQUENCE)?; // algorithm: rsaEncryption
    let mut key = info.element(OCTET_STRING)?.element(SEQUENCE)?;
    key.element(INTEGER)?; // version: two primes
    Some(RsaPrivate {
        n: key.number()?,
        e: key.number()?,
        d: key.number()?,
        p: key.number()?,
        q: key.number()?,
        dp: key.number()?,
        dq: key.number()?,
        qi: key.number()?,
    })
}

/// Bytes that are still to be read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// The content of the next element, if it bears `tag`.
    fn element(&mut self, tag: u8) -> Option<Self> {
        let rest = self.0.strip_prefix(&[tag])?;
        let (length, rest) = length(rest)?;
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(Reader(content))
    }

    /// The next element, a positive INTEGER, without the zero byte that keeps it positive.
    fn number(&mut self) -> Option<Base64Url> {
        let Reader(content) = self.element(INTEGER)?;
        Some(Base64Url(content.strip_prefix(&[0]).unwrap_or(content).to_vec()))
    }
}

/// A length and what follows it: one byte below 128, or up to two bytes after a byte that says how many.
fn length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    match bytes {
        [short @ 0..=0x7f, rest @ ..] => Some((usize::from(*short), rest)),
        [0x81, byte, rest @ ..] => Some((usize::from(*byte), rest)),
        [0x82, high, low, rest @ ..] => Some((usize::from(u16::from_be_bytes([*high, *low])), rest)),
        _ => None,
    }
}

const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const SEQUENCE: u8 = 0x30;
