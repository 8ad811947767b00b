//! Properties: text, fewer than Envoy's, and none in the root context.

use wasmtime::Result;

use super::{Crash, Nginx, Quirk};
use crate::abi::status::Status;
use crate::abi::types::{Direction, LogLevel};
use crate::state::{State, Step};
use crate::stream::Stream;

use bytes::Bytes;

/// What this engine answers for a path; `None` where it is what Envoy answers, as text.
pub(crate) fn find(state: &State, nginx: &Nginx, path: &[&[u8]]) -> Result<Option<Answer>> {
    if state.has(Quirk::PluginNameInConfigure) && path == [b"plugin_name"] && state.step == Step::Configure {
        return Err(Crash::PluginNameInConfigure.into());
    }
    let answer = match (state.stream(), path) {
        // [`Quirk::RootProperties`].
        (None, [_, _, ..]) => Answer::No(Status::InternalFailure),
        (_, [b"plugin_root_id"]) => text("0"),
        (_, [b"plugin_vm_id"]) => Answer::No(Status::NotFound),
        (_, [b"node" | b"cluster_name" | b"route_name", ..]) => unsupported(state),
        (_, [name, ..]) if name.starts_with(b"listener_") => unsupported(state),
        (_, [b"claimgate" | b"destination" | b"xds" | b"upstream", ..]) => Answer::No(Status::NotFound),
        (Some(stream), path) => return Ok(of_stream(stream, nginx, path)),
        (None, _) => return Ok(None),
    };
    Ok(Some(answer))
}

/// The status for setting a property; OK if it may be stored.
pub(crate) fn may_set(state: &State, path: &[u8]) -> Status {
    match (state.stream(), path.starts_with(b"wasmx\0")) {
        (Some(_), true) => Status::Ok,
        (None, true) => Status::InternalFailure,
        (_, false) => Status::NotFound,
    }
}

/// A property, or why there is none.
pub(crate) enum Answer {
    Text(Bytes),
    No(Status),
}

fn of_stream(stream: &Stream, nginx: &Nginx, path: &[&[u8]]) -> Option<Answer> {
    let facts = &stream.facts;
    let target = stream.arrival.as_ref().map(|arrival| arrival.target().clone());
    Some(match path {
        [b"request", b"path"] => target.map_or(Answer::No(Status::NotFound), Answer::Text),
        [b"request", b"host"] => text(nginx.server.split(':').next().unwrap_or_default()),
        [b"request", b"time"] => text(&seconds(facts.start_unix_nanos)),
        [b"source", b"address"] => text(without_port(&facts.source_address)),
        [b"response", b"code"] if stream.half(Direction::Response).headers.is_none() => text("000"),
        [b"connection", b"mtls"] if facts.tls.is_none() => Answer::No(Status::NotFound),
        [
            b"connection",
            b"sha256_peer_certificate_digest" | b"subject_peer_certificate" | b"uri_san_peer_certificate",
        ] => Answer::No(Status::NotFound),
        [b"wasmx", ..] => match stream.property(&path.join(&0)) {
            Some(value) => Answer::Text(value.clone()),
            None => Answer::No(Status::NotFound),
        },
        _ => return None,
    })
}

/// The module says so in the log, for each call.
fn unsupported(state: &State) -> Answer {
    state.log(LogLevel::Error, b"a property that this engine does not have");
    Answer::No(Status::NotFound)
}

fn text(text: &str) -> Answer {
    Answer::Text(Bytes::copy_from_slice(text.as_bytes()))
}

/// `seconds.milliseconds`.
fn seconds(nanoseconds: u64) -> String {
    let milliseconds = nanoseconds / 1_000_000;
    format!("{}.{:03}", milliseconds / 1_000, milliseconds % 1_000)
}

fn without_port(address: &str) -> &str {
    address.rsplit_once(':').map_or(address, |(host, _)| host)
}
