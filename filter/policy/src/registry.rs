//! Consumers, applications and their registrations: who may call, looked up by what a token says.
//!
//! Identity is never global: a key is (realm, source, kind, value), so the same value from two issuers is two
//! callers.

use crate::verified::SourceId;
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;

pub(crate) mod codec;
mod directory;
mod record;

pub use directory::Directory;
pub use record::{
    ApplicationFacts, ConsumerFacts, LookupKey, LookupKind, Record, Registration, State, fold_username,
};

/// Every record that the config holds, one per lookup key.
#[derive(Debug, Default)]
pub struct Registry {
    /// Sorted by key; no key twice.
    records: Vec<Arc<Record>>,
    /// Sorted by name; no name twice.
    consumer_groups: Vec<ConsumerGroup>,
}

/// A group of consumers that tokens and consumers can name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsumerGroup {
    /// Its id, for whoever lists them; nothing is looked up by it.
    pub id: Option<Arc<str>>,
    /// Its name.
    pub name: Arc<str>,
}

/// A key that two records have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DuplicateKey(pub Box<LookupKey>);

impl Registry {
    /// From the records of one realm.
    ///
    /// # Errors
    /// [`DuplicateKey`] if two records have one key: which of them a token means could not be told.
    pub fn new(mut records: Vec<Arc<Record>>) -> Result<Self, DuplicateKey> {
        records.sort_by(|one, other| one.key.cmp(&other.key));
        let twice = records.windows(2).find_map(|pair| match pair {
            [one, other] if one.key == other.key => Some(one.key.clone()),
            _ => None,
        });
        match twice {
            Some(key) => Err(DuplicateKey(Box::new(key))),
            None => Ok(Self { records, consumer_groups: Vec::new() }),
        }
    }

    /// The same with these consumer groups. Of two with one name one is kept.
    #[must_use]
    pub fn with_consumer_groups(mut self, mut groups: Vec<ConsumerGroup>) -> Self {
        groups.sort_by(|one, other| one.name.cmp(&other.name));
        groups.dedup_by(|one, other| one.name == other.name);
        self.consumer_groups = groups;
        self
    }

    /// The consumer group with this name; bytes are compared exactly.
    #[must_use]
    pub fn consumer_group(&self, name: &str) -> Option<&ConsumerGroup> {
        let place = self.consumer_groups.binary_search_by(|group| (*group.name).cmp(name));
        place.ok().and_then(|place| self.consumer_groups.get(place))
    }

    /// Every consumer group, by name.
    #[must_use]
    pub fn consumer_groups(&self) -> &[ConsumerGroup] {
        &self.consumer_groups
    }

    /// The record that `value`, a `kind` of `source`, names; bytes are compared exactly, but for the case of a
    /// username of kind [`LookupKind::FoldedUsername`].
    #[must_use]
    pub fn find(&self, source: &SourceId, kind: LookupKind, value: &str) -> Option<&Arc<Record>> {
        if kind == LookupKind::FoldedUsername {
            return self.find_exactly(source, kind, &fold_username(value));
        }
        self.find_exactly(source, kind, value)
    }

    fn find_exactly(&self, source: &SourceId, kind: LookupKind, value: &str) -> Option<&Arc<Record>> {
        let place = self.records.binary_search_by(|record| record.key.compare(source, kind, value));
        place.ok().and_then(|place| self.records.get(place))
    }

    /// Every record, by key.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Record>> {
        self.records.iter()
    }
}

#[cfg(test)]
mod tests;
