//! Which tokens stay when there are too many: a map bounded in bytes that keeps what is asked for again (the
//! three queues of S3-FIFO).
//!
//! - *probation*: newcomers, a tenth of the bytes once all are in use. Who was asked for there moves up; who
//!   was not leaves, and its key is remembered.
//! - *proven*: who moved up, or came back while its key was remembered. Who is asked for gets another round.
//! - *remembered*: keys without values, as many as there are values.
//!
//! So a flood of tokens that are used once washes through probation and cannot displace those in use, and a
//! set of tokens that is replaced at once, as after an hour, gets in on its second round. Every operation
//! takes a lookup and, counted over all, a constant number of steps in the queues.

use alloc::collections::{BTreeMap, VecDeque};

/// Values by key, each with the bytes that it counts for.
pub(crate) struct Queues<V> {
    capacity: usize,
    places: BTreeMap<u128, Place<V>>,
    probation: Queue,
    proven: Queue,
    remembered: VecDeque<u128>,
}

/// Keys in order of arrival. Each key that has a value stands in one of the two queues, once.
#[derive(Default)]
struct Queue {
    keys: VecDeque<u128>,
    bytes: usize,
}

enum Place<V> {
    Held(Held<V>),
    Remembered,
}

struct Held<V> {
    value: V,
    size: usize,
    proven: bool,
    /// How often it was asked for since it was last looked at, up to [`MOST_ROUNDS`].
    rounds: u8,
}

impl<V> Queues<V> {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            places: BTreeMap::new(),
            probation: Queue::default(),
            proven: Queue::default(),
            remembered: VecDeque::new(),
        }
    }

    /// The value of a key, which counts as asked for.
    pub(crate) fn touch(&mut self, key: u128) -> Option<&V> {
        let Some(Place::Held(held)) = self.places.get_mut(&key) else { return None };
        held.rounds = held.rounds.saturating_add(1).min(MOST_ROUNDS);
        Some(&held.value)
    }

    /// Puts a value that counts for `size` bytes in the place of whatever the key had.
    pub(crate) fn insert(&mut self, key: u128, value: V, size: usize) {
        let proven = match self.places.get_mut(&key) {
            Some(Place::Held(held)) => {
                let queue = if held.proven { &mut self.proven } else { &mut self.probation };
                queue.bytes = queue.bytes.saturating_sub(held.size).saturating_add(size);
                (held.value, held.size) = (value, size);
                return self.shrink();
            }
            Some(Place::Remembered) => true,
            None => false,
        };
        self.places.insert(key, Place::Held(Held { value, size, proven, rounds: 0 }));
        self.queue(proven).push(key, size);
        self.shrink();
    }

    pub(crate) fn len(&self) -> usize {
        self.probation.keys.len().saturating_add(self.proven.keys.len())
    }

    pub(crate) fn bytes(&self) -> usize {
        self.probation.bytes.saturating_add(self.proven.bytes)
    }

    /// Ends: each round drops a value, moves one up (once in its life), or takes a round off one.
    fn shrink(&mut self) {
        while self.bytes() > self.capacity {
            if self.probation.bytes > self.capacity / 10 || self.proven.keys.is_empty() {
                self.judge_newcomer();
            } else {
                self.judge_proven();
            }
        }
        while self.remembered.len() > self.len() {
            self.forget();
        }
    }

    fn judge_newcomer(&mut self) {
        let Some(key) = self.probation.keys.pop_front() else { return };
        let Some(Place::Held(held)) = self.places.get_mut(&key) else { return };
        let size = held.size;
        self.probation.bytes = self.probation.bytes.saturating_sub(size);
        if held.rounds > 0 {
            (held.proven, held.rounds) = (true, 0);
            self.proven.push(key, size);
        } else {
            self.places.insert(key, Place::Remembered);
            self.remembered.push_back(key);
        }
    }

    fn judge_proven(&mut self) {
        let Some(key) = self.proven.keys.pop_front() else { return };
        let Some(Place::Held(held)) = self.places.get_mut(&key) else { return };
        if let Some(rounds) = held.rounds.checked_sub(1) {
            held.rounds = rounds;
            self.proven.keys.push_back(key);
        } else {
            self.proven.bytes = self.proven.bytes.saturating_sub(held.size);
            self.places.remove(&key);
        }
    }

    /// The oldest memory goes, unless its key has a value again.
    fn forget(&mut self) {
        if let Some(key) = self.remembered.pop_front()
            && matches!(self.places.get(&key), Some(Place::Remembered))
        {
            self.places.remove(&key);
        }
    }

    fn queue(&mut self, proven: bool) -> &mut Queue {
        if proven { &mut self.proven } else { &mut self.probation }
    }
}

impl Queue {
    fn push(&mut self, key: u128, size: usize) {
        self.keys.push_back(key);
        self.bytes = self.bytes.saturating_add(size);
    }
}

/// A burst of requests must not keep a token for ever.
const MOST_ROUNDS: u8 = 3;

#[cfg(test)]
mod tests;
