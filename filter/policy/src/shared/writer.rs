//! How a change gets into shared data: entries first, then the standing, then the counter. What is half done counts
//! for nothing, and a writer that has lost its office cannot make anything count.

use super::bucket::{self, Entry, Held};
use super::key_entries::{self, KeysEntry};
use super::names::Names;
use super::seal::MacKey;
use super::standing::{Generation, Standing};
use super::{Found, SharedDataMut, Unavailable, ValueError};
use crate::registry::{LookupKey, Record};
use crate::verified::SourceId;
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

/// One writer's term of office: a load, then changes of it.
#[derive(Debug)]
pub struct Writer {
    names: Names,
    key: MacKey,
    /// What this writer made, or will make, count.
    own: Standing,
    /// Whether a change has ever begun.
    begun: bool,
    /// What counted when the present change began, and the number of its place.
    before: Option<(Standing, u32)>,
}

/// One part of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// A caller has this key, with these facts.
    Put(Record),
    /// A caller has this key no more.
    Remove(Record),
    /// Nobody has this key until the next load: what was said of it could not be read.
    Block(LookupKey),
    /// A source has these keys and no others: a JSON Web Key Set (RFC 7517).
    Keys {
        /// Which.
        source: SourceId,
        /// As the issuer wrote it.
        jwks: Box<[u8]>,
    },
}

/// Why nothing was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriterError {
    /// A later writer is, or may have been, in office.
    Deposed,
    /// Others kept writing to the same place.
    Contended,
    /// The engine did not do its part.
    Unavailable,
    /// The value cannot be written.
    Value(ValueError),
}

impl Writer {
    /// For a term that makes `generation` count. It must be later than every other.
    #[must_use]
    pub fn new(names: Names, key: MacKey, generation: Generation) -> Self {
        Self {
            names,
            key,
            own: Standing { generation, change: 0, loaded: false },
            begun: false,
            before: None,
        }
    }

    /// The load that this writer makes count.
    #[must_use]
    pub fn generation(&self) -> Generation {
        self.own.generation
    }

    /// Begins a change: the load, if it is the first one. Where nothing stands yet, the load says that nothing is
    /// loaded, so that the place has a number that [`Writer::publish`] can know. Where nothing stands any more, a later
    /// writer may have come and its word be lost: only a new term may make something count again.
    ///
    /// # Errors
    /// [`WriterError`]; the change has not begun.
    pub fn begin(&mut self, data: &dyn SharedDataMut) -> Result<(), WriterError> {
        self.before = None;
        for _ in 0..TRIES {
            match self.standing(data)? {
                (Some(standing), _) if standing.generation > self.own.generation => {
                    return Err(WriterError::Deposed);
                }
                (Some(standing), cas) => {
                    self.before = Some((standing, cas));
                    self.begun = true;
                    return Ok(());
                }
                (None, _) if self.begun => return Err(WriterError::Deposed),
                (None, cas) => {
                    let nothing = Standing { loaded: false, ..self.own };
                    data.set(self.names.standing(), &nothing.seal(&self.names, &self.key)?, cas)?;
                }
            }
        }
        Err(WriterError::Contended)
    }

    /// Writes one part of the present change. It does not count yet.
    ///
    /// # Errors
    /// [`WriterError`]; this part is not written.
    pub fn write(&mut self, data: &dyn SharedDataMut, edit: &Edit) -> Result<(), WriterError> {
        let change = self.own.change.saturating_add(1);
        match edit {
            Edit::Put(Record { key, .. }) | Edit::Remove(Record { key, .. }) | Edit::Block(key) => {
                let name = self.names.of(self.names.bucket(&key.source, key.kind, &key.value));
                self.update(data, &name, |found| {
                    let mut entries = bucket::open(found, &name, &self.key).unwrap_or_default();
                    entries.retain(|entry| self.keeps(entry.generation));
                    self.settle(&mut entries, key, edit, change);
                    bucket::seal(&entries, &name, &self.key)
                })
            }
            Edit::Keys { source, jwks } => {
                let name = self.names.keys(source);
                let own = KeysEntry {
                    generation: self.own.generation,
                    change,
                    source: source.clone(),
                    jwks: jwks.clone(),
                };
                self.update(data, &name, |found| {
                    let mut entries = key_entries::open(found, &name, &self.key).unwrap_or_default();
                    entries.retain(|entry| {
                        self.keeps(entry.generation)
                            && (entry.generation, &entry.source) != (own.generation, source)
                    });
                    entries.push(own.clone());
                    key_entries::seal(&entries, &name, &self.key)
                })
            }
        }
    }

    /// Makes the present change count, and says so.
    ///
    /// # Errors
    /// [`WriterError`]. If it is [`WriterError::Unavailable`], the change may count without being announced, and the
    /// next call announces it.
    pub fn publish(&mut self, data: &dyn SharedDataMut) -> Result<Standing, WriterError> {
        let own = Standing { change: self.own.change.saturating_add(1), loaded: true, ..self.own };
        for _ in 0..TRIES {
            let (before, cas) = self.before.take().ok_or(WriterError::Contended)?;
            if before >= own {
                return Err(WriterError::Deposed);
            }
            if data.set(self.names.standing(), &own.seal(&self.names, &self.key)?, cas)? {
                self.own = own;
                self.raise(data)?;
                data.announce()?;
                return Ok(own);
            }
            // Whoever was in office before may have made a last change count; that does not depose anyone.
            self.begin(data)?;
        }
        Err(WriterError::Contended)
    }

