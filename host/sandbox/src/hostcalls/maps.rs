//! Header lists of requests, responses and HTTP calls.

use super::{Guest, Out, Result, Status, read, write_u32};
use crate::abi::pairs::{self, PairLimits};
use crate::abi::types::{Direction, MapType};
use crate::field::Section;
use crate::header_map::{HeaderMap, is_pseudo};
use crate::quirks::head::{Arrival, PATH};
use crate::quirks::{Crash, Quirk};
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
    let state = guest.state();
    if state.has(Quirk::AbsentMap) && headers(state, map).is_none() {
        return Ok(Status::BadArgument);
    }
    let present = headers(state, map).filter(|map| !map.is_empty());
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
    Ok(access(state, kind).edit(Edit::Replace(replacement)))
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
    let Some(value) = first_value(state, kind, name).cloned() else {
        return Ok(Status::NotFound);
    };
    guest.give(&value, Out::new(out, out_len))
}

pub(super) fn proxy_add_header_map_value(
    guest: &mut Guest<'_>,
    (map, name, name_len, value, value_len): (u32, u32, u32, u32, u32),
) -> Result<Status> {
    write(guest, map, (name, name_len), (value, value_len), Edit::Add)
}

pub(super) fn proxy_replace_header_map_value(
    guest: &mut Guest<'_>,
    (map, name, name_len, value, value_len): (u32, u32, u32, u32, u32),
) -> Result<Status> {
    write(guest, map, (name, name_len), (value, value_len), Edit::Set)
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
    if state.has(Quirk::PathRemoved) && kind == MapType::Headers(Direction::Request) && name == PATH {
        return Err(Crash::PathRemoved.into());
    }
    let name = Bytes::copy_from_slice(alias(state, kind, name));
    Ok(access(state, kind).edit(Edit::Remove(name)))
}

/// Reads and checks a header, and writes it as `edit` says.
fn write(
    guest: &mut Guest<'_>,
    map: u32,
    name: (u32, u32),
    value: (u32, u32),
    edit: fn(Bytes, Bytes) -> Edit,
) -> Result<Status> {
    let (memory, state) = guest.parts();
    let (name, value) = (read(memory, name.0, name.1)?, read(memory, value.0, value.1)?);
    let Some(kind) = MapType::from_abi(map) else {
        return Ok(Status::BadArgument);
    };
    let name = Bytes::copy_from_slice(alias(state, kind, name));
    let value =
        if state.has(Quirk::LineBreaksEscaped) { escaped(value) } else { Bytes::copy_from_slice(value) };
    let Some((name, value)) = Section::of(kind).pair(name, value) else {
        return Ok(Status::BadArgument);
    };
    let limits = state.plugin.limits.pairs();
    let added = name.len().saturating_add(value.len());
    let is_full = headers(state, kind).is_some_and(|map| !has_room(map, added, limits));
    Ok(match access(state, kind) {
        Access::Open(_) | Access::Arrived(..) if is_full => Status::BadArgument,
        access => access.edit(edit(name, value)),
    })
}

/// The name that a name stands for.
fn alias<'a>(state: &State, kind: MapType, name: &'a [u8]) -> &'a [u8] {
    if state.has(Quirk::OwnAuthority) { name } else { Section::of(kind).alias(name) }
}

/// Line breaks as they are escaped in addresses.
fn escaped(value: &[u8]) -> Bytes {
    let escape = |byte: &u8| match byte {
        b'\r' => b"%0D".to_vec(),
        b'\n' => b"%0A".to_vec(),
        other => vec![*other],
    };
    value.iter().flat_map(escape).collect()
}

fn first_value<'a>(state: &'a State, kind: MapType, name: &[u8]) -> Option<&'a Bytes> {
    let arrival = state.stream().and_then(|stream| stream.arrival.as_ref());
    match arrival.filter(|_| kind == MapType::Headers(Direction::Request)) {
        Some(arrival) => arrival.get(name),
        None => headers(state, kind)?.get(alias(state, kind, name)),
    }
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
    /// An engine that keeps what guests remove, and what guests are shown of it.
    Arrived(&'a mut Arrival, &'a mut HeaderMap),
}

impl Access<'_> {
    fn edit(self, edit: Edit) -> Status {
        match self {
            Self::Absent => Status::BadArgument,
            Self::Sent => Status::Ok,
            Self::Open(map) => edit.on(map),
            Self::Arrived(arrival, shown) => {
                let status = edit.on_arrival(arrival);
                *shown = arrival.shown();
                status
            }
        }
    }
}

/// What a guest does to a list.
enum Edit {
    Add(Bytes, Bytes),
    Set(Bytes, Bytes),
    Remove(Bytes),
    Replace(HeaderMap),
}

impl Edit {
    fn on(self, map: &mut HeaderMap) -> Status {
        match self {
            // A second `:path` would leave open which one counts.
            Self::Add(name, _) if is_pseudo(&name) && map.get(&name).is_some() => return Status::BadArgument,
            Self::Add(name, value) => map.append(name, value),
            Self::Set(name, value) => map.set(name, value),
            Self::Remove(name) => drop(map.remove(name)),
            Self::Replace(replacement) => *map = replacement,
        }
        Status::Ok
    }

    fn on_arrival(self, arrival: &mut Arrival) -> Status {
        match self {
            Self::Add(name, _) if is_pseudo(&name) => return Status::BadArgument,
            Self::Add(name, value) => arrival.append(name, value),
            Self::Set(name, value) => arrival.set(name, value),
            Self::Remove(name) => arrival.remove(&name),
            Self::Replace(replacement) => arrival.replace(replacement),
        }
        Status::Ok
    }
}

fn access(state: &mut State, map: MapType) -> Access<'_> {
    let (direction, headers) = match map {
        MapType::Headers(direction) => (direction, true),
        MapType::Trailers(direction) => (direction, false),
        MapType::CallHeaders | MapType::CallTrailers | MapType::GrpcMetadata => return Access::Absent,
    };
    let Some((half, arrival)) = state.stream_mut().map(|stream| stream.half_with_arrival(direction)) else {
        return Access::Absent;
    };
    let open = if headers { half.headers_open() } else { half.trailers_open() };
    match if headers { &mut half.headers } else { &mut half.trailers } {
        None => Access::Absent,
        Some(_) if !open => Access::Sent,
        Some(map) => match arrival.filter(|_| headers) {
            Some(arrival) => Access::Arrived(arrival, map),
            None => Access::Open(map),
        },
    }
}
