//! Header lists of requests, responses and HTTP calls.

use super::{Guest, Out, Result, Status, read, write_u32};
use crate::abi::pairs::{self, PairLimits};
use crate::abi::types::MapType;
use crate::field::Section;
use crate::header_map::{HeaderMap, is_pseudo};
use crate::state::State;

use bytes::Bytes;

pub(super) fn proxy_get_header_map_size(guest: &mut Guest<'_>, (map, out): (u32, u32)) -> Result<Status> {
    let (memory, state) = guest.parts();
    let Some(map) = MapType::from_abi(map).and_then(|map| headers(state, map)) else {
        return Ok(Status::BadArgument);
    };
    write_u32(memory, out, u32::try_from(map.byte_size())?)?;
    Ok(Status::Ok)
}

/// Encodes straight into the guest's memory. A list that is absent is given as an empty one.
pub(super) fn proxy_get_header_map_pairs(
    guest: &mut Guest<'_>,
    (map, out, out_len): (u32, u32, u32),
) -> Result<Status> {
    let Some(map) = MapType::from_abi(map) else {
        return Ok(Status::BadArgument);
    };
    let present = headers(guest.state(), map).filter(|map| !map.is_empty());
    let Some(length) = present.map_or(Some(0), |map| pairs::encoded_len(map.as_slice())) else {
        return Ok(Status::InternalFailure);
    };
    guest.give_with(length, Out::new(out, out_len), |target, state| match headers(state, map) {
        Some(map) if !map.is_empty() => pairs::encode_into(map.as_slice(), target),
        _ => Some(()),
    })
}

/// Malformed pairs, and more than the limits allow, are the empty list, as in Envoy.
pub(super) fn proxy_set_header_map_pairs(
    guest: &mut Guest<'_>,
    (map, data, length): (u32, u32, u32),
) -> Result<Status> {
    let (memory, state) = guest.parts();
    let pairs = pairs::decode(read(memory, data, length)?, state.plugin.limits.pairs()).unwrap_or_default();
    let Some(kind) = MapType::from_abi(map) else {
        return Ok(Status::BadArgument);
    };
    let Some(replacement) = Section::of(kind).list(pairs) else {
        return Ok(Status::BadArgument);
    };
    Ok(match headers_mut(state, kind) {
        Access::Absent => Status::BadArgument,
        Access::Sent => Status::Ok,
        Access::Open(map) => {
            *map = replacement;
            Status::Ok
        }
    })
}

/// The first value. Another copy shows only in the pairs.
pub(super) fn proxy_get_header_map_value(
    guest: &mut Guest<'_>,
    (map, name, name_len, out, out_len): (u32, u32, u32, u32, u32),
) -> Result<Status> {
    let (memory, state) = guest.parts();
    let name = read(memory, name, name_len)?;
    let Some(kind) = MapType::from_abi(map) else {
        return Ok(Status::BadArgument);
    };
    let name = Section::of(kind).alias(name);
    let Some(value) = headers(state, kind).and_then(|map| map.get(name)).cloned() else {
        return Ok(Status::NotFound);
    };
    guest.give(&value, Out::new(out, out_len))
}

pub(super) fn proxy_add_header_map_value(
    guest: &mut Guest<'_>,
    (map, name, name_len, value, value_len): (u32, u32, u32, u32, u32),
) -> Result<Status> {
    write(guest, map, (name, name_len), (value, value_len), |map, name, value| {
        // A second `:path` would leave open which one counts.
        let allowed = !is_pseudo(&name) || map.get(&name).is_none();
        if allowed {
            map.append(name, value);
        }
        allowed
    })
}

pub(super) fn proxy_replace_header_map_value(
    guest: &mut Guest<'_>,
    (map, name, name_len, value, value_len): (u32, u32, u32, u32, u32),
) -> Result<Status> {
    write(guest, map, (name, name_len), (value, value_len), |map, name, value| {
        map.set(name, value);
        true
    })
}

pub(super) fn proxy_remove_header_map_value(
    guest: &mut Guest<'_>,
    (map, name, name_len): (u32, u32, u32),
) -> Result<Status> {
    let (memory, state) = guest.parts();
    let name = read(memory, name, name_len)?;
    let Some(kind) = MapType::from_abi(map) else {
        return Ok(Status::BadArgument);
    };
    Ok(match headers_mut(state, kind) {
        Access::Absent => Status::BadArgument,
        Access::Sent => Status::Ok,
        Access::Open(map) => {
            map.remove(Section::of(kind).alias(name));
            Status::Ok
        }
    })
}

/// Reads and checks a header, and lets `edit` write it, which says whether it did.
fn write(
    guest: &mut Guest<'_>,
    map: u32,
    name: (u32, u32),
    value: (u32, u32),
    edit: impl FnOnce(&mut HeaderMap, Bytes, Bytes) -> bool,
) -> Result<Status> {
    let (memory, state) = guest.parts();
    let (name, value) = (read(memory, name.0, name.1)?, read(memory, value.0, value.1)?);
    let Some(kind) = MapType::from_abi(map) else {
        return Ok(Status::BadArgument);
    };
    let section = Section::of(kind);
    let name = Bytes::copy_from_slice(section.alias(name));
    let Some((name, value)) = section.pair(name, Bytes::copy_from_slice(value)) else {
        return Ok(Status::BadArgument);
    };
    let limits = state.plugin.limits.pairs();
    let added = name.len().saturating_add(value.len());
    let written = match headers_mut(state, kind) {
        Access::Absent => false,
        Access::Sent => true,
        Access::Open(map) => has_room(map, added, limits) && edit(map, name, value),
    };
    Ok(if written { Status::Ok } else { Status::BadArgument })
}

fn has_room(map: &HeaderMap, added: usize, limits: PairLimits) -> bool {
    map.len() < limits.pairs && map.byte_size().saturating_add(added) <= limits.bytes
}

/// The list, where there is one. Request lists stay readable until the stream ends.
fn headers(state: &State, map: MapType) -> Option<&HeaderMap> {
    match map {
        MapType::Headers(direction) => state.stream()?.half(direction).headers.as_ref(),
        MapType::Trailers(direction) => state.stream()?.half(direction).trailers.as_ref(),
        MapType::CallHeaders => state.calls.answer.as_ref().map(|answer| &answer.headers),
        MapType::CallTrailers => state.calls.answer.as_ref().map(|answer| &answer.trailers),
        MapType::GrpcMetadata => None,
    }
}

/// Whether and how a list can be written.
enum Access<'a> {
    Absent,
    /// It has left the sandbox: a write changes nothing, and is no error.
    Sent,
    Open(&'a mut HeaderMap),
}

fn headers_mut(state: &mut State, map: MapType) -> Access<'_> {
    let (direction, headers) = match map {
        MapType::Headers(direction) => (direction, true),
        MapType::Trailers(direction) => (direction, false),
        MapType::CallHeaders | MapType::CallTrailers | MapType::GrpcMetadata => return Access::Absent,
    };
    let Some(half) = state.stream_mut().map(|stream| stream.half_mut(direction)) else {
        return Access::Absent;
    };
    let open = if headers { half.headers_open() } else { half.trailers_open() };
    match if headers { &mut half.headers } else { &mut half.trailers } {
        None => Access::Absent,
        Some(_) if !open => Access::Sent,
        Some(map) => Access::Open(map),
    }
}
