//! The one vocabulary for guest memory: every pointer that a guest passes is read and written here.
//!
//! A range that is not wholly inside the memory is a [`MemoryFault`], and that is a trap.

use std::{error::Error, fmt};

/// Bytes that a guest points at: not checked yet, and so not accessible yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct GuestRange {
    pointer: u32,
    length: u32,
}

impl GuestRange {
    pub(crate) fn new(pointer: u32, length: u32) -> Self {
        Self { pointer, length }
    }

    /// The bytes, if all of them are inside `memory`. An empty range is always inside.
    pub(crate) fn read(self, memory: &[u8]) -> Result<&[u8], MemoryFault> {
        if self.length == 0 {
            return Ok(&[]);
        }
        let fault = self.fault(memory.len());
        self.bounds().and_then(|(start, end)| memory.get(start..end)).ok_or(fault)
    }

    /// The bytes to write to, if all of them are inside `memory`.
    pub(crate) fn write(self, memory: &mut [u8]) -> Result<&mut [u8], MemoryFault> {
        if self.length == 0 {
            return Ok(&mut []);
        }
        let fault = self.fault(memory.len());
        self.bounds().and_then(|(start, end)| memory.get_mut(start..end)).ok_or(fault)
    }

    fn bounds(self) -> Option<(usize, usize)> {
        let start = usize::try_from(self.pointer).ok()?;
        let end = start.checked_add(usize::try_from(self.length).ok()?)?;
        Some((start, end))
    }

    fn fault(self, size: usize) -> MemoryFault {
        MemoryFault { pointer: self.pointer, length: self.length, size }
    }
}

/// Writes a `u32` in the guest's byte order.
pub(crate) fn write_u32(memory: &mut [u8], pointer: u32, value: u32) -> Result<(), MemoryFault> {
    GuestRange::new(pointer, 4).write(memory)?.copy_from_slice(&value.to_le_bytes());
    Ok(())
}

/// Writes a `u64` in the guest's byte order.
pub(crate) fn write_u64(memory: &mut [u8], pointer: u32, value: u64) -> Result<(), MemoryFault> {
    GuestRange::new(pointer, 8).write(memory)?.copy_from_slice(&value.to_le_bytes());
    Ok(())
}

/// Reads a `u32` in the guest's byte order.
pub(crate) fn read_u32(memory: &[u8], pointer: u32) -> Result<u32, MemoryFault> {
    let bytes = GuestRange::new(pointer, 4).read(memory)?;
    let array = bytes.try_into().map_err(|_| GuestRange::new(pointer, 4).fault(memory.len()))?;
    Ok(u32::from_le_bytes(array))
}

/// A guest pointed outside of its memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MemoryFault {
    pointer: u32,
    length: u32,
    size: usize,
}

impl fmt::Display for MemoryFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pointer, length, size } = self;
        write!(f, "expected a range inside {size} bytes of guest memory, got {length} bytes at {pointer}")
    }
}

impl Error for MemoryFault {}

#[cfg(test)]
mod tests;
