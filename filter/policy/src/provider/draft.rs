//! A form that is to be posted to an identity provider, before it says whose it is.
//!
//! [`Draft::authenticated`] is the only way from here to a [`Request`](super::Request), so that none leaves without.

use super::{Form, Url};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

/// A form, where it goes, and what is said beside it. May hold secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct Draft {
    /// Where it goes.
    pub url: Url,
    /// What answer it asks for, a media type.
    pub accept: &'static str,
    /// The form.
    pub form: Form,
    /// More header fields; names in lower case.
    pub headers: Vec<(Box<str>, Box<[u8]>)>,
}

impl Draft {
    /// An empty form that asks for JSON.
    #[must_use]
    pub const fn new(url: Url) -> Self {
        Self { url, accept: JSON, form: Form::new(), headers: Vec::new() }
    }
}

/// Names alone.
impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<&str> = self.headers.iter().map(|(name, _)| &**name).collect();
        f.debug_struct("Draft")
            .field("origin", &self.url.origin())
            .field("form", &self.form)
            .field("headers", &headers)
            .finish_non_exhaustive()
    }
}

/// The media type of every answer that is read here.
pub(super) const JSON: &str = "application/json";
