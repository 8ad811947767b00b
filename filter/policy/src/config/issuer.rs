//! Issuer identifiers as they are written in the config.

use super::error::Report;
use super::node::Node;

/// An issuer's URL, as it must stand in `iss`, and its host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Issuer<'a> {
    /// Byte for byte what `iss` must be.
    pub(super) url: &'a str,
    /// Host without port; letters, digits, `.`, `-`, `_`, and `[:]` of an IPv6 literal.
    pub(super) host: &'a str,
}

impl<'a> Issuer<'a> {
    /// `None` unless `url` is an `http` or `https` URL with a host, without user, query and fragment (RFC 8414 2),
    /// and not that of a discovery document.
    pub(super) fn parse(url: &'a str) -> Option<Self> {
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
        let host = host(rest.split('/').next()?)?;
        let plain = url.bytes().all(|byte| byte.is_ascii_graphic() && !b"?#\"\\".contains(&byte));
        (plain && url.len() <= 512 && !url.ends_with(DISCOVERY)).then_some(Self { url, host })
    }

    pub(super) fn read(node: &Node<'a>, report: &mut Report) -> Option<Self> {
        let issuer = Self::parse(node.text(report)?);
        if issuer.is_none() {
            node.refuse(
                "an http or https URL without user, query and fragment, exactly as in the tokens' iss",
                report,
            );
        }
        issuer
    }
}

/// Whether a plugin's `issuer` means this issuer: Kong takes the discovery document's URL too.
pub(super) fn means(written: &str, issuer: &str) -> bool {
    let base = issuer.strip_suffix('/').unwrap_or(issuer);
    written == issuer || written.strip_suffix(DISCOVERY) == Some(base)
}

/// The host of `host`, `host:port` or `[v6]:port`.
fn host(authority: &str) -> Option<&str> {
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !authority.ends_with(']') => (host, port),
        _ => (authority, "0"),
    };
    let is_port = !port.is_empty() && port.len() <= 5 && port.bytes().all(|byte| byte.is_ascii_digit());
    let inner = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let fits = match inner {
        Some(v6) => v6.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b':' || byte == b'.'),
        None => host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte)),
    };
    (is_port && fits && !inner.unwrap_or(host).is_empty()).then_some(host)
}

const DISCOVERY: &str = "/.well-known/openid-configuration";

#[cfg(test)]
mod tests;
