//! The head of a request, borrowed from the engine's buffer: with the time, all that a decision starts from.

use core::fmt;

/// Method, target, host and headers of a request. Bytes are as the client sent them; nothing is decoded.
#[derive(Clone, Copy)]
pub struct RequestHead<'a> {
    /// `GET`, `POST`, ...
    pub method: &'a [u8],
    /// The raw request target in origin form, path and query: what the upstream will see.
    pub target: &'a [u8],
    /// The `Host` header or `:authority`, port included; empty if the client sent none.
    pub authority: &'a [u8],
    /// Header fields in order, names as sent (any case), pseudo headers left out.
    pub headers: &'a [(&'a [u8], &'a [u8])],
}

impl<'a> RequestHead<'a> {
    /// Values of a header, in order; `name` in lower case.
    pub fn values(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.headers
            .iter()
            .filter(move |(found, _)| found.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| *value)
    }

    /// The target's path, without the query.
    #[must_use]
    pub fn path(&self) -> &'a [u8] {
        self.target.split(|byte| *byte == b'?').next().unwrap_or_default()
    }

    /// The names of the query's arguments, escapes resolved; one that is broken stands for itself.
    pub(crate) fn query_names(&self) -> impl Iterator<Item = impl Iterator<Item = u8>> {
        let query = self.target.splitn(2, |byte| *byte == b'?').nth(1).unwrap_or_default();
        let names = query.split(|byte| *byte == b'&').map(|pair| pair.split(|byte| *byte == b'=').next());
        names.map(|name| Unescaped(name.unwrap_or_default()))
    }

    /// The authority's host, without port; an IPv6 literal keeps its brackets.
    #[must_use]
    pub fn host(&self) -> &'a [u8] {
        let authority = self.authority;
        let colon = authority.iter().rposition(|byte| *byte == b':');
        let parted = colon.and_then(|colon| authority.split_at_checked(colon));
        match parted {
            Some((host, [_, port @ ..])) if port.iter().all(u8::is_ascii_digit) => host,
            _ => authority,
        }
    }
}

/// Bytes with each `%xx` resolved.
struct Unescaped<'a>(&'a [u8]);

impl Iterator for Unescaped<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        if let [b'%', high, low, rest @ ..] = self.0
            && let (Some(high), Some(low)) = (digit(*high), digit(*low))
        {
            self.0 = rest;
            return Some(high << 4 | low);
        }
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }
}

impl fmt::Debug for RequestHead<'_> {
    /// Without query and values, which may be credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestHead")
            .field("method", &self.method.escape_ascii())
            .field("path", &self.path().escape_ascii())
            .field("headers", &self.headers.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
