//! A request's head: what nginx makes of it for guests, and what it sends upstream.

use super::Nginx;
#[cfg(doc)]
use super::Quirk;
use super::lines::Lines;
use super::target;
use crate::header_map::{AUTHORITY, HeaderMap, Pair, is_pseudo};

use bytes::Bytes;

/// A head that has arrived, with what guests changed in it.
#[derive(Debug)]
pub(crate) struct Arrival {
    /// The target as the client wrote it.
    target: Bytes,
    /// The pseudo headers as they came.
    pseudo: Vec<Pair>,
    lines: Lines,
    /// What goes upstream.
    upstream: HeaderMap,
}

impl Arrival {
    /// `headers` as the embedder has them: raw `:path`, the client's host as `:authority`.
    ///
    /// [`Quirk::UnderscoresDropped`], [`Quirk::DecodedPath`] and [`Quirk::OwnAuthority`] are in here.
    pub(crate) fn new(headers: HeaderMap, nginx: &Nginx) -> Self {
        let dropped = |name: &[u8]| !nginx.underscores_in_headers && name.contains(&b'_');
        let host = headers.get(AUTHORITY).or_else(|| headers.get(HOST)).cloned();
        let target = headers.get(PATH).cloned().unwrap_or_default();
        let (pseudo, fields): (Vec<Pair>, Vec<Pair>) =
            headers.into_iter().filter(|(name, _)| !dropped(name)).partition(|(name, _)| is_pseudo(name));
        let seen = |(name, value): &Pair| match name.as_ref() {
            PATH => (name.clone(), target::normalised(value)),
            AUTHORITY => (name.clone(), nginx.server.clone().into()),
            _ => (name.clone(), value.clone()),
        };
        let host = host.filter(|host| !host.is_empty()).map(|host| (Bytes::from_static(HOST), host));
        let fields = fields.into_iter().filter(|(name, _)| !name.eq_ignore_ascii_case(HOST));
        let lines = Lines::new(pseudo.iter().map(seen).chain(host).chain(fields));
        let mut arrival = Self { target, pseudo, lines, upstream: HeaderMap::new() };
        arrival.settle();
        arrival
    }

    /// What guests are shown.
    pub(crate) fn shown(&self) -> HeaderMap {
        self.lines.shown()
    }

    /// What goes upstream.
    pub(crate) fn upstream(&self) -> &HeaderMap {
        &self.upstream
    }

    /// The target as the client wrote it.
    pub(crate) fn target(&self) -> &Bytes {
        &self.target
    }

    /// The first value of a name, removed or not.
    pub(crate) fn get(&self, name: &[u8]) -> Option<&Bytes> {
        self.lines.get(name)
    }

    pub(crate) fn set(&mut self, name: Bytes, value: Bytes) {
        if !is_fixed(&name) {
            self.lines.set(name, value);
            self.settle();
        }
    }

    pub(crate) fn append(&mut self, name: Bytes, value: Bytes) {
        if !is_fixed(&name) {
            self.lines.append(name, value);
            self.settle();
        }
    }

    pub(crate) fn remove(&mut self, name: &[u8]) {
        self.lines.remove(name);
        self.settle();
    }

    pub(crate) fn replace(&mut self, pairs: HeaderMap) {
        self.lines.clear();
        for (name, value) in pairs {
            if is_pseudo(&name) {
                self.set(name, value);
            } else {
                self.lines.append(name, value);
            }
        }
        self.settle();
    }

    /// [`Quirk::RemovedHeadersStay`]: the method as it was set, the target and the host as they came, and every line, removed or not.
    fn settle(&mut self) {
        let sent = |(name, value): &Pair| match name.as_ref() {
            METHOD => (name.clone(), self.lines.get(METHOD).unwrap_or(value).clone()),
            _ => (name.clone(), value.clone()),
        };
        let fields = self.lines.sent().filter(|(name, _)| !name.eq_ignore_ascii_case(HOST)).cloned();
        self.upstream = self.pseudo.iter().map(sent).chain(fields).collect();
    }
}

/// Setting these is refused with a line in the log, and the guest is told that it was done.
fn is_fixed(name: &[u8]) -> bool {
    name == AUTHORITY || name == b":scheme"
}

const HOST: &[u8] = b"host";
const METHOD: &[u8] = b":method";
/// Its removal crashes the worker.
pub(crate) const PATH: &[u8] = b":path";
