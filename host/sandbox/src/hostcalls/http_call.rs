//! HTTP calls to upstreams.

use std::time::Duration;

use super::{Guest, Result, Status, read, write_u32};
use crate::abi::pairs;
use crate::effect::{Effect, StreamId};
use crate::field::Section;
use crate::header_map::{AUTHORITY, HeaderMap};
use crate::quirks::{self, Quirk};
use crate::state::State;

use bytes::Bytes;

/// BAD_ARGUMENT for an upstream that is not known, a header that cannot be sent, a missing pseudo header
/// or a negative timeout; INTERNAL_FAILURE where too many calls are in flight.
pub(super) fn proxy_http_call(
    guest: &mut Guest<'_>,
    (upstream, upstream_len, headers, headers_len, body, body_len, trailers, trailers_len, timeout, out): (
        u32,
        u32,
        u32,
        u32,
        u32,
        u32,
        u32,
        u32,
        i32,
        u32,
    ),
) -> Result<Status> {
    let (memory, state) = guest.parts();
    let limits = state.plugin.limits.pairs();
    let upstream = std::str::from_utf8(read(memory, upstream, upstream_len)?).ok();
    let headers = pairs::decode(read(memory, headers, headers_len)?, limits).unwrap_or_default();
    let headers = Section::Request.list(headers);
    let (upstream, headers) = if state.has(Quirk::DispatchTarget) {
        let mut headers = headers.unwrap_or_default();
        let upstream = upstream.unwrap_or_default();
        quirks::dispatch::check(upstream, &headers)?;
        if headers.get(AUTHORITY).is_none() {
            headers.append(AUTHORITY, Bytes::copy_from_slice(upstream.as_bytes()));
        }
        let named = state.environment.upstreams.is_known(upstream);
        let upstream = if named { upstream.to_owned() } else { quirks::dispatch::origin(upstream, &headers) };
        (Some(upstream), Some(headers))
    } else {
        let known = upstream.filter(|name| state.environment.upstreams.is_known(name));
        (known.map(ToOwned::to_owned), headers.filter(is_complete))
    };
    let trailers = pairs::decode(read(memory, trailers, trailers_len)?, limits).unwrap_or_default();
    let trailers = Section::Trailers.list(trailers);
    let body = Bytes::copy_from_slice(read(memory, body, body_len)?);
    let (Some(upstream), Some(headers), Some(trailers), Ok(timeout)) =
        (upstream, headers, trailers, u64::try_from(timeout))
    else {
        return Ok(Status::BadArgument);
    };
    let stream = caller(state);
    if !has_room(state, stream) {
        return Ok(Status::InternalFailure);
    }
    let call = state.calls.open(stream);
    write_u32(memory, out, call.0)?;
    let timeout = Duration::from_millis(timeout);
    state.effects.push(Effect::HttpCall { call, stream, upstream, headers, body, trailers, timeout });
    Ok(Status::Ok)
}

fn is_complete(headers: &HeaderMap) -> bool {
    [":method", ":path", ":authority"].iter().all(|name| headers.get(name).is_some())
}

fn caller(state: &State) -> Option<StreamId> {
    state.stream().map(|_| StreamId(state.contexts.effective))
}

fn has_room(state: &State, stream: Option<StreamId>) -> bool {
    let limits = &state.plugin.limits;
    let limit = if stream.is_some() { limits.calls_in_flight } else { limits.root_calls_in_flight };
    state.calls.count(stream) < limit
}
