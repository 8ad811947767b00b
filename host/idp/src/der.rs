//! Elements of DER, one after the other.

/// Bytes that are still to be read.
#[derive(Debug)]
pub struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    /// The content of the next element, if it bears `tag`.
    #[must_use]
    pub fn element(&mut self, tag: u8) -> Option<Self> {
        let rest = self.0.strip_prefix(&[tag])?;
        let (length, rest) = length(rest)?;
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(Reader(content))
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

/// The tag of a whole number.
pub const INTEGER: u8 = 0x02;
/// The tag of bytes.
pub const OCTET_STRING: u8 = 0x04;
/// The tag of a sequence.
pub const SEQUENCE: u8 = 0x30;
