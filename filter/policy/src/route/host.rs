//! Hosts by which a route matches.

use crate::capabilities::Capabilities;
use crate::request::RequestHead;
use alloc::boxed::Box;
use core::fmt;

/// A host, exact or with one wildcard at an end. Compared without regard to case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostPattern {
    /// `example.com`.
    Exact(Box<str>),
    /// `*.example.com`: any host that ends so, with at least one character before. Holds `.example.com`.
    Suffix(Box<str>),
    /// `example.*`: any host that begins so, with at least one character after. Holds `example.`.
    Prefix(Box<str>),
}

impl HostPattern {
    /// `None` for a port, a wildcard elsewhere or alone, or characters that no host has.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let lower = text.to_ascii_lowercase();
        let (pattern, fixed): (fn(Box<str>) -> Self, &str) = if let Some(rest) = lower.strip_prefix('*') {
            (Self::Suffix, rest.starts_with('.').then_some(rest)?)
        } else if let Some(rest) = lower.strip_suffix('*') {
            (Self::Prefix, rest.ends_with('.').then_some(rest)?)
        } else {
            (Self::Exact, lower.strip_suffix('.').unwrap_or(&lower))
        };
        is_host(fixed).then(|| pattern(fixed.into()))
    }

    /// Whether the request's host fits, without its port and without a final dot, which makes the same host
    /// absolute; `None` where the engine routes by the authority as it stands, and that would fit otherwise.
    pub(super) fn matches(&self, head: &RequestHead<'_>, engine: &Capabilities) -> Option<bool> {
        let host = head.host();
        let bare = self.fits(host.strip_suffix(b".").unwrap_or(host));
        let alike = engine.routes_by_bare_host || self.fits(head.authority) == bare;
        alike.then_some(bare)
    }

    /// Whether a host without port and final dot fits.
    pub(super) fn fits(&self, host: &[u8]) -> bool {
        match self {
            Self::Exact(exact) => host.eq_ignore_ascii_case(exact.as_bytes()),
            Self::Suffix(suffix) => host
                .len()
                .checked_sub(suffix.len())
                .filter(|before| *before > 0)
                .and_then(|before| host.get(before..))
                .is_some_and(|end| end.eq_ignore_ascii_case(suffix.as_bytes())),
            Self::Prefix(prefix) => host.split_at_checked(prefix.len()).is_some_and(|(start, rest)| {
                !rest.is_empty() && start.eq_ignore_ascii_case(prefix.as_bytes())
            }),
        }
    }

    /// Bytes that are fixed, which tell the more specific of two wildcards.
    pub(super) fn fixed_len(&self) -> usize {
        match self {
            Self::Exact(fixed) | Self::Suffix(fixed) | Self::Prefix(fixed) => fixed.len(),
        }
    }
}

/// A name of letters, digits, `-`, `_` and dots, or an IPv6 literal in brackets.
fn is_host(text: &str) -> bool {
    let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    match inner {
        Some(v6) => {
            !v6.is_empty() && v6.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b':' || byte == b'.')
        }
        None => {
            text.len() <= 253
                && text.bytes().any(|byte| byte != b'.')
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        }
    }
}

/// As it is written in the config, in lower case.
impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(exact) => f.write_str(exact),
            Self::Suffix(suffix) => write!(f, "*{suffix}"),
            Self::Prefix(prefix) => write!(f, "{prefix}*"),
        }
    }
}

#[cfg(test)]
mod tests;
