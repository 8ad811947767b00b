//! Servers by their URL: where requests go that pass, and the identity provider.

use super::{quoted, template};
use http::Uri;
use std::str::FromStr;

/// An upstream's URL in its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upstream {
    /// Whether TLS is spoken to it.
    pub https: bool,
    /// A name or an address; `[...]` around IPv6.
    pub host: String,
    /// 1 to 65535.
    pub port: u16,
    /// In front of each request's path; without a slash at its end, so often empty.
    pub path: String,
}

/// What is wrong with a URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UpstreamError;

impl Upstream {
    /// The URL again.
    pub(super) fn url(&self) -> String {
        let scheme = if self.https { "https" } else { "http" };
        format!("{scheme}://{}:{}{}", self.host, self.port, self.path)
    }

    /// The URL without its path; a port stands in it where it is not the scheme's own.
    pub(super) fn origin(&self) -> String {
        match (self.https, self.port) {
            (true, 443) => format!("https://{}", self.host),
            (false, 80) => format!("http://{}", self.host),
            (true, port) => format!("https://{}:{port}", self.host),
            (false, port) => format!("http://{}:{port}", self.host),
        }
    }

    /// What a cluster of Envoy's needs for TLS to it; nothing without TLS.
    pub(super) fn envoy_tls(&self) -> String {
        if !self.https {
            return String::new();
        }
        template::fill(TLS, &[("host", &quoted(self.bare_host()))])
    }

    /// The host without the brackets of a URL.
    pub(super) fn bare_host(&self) -> &str {
        self.host.trim_start_matches('[').trim_end_matches(']')
    }

    /// What `/` becomes in front of a request's path.
    pub(super) fn prefix(&self) -> String {
        format!("{}/", self.path)
    }
}

impl FromStr for Upstream {
    type Err = UpstreamError;

    fn from_str(text: &str) -> Result<Self, UpstreamError> {
        let uri: Uri = text.parse().map_err(|_| UpstreamError)?;
        let https = match uri.scheme_str() {
            Some("http") => false,
            Some("https") => true,
            _ => return Err(UpstreamError),
        };
        let authority = uri.authority().ok_or(UpstreamError)?;
        // A `#` is cut off by the parser, and would be lost without a word.
        if authority.as_str().contains('@')
            || uri.query().is_some()
            || text.contains('#')
            || authority.host().is_empty()
        {
            return Err(UpstreamError);
        }
        let port = match authority.port() {
            Some(port) => port.as_str().parse().ok().filter(|port| *port != 0).ok_or(UpstreamError)?,
            None if authority.as_str().ends_with(':') => return Err(UpstreamError),
            None => {
                if https {
                    443
                } else {
                    80
                }
            }
        };
        let path = uri.path().trim_end_matches('/').to_owned();
        Ok(Self { https, host: authority.host().to_owned(), port, path })
    }
}

impl std::fmt::Display for UpstreamError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("expected a URL such as http://127.0.0.1:9000, without user, query and fragment")
    }
}

impl std::error::Error for UpstreamError {}

const TLS: &str = include_str!("target/envoy-tls.yaml");

#[cfg(test)]
mod tests;
