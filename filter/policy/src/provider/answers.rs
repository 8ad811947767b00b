//! What identity providers answered, kept for as long as it holds: a call then costs a look-up.
//!
//! An entry is found by everything that was asked, the secrets with it, so that a wrong secret finds nothing that a
//! right one got; and what is kept of that is a keyed hash, so that no secret stands here. It is found by the rules too
//! under which it was kept: a service that keeps nothing, or not for so long, takes nothing that another one kept.
//! Bounded in bytes, as the cache of verified tokens is.

use super::{Client, ClientAuth, Draft, Request, TokenAnswer};
use crate::cache::queues::Queues;
use crate::json::Value;
use crate::signature::{Hash, mac};
use crate::time::UnixTime;
use crate::verified::SourceId;
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::fmt;

mod lifetime;

pub use lifetime::CacheRules;

/// Answers of the providers of one VM. Not shared between threads; every method can be called through a shared
/// reference, and a call from within a call finds the cache empty instead of failing.
pub struct AnswerCache {
    seed: [u8; 32],
    capacity: usize,
    state: RefCell<Queues<Entry>>,
}

/// An answer that is worth keeping. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Of a token endpoint.
    Token(Arc<TokenAnswer>),
    /// Of an introspection endpoint, of a token that is good.
    Introspection(Arc<Value>),
    /// Of a userinfo endpoint.
    UserInfo(Arc<Value>),
    /// Of an introspection endpoint, of a token that is not good.
    Inactive,
    /// Of a revocation endpoint: the token is good no longer.
    Revoked,
    /// A refusal that is the caller's fault, with its code.
    Refused(Box<str>),
}

/// What is asked of a provider: all that its answer depends on.
#[derive(Clone, Copy)]
pub enum Question<'a> {
    /// A form of a client.
    Form {
        /// Whose provider.
        source: &'a SourceId,
        /// Where it goes, and what it says.
        draft: &'a Draft,
        /// Who asks.
        client: &'a Client,
        /// How it says so.
        auth: ClientAuth,
    },
    /// A request of a bearer of a token.
    UserInfo {
        /// Whose provider.
        source: &'a SourceId,
        /// The request.
        request: &'a Request,
    },
}

/// The name of a question. Says nothing of it to who has not the cache's seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct AnswerKey([u8; 32]);

struct Entry {
    key: AnswerKey,
    answer: Answer,
    until: UnixTime,
}

impl AnswerCache {
    /// An empty cache that keeps up to `capacity` bytes of answers. `seed` is random and secret.
    #[must_use]
    pub fn new(seed: [u8; 32], capacity: usize) -> Self {
        Self { seed, capacity, state: RefCell::new(Queues::new(capacity)) }
    }

    /// The name of a question, whose answer is kept so; `None`: not at all.
    #[must_use]
    pub fn key(&self, question: &Question<'_>, keeps: Option<&CacheRules>) -> AnswerKey {
        let mut text: Vec<u8> = CacheRules::bytes(keeps).collect();
        text.extend(question.text());
        let hash = mac(Hash::Sha256, &self.seed, &text);
        AnswerKey(hash.try_into().unwrap_or_default())
    }

    /// The answer to a question, if it was put here and still holds.
    #[must_use]
    pub fn get(&self, key: &AnswerKey, now: UnixTime) -> Option<Answer> {
        let mut state = self.state.try_borrow_mut().ok()?;
        let entry = state.touch(key.place())?;
        (entry.key == *key && now < entry.until).then(|| entry.answer.clone())
    }

    /// Keeps an answer for `lifetime` seconds, if that is more than none. One that takes more than a sixteenth of the
    /// capacity is not kept.
    pub fn put(&self, key: &AnswerKey, answer: Answer, now: UnixTime, lifetime: i64) {
        let size = answer.heap_size().saturating_add(OVERHEAD);
        if lifetime <= 0 || size > self.capacity / 16 {
            return;
        }
        if let Ok(mut state) = self.state.try_borrow_mut() {
            let entry = Entry { key: *key, answer, until: now.plus(lifetime) };
            state.insert(key.place(), entry, size);
        }
    }

    /// How many answers are kept, those included that hold no more.
    #[must_use]
    pub fn len(&self) -> usize {
        self.state.try_borrow().map_or(0, |state| state.len())
    }

    /// Whether no answer is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes that the answers take, as far as they are counted.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.state.try_borrow().map_or(0, |state| state.bytes())
    }
}

impl Question<'_> {
    /// Every part with its length in front, so that no question reads as another.
    fn text(&self) -> Vec<u8> {
        let mut text = Vec::new();
        let mut part = |bytes: &[u8]| {
            text.extend(bytes.len().to_be_bytes());
            text.extend(bytes);
        };
        match self {
            Self::Form { source, draft, client, auth } => {
                part(auth.name().as_bytes());
                part(source.as_str().as_bytes());
                part(draft.url.origin().as_bytes());
                part(draft.url.target().as_bytes());
                part(draft.form.encoded().as_bytes());
                part(client.id.as_bytes());
                // Without a secret is another client than one whose secret is empty.
                part(&[u8::from(client.secret.is_some())]);
                part(client.secret.as_ref().map(super::Secret::reveal).unwrap_or_default());
                for (name, value) in &draft.headers {
                    part(name.as_bytes());
                    part(value);
                }
            }
            Self::UserInfo { source, request } => {
                part(b"userinfo");
                part(source.as_str().as_bytes());
                part(request.url.origin().as_bytes());
                part(request.url.target().as_bytes());
                for (name, value) in &request.headers {
                    part(name.as_bytes());
                    part(value);
                }
            }
        }
        text
    }
}

impl AnswerKey {
    /// Half of it finds the place; the whole is compared there.
    fn place(&self) -> u128 {
        let mut half = [0; 16];
        for (byte, digit) in half.iter_mut().zip(self.0) {
            *byte = digit;
        }
        u128::from_be_bytes(half)
    }
}

impl Answer {
    fn heap_size(&self) -> usize {
        match self {
            Self::Token(answer) => answer.heap_size(),
            Self::Introspection(claims) | Self::UserInfo(claims) => claims.heap_size(),
            Self::Inactive | Self::Revoked => 0,
            Self::Refused(code) => code.len(),
        }
    }
}

/// Counts only.
impl fmt::Debug for AnswerCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnswerCache")
            .field("len", &self.len())
            .field("bytes", &self.bytes())
            .finish_non_exhaustive()
    }
}

/// Bytes that an entry takes beside its answer: map node, key, allocator.
const OVERHEAD: usize = 256;

#[cfg(test)]
mod tests;
