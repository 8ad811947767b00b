//! The head of a request as the engine tells it: read once, then only looked at.

use crate::host::{self, HeaderMap, Host};
use crate::hostcalls::pairs::Pairs;
use claimgate_policy::Denial;
use claimgate_policy::capabilities::Capabilities;
use claimgate_policy::request::RequestHead;

/// The engine's buffers.
pub(crate) struct Arrival {
    map: Vec<u8>,
    /// The request target, on engines whose `:path` is not what the upstream gets.
    target: Option<Vec<u8>>,
    has_body: bool,
}

/// What stands in those buffers.
#[derive(Default)]
pub(crate) struct Fields<'a> {
    method: &'a [u8],
    target: &'a [u8],
    authority: &'a [u8],
    headers: Vec<(&'a [u8], &'a [u8])>,
    has_body: bool,
    https: bool,
}

impl Arrival {
    /// Reads the head, with one call to the engine where its `:path` can be trusted, else two. `ends`: whether the
    /// engine says that the request ends with it.
    pub(crate) fn read(host: &dyn Host, engine: &Capabilities, ends: bool) -> Result<Self, Denial> {
        let map = host
            .pairs(HeaderMap::Request)
            .map_err(|error| host::failed(host, "no request headers", error))?;
        let target = (!engine.raw_target)
            .then(|| host.property(&["request", "path"]))
            .transpose()
            .map_err(|error| host::failed(host, "no raw request target", error))?;
        Ok(Self { map, target, has_body: !ends })
    }

    /// The parts of the head.
    ///
    /// Engines that show the raw target show the client's authority beside it, and route by it. On the others
    /// `:authority` is the engine's own name, and the client's word stands in `host`.
    pub(crate) fn fields(&self) -> Result<Fields<'_>, Denial> {
        let (mut method, mut path, mut scheme, mut authority, mut host) = (None, None, None, None, None);
        let pairs = Pairs::new(&self.map).map_err(|_| MALFORMED)?;
        let mut headers = Vec::with_capacity(pairs.left());
        for pair in pairs {
            let (name, value) = pair.map_err(|_| MALFORMED)?;
            match name {
                b":method" => method = method.or(Some(value)),
                b":path" => path = path.or(Some(value)),
                b":scheme" => scheme = scheme.or(Some(value)),
                b":authority" => authority = authority.or(Some(value)),
                [b':', ..] => {}
                _ => headers.push((name, value)),
            }
            if host.is_none() && name.eq_ignore_ascii_case(b"host") {
                host = Some(value);
            }
        }
        let (target, authority) = match &self.target {
            Some(target) => (Some(&**target), host.or(authority)),
            None => (path, authority.or(host)),
        };
        Ok(Fields {
            method: method.ok_or(Denial::Internal { what: "no method in the request headers" })?,
            // CONNECT has no path, so no path can match it.
            target: target.ok_or(Denial::RouteUnknown)?,
            authority: authority.unwrap_or_default(),
            headers,
            has_body: self.has_body,
            https: scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"https")),
        })
    }
}

impl<'a> Fields<'a> {
    /// The parts in the policy's terms.
    pub(crate) fn head(&'a self) -> RequestHead<'a> {
        RequestHead {
            method: self.method,
            target: self.target,
            authority: self.authority,
            headers: &self.headers,
            has_body: self.has_body,
            https: self.https,
        }
    }
}

const MALFORMED: Denial = Denial::Internal { what: "a malformed header map from the engine" };

#[cfg(test)]
mod tests;
