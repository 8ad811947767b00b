//! Paths by which a route matches, and paths that have more than one reading.
//!
//! Gateway and upstream must read a path alike, or a rule on paths can be walked around: what one takes for
//! `/public/..;/admin` the other takes for `/admin`. So escapes are resolved for matching, and a path is ambiguous
//! when servers are known to differ about it.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

/// A plain prefix; it need not end at a slash, as in Kong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathPrefix {
    written: Box<str>,
    /// Escapes resolved.
    decoded: Box<[u8]>,
}

/// The path of a request, read once for all rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RequestPath {
    /// Escapes resolved.
    decoded: Vec<u8>,
    /// The segments' parameters cut off too, as servlet containers do; `None` where there are none.
    bare: Option<Vec<u8>>,
}

impl PathPrefix {
    /// `None` unless `text` starts with `/` and has one reading, which leaves no room for parameters (`;`).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let path = RequestPath::read(text.as_bytes())?;
        let plain = path.bare.is_none() && !text.contains(['?', '#', ' ']);
        plain.then(|| Self { written: text.into(), decoded: path.decoded.into_boxed_slice() })
    }

    /// Whether the path lies below the prefix; `None` if that depends on how a server takes the parameters of a
    /// segment: `/open;v=1/staff` is `/open/staff` to some.
    pub(super) fn matches(&self, path: &RequestPath) -> Option<bool> {
        let whole = path.decoded.starts_with(&self.decoded);
        let alike = path.bare.as_ref().is_none_or(|bare| bare.starts_with(&self.decoded) == whole);
        alike.then_some(whole)
    }

    /// Bytes of the prefix: the longer of two is the more specific.
    pub(super) fn len(&self) -> usize {
        self.decoded.len()
    }
}

impl RequestPath {
    /// Resolves escapes; `None` if the path is ambiguous: not from the root, bytes that are not ASCII or a NUL, a
    /// broken escape, an encoded slash, backslash or dot, a backslash, an empty segment inside, a dot segment.
    /// A segment's parameters, from `;` on, do not hide what stands before them: servlet containers cut them off.
    pub(super) fn read(path: &[u8]) -> Option<Self> {
        let decoded = decode(path)?;
        let mut segments = decoded.strip_prefix(b"/")?.rsplit(|byte| *byte == b'/');
        let last = segments.next().unwrap_or_default();
        let plain = (last.is_empty() || is_plain(last)) && segments.all(is_plain);
        let bare = decoded.contains(&b';').then(|| without_parameters(&decoded));
        plain.then_some(Self { decoded, bare })
    }
}

/// Each segment up to its first `;`.
fn without_parameters(path: &[u8]) -> Vec<u8> {
    let names = path.split(|byte| *byte == b'/').map(|segment| segment.split(|byte| *byte == b';').next());
    names.map(Option::unwrap_or_default).collect::<Vec<_>>().join(&b'/')
}

/// Whether a segment names something, and not the place that it stands in or the one above.
fn is_plain(segment: &[u8]) -> bool {
    let name = segment.split(|byte| *byte == b';').next().unwrap_or_default();
    !matches!(name, b"" | b"." | b"..")
}

/// The path's bytes with each `%xx` resolved; `None` for a byte or an escape that servers read differently.
fn decode(path: &[u8]) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(path.len());
    let mut rest = path.iter();
    while let Some(byte) = rest.next() {
        match byte {
            b'\\' | 0 | 0x80.. => return None,
            b'%' => decoded.push(escaped(*rest.next()?, *rest.next()?)?),
            plain => decoded.push(*plain),
        }
    }
    Some(decoded)
}

/// The byte that two hex digits stand for, unless it would be a separator once resolved.
fn escaped(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let byte = digit(high)?.checked_mul(16)?.checked_add(digit(low)?)?;
    (!matches!(byte, b'/' | b'\\' | b'.' | 0)).then_some(byte)
}

/// As it is written in the config.
impl fmt::Display for PathPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

#[cfg(test)]
mod tests;
