//! A request's head: what is refused in it, and what the gateway itself says in it.

use std::net::{IpAddr, SocketAddr};

use bytes::Bytes;
use claimgate_sandbox::HeaderMap as Pairs;
use http::header::{
    CONNECTION, CONTENT_LENGTH, COOKIE, EXPECT, HOST, HeaderName, HeaderValue, PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION, TE, TRANSFER_ENCODING, UPGRADE,
};
use http::uri::{PathAndQuery, Scheme};
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
    /// How the client came: by the word of a trusted proxy, since the gateway itself listens without TLS.
    pub(crate) scheme: Scheme,
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
        if version == Version::HTTP_2 {
            join(&mut headers, COOKIE, b"; ")?;
        }
        let authority = authority(uri.authority(), version, &mut headers)?;
        if headers.get_all(CONTENT_LENGTH).iter().nth(1).is_some() {
            return Err(Failure::BadRequest);
        }
        let target = uri.into_parts().path_and_query.ok_or(Failure::BadRequest)?;
        let mut head = Self { method, target, authority, scheme: Scheme::HTTP, headers };
        head.expect_rooted()?;
        strip_connection_headers(&mut head.headers);
        // The gateway has sent 100 (Continue) itself by the time the body is read.
        head.headers.remove(EXPECT);
        head.say_where_from(peer, is_trusted(peer.remote.ip(), trusted))?;
        // What is there now is the gateway's own word or a trusted proxy's.
        head.scheme = forwarded_scheme(&head.headers);
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

    /// The client itself, if trusted proxies have said who it is; its port is 0 then, since nobody has
    /// said that.
    pub(crate) fn client(&self, peer: &Peer, trusted: &[Network]) -> SocketAddr {
        let chain = self.headers.get(X_FORWARDED_FOR).and_then(|chain| chain.to_str().ok());
        let mut client = peer.remote;
        // The last one is the peer.
        for entry in chain.unwrap_or_default().rsplit(',').skip(1) {
            let Ok(earlier) = entry.trim().parse::<IpAddr>() else { break };
            if !is_trusted(client.ip(), trusted) {
                break;
            }
            client = SocketAddr::new(earlier, 0);
        }
        client
    }

    /// As filters see it.
    pub(crate) fn to_pairs(&self) -> Pairs {
        let pseudo = [
            (":method", self.method.as_str().as_bytes()),
            (":path", self.target.as_str().as_bytes()),
            (":scheme", self.scheme.as_str().as_bytes()),
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
            scheme: scheme(pairs.get(":scheme").is_some_and(|scheme| &**scheme == b"https")),
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
        self.headers.append(X_FORWARDED_FOR, ip.clone());
        join(&mut self.headers, X_FORWARDED_FOR, b", ")?;
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

/// `https` if every proxy on the way says so: where one speaks of another leg, nobody can tell which was the client's.
fn forwarded_scheme(headers: &HeaderMap) -> Scheme {
    let lines = headers.get_all(X_FORWARDED_PROTO).iter();
    let mut legs = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    scheme(legs.all(|leg| leg.trim_ascii().eq_ignore_ascii_case(b"https")))
}

fn scheme(https: bool) -> Scheme {
    if https { Scheme::HTTPS } else { Scheme::HTTP }
}

fn is_trusted(address: IpAddr, trusted: &[Network]) -> bool {
    trusted.iter().any(|network| network.contains(address))
}

/// Makes the lines of a header one. Clients of HTTP/2 may split cookies, RFC 9113 section 8.2.3, and
/// nothing behind the gateway has to know that.
fn join(headers: &mut HeaderMap, name: HeaderName, separator: &[u8]) -> Result<(), Failure> {
    let lines = headers.get_all(&name);
    if lines.iter().nth(1).is_none() {
        return Ok(());
    }
    let lines: Vec<&[u8]> = lines.iter().map(HeaderValue::as_bytes).collect();
    let joined = value(lines.join(separator))?;
    headers.insert(name, joined);
    Ok(())
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

/// Also the forms with underscores, dots and the like: some servers cannot tell them apart.
fn remove_forwarded(headers: &mut HeaderMap) {
    let ours = |name: &HeaderName| {
        let name = name.as_str();
        name == http::header::FORWARDED.as_str()
            || begins_like(name, "x-forwarded-")
            || name.len() == X_REAL_IP.as_str().len() && begins_like(name, X_REAL_IP.as_str())
    };
    let found: Vec<HeaderName> = headers.keys().filter(|name| ours(name)).cloned().collect();
    for name in found {
        headers.remove(name);
    }
}

/// Whether `name` begins so when everything but letters and digits counts as `-`.
fn begins_like(name: &str, start: &str) -> bool {
    let fold = |byte: u8| if byte.is_ascii_alphanumeric() { byte } else { b'-' };
    name.len() >= start.len() && name.bytes().zip(start.bytes()).all(|(found, wanted)| fold(found) == wanted)
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
