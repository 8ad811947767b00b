//! Shared data in memory, for tests: Envoy's rules or those of Kong's engine.

use super::{Found, SharedData, SharedDataMut, Unavailable};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::string::{String, ToString};
use std::vec::Vec;

/// One engine's shared data.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Store {
    values: BTreeMap<String, (Vec<u8>, u32)>,
    last_cas: u32,
    changes: u64,
    /// A write with number 0 creates, and does not overwrite; numbers start anew with each value; a number does not fit
    /// a value that is gone.
    strict: bool,
}

/// The same behind shared references.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(crate) store: RefCell<Store>,
    pub(crate) reads: Cell<usize>,
    pub(crate) works: Cell<bool>,
}

impl Store {
    pub(crate) fn envoy() -> Self {
        Self::default()
    }

    pub(crate) fn nginx() -> Self {
        Self { strict: true, ..Self::default() }
    }

    pub(crate) fn get(&self, name: &str) -> Option<Found> {
        self.values.get(name).map(|(bytes, cas)| Found { bytes: bytes.clone(), cas: *cas })
    }

    pub(crate) fn changes(&self) -> u64 {
        self.changes
    }

    pub(crate) fn set(&mut self, name: &str, value: &[u8], cas: u32) -> bool {
        let present = self.values.get(name).map(|(_, cas)| *cas);
        let fits = match (present, cas) {
            (Some(present), _) if present == cas => true,
            (Some(_), 0) => !self.strict,
            (Some(_), _) => false,
            (None, 0) => true,
            (None, _) => !self.strict,
        };
        if fits {
            self.last_cas = self.last_cas.checked_add(1).unwrap();
            let cas = if self.strict { present.unwrap_or(0).checked_add(1).unwrap() } else { self.last_cas };
            self.values.insert(name.to_string(), (value.to_vec(), cas));
        }
        fits
    }

    pub(crate) fn announce(&mut self) {
        self.changes = self.changes.checked_add(1).unwrap();
    }

    pub(crate) fn evict(&mut self, name: &str) {
        self.values.remove(name);
    }

    /// Half of a value is something else; its number stays.
    pub(crate) fn tear(&mut self, name: &str) {
        if let Some((bytes, _)) = self.values.get_mut(name) {
            let half = bytes.len() / 2;
            bytes.iter_mut().skip(half).for_each(|byte| *byte = !*byte);
        }
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.values.keys().cloned().collect()
    }
}

impl Memory {
    pub(crate) fn of(store: Store) -> Self {
        Self { store: RefCell::new(store), reads: Cell::new(0), works: Cell::new(true) }
    }

    /// Puts anything anywhere.
    pub(crate) fn put(&self, name: &str, value: &[u8]) {
        let mut store = self.store.borrow_mut();
        let cas = store.get(name).map_or(0, |found| found.cas);
        assert!(store.set(name, value, cas));
    }

    pub(crate) fn value(&self, name: &str) -> Vec<u8> {
        self.store.borrow().get(name).unwrap().bytes
    }
}

impl SharedData for Memory {
    fn get(&self, name: &str) -> Result<Option<Found>, Unavailable> {
        self.reads.set(self.reads.get().checked_add(1).unwrap());
        if self.works.get() { Ok(self.store.borrow().get(name)) } else { Err(Unavailable) }
    }

    fn changes(&self) -> Option<u64> {
        self.works.get().then(|| self.store.borrow().changes())
    }
}

impl SharedDataMut for Memory {
    fn set(&self, name: &str, value: &[u8], cas: u32) -> Result<bool, Unavailable> {
        if self.works.get() { Ok(self.store.borrow_mut().set(name, value, cas)) } else { Err(Unavailable) }
    }

    fn announce(&self) -> Result<(), Unavailable> {
        if self.works.get() {
            self.store.borrow_mut().announce()
        } else {
            return Err(Unavailable);
        }
        Ok(())
    }
}
