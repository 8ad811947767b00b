//! A request's head: what is refused in it, and what the gateway itself says in it.

use std::net::SocketAddr;

use bytes::Bytes;
use claimgate_sandbox::HeaderMap as Pairs;
use http::header::{
    CONNECTION, CONTENT_LENGTH, EXPECT, HOST, HeaderName, HeaderValue, PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION, TE, TRANSFER_ENCODING, UPGRADE,
};
use http::uri::PathAndQuery;
use http::{HeaderMap, Method, Version, request};

use super::respond::Failure;
use super::{headers, path};
use crate::config::Network;

/// Both ends of a client's connection.
#[derive(Debug)]
pub(crate) struct Peer {
    /// The client.
    pub(crate) remote: SocketAddr,
    /// The address that it reached.
    pub(crate) local: SocketAddr,
    /// Numbers the connections of the process.
    pub(crate) id: u64,
}

/// What decides where a request goes, and its headers without `host`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) method: Method,
    pub(crate) target: PathAndQuery,
    pub(crate) authority: HeaderValue,
    pub(crate) headers: HeaderMap,
}

impl Head {
    /// Checks a head from the network, drops what concerns only the client's connection, and replaces
    /// what the client says about how its request came here.
    ///
    /// Connection-bound headers go before any filter runs: otherwise `Connection: x-consumer-id` would
    /// let a client remove what a filter has set.
    pub(crate) fn read(parts: request::Parts, peer: &Peer, trusted: &[Network]) -> Result<Self, Failure> {
        let request::Parts { method, uri, version, mut headers, .. } = parts;
        refuse_tunnels(&method, &headers)?;
        let authority = authority(uri.authority(), version, &mut headers)?;
        if headers.get_all(CONTENT_LENGTH).iter().nth(1).is_some() {
            return Err(Failure::BadRequest);
        }
        let target = uri.into_parts().path_and_query.ok_or(Failure::BadRequest)?;
        let mut head = Self { method, target, authority, headers };
        head.expect_rooted()?;
        strip_connection_headers(&mut head.headers);
        // The gateway has sent 100 (Continue) itself by the time the body is read.
        head.headers.remove(EXPECT);
        head.say_where_from(peer, trusted.iter().any(|network| network.contains(peer.remote.ip())))?;
        Ok(head)
    }

    /// The path without query.
    pub(crate) fn path(&self) -> &str {
        self.target.path()
    }

    /// The host as text; empty if it is not.
    pub(crate) fn host(&self) -> &str {
        self.authority.to_str().unwrap_or_default()
    }

    /// As filters see it.
    pub(crate) fn to_pairs(&self) -> Pairs {
        let pseudo = [
            (":method", self.method.as_str().as_bytes()),
            (":path", self.target.as_str().as_bytes()),
            (":scheme", b"http"),
            (":authority", self.authority.as_bytes()),
        ];
        headers::to_pairs(pseudo, &self.headers)
    }

    /// As filters left it.
    pub(crate) fn from_pairs(pairs: Pairs) -> Result<Self, Failure> {
        let wrong = Failure::FilterOutput;
        let pseudo = |name: &str| pairs.get(name).cloned().ok_or(wrong);
        let mut head = Self {
            method: Method::from_bytes(&pseudo(":method")?).map_err(|_| wrong)?,
            target: PathAndQuery::from_maybe_shared(pseudo(":path")?).map_err(|_| wrong)?,
            authority: pairs.get(":authority").cloned().map_or(Ok(HeaderValue::from_static("")), value)?,
            headers: headers::from_pairs(pairs)?,
        };
        head.expect_rooted()?;
        head.headers.remove(HOST);
        strip_connection_headers(&mut head.headers);
        Ok(head)
    }

    /// Whether every server reads the path alike.
    pub(crate) fn has_one_reading(&self) -> bool {
        path::is_unambiguous(self.path())
    }

    fn expect_rooted(&self) -> Result<(), Failure> {
        if self.path().starts_with('/') { Ok(()) } else { Err(Failure::BadRequest) }
    }

    fn say_where_from(&mut self, peer: &Peer, trusted: bool) -> Result<(), Failure> {
        if !trusted {
            remove_forwarded(&mut self.headers);
        }
        let ip = value(peer.remote.ip().to_canonical().to_string())?;
        let chain = self.headers.get_all(X_FORWARDED_FOR).iter().fold(Vec::new(), |mut chain, earlier| {
            chain.extend_from_slice(earlier.as_bytes());
            chain.extend_from_slice(b", ");
            chain
        });
        let chain = if chain.is_empty() { ip.clone() } else { value([&chain, ip.as_bytes()].concat())? };
        self.headers.insert(X_FORWARDED_FOR, chain);
        let (host, path) = (self.authority.clone(), value(self.path().to_owned())?);
        let port = HeaderValue::from(peer.local.port());
        let ours = [
            (X_FORWARDED_HOST, host),
            (X_FORWARDED_PATH, path),
            (X_FORWARDED_PORT, port),
            (X_FORWARDED_PROTO, HeaderValue::from_static("http")),
            (X_REAL_IP, ip),
        ];
        for (name, value) in ours {
            self.headers.entry(name).or_insert(value);
        }
        Ok(())
    }
}