    /// No earlier load counts any more.
    fn raise(&self, data: &dyn SharedDataMut) -> Result<(), WriterError> {
        for _ in 0..TRIES {
            let found = data.get(self.names.floor())?;
            let floor =
                found.as_ref().and_then(|found| Generation::open(&self.names, &self.key, &found.bytes).ok());
            match floor {
                Some(floor) if floor > self.own.generation => return Err(WriterError::Deposed),
                Some(floor) if floor == self.own.generation => return Ok(()),
                _ => {}
            }
            let floor = self.own.generation.seal(&self.names, &self.key)?;
            if data.set(self.names.floor(), &floor, found.map_or(0, |found| found.cas))? {
                return Ok(());
            }
        }
        Err(WriterError::Contended)
    }

    /// Whether what this writer made count still does.
    ///
    /// # Errors
    /// [`WriterError::Deposed`] if a later one is in office, or the engine has dropped what says so.
    pub fn stands(&self, data: &dyn SharedDataMut) -> Result<(), WriterError> {
        let (standing, _) = self.standing(data)?;
        let floor = data.get(self.names.floor())?;
        let floor = floor.and_then(|found| Generation::open(&self.names, &self.key, &found.bytes).ok());
        if (standing, floor) == (Some(self.own), Some(self.own.generation)) {
            return Ok(());
        }
        Err(WriterError::Deposed)
    }

    /// What counts, and the number of its place; nothing where it is not ours.
    fn standing(&self, data: &dyn SharedDataMut) -> Result<(Option<Standing>, u32), WriterError> {
        let Some(Found { bytes, cas }) = data.get(self.names.standing())? else { return Ok((None, 0)) };
        Ok((Standing::open(&self.names, &self.key, &bytes).ok(), cas))
    }

    /// Entries of what counts now are still read, and those of later writers are not ours to drop.
    fn keeps(&self, generation: Generation) -> bool {
        let counts = self.before.is_some_and(|(before, _)| before.generation == generation);
        counts || generation >= self.own.generation
    }

    /// What stands for `key` after the edit.
    fn settle(&self, entries: &mut Vec<Entry>, key: &LookupKey, edit: &Edit, change: u64) {
        let generation = self.own.generation;
        let is_it = |entry: &Entry| entry.generation == generation && entry.held.key() == key;
        let place = entries.iter().position(is_it);
        let known = place.and_then(|place| entries.get(place));
        if known.is_some_and(|known| known.change > change) {
            return;
        }
        let held = match (edit, known) {
            (Edit::Block(_), _) => Some(Held::Contested(key.clone())),
            // Of two that claim a key, removing one leaves the other unknown.
            (Edit::Remove(record), Some(known)) if !known.held.is_of(record) => return,
            (Edit::Put(record), Some(known)) if !known.held.is_of(record) => {
                Some(Held::Contested(key.clone()))
            }
            (Edit::Put(record), _) => Some(Held::Caller(Arc::new(record.clone()))),
            (Edit::Remove(_) | Edit::Keys { .. }, _) => None,
        };
        if let Some(place) = place {
            entries.swap_remove(place);
        }
        entries.extend(held.map(|held| Entry { generation, change, held }));
    }

    /// Reads, changes and writes a place, again where somebody else was faster.
    fn update(
        &self,
        data: &dyn SharedDataMut,
        name: &str,
        change: impl Fn(&[u8]) -> Result<Vec<u8>, ValueError>,
    ) -> Result<(), WriterError> {
        for _ in 0..TRIES {
            let found = data.get(name)?;
            let (bytes, cas) = found.as_ref().map_or((&[][..], 0), |found| (&found.bytes, found.cas));
            if data.set(name, &change(bytes)?, cas)? {
                return Ok(());
            }
        }
        Err(WriterError::Contended)
    }
}

impl Held {
    /// Whether the caller that holds the key is the one of `record`.
    fn is_of(&self, record: &Record) -> bool {
        match self {
            Self::Caller(own) => own.identity() == record.identity(),
            Self::Contested(_) => false,
        }
    }
}

impl From<Unavailable> for WriterError {
    fn from(Unavailable: Unavailable) -> Self {
        Self::Unavailable
    }
}

impl From<ValueError> for WriterError {
    fn from(error: ValueError) -> Self {
        Self::Value(error)
    }
}

impl fmt::Display for WriterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deposed => f.write_str("another writer has taken over"),
            Self::Contended => f.write_str("others keep writing to the same place of shared data"),
            Self::Unavailable => f.write_str("the engine did not read or write shared data"),
            Self::Value(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for WriterError {}

/// How often a place that others write to is tried.
const TRIES: usize = 8;
