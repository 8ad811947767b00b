//! The keys of a few sources in one place, each with the load that it belongs to.

use super::binary::{Input, Output, ValueError};
use super::seal::MacKey;
use super::standing::Generation;
use crate::verified::SourceId;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// A source's key set in one load of the state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeysEntry {
    pub(super) generation: Generation,
    pub(super) change: u64,
    pub(super) source: SourceId,
    /// A JSON Web Key Set (RFC 7517), as the issuer wrote it.
    pub(super) jwks: Box<[u8]>,
}

pub(super) fn seal(entries: &[KeysEntry], name: &str, key: &MacKey) -> Result<Vec<u8>, ValueError> {
    let content = Output::whole(|output| {
        output.list(entries, |output, entry| {
            output.unsigned(entry.generation.0);
            output.unsigned(entry.change);
            output.text(entry.source.as_str())?;
            output.blob(&entry.jwks)
        })
    })?;
    Ok(key.seal(name, content))
}

pub(super) fn open(sealed: &[u8], name: &str, key: &MacKey) -> Result<Vec<KeysEntry>, ValueError> {
    Input::whole(key.open(name, sealed)?, |input| {
        input.list(|input| {
            Ok(KeysEntry {
                generation: Generation(input.unsigned()?),
                change: input.unsigned()?,
                source: SourceId::new(&input.text()?),
                jwks: input.blob()?.into(),
            })
        })
    })
}
