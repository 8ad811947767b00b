//! Tokens whose signature was proven before, so that a token costs a signature once, not on every request.
//!
//! An entry says only that these bytes carry a valid signature by that key of that source. It is never a
//! decision: issuer, times, audience, scopes, caller and registration are checked on every request. An entry
//! counts only as long as the source's keys uphold it, so that a warm and a cold gate agree.
//!
//! Bounded in bytes. A new token starts on probation and has to be seen again before it may displace tokens
//! that have proven useful.

use alloc::boxed::Box;
use core::cell::RefCell;
use core::fmt;
use core::hash::Hasher as _;
use siphasher::sip128::{Hasher128 as _, SipHasher13};

use crate::keys::KeySet;
use crate::verified::{Evidence, SourceId, Verified};
use queues::Queues;

pub(crate) mod queues;

/// Verified tokens of one VM. Not shared between threads; every method can be called through a shared
/// reference, and a call from within a call finds the cache empty instead of failing.
pub struct TokenCache {
    seed: [u8; 16],
    capacity: usize,
    state: RefCell<Queues<Entry>>,
}

/// A token's own bytes, which are compared on a hit: a hash is only the way to them.
struct Entry {
    token: Box<[u8]>,
    verified: Verified,
}

impl TokenCache {
    /// An empty cache that keeps up to `capacity` bytes of tokens and claims. `seed` is random and secret, or
    /// whoever can get tokens signed could choose some that collide.
    #[must_use]
    pub fn new(seed: [u8; 16], capacity: usize) -> Self {
        Self { seed, capacity, state: RefCell::new(Queues::new(capacity)) }
    }

    /// The proof for a token of this source, if it was put here and `keys` still uphold it.
    #[must_use]
    pub fn get(&self, source: &SourceId, keys: &KeySet, token: &[u8]) -> Option<Verified> {
        let mut state = self.state.try_borrow_mut().ok()?;
        let entry = state.touch(self.key(source, token))?;
        let same = *entry.token == *token && entry.verified.source() == source;
        (same && keys.upholds(entry.verified.evidence())).then(|| entry.verified.clone())
    }

    /// Keeps a proof. One that takes more than a sixteenth of the capacity is not kept, nor one by a shared secret: it
    /// holds for one service, not for all of the source, and costs little more than a look-up; nor a source's word, which
    /// holds for a time of its own.
    pub fn put(&self, token: &[u8], verified: &Verified) {
        if !matches!(verified.evidence(), Evidence::Signature { .. }) {
            return;
        }
        let claims = verified.claims().heap_size();
        let size = token.len().saturating_add(claims).saturating_add(OVERHEAD);
        if size > self.capacity / 16 {
            return;
        }
        let key = self.key(verified.source(), token);
        if let Ok(mut state) = self.state.try_borrow_mut() {
            state.insert(key, Entry { token: token.into(), verified: verified.clone() }, size);
        }
    }

    /// How many proofs are kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.state.try_borrow().map_or(0, |state| state.len())
    }

    /// Whether no proof is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes that the proofs take, as far as they are counted.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.state.try_borrow().map_or(0, |state| state.bytes())
    }

    /// A keyed hash over source and token. The length goes first, so that no pair reads as another.
    fn key(&self, source: &SourceId, token: &[u8]) -> u128 {
        let mut hasher = SipHasher13::new_with_key(&self.seed);
        hasher.write_usize(source.as_str().len());
        hasher.write(source.as_str().as_bytes());
        hasher.write(token);
        hasher.finish128().as_u128()
    }
}

/// Counts only: tokens are secrets.
impl fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCache")
            .field("len", &self.len())
            .field("bytes", &self.bytes())
            .finish_non_exhaustive()
    }
}

/// Bytes that an entry takes beside its token and claims: map node, proof, evidence, allocator.
const OVERHEAD: usize = 512;

#[cfg(test)]
mod tests;
