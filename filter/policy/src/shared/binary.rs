//! The parts that every value in shared data is made of. Integers are big-endian; text and lists have a 16-bit length
//! in front, blobs a 32-bit one; what may be absent has a byte 0 or 1 in front.
//!
//! Reading is total: every input is a value or an error, and nothing is reserved for a length that the bytes only
//! claim.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

/// Why bytes are no value, or something cannot become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueError {
    /// The MAC does not fit: another key or place, or something changed it.
    Mac,
    /// The bytes end where more should come.
    Truncated,
    /// A byte that no writer writes, text that is not UTF-8, or bytes after the end.
    Malformed,
    /// Another version of this format.
    Version {
        /// The version that stands there.
        found: u8,
    },
    /// Text or a list that is longer than 65,535.
    TooLong,
}

/// What is left to read.
pub(crate) struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    /// Reads all of `bytes` as one value.
    pub(crate) fn whole<T>(
        bytes: &'a [u8],
        read: impl FnOnce(&mut Self) -> Result<T, ValueError>,
    ) -> Result<T, ValueError> {
        let mut input = Self(bytes);
        match input.byte()? {
            VERSION => {}
            found => return Err(ValueError::Version { found }),
        }
        let value = read(&mut input)?;
        if input.0.is_empty() { Ok(value) } else { Err(ValueError::Malformed) }
    }

    fn take(&mut self, len: usize) -> Result<&'a [u8], ValueError> {
        let (taken, rest) = self.0.split_at_checked(len).ok_or(ValueError::Truncated)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ValueError> {
        self.take(N)?.try_into().map_err(|_| ValueError::Truncated)
    }

    pub(crate) fn byte(&mut self) -> Result<u8, ValueError> {
        self.array().map(|[byte]| byte)
    }

    pub(crate) fn flag(&mut self) -> Result<bool, ValueError> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(ValueError::Malformed),
        }
    }

    pub(crate) fn unsigned(&mut self) -> Result<u64, ValueError> {
        self.array().map(u64::from_be_bytes)
    }

    pub(crate) fn signed(&mut self) -> Result<i64, ValueError> {
        self.array().map(i64::from_be_bytes)
    }

    fn length(&mut self) -> Result<usize, ValueError> {
        self.array().map(u16::from_be_bytes).map(usize::from)
    }

    pub(crate) fn text(&mut self) -> Result<Arc<str>, ValueError> {
        let len = self.length()?;
        let text = core::str::from_utf8(self.take(len)?).map_err(|_| ValueError::Malformed)?;
        Ok(text.into())
    }

    pub(crate) fn blob(&mut self) -> Result<&'a [u8], ValueError> {
        let len = self.array().map(u32::from_be_bytes)?;
        self.take(usize::try_from(len).map_err(|_| ValueError::Truncated)?)
    }

    pub(crate) fn option<T>(
        &mut self,
        read: impl Fn(&mut Self) -> Result<T, ValueError>,
    ) -> Result<Option<T>, ValueError> {
        if self.flag()? { read(self).map(Some) } else { Ok(None) }
    }

    pub(crate) fn list<T>(
        &mut self,
        read: impl Fn(&mut Self) -> Result<T, ValueError>,
    ) -> Result<Vec<T>, ValueError> {
        (0..self.length()?).map(|_| read(self)).collect()
    }
}

/// What has been written.
pub(crate) struct Output(Vec<u8>);

impl Output {
    /// The bytes of one value.
    pub(crate) fn whole(
        write: impl FnOnce(&mut Self) -> Result<(), ValueError>,
    ) -> Result<Vec<u8>, ValueError> {
        let mut output = Self(Vec::from([VERSION]));
        write(&mut output)?;
        Ok(output.0)
    }

    pub(crate) fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    pub(crate) fn flag(&mut self, flag: bool) {
        self.byte(u8::from(flag));
    }

    pub(crate) fn unsigned(&mut self, number: u64) {
        self.0.extend(number.to_be_bytes());
    }

    pub(crate) fn signed(&mut self, number: i64) {
        self.0.extend(number.to_be_bytes());
    }

    fn length(&mut self, length: usize) -> Result<(), ValueError> {
        let length = u16::try_from(length).map_err(|_| ValueError::TooLong)?;
        self.0.extend(length.to_be_bytes());
        Ok(())
    }

    pub(crate) fn text(&mut self, text: &str) -> Result<(), ValueError> {
        self.length(text.len())?;
        self.0.extend(text.as_bytes());
        Ok(())
    }

    pub(crate) fn blob(&mut self, blob: &[u8]) -> Result<(), ValueError> {
        let length = u32::try_from(blob.len()).map_err(|_| ValueError::TooLong)?;
        self.0.extend(length.to_be_bytes());
        self.0.extend(blob);
        Ok(())
    }

    pub(crate) fn option<T>(
        &mut self,
        value: Option<T>,
        write: impl Fn(&mut Self, T) -> Result<(), ValueError>,
    ) -> Result<(), ValueError> {
        self.flag(value.is_some());
        value.map_or(Ok(()), |value| write(self, value))
    }

    pub(crate) fn list<T>(
        &mut self,
        items: &[T],
        write: impl Fn(&mut Self, &T) -> Result<(), ValueError>,
    ) -> Result<(), ValueError> {
        self.length(items.len())?;
        items.iter().try_for_each(|item| write(self, item))
    }
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mac => {
                f.write_str("expected a value sealed with this key for this place, found another MAC")
            }
            Self::Truncated => f.write_str("expected more bytes of a value, found the end"),
            Self::Malformed => {
                f.write_str("expected a value, found bytes that no version of this filter writes")
            }
            Self::Version { found } => write!(f, "expected a value of version {VERSION}, found {found}"),
            Self::TooLong => f.write_str("expected at most 65535 bytes or items, found more"),
        }
    }
}

impl core::error::Error for ValueError {}

/// Of every value. Goes up when the form of one changes.
const VERSION: u8 = 3;
