//! Scheme, host and port.

use std::fmt;
use std::net::IpAddr;

use http::uri::Authority;

/// Where a server is: an origin (RFC 6454 4). Written as `https://host` or `http://host:port`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address {
    https: bool,
    /// In lower case; an IPv6 address in brackets.
    host: String,
    port: u16,
}

impl Address {
    /// `None` where `host` is no name and no address.
    pub fn new(https: bool, host: &str, port: Option<u16>) -> Option<Self> {
        let authority: Authority = host.parse().ok()?;
        let plain = authority.port().is_none() && authority.host() == host;
        let port = port.unwrap_or(if https { 443 } else { 80 });
        (plain && port != 0).then(|| Self { https, host: host.to_ascii_lowercase(), port })
    }

    /// An origin and nothing more: no user, no path, not even a slash.
    pub fn parse(text: &str) -> Option<Self> {
        Self::split(text).filter(|(_, rest)| rest.is_empty()).map(|(address, _)| address)
    }

    /// The address in a URL, and its path, query and fragment. A URL with a user is none.
    pub fn split(url: &str) -> Option<(Self, &str)> {
        let (scheme, rest) = url.split_once("://")?;
        let https = Self::is_https(scheme)?;
        let (authority, rest) = rest.split_at_checked(rest.find(['/', '?', '#']).unwrap_or(rest.len()))?;
        let parsed: Authority = authority.parse().ok()?;
        let port = match parsed.port() {
            Some(port) => Some(port.as_u16()),
            None if parsed.host() == authority => None,
            None => return None,
        };
        if authority.contains('@') {
            return None;
        }
        Some((Self::new(https, parsed.host(), port)?, rest))
    }

    /// Whether a scheme is https; `None` if it is not http either.
    pub fn is_https(scheme: &str) -> Option<bool> {
        match scheme.to_ascii_lowercase().as_str() {
            "http" => Some(false),
            "https" => Some(true),
            _ => None,
        }
    }

    /// Whether connections are encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.https
    }

    /// Name or address, without brackets.
    pub fn host(&self) -> &str {
        self.host.trim_start_matches('[').trim_end_matches(']')
    }

    /// Port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// `host[:port]` as it stands in the Host header; the port is left out if it is the scheme's.
    pub fn authority(&self) -> String {
        let own = if self.https { 443 } else { 80 };
        if self.port == own { self.host.clone() } else { self.authority_with_port() }
    }

    /// `host:port`, as CONNECT names a server (RFC 9110 9.3.6).
    pub fn authority_with_port(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// Whether it is on this machine: `localhost` or a loopback address.
    pub fn is_loopback(&self) -> bool {
        let literal: Option<IpAddr> = self.host().parse().ok();
        literal.map_or(self.host == "localhost", |address| address.to_canonical().is_loopback())
    }
}

/// As it is parsed, without the scheme's own port.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", if self.https { "https" } else { "http" }, self.authority())
    }
}

#[cfg(test)]
mod tests;
