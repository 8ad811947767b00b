//! What requests see of shared data. Remembers what it has read for as long as the counter of changes says that
//! nothing changed: a decision then costs one look at a number.

use super::bucket::{self, Held};
use super::key_entries;
use super::names::{Bucket, Names};
use super::seal::MacKey;
use super::standing::{Generation, Standing};
use super::{SharedData, Unavailable};
use crate::config::Source;
use crate::denial::{Denial, shown};
use crate::keys::KeySet;
use crate::registry::{LookupKey, LookupKind, Record, fold_username};
use crate::verified::SourceId;
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::fmt;

/// The reader of one realm in one VM.
pub struct Reader {
    names: Names,
    key: MacKey,
    memory: RefCell<Memory>,
}

/// A reader and what it reads from.
#[derive(Clone, Copy)]
pub struct Pushed<'a> {
    pub(crate) reader: &'a Reader,
    /// `None` where the edge lends no shared data: nothing is there then.
    pub(crate) data: Option<&'a dyn SharedData>,
}

#[derive(Default)]
struct Memory {
    /// The counter of changes, and the standing that was read after it.
    seen: Option<(u64, Standing)>,
    /// The last standing ever seen.
    newest: Option<Standing>,
    /// One bucket per slot; the last one read stays.
    slots: Vec<Slot>,
    keys: BTreeMap<SourceId, KeySlot>,
}

#[derive(Clone, Default)]
struct Slot {
    /// Which bucket, and the standing under which it was read.
    of: Option<(Bucket, Standing)>,
    held: Box<[Held]>,
}

struct KeySlot {
    under: Standing,
    jwks: Box<[u8]>,
    keys: KeySet,
}

impl Reader {
    /// Has read nothing yet.
    #[must_use]
    pub fn new(names: Names, key: MacKey) -> Self {
        Self { names, key, memory: RefCell::default() }
    }

    /// What counts now. The counter is asked first, so that an answer is never kept under a number that was reached
    /// after the answer was given.
    fn standing(&self, memory: &mut Memory, data: &dyn SharedData) -> Result<Standing, Denial> {
        let changes = data.changes();
        if let (Some(changes), Some((then, standing))) = (changes, memory.seen)
            && changes == then
        {
            return Ok(standing);
        }
        memory.seen = None;
        let floor = data.get(self.names.floor()).map_err(|Unavailable| NO_ANSWER)?;
        let found = data.get(self.names.standing()).map_err(|Unavailable| NO_ANSWER)?.ok_or(NO_STATE)?;
        let standing = Standing::open(&self.names, &self.key, &found.bytes).map_err(|_| NOT_OURS)?;
        if !standing.loaded {
            return Err(NOT_LOADED);
        }
        let floor = Generation::open(&self.names, &self.key, &floor.ok_or(NO_FLOOR)?.bytes);
        if standing.generation < floor.map_err(|_| NOT_OURS)? {
            return Err(GONE_BACK);
        }
        // Whoever kept a copy could put it back.
        if memory.newest.is_some_and(|newest| standing < newest) {
            return Err(GONE_BACK);
        }
        memory.newest = Some(standing);
        memory.seen = changes.map(|changes| (changes, standing));
        Ok(standing)
    }

    fn find(
        &self,
        data: &dyn SharedData,
        (source, kind, value): (&SourceId, LookupKind, &str),
    ) -> Result<Option<Arc<Record>>, Denial> {
        let mut memory = self.memory.try_borrow_mut().map_err(|_| ENTERED_TWICE)?;
        let standing = self.standing(&mut memory, data)?;
        let bucket = self.names.bucket(source, kind, value);
        let slot = memory.slot(bucket).ok_or(ENTERED_TWICE)?;
        if slot.of != Some((bucket, standing)) {
            *slot = Slot { of: None, held: Box::default() };
            slot.held = self.read(data, bucket, standing)?;
            slot.of = Some((bucket, standing));
        }
        let is_it = |key: &LookupKey| {
            self.names.is_of(&key.realm) && key.source == *source && key.kind == kind && *key.value == *value
        };
        match slot.held.iter().find(|held| is_it(held.key())) {
            Some(Held::Caller(record)) => Ok(Some(Arc::clone(record))),
            Some(Held::Contested(_)) => Err(Denial::ConsumerContested { found: shown(value) }),
            None => Ok(None),
        }
    }

