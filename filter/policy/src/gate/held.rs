//! The head of a request that is held until its body is there.

use crate::request::RequestHead;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

/// An owned copy of a head.
pub(super) struct HeldHead {
    method: Box<[u8]>,
    target: Box<[u8]>,
    authority: Box<[u8]>,
    headers: Vec<Field>,
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
            has_body: true,
        })
    }
}

/// Values may be credentials.
impl fmt::Debug for HeldHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeldHead").field("headers", &self.headers.len()).finish_non_exhaustive()
    }
}
