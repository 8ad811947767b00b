//! DER (X.690) as hosts take it, written and never read: SubjectPublicKeyInfo of the key types (RFC 3279, RFC 5480,
//! RFC 8410), PrivateKeyInfo of RSA keys, and ECDSA-Sig-Value, where JWS carries r and s side by side.

use alloc::vec::Vec;

use super::{Curve, RsaNumbers};

/// SubjectPublicKeyInfo of an RSA key; modulus and exponent big-endian.
#[must_use]
pub fn rsa_public_key(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let key = tlv(SEQUENCE, &[&integer(modulus), &integer(exponent)]);
    spki(&RSA_ENCRYPTION, &key)
}

/// PrivateKeyInfo (RFC 5208 5) of an RSA key with two primes (RFC 8017 A.1.2).
#[must_use]
pub fn rsa_private_key(numbers: &RsaNumbers<'_>) -> Vec<u8> {
    let RsaNumbers { n, e, d, p, q, dp, dq, qi } = *numbers;
    let integers = [n, e, d, p, q, dp, dq, qi].map(integer);
    let key = tlv(SEQUENCE, &[&integer(&[]), &integers.concat()]);
    tlv(SEQUENCE, &[&integer(&[]), &tlv(SEQUENCE, &[&RSA_ENCRYPTION]), &tlv(OCTET_STRING, &[&key])])
}

/// SubjectPublicKeyInfo of a point, uncompressed; coordinates in full length.
#[must_use]
pub fn ec_public_key(curve: Curve, x: &[u8], y: &[u8]) -> Vec<u8> {
    let named_curve = match curve {
        Curve::P256 => SECP256R1,
        Curve::P384 => SECP384R1,
        Curve::P521 => SECP521R1,
    };
    spki(&[EC_PUBLIC_KEY, named_curve].concat(), &[&[UNCOMPRESSED], x, y].concat())
}

/// SubjectPublicKeyInfo of an encoded point on edwards25519.
#[must_use]
pub fn ed25519_public_key(point: &[u8; 32]) -> Vec<u8> {
    spki(ED25519, point)
}

/// ECDSA-Sig-Value of r and s, which stand side by side in a JWS, equally long.
#[must_use]
pub fn ecdsa_signature(raw: &[u8]) -> Vec<u8> {
    let (r, s) = raw.split_at_checked(raw.len() / 2).unwrap_or_default();
    tlv(SEQUENCE, &[&integer(r), &integer(s)])
}

fn spki(algorithm: &[u8], key: &[u8]) -> Vec<u8> {
    let bits = tlv(BIT_STRING, &[&[NO_UNUSED_BITS], key]);
    tlv(SEQUENCE, &[&tlv(SEQUENCE, &[algorithm]), &bits])
}

/// A non-negative INTEGER: no leading zeros but the one that keeps the sign.
fn integer(big_endian: &[u8]) -> Vec<u8> {
    let first = big_endian.iter().position(|byte| *byte != 0).unwrap_or(big_endian.len());
    let digits = big_endian.get(first..).unwrap_or_default();
    let sign: &[u8] = if digits.first().is_some_and(|byte| *byte < 0x80) { &[] } else { &[0] };
    tlv(INTEGER, &[sign, digits])
}

/// Tag, length and the parts of the content; the length in the long form from 128 bytes on.
fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let mut out = Vec::with_capacity(content.len().saturating_add(6));
    out.push(tag);
    match u8::try_from(content.len()) {
        Ok(short) if short < 0x80 => out.push(short),
        _ => long_length(content.len(), &mut out),
    }
    out.extend(content);
    out
}

fn long_length(length: usize, out: &mut Vec<u8>) {
    let bytes = length.to_be_bytes();
    let digits: Vec<u8> = bytes.into_iter().skip_while(|byte| *byte == 0).collect();
    out.extend(u8::try_from(digits.len()).map(|count| count | 0x80));
    out.extend(digits);
}

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const NO_UNUSED_BITS: u8 = 0;
const UNCOMPRESSED: u8 = 4;

/// OBJECT IDENTIFIER 1.2.840.113549.1.1.1 (rsaEncryption), NULL.
const RSA_ENCRYPTION: [u8; 13] =
    [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];

/// OBJECT IDENTIFIER 1.2.840.10045.2.1 (id-ecPublicKey).
const EC_PUBLIC_KEY: &[u8] = &[0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];

/// OBJECT IDENTIFIER 1.2.840.10045.3.1.7.
const SECP256R1: &[u8] = &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

/// OBJECT IDENTIFIER 1.3.132.0.34.
const SECP384R1: &[u8] = &[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22];

/// OBJECT IDENTIFIER 1.3.132.0.35.
const SECP521R1: &[u8] = &[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23];

/// OBJECT IDENTIFIER 1.3.101.112 (id-Ed25519), without parameters.
const ED25519: &[u8] = &[0x06, 0x03, 0x2b, 0x65, 0x70];

#[cfg(test)]
mod tests;
