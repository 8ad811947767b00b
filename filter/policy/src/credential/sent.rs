//! A client's own request, as far as an identity provider is told of it: Kong's keys that end in `_client`.

use super::{body, query};
use crate::request::RequestHead;
use alloc::borrow::Cow;

/// A client's request, to be asked for values by name.
#[derive(Debug, Clone, Copy)]
pub struct Sent<'a> {
    head: &'a RequestHead<'a>,
    /// `None`: it was not read.
    body: Option<&'a [u8]>,
}

impl<'a> Sent<'a> {
    /// The request of a head and, where it was read, a body.
    #[must_use]
    pub const fn new(head: &'a RequestHead<'a>, body: Option<&'a [u8]>) -> Self {
        Self { head, body }
    }

    /// The value of this name in the query, else in the body, else in a header. Empty and overlong ones do not count: who
    /// sends them could as well send none.
    #[must_use]
    pub fn argument(&self, name: &str) -> Option<Cow<'a, [u8]>> {
        let in_query = query::sightings(self.head, name).next();
        let in_body = || {
            let (body, kind) = self.body.zip(body::kind(self.head))?;
            body::sightings(body, kind, name).into_iter().next()
        };
        let found = in_query.or_else(in_body).and_then(|sighting| sighting.token.map(owned));
        found.filter(|value| value.len() <= LONGEST).or_else(|| self.header(name).map(Cow::Borrowed))
    }

    /// The value of the header of this name; `_` in it is `-`.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'a [u8]> {
        let name = name.replace('_', "-");
        let value = self.head.values(&name.to_ascii_lowercase()).next()?.trim_ascii();
        (!value.is_empty() && value.len() <= LONGEST).then_some(value)
    }
}

/// A sighting in the query borrows the name that it has there, too.
fn owned<'a>(value: Cow<'_, [u8]>) -> Cow<'a, [u8]> {
    Cow::Owned(value.into_owned())
}

/// Bytes of a value that is handed on, at most.
const LONGEST: usize = 1024;
