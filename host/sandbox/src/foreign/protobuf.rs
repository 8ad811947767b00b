//! The part of protobuf's wire format that messages of foreign functions have: strings and bytes.

/// Shows each string and bytes field to `seen`, in order; a reader that keeps the last of a number does as protobuf
/// does. Other fields are skipped. `None` where the message cannot be read.
pub(super) fn each<'a>(mut rest: &'a [u8], mut seen: impl FnMut(u64, &'a [u8])) -> Option<()> {
    while !rest.is_empty() {
        let tag = take_varint(&mut rest)?;
        match (tag >> 3, tag & 7) {
            (0, _) => return None,
            (number, DELIMITED) => seen(number, take_delimited(&mut rest)?),
            (_, kind) => skip(&mut rest, kind)?,
        }
    }
    Some(())
}

/// Adds a string or bytes field; its number is below 16.
pub(super) fn push(message: &mut Vec<u8>, number: u8, value: &[u8]) {
    message.push(number.wrapping_shl(3) | 2);
    push_varint(message, value.len());
    message.extend_from_slice(value);
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

/// The wire type of strings and bytes.
const DELIMITED: u64 = 2;
