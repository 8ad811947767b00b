//! What all instances of a process share: data and metrics.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use std::{error::Error, fmt};

use crate::metrics::Metrics;
use crate::quirks::Zones;

use bytes::Bytes;

/// Shared data and metrics of a process. Instances on any thread see the same.
#[derive(Debug, Default)]
pub struct Shared {
    /// Values by (vm_id, key).
    pub data: SharedData,
    /// Metrics by name.
    pub metrics: Metrics,
    /// Values by key, for plugins with nginx's quirks.
    pub zones: Zones,
}

impl Shared {
    /// Nothing shared yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with room for so many bytes of shared data.
    pub fn holding(capacity: usize) -> Self {
        Self { data: SharedData::holding(capacity), ..Self::default() }
    }
}

/// Values by vm_id and key, each with a number that changes when it is written (CAS).
///
/// As in Envoy: the number is process-wide, never 0, and goes up with every write; a write with 0 is
/// unconditional; a write with a number to an absent key succeeds.
#[derive(Debug)]
pub struct SharedData {
    store: RwLock<Store>,
    /// Bytes of all keys and values.
    capacity: usize,
}

impl Default for SharedData {
    /// 256 MiB.
    fn default() -> Self {
        Self::holding(CAPACITY)
    }
}

impl SharedData {
    /// Takes so many bytes of keys and values, each entry with 96 more.
    pub fn holding(capacity: usize) -> Self {
        Self { store: RwLock::default(), capacity }
    }

    /// The value and its CAS number.
    pub fn get(&self, vm_id: &str, key: &[u8]) -> Option<(Bytes, u32)> {
        let store = self.store.read().unwrap_or_else(PoisonError::into_inner);
        let entry = store.vms.get(vm_id)?.get(key)?;
        Some((entry.value.clone(), entry.cas))
    }

    /// Writes a value if `cas` is 0, the key is absent or its number is `cas`; the new number.
    pub fn set(&self, vm_id: &str, key: &[u8], value: Bytes, cas: u32) -> Result<u32, SharedDataError> {
        let mut store = self.store.write().unwrap_or_else(PoisonError::into_inner);
        let old = store.check(vm_id, key, cas)?.map_or(0, |entry| entry.size(key));
        let entry = Entry { value, cas: store.next_cas() };
        store.charge(old, entry.size(key), self.capacity)?;
        let cas = entry.cas;
        let keys = match store.vms.get_mut(vm_id) {
            Some(keys) => keys,
            None => store.vms.entry(vm_id.into()).or_default(),
        };
        keys.insert(key.into(), entry);
        Ok(cas)
    }

    /// Removes a value under the same rule as [`set`](Self::set); whether there was one.
    pub fn remove(&self, vm_id: &str, key: &[u8], cas: u32) -> Result<bool, SharedDataError> {
        let mut store = self.store.write().unwrap_or_else(PoisonError::into_inner);
        let Some(old) = store.check(vm_id, key, cas)?.map(|entry| entry.size(key)) else {
            return Ok(false);
        };
        store.charge(old, 0, self.capacity)?;
        Ok(store.vms.get_mut(vm_id).is_some_and(|keys| keys.remove(key).is_some()))
    }
}

#[derive(Debug, Default)]
struct Store {
    vms: HashMap<Box<str>, HashMap<Box<[u8]>, Entry>>,
    last_cas: u32,
    bytes: usize,
}

impl Store {
    fn check(&self, vm_id: &str, key: &[u8], cas: u32) -> Result<Option<&Entry>, SharedDataError> {
        let entry = self.vms.get(vm_id).and_then(|keys| keys.get(key));
        match entry {
            Some(entry) if cas != 0 && cas != entry.cas => {
                Err(SharedDataError::CasMismatch { expected: entry.cas, found: cas })
            }
            _ => Ok(entry),
        }
    }

    fn next_cas(&mut self) -> u32 {
        self.last_cas = self.last_cas.checked_add(1).unwrap_or(1);
        self.last_cas
    }

    fn charge(&mut self, old: usize, new: usize, capacity: usize) -> Result<(), SharedDataError> {
        let bytes = self.bytes.saturating_sub(old).saturating_add(new);
        if bytes > capacity {
            return Err(SharedDataError::Full { limit: capacity });
        }
        self.bytes = bytes;
        Ok(())
    }
}

#[derive(Debug)]
struct Entry {
    value: Bytes,
    cas: u32,
}

impl Entry {
    fn size(&self, key: &[u8]) -> usize {
        self.value.len().saturating_add(key.len()).saturating_add(OVERHEAD)
    }
}

/// Why shared data was not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SharedDataError {
    /// Somebody else wrote first.
    CasMismatch {
        /// The number of the value that is there.
        expected: u32,
        /// The number that was given.
        found: u32,
    },
    /// The process holds as much shared data as it may.
    Full {
        /// The bound in bytes.
        limit: usize,
    },
}

impl fmt::Display for SharedDataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CasMismatch { expected, found } => {
                write!(f, "expected the cas number {expected}, got {found}; read again")
            }
            Self::Full { limit } => write!(f, "shared data holds {limit} bytes, which is all that it may"),
        }
    }
}

impl Error for SharedDataError {}

/// Bytes of all keys and values of a process, unless it says otherwise.
const CAPACITY: usize = 256 << 20;
/// What an entry costs beside its bytes.
const OVERHEAD: usize = 96;

#[cfg(test)]
mod tests;
