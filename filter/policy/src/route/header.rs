//! Headers by which a route matches.

use crate::request::RequestHead;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// A header that must be there with one of some values. Values are compared without regard to case, as in Kong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderMatch {
    /// In lower case.
    pub name: Box<str>,
    /// At least one.
    pub values: Vec<Box<str>>,
}

impl HeaderMatch {
    /// Whether a field of the request has one of the values.
    #[must_use]
    pub fn matches(&self, head: &RequestHead<'_>) -> bool {
        head.values(&self.name)
            .any(|found| self.values.iter().any(|value| found.eq_ignore_ascii_case(value.as_bytes())))
    }
}
