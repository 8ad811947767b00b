//! Shared data as in ngx_wasm_module: `shm_kv` zones of a fixed size, keyed by a checksum.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::{error::Error, fmt};

#[cfg(doc)]
use super::Quirk;

use bytes::Bytes;

/// A zone of nginx's configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShmKv {
    /// Holds the keys that begin with the name and a slash; `*` holds all others.
    pub name: String,
    /// Its size.
    pub bytes: usize,
}

/// The zones of a process. All workers see the same.
#[derive(Debug, Default)]
pub struct Zones(Mutex<BTreeMap<String, Zone>>);

impl Zones {
    /// The value and its CAS number.
    pub fn get(&self, zones: &[ShmKv], key: &[u8]) -> Result<Option<(Bytes, u32)>, ZoneError> {
        self.within(zones, key, |zone, _| Ok(zone.get(checksum(key))))
    }

    /// [`Quirk::CasZeroCreates`], [`Quirk::EmptyDeletes`], [`Quirk::ZoneFull`]: `cas` 0 makes one that is not there, another number replaces the one that has it. An
    /// empty value deletes.
    pub fn set(&self, zones: &[ShmKv], key: &[u8], value: Bytes, cas: u32) -> Result<(), ZoneError> {
        self.within(zones, key, |zone, bytes| zone.set(key, value, cas, bytes))
    }

    /// [`Quirk::ZoneNeeded`].
    fn within<T>(
        &self,
        zones: &[ShmKv],
        key: &[u8],
        act: impl FnOnce(&mut Zone, usize) -> Result<T, ZoneError>,
    ) -> Result<T, ZoneError> {
        let prefix = key.split(|byte| *byte == b'/').next().filter(|prefix| prefix.len() < key.len());
        let named = zones.iter().find(|zone| prefix == Some(zone.name.as_bytes()));
        let ShmKv { name, bytes } =
            named.or_else(|| zones.iter().find(|zone| zone.name == "*")).ok_or(ZoneError::NoZone)?;
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        act(all.entry(name.clone()).or_default(), *bytes)
    }
}

#[derive(Debug, Default)]
struct Zone {
    entries: BTreeMap<u32, Entry>,
    /// Counts uses, so that the least lately used entry is known.
    uses: u64,
}

#[derive(Debug)]
struct Entry {
    value: Bytes,
    cas: u32,
    cost: usize,
    used: u64,
}

impl Zone {
    fn get(&mut self, key: u32) -> Option<(Bytes, u32)> {
        self.uses = self.uses.saturating_add(1);
        let entry = self.entries.get_mut(&key)?;
        entry.used = self.uses;
        Some((entry.value.clone(), entry.cas))
    }

    fn set(&mut self, key: &[u8], value: Bytes, cas: u32, bytes: usize) -> Result<(), ZoneError> {
        let cost = key.len().saturating_add(value.len()).saturating_add(OVERHEAD);
        let key = checksum(key);
        let expected = self.entries.get(&key).map_or(0, |entry| entry.cas);
        if cas != expected {
            return Err(ZoneError::CasMismatch { expected, found: cas });
        }
        self.entries.remove(&key);
        if value.is_empty() {
            return Ok(());
        }
        if cost > bytes {
            return Err(ZoneError::TooLarge { limit: bytes });
        }
        while self.cost().saturating_add(cost) > bytes {
            self.evict();
        }
        self.uses = self.uses.saturating_add(1);
        self.entries.insert(key, Entry { value, cas: cas.saturating_add(1), cost, used: self.uses });
        Ok(())
    }

    fn cost(&self) -> usize {
        self.entries.values().fold(0, |sum, entry| sum.saturating_add(entry.cost))
    }

    fn evict(&mut self) {
        let oldest = self.entries.iter().min_by_key(|(_, entry)| entry.used).map(|(key, _)| *key);
        if let Some(key) = oldest {
            self.entries.remove(&key);
        }
    }
}

/// Why a zone was not read or written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ZoneError {
    /// No zone holds such keys.
    NoZone,
    /// Somebody else wrote first, or the key is there or not there against expectation.
    CasMismatch {
        /// The number of the value that is there; 0 if none is.
        expected: u32,
        /// The number that was given.
        found: u32,
    },
    /// The value is larger than the zone.
    TooLarge {
        /// The zone's size.
        limit: usize,
    },
}

impl fmt::Display for ZoneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoZone => f.write_str("expected a shm_kv zone in the configuration, found none"),
            Self::CasMismatch { expected, found } => {
                write!(f, "expected the cas number {expected}, got {found}; read again")
            }
            Self::TooLarge { limit } => write!(f, "expected a value that fits into a zone of {limit} bytes"),
        }
    }
}

impl Error for ZoneError {}

/// [`Quirk::KeysByCrc`]: CRC-32 as in Ethernet and in nginx.
fn checksum(key: &[u8]) -> u32 {
    let step = |crc: u32| if crc & 1 == 1 { crc >> 1 ^ POLYNOMIAL } else { crc >> 1 };
    !key.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc)))
}

const POLYNOMIAL: u32 = 0xedb8_8320;
/// What an entry costs beside its bytes.
const OVERHEAD: usize = 96;
