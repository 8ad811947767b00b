//! Issuer identifiers as they are written in the config.

use super::error::{Report, quoted};
use super::node::Node;
use super::rules::AcceptedIssuer;
use crate::provider::without_slash;
use crate::tenant::{IssuerTemplate, Tenants, is_guid};
use alloc::string::{String, ToString};

/// An issuer's URL, as it must stand in `iss`, and its host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Issuer<'a> {
    /// Byte for byte what `iss` must be; `{tenantid}` stands for a tenant.
    pub(super) url: &'a str,
    /// Host without port; letters, digits, `.`, `-`, `_`, and `[:]` of an IPv6 literal.
    pub(super) host: &'a str,
}

impl<'a> Issuer<'a> {
    /// `None` unless `url` is an `http` or `https` URL with a host, without user, query and fragment (RFC 8414 2),
    /// and not that of a discovery document. Braces may stand in it for one tenant in the path only.
    pub(super) fn parse(url: &'a str) -> Option<Self> {
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
        let host = host(rest.split('/').next()?)?;
        let plain = url.bytes().all(|byte| byte.is_ascii_graphic() && !b"?#\"\\".contains(&byte));
        let whole = !IssuerTemplate::looks_like_one(url) || IssuerTemplate::parse(url).is_some();
        (plain && whole && url.len() <= 512 && !is_discovery(url)).then_some(Self { url, host })
    }

    pub(super) fn read(node: &Node<'a>, report: &mut Report) -> Option<Self> {
        let written = node.text(report)?;
        let issuer = Self::parse(written);
        if issuer.is_none() {
            let expected =
                "an http or https URL without user, query and fragment, exactly as in the tokens' iss";
            let braces = IssuerTemplate::looks_like_one(written);
            let hint = braces
                .then_some("{tenantid}, once and as a part of the path, is the only place for another text");
            report.error(&node.path, expected, quoted(written), hint.map(Into::into));
        }
        issuer
    }
}

/// What a plugin's `issuer` means of a source's: all of it, or one of its tenants. `None`: it means another source.
pub(super) fn meant(written: &str, issuer: &AcceptedIssuer) -> Option<AcceptedIssuer> {
    match issuer {
        AcceptedIssuer::Exactly(url) => means(written, url).then(|| issuer.clone()),
        AcceptedIssuer::OfTenants { template, .. } if means(written, &template.to_string()) => {
            Some(issuer.clone())
        }
        AcceptedIssuer::OfTenants { template, tenants } => {
            let tenant = tenant(written, template).filter(|tenant| tenants.contains(tenant))?;
            Some(AcceptedIssuer::OfTenants { template: template.clone(), tenants: Tenants::new([tenant]) })
        }
    }
}

/// Whether `url` is that of a discovery document.
pub(super) fn is_discovery(url: &str) -> bool {
    of_discovery(url) != url
}

/// The URL of an issuer's discovery document (Discovery 4.1).
pub(super) fn discovery_of(issuer: &str) -> String {
    [without_slash(issuer), DISCOVERY].concat()
}

/// The issuer whose discovery document is written, or what is written. The document's URL may have a query: Entra's has
/// `?appid=` for apps with signing keys of their own.
pub(super) fn of_discovery(written: &str) -> &str {
    match written.split_once(DISCOVERY) {
        Some((issuer, rest)) if rest.is_empty() || rest.starts_with('?') => issuer,
        _ => written,
    }
}

/// The issuer that is written, or whose discovery document is, without the slash at its end.
pub(super) fn base(written: &str) -> &str {
    without_slash(of_discovery(written))
}

/// Kong takes the discovery document's URL too.
fn means(written: &str, issuer: &str) -> bool {
    written == issuer || is_discovery(written) && of_discovery(written) == without_slash(issuer)
}

/// The tenant whose issuer, or discovery document, is written.
fn tenant<'w>(written: &'w str, template: &IssuerTemplate) -> Option<&'w str> {
    let mut parts = written.split('/');
    parts.find(|part| is_guid(part) && means(written, &template.with(part)))
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
