//! The head of a request, borrowed from the engine's buffer: with the time, all that a decision starts from.

/// Method, target, host and headers of a request. Bytes are as the client sent them; nothing is decoded.
#[derive(Debug, Clone, Copy)]
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

    /// The authority's host, without port; an IPv6 literal keeps its brackets.
    #[must_use]
    pub fn host(&self) -> &'a [u8] {
        let authority = self.authority;
        match authority.iter().rposition(|byte| *byte == b':') {
            Some(colon) if !authority.ends_with(b"]") => authority.get(..colon).unwrap_or(authority),
            _ => authority,
        }
    }
}

#[cfg(test)]
mod tests;
