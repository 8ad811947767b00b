//! Reads the numbers out of an RSA private key in PKCS#8 (RFC 5958 2, RFC 8017 A.1.2): aws-lc-rs writes that
//! form and has no other way to give out the private numbers.

use crate::der::{INTEGER, OCTET_STRING, Reader, SEQUENCE};
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
        n: number(&mut key)?,
        e: number(&mut key)?,
        d: number(&mut key)?,
        p: number(&mut key)?,
        q: number(&mut key)?,
        dp: number(&mut key)?,
        dq: number(&mut key)?,
        qi: number(&mut key)?,
    })
}

/// The next element, a positive INTEGER, without the zero byte that keeps it positive.
fn number(key: &mut Reader<'_>) -> Option<Base64Url> {
    let Reader(content) = key.element(INTEGER)?;
    Some(Base64Url(content.strip_prefix(&[0]).unwrap_or(content).to_vec()))
}