    /// The entries of the bucket that count.
    fn read(&self, data: &dyn SharedData, bucket: Bucket, standing: Standing) -> Result<Box<[Held]>, Denial> {
        let name = self.names.of(bucket);
        let found = match data.get(&name).map_err(|Unavailable| NO_ANSWER)? {
            Some(found) if !found.bytes.is_empty() => found,
            _ => return Ok(Box::default()),
        };
        let entries = bucket::open(&found.bytes, &name, &self.key)
            .map_err(|error| Denial::PushedValueInvalid { what: "a caller", error })?;
        let counts = entries.into_iter().filter(|entry| entry.generation == standing.generation);
        Ok(counts.map(|entry| entry.held).collect())
    }

    fn keys(&self, data: &dyn SharedData, source: &SourceId) -> Result<KeySet, Denial> {
        let mut memory = self.memory.try_borrow_mut().map_err(|_| ENTERED_TWICE)?;
        let standing = self.standing(&mut memory, data)?;
        if let Some(slot) = memory.keys.get(source).filter(|slot| slot.under == standing) {
            return Ok(slot.keys.clone());
        }
        let jwks = self.jwks(data, source, standing)?;
        let keys = match memory.keys.remove(source) {
            Some(slot) if slot.jwks == jwks => slot.keys,
            _ => KeySet::from_jwks(&jwks).map_err(|_| NO_KEYS)?.0,
        };
        if keys.is_empty() {
            return Err(NO_KEYS);
        }
        let slot = KeySlot { under: standing, jwks, keys: keys.clone() };
        memory.keys.insert(source.clone(), slot);
        Ok(keys)
    }

    fn jwks(
        &self,
        data: &dyn SharedData,
        source: &SourceId,
        standing: Standing,
    ) -> Result<Box<[u8]>, Denial> {
        let name = self.names.keys(source);
        let found = data.get(&name).map_err(|Unavailable| NO_ANSWER)?.ok_or(NO_KEYS)?;
        let entries = key_entries::open(&found.bytes, &name, &self.key)
            .map_err(|error| Denial::PushedValueInvalid { what: "a key set", error })?;
        let counts = |entry: &key_entries::KeysEntry| {
            entry.generation == standing.generation && entry.source == *source
        };
        entries.into_iter().find(counts).map(|entry| entry.jwks).ok_or(NO_KEYS)
    }
}

impl Pushed<'_> {
    /// The caller that `value`, a `kind` of `source`, names.
    ///
    /// # Errors
    /// [`Denial::StateUnavailable`], [`Denial::PushedValueInvalid`], [`Denial::ConsumerContested`].
    pub fn find(
        &self,
        source: &SourceId,
        kind: LookupKind,
        value: &str,
    ) -> Result<Option<Arc<Record>>, Denial> {
        let value = match kind {
            LookupKind::FoldedUsername => Cow::Owned(fold_username(value)),
            _ => Cow::Borrowed(value),
        };
        self.reader.find(self.data.ok_or(NO_ANSWER)?, (source, kind, &value))
    }

    /// The keys of `source`, at least one of which can be used.
    ///
    /// # Errors
    /// [`Denial::StateUnavailable`], [`Denial::PushedValueInvalid`].
    pub fn keys(&self, source: &Source) -> Result<KeySet, Denial> {
        self.reader.keys(self.data.ok_or(NO_ANSWER)?, &source.id)
    }
}

impl Memory {
    fn slot(&mut self, bucket: Bucket) -> Option<&mut Slot> {
        if self.slots.is_empty() {
            self.slots.resize_with(SLOTS, Slot::default);
        }
        self.slots.get_mut(bucket.slot(SLOTS))
    }
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").field("names", &self.names).finish_non_exhaustive()
    }
}

const fn unavailable(what: &'static str) -> Denial {
    Denial::StateUnavailable { what }
}

const NO_ANSWER: Denial = unavailable("the engine gives no shared data");
const NO_STATE: Denial = unavailable("nothing was pushed yet");
const NOT_OURS: Denial = unavailable("what stands in shared data was sealed with another key, or changed");
const NOT_LOADED: Denial = unavailable("the first load is not complete");
const NO_FLOOR: Denial = unavailable("the engine has dropped a part of it");
const GONE_BACK: Denial = unavailable("what stands in shared data is older than what stood there before");
const NO_KEYS: Denial = unavailable("no usable keys of the token's source were pushed");
const ENTERED_TWICE: Denial = Denial::Internal { what: "shared data read from within a read" };

/// Buckets that are remembered. A caller beyond them costs a look at shared data now and then.
const SLOTS: usize = 4096;
