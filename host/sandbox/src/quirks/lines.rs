//! A request's header lines. The module marks a line as removed, and nginx sends it all the same.

use crate::header_map::{HeaderMap, Pair, is_pseudo};

use bytes::Bytes;

/// The lines of a request, in the order of the wire.
#[derive(Debug)]
pub(super) struct Lines(Vec<Line>);

#[derive(Debug)]
struct Line {
    pair: Pair,
    removed: bool,
}

impl Lines {
    pub(super) fn new(pairs: impl IntoIterator<Item = Pair>) -> Self {
        Self(pairs.into_iter().map(|pair| Line { pair, removed: false }).collect())
    }

    /// The lines that guests are shown.
    pub(super) fn shown(&self) -> HeaderMap {
        self.0.iter().filter(|line| !line.removed).map(|line| line.pair.clone()).collect()
    }

    /// The lines that go upstream, without pseudo headers.
    pub(super) fn sent(&self) -> impl Iterator<Item = &Pair> {
        self.0.iter().map(|line| &line.pair).filter(|(name, _)| !is_pseudo(name))
    }

    /// The first value, removed or not.
    pub(super) fn get(&self, name: &[u8]) -> Option<&Bytes> {
        self.0.iter().find(|line| line.is(name)).map(|line| &line.pair.1)
    }

    /// Gives the first line of this name another value, and marks its other copies as removed.
    pub(super) fn set(&mut self, name: Bytes, value: Bytes) {
        let mut copies = self.0.iter_mut().filter(|line| !line.removed && line.is(&name));
        match copies.next() {
            Some(first) => {
                first.pair.1 = value;
                copies.for_each(|copy| copy.removed = true);
            }
            None => self.append(name, value),
        }
    }

    pub(super) fn append(&mut self, name: Bytes, value: Bytes) {
        self.0.push(Line { pair: (name, value), removed: false });
    }

    pub(super) fn remove(&mut self, name: &[u8]) {
        self.0.iter_mut().filter(|line| line.is(name)).for_each(|line| line.removed = true);
    }

    /// Marks all lines but pseudo headers as removed.
    pub(super) fn clear(&mut self) {
        let fields = self.0.iter_mut().filter(|line| !is_pseudo(&line.pair.0));
        fields.for_each(|line| line.removed = true);
    }
}

impl Line {
    fn is(&self, name: &[u8]) -> bool {
        self.pair.0.eq_ignore_ascii_case(name)
    }
}
