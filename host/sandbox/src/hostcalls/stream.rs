//! Letting a paused stream go on, and resetting one.

use super::{Guest, Result, Status};
use crate::abi::types::Direction;
use crate::effect::{Effect, StreamId};

/// Connections (2 and 3) are not plugins' business here.
pub(super) fn proxy_continue_stream(guest: &mut Guest<'_>, (stream,): (u32,)) -> Result<Status> {
    let Some(direction) = Direction::from_stream_type(stream) else {
        return Ok(Status::BadArgument);
    };
    guest.state().resume(direction);
    Ok(Status::Ok)
}

pub(super) fn proxy_close_stream(guest: &mut Guest<'_>, (stream,): (u32,)) -> Result<Status> {
    let Some(direction) = Direction::from_stream_type(stream) else {
        return Ok(Status::BadArgument);
    };
    let state = guest.state();
    let stream = StreamId(state.contexts.effective);
    if state.stream_mut().is_some_and(|stream| stream.reset()) {
        state.effects.push(Effect::Close { stream, direction });
    }
    Ok(Status::Ok)
}
