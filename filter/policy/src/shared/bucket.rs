//! A few callers in one place, each with the load that it belongs to.

use super::binary::{Input, Output, ValueError};
use super::seal::MacKey;
use super::standing::Generation;
use crate::registry::{LookupKey, Record, codec};
use alloc::sync::Arc;
use alloc::vec::Vec;

/// What stands for one lookup key in one load of the state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The load that it belongs to.
    pub generation: Generation,
    /// The number of the change that wrote it; a higher one is newer.
    pub change: u64,
    /// Whose key it is.
    pub held: Held,
}

/// Whose a lookup key is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// One caller's.
    Caller(Arc<Record>),
    /// Two callers claimed it, so it is nobody's until the next load.
    Contested(LookupKey),
}

impl Held {
    /// The key.
    #[must_use]
    pub fn key(&self) -> &LookupKey {
        match self {
            Self::Caller(record) => &record.key,
            Self::Contested(key) => key,
        }
    }
}

pub(super) fn seal(entries: &[Entry], name: &str, key: &MacKey) -> Result<Vec<u8>, ValueError> {
    Ok(key.seal(name, encode(entries)?))
}

pub(super) fn open(sealed: &[u8], name: &str, key: &MacKey) -> Result<Vec<Entry>, ValueError> {
    decode(key.open(name, sealed)?)
}

fn encode(entries: &[Entry]) -> Result<Vec<u8>, ValueError> {
    Output::whole(|output| {
        output.list(entries, |output, entry| {
            output.unsigned(entry.generation.0);
            output.unsigned(entry.change);
            match &entry.held {
                Held::Caller(record) => {
                    output.flag(true);
                    codec::record(output, record)
                }
                Held::Contested(key) => {
                    output.flag(false);
                    codec::key(output, key)
                }
            }
        })
    })
}

fn decode(content: &[u8]) -> Result<Vec<Entry>, ValueError> {
    Input::whole(content, |input| {
        input.list(|input| {
            Ok(Entry {
                generation: Generation(input.unsigned()?),
                change: input.unsigned()?,
                held: match input.flag()? {
                    true => Held::Caller(Arc::new(codec::read_record(input)?)),
                    false => Held::Contested(codec::read_key(input)?),
                },
            })
        })
    })
}

#[cfg(test)]
mod tests;
