//! Headers by which a route matches.

use crate::request::RequestHead;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// A header that must be there with one of some values. Kong compares values without regard to case, Envoy with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderMatch {
    /// In lower case.
    pub name: Box<str>,
    /// At least one.
    pub values: Vec<Box<str>>,
}

impl HeaderMatch {
    /// Whether a field of the request has one of the values; `None` if that depends on the case of letters.
    pub(super) fn matches(&self, head: &RequestHead<'_>) -> Option<bool> {
        let any = |equal: fn(&[u8], &[u8]) -> bool| {
            head.values(&self.name)
                .any(|found| self.values.iter().any(|value| equal(found, value.as_bytes())))
        };
        let exactly = any(|found, value| found == value);
        (exactly || !any(<[u8]>::eq_ignore_ascii_case)).then_some(exactly)
    }
}
