//! Bodies, answers of HTTP calls, and configurations.

use super::{Guest, Out, Result, Status, read, write_u32};
use crate::abi::types::{BufferType, LogLevel};
use crate::quirks::Quirk;
use crate::state::{Phase, State};

use bytes::BytesMut;
use wasmtime::format_err;

pub(super) fn proxy_get_buffer_bytes(
    guest: &mut Guest<'_>,
    (buffer, start, max, out, out_len): (u32, u32, u32, u32, u32),
) -> Result<Status> {
    let Some(buffer) = BufferType::from_abi(buffer) else {
        return Ok(Status::BadArgument);
    };
    if start.checked_add(max).is_none() {
        return Ok(Status::BadArgument);
    }
    expect_phase(guest.state(), buffer)?;
    let start = if guest.state().has(Quirk::BufferPhases) { 0 } else { start };
    let (start, max) = (usize::try_from(start)?, usize::try_from(max)?);
    let window = |state: &mut State| -> Option<usize> {
        let size = bytes(state, buffer)?.len();
        Some(size.saturating_sub(start).min(max))
    };
    let Some(length) = window(guest.state()) else {
        return Ok(Status::NotFound);
    };
    guest.give_with(length, Out::new(out, out_len), |target, state| {
        let end = start.checked_add(length)?;
        let source = if length == 0 { &[] } else { bytes(state, buffer)?.get(start..end)? };
        target.copy_from_slice(source);
        Some(())
    })
}

pub(super) fn proxy_get_buffer_status(
    guest: &mut Guest<'_>,
    (buffer, out_len, out_flags): (u32, u32, u32),
) -> Result<Status> {
    let Some(buffer) = BufferType::from_abi(buffer) else {
        return Ok(Status::BadArgument);
    };
    let (memory, state) = guest.parts();
    let Some(length) = bytes(state, buffer).map(<[u8]>::len) else {
        return Ok(Status::NotFound);
    };
    write_u32(memory, out_len, u32::try_from(length)?)?;
    write_u32(memory, out_flags, 0)?;
    Ok(Status::Ok)
}

/// Bodies only. At start 0 the data takes the place of the first `size` bytes, so 0 prepends; beyond
/// the end it is appended; a start inside of the body is refused, as in Envoy.
pub(super) fn proxy_set_buffer_bytes(
    guest: &mut Guest<'_>,
    (buffer, start, size, data, data_len): (u32, u32, u32, u32, u32),
) -> Result<Status> {
    let (memory, state) = guest.parts();
    let data = read(memory, data, data_len)?;
    let Some(BufferType::Body(direction)) = BufferType::from_abi(buffer) else {
        return Ok(Status::BadArgument);
    };
    expect_phase(state, BufferType::Body(direction))?;
    let limit = state.plugin.limits.buffered_body_bytes;
    let Some(body) = state.stream_mut().and_then(|stream| stream.half_mut(direction).body_mut()) else {
        return Ok(Status::NotFound);
    };
    let start = usize::try_from(start)?;
    let replaced = if start == 0 { usize::try_from(size)?.min(body.len()) } else { 0 };
    let length = body.len().saturating_sub(replaced).saturating_add(data.len());
    if (start != 0 && start < body.len()) || length > limit.max(body.len()) {
        return Ok(Status::BadArgument);
    }
    if start == 0 {
        replace_front(body, replaced, data);
    } else {
        body.extend_from_slice(data);
    }
    Ok(Status::Ok)
}

/// Some engines trap where a buffer is not there.
fn expect_phase(state: &State, buffer: BufferType) -> Result<()> {
    let absent = match buffer {
        BufferType::Body(direction) => state.is_out_of_phase(direction),
        BufferType::CallBody => state.has(Quirk::BufferPhases) && state.calls.answer.is_none(),
        BufferType::VmConfiguration | BufferType::PluginConfiguration | BufferType::Absent => false,
    };
    if absent { Err(format_err!("no {buffer:?} in {:?}", state.step)) } else { Ok(()) }
}

fn replace_front(body: &mut BytesMut, replaced: usize, data: &[u8]) {
    let rest = body.split_off(replaced);
    body.clear();
    body.extend_from_slice(data);
    body.unsplit(rest);
}

/// The buffer's bytes; `None` where it is absent.
fn bytes(state: &State, buffer: BufferType) -> Option<&[u8]> {
    match buffer {
        BufferType::Body(direction) => {
            let half = state.stream()?.half(direction);
            if half.is_spilled() {
                state.log(LogLevel::Error, b"a body that is in a file cannot be read");
                return None;
            }
            half.body()
        }
        BufferType::CallBody => state.calls.answer.as_ref().map(|answer| answer.body.as_ref()),
        BufferType::VmConfiguration => Some(&state.plugin.vm_configuration),
        BufferType::PluginConfiguration => {
            let is_there = state.phase == Phase::Configuring || state.has(Quirk::BufferPhases);
            is_there.then_some(state.plugin.configuration.as_ref())
        }
        BufferType::Absent => None,
    }
}
