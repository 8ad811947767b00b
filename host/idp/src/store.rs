//! What is handed out and must be found again: bounded in number and in time.

use crate::secret::Fingerprint;
use std::collections::{HashMap, VecDeque};

/// Things by the text that names them. The oldest goes when there is no room, and each goes when its time is over.
#[derive(Debug)]
pub(crate) struct Store<T> {
    entries: HashMap<Fingerprint, Entry<T>>,
    order: VecDeque<Fingerprint>,
    capacity: usize,
}

#[derive(Debug)]
struct Entry<T> {
    thing: T,
    expires: i64,
}

impl<T> Store<T> {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { entries: HashMap::new(), order: VecDeque::new(), capacity }
    }

    /// Keeps a thing until `expires`.
    pub(crate) fn put(&mut self, name: &str, thing: T, expires: i64, now: i64) {
        self.forget_expired(now);
        while self.order.len() >= self.capacity {
            let Some(oldest) = self.order.pop_front() else { break };
            self.entries.remove(&oldest);
        }
        let name = Fingerprint::of(name);
        if self.entries.insert(name, Entry { thing, expires }).is_none() {
            self.order.push_back(name);
        }
    }

    /// The thing of this name, if its time is not over.
    pub(crate) fn get(&self, name: &str, now: i64) -> Option<&T> {
        let entry = self.entries.get(&Fingerprint::of(name))?;
        (entry.expires > now).then_some(&entry.thing)
    }

    /// Likewise, to change it.
    pub(crate) fn get_mut(&mut self, name: &str, now: i64) -> Option<&mut T> {
        let entry = self.entries.get_mut(&Fingerprint::of(name))?;
        (entry.expires > now).then_some(&mut entry.thing)
    }

    /// Forgets a thing.
    pub(crate) fn remove(&mut self, name: &str) -> Option<T> {
        let name = Fingerprint::of(name);
        self.order.retain(|other| *other != name);
        self.entries.remove(&name).map(|entry| entry.thing)
    }

    /// Forgets what does not hold.
    pub(crate) fn retain(&mut self, holds: impl Fn(&T) -> bool) {
        self.entries.retain(|_, entry| holds(&entry.thing));
        self.order.retain(|name| self.entries.contains_key(name));
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Things of one store live equally long, so the expired ones are the oldest, but for a clock that was set.
    fn forget_expired(&mut self, now: i64) {
        while let Some(oldest) = self.order.front() {
            if self.entries.get(oldest).is_some_and(|entry| entry.expires > now) {
                break;
            }
            if let Some(oldest) = self.order.pop_front() {
                self.entries.remove(&oldest);
            }
        }
    }
}

#[cfg(test)]
mod tests;
