//! The encoding of header maps: a count, then the lengths of every name and value, then their bytes, each with
//! one zero byte behind it; integers are 32 bits, little-endian.
//!
//! Reading is total: no input panics, and nothing is copied.

use std::fmt;

/// A header map in the buffer that the engine gave; an iterator over names and values.
#[derive(Debug, Clone)]
pub(crate) struct Pairs<'a> {
    /// Eight bytes for each pair that is left.
    lengths: &'a [u8],
    /// Names and values of those pairs, and whatever the engine put behind the last.
    bytes: &'a [u8],
}

/// The buffer is shorter than its own lengths say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Truncated;

impl<'a> Pairs<'a> {
    /// A view of `map`. An empty buffer is an empty map: Envoy gives no bytes for one.
    pub(crate) fn new(map: &'a [u8]) -> Result<Self, Truncated> {
        if map.is_empty() {
            return Ok(Self { lengths: &[], bytes: &[] });
        }
        let (count, rest) = take_u32(map).ok_or(Truncated)?;
        let table = count.checked_mul(LENGTHS_OF_A_PAIR).ok_or(Truncated)?;
        let (lengths, bytes) = rest.split_at_checked(table).ok_or(Truncated)?;
        Ok(Self { lengths, bytes })
    }

    /// How many pairs are left, as far as the buffer holds them.
    pub(crate) fn left(&self) -> usize {
        self.lengths.len() / LENGTHS_OF_A_PAIR
    }

    fn take(&mut self) -> Option<(&'a [u8], &'a [u8])> {
        let (name_len, lengths) = take_u32(self.lengths)?;
        let (value_len, lengths) = take_u32(lengths)?;
        let (name, bytes) = take_terminated(self.bytes, name_len)?;
        let (value, bytes) = take_terminated(bytes, value_len)?;
        *self = Self { lengths, bytes };
        Some((name, value))
    }
}

impl<'a> Iterator for Pairs<'a> {
    type Item = Result<(&'a [u8], &'a [u8]), Truncated>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.lengths.is_empty() {
            return None;
        }
        let pair = self.take().ok_or(Truncated);
        if pair.is_err() {
            self.lengths = &[];
        }
        Some(pair)
    }
}

/// The encoding of `pairs`; `None` if a length does not fit into 32 bits.
pub(crate) fn encode(pairs: &[(&[u8], &[u8])]) -> Option<Vec<u8>> {
    let mut out = u32::try_from(pairs.len()).ok()?.to_le_bytes().to_vec();
    for (name, value) in pairs {
        out.extend(u32::try_from(name.len()).ok()?.to_le_bytes());
        out.extend(u32::try_from(value.len()).ok()?.to_le_bytes());
    }
    for part in pairs.iter().flat_map(|(name, value)| [name, value]) {
        out.extend_from_slice(part);
        out.push(0);
    }
    Some(out)
}

fn take_u32(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some((usize::try_from(u32::from_le_bytes(*number)).ok()?, rest))
}

fn take_terminated(bytes: &[u8], len: usize) -> Option<(&[u8], &[u8])> {
    let (part, rest) = bytes.split_at_checked(len)?;
    let (_zero, rest) = rest.split_first()?;
    Some((part, rest))
}

impl fmt::Display for Truncated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a header map as long as its lengths say, found a shorter one")
    }
}

const LENGTHS_OF_A_PAIR: usize = 8;

#[cfg(test)]
mod tests;
