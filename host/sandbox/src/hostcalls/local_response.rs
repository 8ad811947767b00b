//! Answering a stream in the place of its upstream.

use super::{Guest, Result, Status, read};
use crate::abi::pairs;
use crate::effect::{Effect, LocalResponse, StreamId};
use crate::field::Section;
use crate::quirks::{self, Quirk};

use bytes::Bytes;

/// Of several answers to a stream the first counts, as in Envoy. In the root context there is nothing
/// to answer.
pub(super) fn proxy_send_local_response(
    guest: &mut Guest<'_>,
    (status, details, details_len, body, body_len, headers, headers_len, grpc_status): (
        u32,
        u32,
        u32,
        u32,
        u32,
        u32,
        u32,
        i32,
    ),
) -> Result<Status> {
    let (memory, state) = guest.parts();
    let details = String::from_utf8_lossy(read(memory, details, details_len)?).into_owned();
    let body = Bytes::copy_from_slice(read(memory, body, body_len)?);
    let headers = read(memory, headers, headers_len)?;
    let headers = pairs::decode(headers, state.plugin.limits.pairs()).unwrap_or_default();
    // `:status` is the argument: trailers are the section without pseudo headers.
    let headers = Section::Trailers.list(headers);
    let highest = if state.has(Quirk::ResponseHeadersOwn) { 999 } else { 599 };
    let (Some(status), Some(headers)) = (final_status(status, highest), headers) else {
        return Ok(Status::BadArgument);
    };
    let mut response = LocalResponse {
        status,
        details,
        headers: headers.into_pairs(),
        body,
        grpc_status: u32::try_from(grpc_status).ok(),
    };
    if state.has(Quirk::ResponseTwiceTraps) {
        quirks::response::shape(state, &mut response)?;
    }
    let stream = StreamId(state.contexts.effective);
    if let Some(response) = state.stream_mut().and_then(|stream| stream.respond(response)) {
        state.effects.push(Effect::Respond { stream, response });
    }
    Ok(Status::Ok)
}

/// An interim status (1xx) does not end a request, so it is no answer.
fn final_status(status: u32, highest: u16) -> Option<u16> {
    u16::try_from(status).ok().filter(|status| (200..=highest).contains(status))
}
