//! An ordered list of headers, as a guest sees it.

use std::{fmt, slice, vec};

use bytes::Bytes;

/// A header: name in lower case, and its raw value.
pub type Pair = (Bytes, Bytes);

/// Headers in the order of the wire, repeated names included.
///
/// Pseudo headers (`:method`, `:path`, `:scheme`, `:authority`, `:status`) stand before all others.
/// Names are compared without regard to case.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct HeaderMap {
    pairs: Vec<Pair>,
}

impl HeaderMap {
    /// An empty map.
    pub fn new() -> Self {
        Self::default()
    }

    /// The pairs in this order, but with pseudo headers moved to the front.
    pub fn from_pairs(mut pairs: Vec<Pair>) -> Self {
        if !pairs.is_sorted_by_key(|(name, _)| !is_pseudo(name)) {
            pairs.sort_by_key(|(name, _)| !is_pseudo(name));
        }
        Self { pairs }
    }

    /// The pairs in order.
    pub fn into_pairs(self) -> Vec<Pair> {
        self.pairs
    }

    /// The pairs in order.
    pub fn as_slice(&self) -> &[Pair] {
        &self.pairs
    }

    /// The first value of `name`.
    pub fn get(&self, name: impl AsRef<[u8]>) -> Option<&Bytes> {
        self.position(name.as_ref()).and_then(|at| self.pairs.get(at)).map(|(_, value)| value)
    }

    /// Every value of `name`, in order.
    pub fn get_all<'a>(&'a self, name: &'a (impl AsRef<[u8]> + ?Sized)) -> impl Iterator<Item = &'a Bytes> {
        let name = name.as_ref();
        self.pairs.iter().filter(move |pair| same_name(pair, name)).map(|(_, value)| value)
    }

    /// Puts `value` in the place of the first `name` and removes all other copies of it.
    pub fn set(&mut self, name: impl Into<Bytes>, value: impl Into<Bytes>) {
        let (name, value) = (name.into(), value.into());
        let Some(first) = self.position(&name) else {
            return self.append(name, value);
        };
        let mut at = 0_usize;
        self.pairs.retain(|pair| {
            let keep = at <= first || !same_name(pair, &name);
            at = at.saturating_add(1);
            keep
        });
        if let Some(pair) = self.pairs.get_mut(first) {
            pair.1 = value;
        }
    }

    /// Adds a copy of `name` after all others; a pseudo header after the pseudo headers.
    pub fn append(&mut self, name: impl Into<Bytes>, value: impl Into<Bytes>) {
        let pair = (name.into(), value.into());
        if is_pseudo(&pair.0) {
            let end = self.pairs.partition_point(|(name, _)| is_pseudo(name));
            self.pairs.insert(end, pair);
        } else {
            self.pairs.push(pair);
        }
    }

    /// Removes every copy of `name`; whether there was one.
    pub fn remove(&mut self, name: impl AsRef<[u8]>) -> bool {
        let name = name.as_ref();
        let before = self.pairs.len();
        self.pairs.retain(|pair| !same_name(pair, name));
        self.pairs.len() != before
    }

    /// The pairs in order.
    pub fn iter(&self) -> slice::Iter<'_, Pair> {
        self.pairs.iter()
    }

    /// The number of pairs.
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether there is no pair.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// The bytes of all names and values together.
    pub fn byte_size(&self) -> usize {
        self.iter().fold(0, |sum, (name, value)| sum.saturating_add(name.len()).saturating_add(value.len()))
    }

    /// Leaves one name for the request's host: `host` is dropped beside `:authority`, and becomes it
    /// where there is none. A filter that sets or removes either then reaches the only copy.
    pub(crate) fn fold_host(&mut self) {
        let Some(host) = self.get("host").cloned() else { return };
        self.remove("host");
        if self.position(b":authority").is_none() {
            self.append(AUTHORITY, host);
        }
    }

    fn position(&self, name: &[u8]) -> Option<usize> {
        self.pairs.iter().position(|pair| same_name(pair, name))
    }
}

impl fmt::Debug for HeaderMap {
    /// Names only: values may be credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(|(name, _)| String::from_utf8_lossy(name))).finish()
    }
}

impl FromIterator<Pair> for HeaderMap {
    fn from_iter<I: IntoIterator<Item = Pair>>(pairs: I) -> Self {
        Self::from_pairs(pairs.into_iter().collect())
    }
}

impl IntoIterator for HeaderMap {
    type Item = Pair;
    type IntoIter = vec::IntoIter<Pair>;

    fn into_iter(self) -> Self::IntoIter {
        self.pairs.into_iter()
    }
}

impl<'a> IntoIterator for &'a HeaderMap {
    type Item = &'a Pair;
    type IntoIter = slice::Iter<'a, Pair>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Whether the name starts with a colon.
pub(crate) fn is_pseudo(name: &[u8]) -> bool {
    name.first() == Some(&b':')
}

fn same_name(pair: &Pair, name: &[u8]) -> bool {
    pair.0.eq_ignore_ascii_case(name)
}

/// The pseudo header that carries the request's host.
pub(crate) const AUTHORITY: &[u8] = b":authority";

#[cfg(test)]
mod tests;
