//! The URL of something at an identity provider.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use core::fmt;

/// An absolute `http` or `https` URL without user and fragment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Url {
    https: bool,
    /// In lower case; with brackets where it is an IPv6 address.
    host: Box<str>,
    port: u16,
    /// Path and query; begins with a slash.
    target: Box<str>,
}

/// Why a text is no such URL. Says nothing of the text itself, which may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UrlError {
    /// Longer than [`Url::LONGEST`].
    TooLong,
    /// Not `https://` or `http://`.
    Scheme,
    /// No host, or one with characters that no host has; also a user before it.
    Host,
    /// Not 1 to 65535.
    Port,
    /// A fragment, a space, a backslash or a byte that is not ASCII.
    Target,
}

impl Url {
    /// Bytes of a URL, at most.
    pub const LONGEST: usize = 2048;

    /// Reads a URL.
    ///
    /// # Errors
    /// See [`UrlError`].
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        if text.len() > Self::LONGEST {
            return Err(UrlError::TooLong);
        }
        let (https, rest) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
            (Some(rest), _) => (true, rest),
            (None, Some(rest)) => (false, rest),
            (None, None) => return Err(UrlError::Scheme),
        };
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let (host, port) = authority_parts(authority)?;
        let port = port.unwrap_or(if https { 443 } else { 80 });
        Ok(Self { https, host: host.to_ascii_lowercase().into(), port, target: target_of(target)? })
    }

    /// The same place with another path and query, which begins with a slash.
    ///
    /// # Errors
    /// [`UrlError::Target`], [`UrlError::TooLong`].
    pub fn at(&self, target: &str) -> Result<Self, UrlError> {
        if target.len() > Self::LONGEST {
            return Err(UrlError::TooLong);
        }
        Ok(Self { target: target_of(target)?, ..self.clone() })
    }

    /// Whether what is sent there is kept from others on the way.
    #[must_use]
    pub const fn is_https(&self) -> bool {
        self.https
    }

    /// Whether it is on this machine: `localhost` or a loopback address.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let address = self.host.trim_start_matches('[').trim_end_matches(']').parse::<core::net::IpAddr>();
        address.map_or(&*self.host == "localhost", |address| address.is_loopback())
    }

    /// `https` or `http`.
    #[must_use]
    pub const fn scheme(&self) -> &'static str {
        if self.https { "https" } else { "http" }
    }

    /// The host, without a port.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Host and port; the port is left out where it is the scheme's own: what `Host` says (RFC 9110 7.2).
    #[must_use]
    pub fn authority(&self) -> String {
        let own = if self.https { 443 } else { 80 };
        if self.port == own { self.host.as_ref().into() } else { self.host_port() }
    }

    /// Host and port, always.
    #[must_use]
    pub fn host_port(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// Scheme and authority (RFC 6454 6.2): `https://login.example.com`.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("{}://{}", self.scheme(), self.authority())
    }

    /// Path and query, beginning with a slash.
    #[must_use]
    pub fn target(&self) -> &str {
        &self.target
    }
}

fn authority_parts(authority: &str) -> Result<(&str, Option<u16>), UrlError> {
    if authority.contains('@') {
        return Err(UrlError::Host);
    }
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !authority.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let inner = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let fits = match inner {
        Some(address) => address.parse::<core::net::Ipv6Addr>().is_ok(),
        None => host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte)),
    };
    if !fits || host.is_empty() {
        return Err(UrlError::Host);
    }
    let port = port.map(|port| {
        let digits = port.bytes().all(|byte| byte.is_ascii_digit());
        port.parse::<u16>().ok().filter(|port| digits && *port > 0).ok_or(UrlError::Port)
    });
    Ok((host, port.transpose()?))
}

fn target_of(text: &str) -> Result<Box<str>, UrlError> {
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic() && !b"#\\".contains(&byte));
    match text.bytes().next() {
        _ if !plain => Err(UrlError::Target),
        Some(b'/') => Ok(text.into()),
        Some(b'?') => Ok(format!("/{text}").into()),
        None => Ok("/".into()),
        Some(_) => Err(UrlError::Target),
    }
}

/// The whole URL.
impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin(), self.target)
    }
}

impl fmt::Display for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "expected a URL of at most 2048 bytes, found a longer one",
            Self::Scheme => "expected a URL that begins with https:// or http://, found another text",
            Self::Host => "expected a host name or address without a user, found none",
            Self::Port => "expected a port from 1 to 65535, found another text",
            Self::Target => "expected a path and a query in ASCII without a fragment, found another text",
        })
    }
}

impl core::error::Error for UrlError {}

#[cfg(test)]
mod tests;
