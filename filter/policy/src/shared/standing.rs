//! Which load of the state counts, and how far it has come.

use super::binary::{Input, Output, ValueError};
use super::names::Names;
use super::seal::MacKey;
use alloc::vec::Vec;

/// A load of the state: one writer's term of office. A later one is greater, and no two writers have the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation(pub u64);

/// What counts. Ordered by generation, then change: state never goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Standing {
    /// The load whose entries count. Those of another are not there.
    pub generation: Generation,
    /// The last change of it.
    pub change: u64,
    /// Whether all of it is there. Until then nobody is let in.
    pub loaded: bool,
}

impl Standing {
    pub(super) fn seal(self, names: &Names, key: &MacKey) -> Result<Vec<u8>, ValueError> {
        let content = Output::whole(|output| {
            output.unsigned(self.generation.0);
            output.unsigned(self.change);
            output.flag(self.loaded);
            Ok(())
        })?;
        Ok(key.seal(names.standing(), content))
    }

    pub(super) fn open(names: &Names, key: &MacKey, sealed: &[u8]) -> Result<Self, ValueError> {
        Input::whole(key.open(names.standing(), sealed)?, |input| {
            Ok(Self {
                generation: Generation(input.unsigned()?),
                change: input.unsigned()?,
                loaded: input.flag()?,
            })
        })
    }
}

impl Generation {
    /// As the value of the floor.
    pub(super) fn seal(self, names: &Names, key: &MacKey) -> Result<Vec<u8>, ValueError> {
        let content = Output::whole(|output| {
            output.unsigned(self.0);
            Ok(())
        })?;
        Ok(key.seal(names.floor(), content))
    }

    pub(super) fn open(names: &Names, key: &MacKey, sealed: &[u8]) -> Result<Self, ValueError> {
        Input::whole(key.open(names.floor(), sealed)?, Input::unsigned).map(Self)
    }
}