/// Drops the headers that concern one connection only, and those that `Connection` names.
pub(crate) fn strip_connection_headers(headers: &mut HeaderMap) {
    if headers.contains_key(CONNECTION) {
        let lines = headers.get_all(CONNECTION).iter().filter_map(|line| line.to_str().ok());
        let named: Vec<HeaderName> = lines
            .flat_map(|line| line.split(','))
            .filter_map(|name| HeaderName::from_bytes(name.trim().as_bytes()).ok())
            .filter(|name| *name != HOST && *name != CONTENT_LENGTH)
            .collect();
        for name in named {
            headers.remove(name);
        }
    }
    for name in [CONNECTION, KEEP_ALIVE, PROXY_CONNECTION, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE] {
        headers.remove(name);
    }
    headers.remove(TRANSFER_ENCODING);
    headers.remove(UPGRADE);
}

/// Says which prefix was cut off the path.
pub(crate) fn say_prefix(headers: &mut HeaderMap, prefix: &str) {
    let prefix = if prefix.len() > 1 { HeaderValue::from_str(prefix).ok() } else { None };
    if let Some(prefix) = prefix {
        headers.insert(X_FORWARDED_PREFIX, prefix);
    }
}

/// An offer to continue in HTTP/2 may be ignored; any other upgrade is what the client came for.
fn refuse_tunnels(method: &Method, headers: &HeaderMap) -> Result<(), Failure> {
    let foreign = |value: &HeaderValue| !value.as_bytes().eq_ignore_ascii_case(b"h2c");
    if method == Method::CONNECT || headers.get_all(UPGRADE).iter().any(foreign) {
        return Err(Failure::Tunnel);
    }
    Ok(())
}

/// The host of the target wins over the header, RFC 9112 section 3.2.2; more than one header is an error.
fn authority(
    target: Option<&http::uri::Authority>,
    version: Version,
    headers: &mut HeaderMap,
) -> Result<HeaderValue, Failure> {
    if headers.get_all(HOST).iter().nth(1).is_some() {
        return Err(Failure::BadRequest);
    }
    let host = headers.remove(HOST);
    if target.is_none() && host.is_none() && version == Version::HTTP_10 {
        return Ok(HeaderValue::from_static(""));
    }
    let host = match target {
        Some(authority) => value(authority.as_str().to_owned())?,
        None => host.ok_or(Failure::BadRequest)?,
    };
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~:[]!$&'()*+,;=%".contains(byte);
    if host.as_bytes().iter().all(plain) { Ok(host) } else { Err(Failure::BadRequest) }
}

/// Also the forms with underscores: some servers cannot tell them apart.
fn remove_forwarded(headers: &mut HeaderMap) {
    let ours = |name: &HeaderName| {
        let folded = || name.as_str().replace('_', "-");
        match name.as_str().as_bytes().first() {
            Some(b'f') => *name == http::header::FORWARDED,
            Some(b'x') => {
                name.as_str().starts_with("x-forwarded-")
                    || *name == X_REAL_IP
                    || (name.as_str().contains('_') && {
                        let folded = folded();
                        folded.starts_with("x-forwarded-") || folded == X_REAL_IP.as_str()
                    })
            }
            _ => false,
        }
    };
    let found: Vec<HeaderName> = headers.keys().filter(|name| ours(name)).cloned().collect();
    for name in found {
        headers.remove(name);
    }
}

fn value(text: impl Into<Bytes>) -> Result<HeaderValue, Failure> {
    HeaderValue::from_maybe_shared(text.into()).map_err(|_| Failure::BadRequest)
}

const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");
const PROXY_CONNECTION: HeaderName = HeaderName::from_static("proxy-connection");
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const X_FORWARDED_PATH: HeaderName = HeaderName::from_static("x-forwarded-path");
const X_FORWARDED_PORT: HeaderName = HeaderName::from_static("x-forwarded-port");
const X_FORWARDED_PREFIX: HeaderName = HeaderName::from_static("x-forwarded-prefix");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const X_REAL_IP: HeaderName = HeaderName::from_static("x-real-ip");

#[cfg(test)]
mod tests;
