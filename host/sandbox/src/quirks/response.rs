//! A guest's answer as nginx sends it.

use wasmtime::{Result, format_err};

use super::Quirk;
use crate::effect::{Effect, LocalResponse, StreamId};
use crate::header_map::Pair;
use crate::state::{State, Step};

/// Makes of an answer what the client would see, and cancels the calls of the stream. A second one in a
/// callback traps.
pub(crate) fn shape(state: &mut State, response: &mut LocalResponse) -> Result<()> {
    if state.has(Quirk::ResponseTwiceTraps) && state.answered_now {
        return Err(format_err!("a response was sent in this callback"));
    }
    state.answered_now = true;
    if state.has(Quirk::ResponseFromResponse) && state.step == Step::ResponseHeaders {
        response.headers.clear();
    }
    if state.has(Quirk::ResponseHeadersOwn) {
        response.headers.retain(|(name, _)| name != "content-length" && name != "date");
    }
    if state.has(Quirk::LastOfRepeated) {
        keep_last_of_each(&mut response.headers);
    }
    if state.has(Quirk::NewlineAppended) && !response.body.is_empty() {
        response.body = [&response.body, &b"\n"[..]].concat().into();
    }
    if state.has(Quirk::CallsHoldRequests) {
        let cancelled = state.calls.cancel(StreamId(state.contexts.effective));
        state.effects.extend(cancelled.into_iter().map(Effect::CancelCall));
    }
    Ok(())
}

fn keep_last_of_each(headers: &mut Vec<Pair>) {
    let mut kept: Vec<Pair> = Vec::with_capacity(headers.len());
    for (name, value) in headers.drain(..) {
        match kept.iter_mut().find(|(known, _)| *known == name) {
            Some((_, last)) => *last = value,
            None => kept.push((name, value)),
        }
    }
    *headers = kept;
}
