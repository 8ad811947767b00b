//! The head of a request, borrowed from the engine's buffer: with the time, all that a decision starts from.

use alloc::borrow::Cow;
use alloc::vec::Vec;
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
    /// Whether a body follows, as far as the engine says.
    pub has_body: bool,
    /// Whether the client came over https, as far as the engine says.
    pub https: bool,
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

    /// What follows the first `?`.
    pub(crate) fn query(&self) -> Option<&'a [u8]> {
        self.target.splitn(2, |byte| *byte == b'?').nth(1)
    }

    /// Whether the client speaks gRPC: it takes its refusals from `grpc-status`.
    #[must_use]
    pub fn is_grpc(&self) -> bool {
        let media_type = self.values("content-type").next().unwrap_or_default();
        let rest =
            media_type.split_at_checked(GRPC.len()).filter(|(start, _)| start.eq_ignore_ascii_case(GRPC));
        rest.is_some_and(|(_, rest)| matches!(rest, [] | [b'+' | b';' | b' ', ..]))
    }

    /// A CORS preflight: `OPTIONS` with what only browsers send (Fetch, 4.9).
    #[must_use]
    pub fn is_preflight(&self) -> bool {
        let sends = |name| self.values(name).next().is_some();
        self.method == b"OPTIONS" && sends("origin") && sends("access-control-request-method")
    }

    /// The authority's host, without port; an IPv6 literal keeps its brackets.
    #[must_use]
    pub fn host(&self) -> &'a [u8] {
        host_of(self.authority)
    }
}

/// The host of an authority, without port; an IPv6 literal keeps its brackets.
pub(crate) fn host_of(authority: &[u8]) -> &[u8] {
    let colon = authority.iter().rposition(|byte| *byte == b':');
    let parted = colon.and_then(|colon| authority.split_at_checked(colon));
    match parted {
        Some((host, [_, port @ ..])) if port.iter().all(u8::is_ascii_digit) => host,
        _ => authority,
    }
}

/// Names and values of a query or a form, escapes and all; a value that is absent is empty.
pub(crate) fn arguments(text: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    text.split(|byte| *byte == b'&').map(|pair| {
        let mut parts = pair.splitn(2, |byte| *byte == b'=');
        (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
    })
}

/// Bytes with each `%xx` resolved and each `+` a space; an escape that is broken stands for itself.
pub(crate) fn unescaped(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.iter().any(|byte| matches!(byte, b'%' | b'+')) {
        return Cow::Borrowed(text);
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (mut left, mut plain) = (text, Vec::with_capacity(text.len()));
    while let Some((first, rest)) = left.split_first() {
        let escape = match rest {
            [high, low, rest @ ..] if *first == b'%' => {
                digit(*high).zip(digit(*low)).map(|(high, low)| (high << 4 | low, rest))
            }
            _ => None,
        };
        let (byte, rest) = escape.unwrap_or((if *first == b'+' { b' ' } else { *first }, rest));
        plain.push(byte);
        left = rest;
    }
    Cow::Owned(plain)
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

const GRPC: &[u8] = b"application/grpc";

#[cfg(test)]
mod tests;
