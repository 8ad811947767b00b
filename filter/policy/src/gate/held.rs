//! A request that is held, with what it waits for: engines take head and body away meanwhile.

use super::pending::Pending;
use crate::request::RequestHead;
use crate::step::CallId;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

/// A request that is held.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) head: HeldHead,
    pub(super) body: Option<HeldBody>,
    pub(super) until: Until,
}

/// A body that was read.
#[derive(Clone)]
pub(super) struct HeldBody {
    pub(super) bytes: Box<[u8]>,
    pub(super) too_long: bool,
}

/// What a held request waits for.
#[derive(Debug)]
pub(super) enum Until {
    Body,
    Answer(CallId, Pending),
    Woken,
}

/// An owned copy of a head.
pub(super) struct HeldHead {
    method: Box<[u8]>,
    target: Box<[u8]>,
    authority: Box<[u8]>,
    headers: Vec<Field>,
    has_body: bool,
    https: bool,
}

struct Field {
    name: Box<[u8]>,
    value: Box<[u8]>,
}

impl HeldHead {
    pub(super) fn copy(head: &RequestHead<'_>) -> Self {
        Self {
            method: head.method.into(),
            target: head.target.into(),
            authority: head.authority.into(),
            headers: head
                .headers
                .iter()
                .map(|(name, value)| Field { name: (*name).into(), value: (*value).into() })
                .collect(),
            has_body: head.has_body,
            https: head.https,
        }
    }

    /// Lends the head to `then`.
    pub(super) fn with<T>(&self, then: impl FnOnce(&RequestHead<'_>) -> T) -> T {
        let headers: Vec<(&[u8], &[u8])> =
            self.headers.iter().map(|field| (&*field.name, &*field.value)).collect();
        then(&RequestHead {
            method: &self.method,
            target: &self.target,
            authority: &self.authority,
            headers: &headers,
            has_body: self.has_body,
            https: self.https,
        })
    }
}

/// Values may be credentials.
impl fmt::Debug for HeldHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeldHead").field("headers", &self.headers.len()).finish_non_exhaustive()
    }
}

/// The length only: it may hold a credential.
impl fmt::Debug for HeldBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeldBody").field("bytes", &self.bytes.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
