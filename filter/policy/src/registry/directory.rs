//! Where callers are looked up: in the config, or in shared data if they are pushed there.

use super::{ConsumerGroup, LookupKind, Record, Registry};
use crate::config::Source;
use crate::denial::Denial;
use crate::shared::Pushed;
use crate::verified::SourceId;
use alloc::sync::Arc;

/// The callers of one realm, at the moment at which they are asked for.
#[derive(Clone, Copy)]
pub struct Directory<'a> {
    registry: &'a Registry,
    sources: &'a [Arc<Source>],
    pushed: Option<Pushed<'a>>,
}

impl<'a> Directory<'a> {
    /// The callers of `registry`, of `sources`; those in shared data instead, if they are `pushed`.
    #[must_use]
    pub fn new(registry: &'a Registry, sources: &'a [Arc<Source>], pushed: Option<Pushed<'a>>) -> Self {
        Self { registry, sources, pushed }
    }

    /// The record that `value`, a `kind` of `source`, names; bytes are compared exactly, but for the case of a username
    /// of kind [`LookupKind::FoldedUsername`].
    ///
    /// # Errors
    /// Those of [`Pushed::find`]: whether there is one cannot be told.
    pub fn find(
        &self,
        source: &SourceId,
        kind: LookupKind,
        value: &str,
    ) -> Result<Option<Arc<Record>>, Denial> {
        match &self.pushed {
            Some(pushed) => pushed.find(source, kind, value),
            None => Ok(self.registry.find(source, kind, value).map(Arc::clone)),
        }
    }

    /// The record that the first of `kinds` by which `value` names one finds.
    ///
    /// # Errors
    /// As [`Directory::find`].
    pub fn find_first(
        &self,
        source: &SourceId,
        kinds: &[LookupKind],
        value: &str,
    ) -> Result<Option<Arc<Record>>, Denial> {
        let mut found = kinds.iter().map(|kind| self.find(source, *kind, value));
        found.find_map(Result::transpose).transpose()
    }

    /// The record that `value` names, of whatever source. `None` also if it names callers of several: which is meant
    /// could not be told.
    ///
    /// # Errors
    /// As [`Directory::find`].
    pub fn find_anywhere(&self, kind: LookupKind, value: &str) -> Result<Option<Arc<Record>>, Denial> {
        let mut only = None;
        for source in self.sources {
            match (self.find(&source.id, kind, value)?, &only) {
                (None, _) => {}
                (found, None) => only = found,
                (Some(_), Some(_)) => return Ok(None),
            }
        }
        Ok(only)
    }

    /// The consumer group with this name; the config alone knows them.
    #[must_use]
    pub fn consumer_group(&self, name: &str) -> Option<&'a ConsumerGroup> {
        self.registry.consumer_group(name)
    }
}
