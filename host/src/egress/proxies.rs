//! Proxies on the way out.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::HeaderValue;
use percent_encoding::percent_decode_str;

use super::{Address, Exception};

/// Which proxy is on the way to which address.
#[derive(Debug, Clone, Default)]
pub struct Proxies {
    /// For https, asked to CONNECT.
    pub https: Option<Arc<Proxy>>,
    /// For http, asked in absolute form.
    pub http: Option<Arc<Proxy>>,
    /// What goes around both.
    pub exceptions: Vec<Exception>,
}

impl Proxies {
    /// The proxy for an address. There is none on the way to this machine: its loopback is not the proxy's.
    pub fn towards(&self, address: &Address) -> Option<&Arc<Proxy>> {
        let proxy = if address.is_encrypted() { &self.https } else { &self.http };
        let direct = address.is_loopback() || self.exceptions.iter().any(|entry| entry.is_for(address));
        proxy.as_ref().filter(|_| !direct)
    }
}

/// An HTTP proxy.
#[derive(Clone)]
pub struct Proxy {
    address: Address,
    /// `Proxy-Authorization`, marked as sensitive.
    credentials: Option<HeaderValue>,
}

impl Proxy {
    /// From `[http://][user:password@]host[:port]`; user and password may have escapes, as in every URL.
    pub fn parse(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (user, host) = rest.rsplit_once('@').map_or((None, rest), |(user, host)| (Some(user), host));
        let address = Address::parse(&format!("{scheme}://{host}")).filter(|found| !found.is_encrypted())?;
        let credentials = user.map(credentials).map_or(Some(None), |found| found.map(Some))?;
        Some(Self { address, credentials })
    }

    /// Where it is.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// What it is told of who asks.
    pub(super) fn credentials(&self) -> Option<&HeaderValue> {
        self.credentials.as_ref()
    }
}

/// Basic credentials (RFC 7617). `None` where the escapes are not UTF-8.
fn credentials(user: &str) -> Option<HeaderValue> {
    let (user, password) = user.split_once(':').unwrap_or((user, ""));
    let decoded = |text| percent_decode_str(text).decode_utf8().ok();
    let pair = format!("{}:{}", decoded(user)?, decoded(password)?);
    let mut value = HeaderValue::from_str(&format!("Basic {}", BASE64_STANDARD.encode(pair))).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Without the credentials.
impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.address.fmt(f)
    }
}

/// Without the credentials.
impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy").field("address", &self.address).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
