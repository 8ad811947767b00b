//! The encoding of a header list in guest memory.
//!
//! A `u32` count; for each pair the lengths of name and value as `u32`; then for each pair name, 0,
//! value, 0. Integers are little-endian and the zeros are not counted in the lengths. The empty list
//! may also be no bytes at all.

use crate::header_map::Pair;

use bytes::Bytes;

/// The most that [`decode`] accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PairLimits {
    /// Bytes of the whole encoding.
    pub bytes: usize,
    /// Number of pairs.
    pub pairs: usize,
}

/// How many bytes the pairs take when encoded; `None` beyond what the ABI's 32 bits can say.
pub fn encoded_len(pairs: &[Pair]) -> Option<usize> {
    let length = pairs.iter().try_fold(COUNT, |sum, (name, value)| {
        sum.checked_add(PER_PAIR)?.checked_add(name.len())?.checked_add(value.len())
    })?;
    u32::try_from(length).is_ok().then_some(length)
}

/// Encodes the pairs into `target`, which must have exactly [`encoded_len`] bytes; `None` otherwise.
pub fn encode_into(pairs: &[Pair], target: &mut [u8]) -> Option<()> {
    let mut writer = Writer(target);
    writer.number(pairs.len())?;
    for (name, value) in pairs {
        writer.number(name.len())?;
        writer.number(value.len())?;
    }
    for (name, value) in pairs {
        writer.text(name)?;
        writer.text(value)?;
    }
    writer.0.is_empty().then_some(())
}

/// Encodes the pairs; `None` if they are too many for the ABI.
pub fn encode(pairs: &[Pair]) -> Option<Vec<u8>> {
    let mut bytes = vec![0; encoded_len(pairs)?];
    encode_into(pairs, &mut bytes)?;
    Some(bytes)
}

/// Decodes a header list, exactly: `None` if it is malformed, has bytes left over or passes a limit.
pub fn decode(data: &[u8], limits: PairLimits) -> Option<Vec<Pair>> {
    if data.is_empty() {
        return Some(Vec::new());
    }
    if data.len() > limits.bytes {
        return None;
    }
    // One copy out of the guest's memory; names and values share it.
    let mut reader = Reader(Bytes::copy_from_slice(data));
    let count = reader.number()?;
    if count > limits.pairs {
        return None;
    }
    let lengths: Vec<_> =
        (0..count).map(|_| Some((reader.number()?, reader.number()?))).collect::<Option<_>>()?;
    let pairs = lengths
        .into_iter()
        .map(|(name, value)| Some((reader.text(name)?, reader.text(value)?)))
        .collect::<Option<_>>()?;
    reader.0.is_empty().then_some(pairs)
}

struct Writer<'a>(&'a mut [u8]);

impl Writer<'_> {
    fn number(&mut self, value: usize) -> Option<()> {
        self.bytes(&u32::try_from(value).ok()?.to_le_bytes())
    }

    fn text(&mut self, text: &[u8]) -> Option<()> {
        self.bytes(text)?;
        self.bytes(&[0])
    }

    fn bytes(&mut self, bytes: &[u8]) -> Option<()> {
        let (head, rest) = std::mem::take(&mut self.0).split_at_mut_checked(bytes.len())?;
        head.copy_from_slice(bytes);
        self.0 = rest;
        Some(())
    }
}

struct Reader(Bytes);

impl Reader {
    fn number(&mut self) -> Option<usize> {
        let bytes = self.bytes(4)?;
        usize::try_from(u32::from_le_bytes(bytes.as_ref().try_into().ok()?)).ok()
    }

    fn text(&mut self, length: usize) -> Option<Bytes> {
        let text = self.bytes(length)?;
        (self.bytes(1)?.as_ref() == [0]).then_some(text)
    }

    fn bytes(&mut self, length: usize) -> Option<Bytes> {
        (length <= self.0.len()).then(|| self.0.split_to(length))
    }
}

const COUNT: usize = 4;
/// Two lengths and two zeros.
const PER_PAIR: usize = 10;

#[cfg(test)]
mod tests;
