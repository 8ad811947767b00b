//! The protocol buffers of `verify_signature`, written by hand: four fields, each a tag, a length and bytes.
//!
//! ```text
//! VerifySignatureArguments { string hash_function = 1; bytes public_key = 2; bytes signature = 3; bytes text = 4; }
//! VerifySignatureResult    { bool result = 1; string error = 2; }
//! ```

use claimgate_policy::signature::Hash;

/// The arguments: the key in DER (SubjectPublicKeyInfo), an ECDSA signature likewise.
pub(super) fn write(out: &mut Vec<u8>, hash: Hash, spki_der: &[u8], signature: &[u8], text: &[u8]) {
    fields(out, &[hash.name().as_bytes(), spki_der, signature, text]);
}

/// A message of fields that are bytes, numbered from 1.
pub(super) fn fields(out: &mut Vec<u8>, all: &[&[u8]]) {
    out.clear();
    for (number, bytes) in (1_u8..).zip(all) {
        out.push(number << 3 | LENGTH_DELIMITED);
        varint(out, bytes.len());
        out.extend_from_slice(bytes);
    }
}

/// The bytes behind their own length, and nothing behind them.
pub(super) fn bytes_after(field: &[u8]) -> Option<&[u8]> {
    let mut length = 0_usize;
    for ((place, byte), shift) in field.iter().enumerate().zip([0, 7, 14]) {
        length |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            let bytes = field.get(place.saturating_add(1)..)?;
            return (bytes.len() == length).then_some(bytes);
        }
    }
    None
}

/// The one result that says "valid": field 1, a varint, true.
pub(super) const VALID: &[u8] = b"\x08\x01";

/// Seven bits to a byte, the least first; all but the last have the top bit set.
fn varint(out: &mut Vec<u8>, mut value: usize) {
    while value > 0x7f {
        out.push(low_bits(value) | 0x80);
        value >>= 7;
    }
    out.push(low_bits(value));
}

fn low_bits(value: usize) -> u8 {
    let [low, ..] = value.to_le_bytes();
    low & 0x7f
}

const LENGTH_DELIMITED: u8 = 2;
