//! Calls: their target is a server, and what became of one is said in its headers.

use wasmtime::{Result, format_err};

use crate::header_map::{HeaderMap, is_pseudo};

use bytes::Bytes;

/// Traps unless a call can be made to `host[:port]` with these headers.
pub(crate) fn check(target: &str, headers: &HeaderMap) -> Result<()> {
    let port = if target.starts_with("unix:") { None } else { target.rsplit_once(':') };
    let port = port.filter(|(host, _)| !host.contains(':') || host.ends_with(']'));
    if target.is_empty() || port.is_some_and(|(_, port)| port.parse::<u16>().is_err()) {
        return Err(format_err!("expected host[:port], got {target:?}"));
    }
    match [":method", ":path"].into_iter().find(|name| headers.get(name).is_none()) {
        Some(missing) => Err(format_err!("expected {missing} in the headers of a call")),
        None => Ok(()),
    }
}

/// The origin of `host[:port]`: TLS is what `:scheme` asks for.
pub(crate) fn origin(target: &str, headers: &HeaderMap) -> String {
    let https = headers.get(":scheme").is_some_and(|scheme| &**scheme == b"https");
    format!("{}://{target}", if https { "https" } else { "http" })
}

/// The headers of an answer as guests see them. `None`: there was none; why is not known here.
pub(crate) fn with_status(headers: Option<HeaderMap>) -> HeaderMap {
    let status = if headers.is_some() { "ok" } else { "broken connection" };
    let mut headers = headers.unwrap_or_default();
    headers.append(":dispatch_status", Bytes::from_static(status.as_bytes()));
    headers
}

/// How many headers there are without pseudo headers.
pub(crate) fn count(headers: &HeaderMap) -> usize {
    headers.iter().filter(|(name, _)| !is_pseudo(name)).count()
}
