//! Properties: what the host knows of plugin, connection, request and response, by path.
//!
//! Encoded as in Envoy: text as it is, integers as 64 bits little-endian, a boolean as one byte. With
//! nginx's quirks all of them are text.

use super::{Guest, Out, Result, Status, read};
use crate::abi::types::Direction;
use crate::facts::{StreamFacts, TlsFacts};
use crate::header_map::HeaderMap;
use crate::quirks::Quirk;
use crate::quirks::properties::{self as nginx, Answer};
use crate::state::State;
use crate::stream::Stream;

use bytes::Bytes;

pub(super) fn proxy_get_property(
    guest: &mut Guest<'_>,
    (path, path_len, out, out_len): (u32, u32, u32, u32),
) -> Result<Status> {
    let (memory, state) = guest.parts();
    let path = read(memory, path, path_len)?;
    let parts: Vec<_> = path.split(|byte| *byte == 0).collect();
    let out = Out::new(out, out_len);
    let own = match state.plugin.quirks.settings() {
        Some(settings) => nginx::find(state, settings, &parts)?,
        None => None,
    };
    match own {
        Some(Answer::Text(text)) => return guest.give(&text, out),
        Some(Answer::No(status)) => return Ok(status),
        None => {}
    }
    let Some(property) = property(state, &parts) else {
        return Ok(Status::NotFound);
    };
    if state.has(Quirk::TextProperties) {
        return guest.give(&property.text(), out);
    }
    guest.give(property.bytes(), out)
}

/// Stores a value for the rest of the stream; one with a path of one part can be read back. Nothing
/// that the host itself answers can be overwritten, because it answers first.
pub(super) fn proxy_set_property(
    guest: &mut Guest<'_>,
    (path, path_len, value, value_len): (u32, u32, u32, u32),
) -> Result<Status> {
    let (memory, state) = guest.parts();
    let (path, value) = (read(memory, path, path_len)?, read(memory, value, value_len)?);
    let allowed = if state.has(Quirk::SetProperty) { nginx::may_set(state, path) } else { Status::Ok };
    if allowed != Status::Ok {
        return Ok(allowed);
    }
    let (count, bytes) = (state.plugin.limits.properties, state.plugin.limits.property_bytes);
    let Some(stream) = state.stream_mut() else {
        return Ok(Status::NotFound);
    };
    if path.len().saturating_add(value.len()) > bytes {
        return Ok(Status::BadArgument);
    }
    let value = Bytes::copy_from_slice(value);
    if let Some((_, old)) = stream.properties.iter_mut().find(|(old, _)| old == path) {
        *old = value;
        return Ok(Status::Ok);
    }
    if stream.properties.len() >= count {
        return Ok(Status::BadArgument);
    }
    stream.properties.push((Bytes::copy_from_slice(path), value));
    Ok(Status::Ok)
}

/// A property, encoded.
enum Property {
    Text(Bytes),
    Integer([u8; 8]),
    Boolean([u8; 1]),
}

impl Property {
    /// A number in decimal, a boolean as a word.
    fn text(&self) -> Bytes {
        match self {
            Self::Text(text) => text.clone(),
            Self::Integer(bytes) => i64::from_le_bytes(*bytes).to_string().into(),
            Self::Boolean([byte]) => Bytes::from_static(if *byte == 0 { b"false" } else { b"true" }),
        }
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text,
            Self::Integer(bytes) => bytes,
            Self::Boolean(byte) => byte,
        }
    }
}

fn property(state: &State, path: &[&[u8]]) -> Option<Property> {
    let plugin = &state.plugin;
    match path {
        [b"plugin_name"] => text(&plugin.name),
        [b"plugin_root_id"] => text(&plugin.root_id),
        [b"plugin_vm_id"] => text(&plugin.vm_id),
        // How a guest tells this host from Envoy, which has no such property.
        [b"claimgate", b"host"] => {
            Some(Property::Text(Bytes::from_static(env!("CARGO_PKG_VERSION").as_bytes())))
        }
        _ => stream_property(state.stream()?, path),
    }
}

fn stream_property(stream: &Stream, path: &[&[u8]]) -> Option<Property> {
    let facts = &stream.facts;
    match path {
        [b"request", rest @ ..] => request(stream, rest),
        [b"response", rest @ ..] => response(stream, rest),
        [b"connection", rest @ ..] => connection(facts, rest),
        [b"source", rest @ ..] => address(&facts.source_address, rest),
        [b"destination", rest @ ..] => address(&facts.destination_address, rest),
        [b"upstream", rest @ ..] => address(&facts.upstream_address, rest),
        [b"route_name"] | [b"xds", b"route_name"] => text(&facts.route_name),
        [b"cluster_name"] | [b"xds", b"cluster_name"] => text(&facts.service_name),
        [name] => stream.property(name).cloned().map(Property::Text),
        _ => None,
    }
}

fn request(stream: &Stream, path: &[&[u8]]) -> Option<Property> {
    let facts = &stream.facts;
    let headers = stream.half(Direction::Request).headers.as_ref();
    let header = |name: &str| headers.and_then(|headers| headers.get(name)).cloned().map(Property::Text);
    match path {
        [b"path"] => header(":path"),
        [b"url_path"] => Some(Property::Text(target(headers?)?.0)),
        [b"query"] => Some(Property::Text(target(headers?)?.1)),
        [b"host"] => header(":authority"),
        [b"method"] => header(":method"),
        [b"scheme"] => header(":scheme").or_else(|| text(&facts.scheme)),
        [b"referer"] => header("referer"),
        [b"useragent"] => header("user-agent"),
        [b"headers", name] => listed(headers?, name),
        [b"id"] => text(&facts.request_id),
        [b"protocol"] => text(&facts.protocol),
        [b"time"] => integer(facts.start_unix_nanos),
        [b"size"] => integer(number(headers?.get("content-length")?)?),
        _ => None,
    }
}

fn response(stream: &Stream, path: &[&[u8]]) -> Option<Property> {
    let half = stream.half(Direction::Response);
    match path {
        [b"code"] => integer(number(half.headers.as_ref()?.get(":status")?)?),
        [b"headers", name] => listed(half.headers.as_ref()?, name),
        [b"trailers", name] => listed(half.trailers.as_ref()?, name),
        _ => None,
    }
}

fn connection(facts: &StreamFacts, path: &[&[u8]]) -> Option<Property> {
    let tls = |part: fn(&TlsFacts) -> &str| text(part(facts.tls.as_ref()?));
    match path {
        [b"id"] => integer(facts.connection_id),
        [b"mtls"] => Some(Property::Boolean([facts.tls.as_ref().is_some_and(|tls| tls.mutual).into()])),
        [b"tls_version"] => tls(|tls| &tls.version),
        [b"requested_server_name"] => tls(|tls| &tls.server_name),
        [b"sha256_peer_certificate_digest"] => tls(|tls| &tls.peer_certificate_sha256),
        [b"subject_peer_certificate"] => tls(|tls| &tls.peer_subject),
        [b"uri_san_peer_certificate"] => tls(|tls| &tls.peer_uri_san),
        _ => None,
    }
}

fn address(address: &str, path: &[&[u8]]) -> Option<Property> {
    match path {
        [b"address"] => text(address),
        [b"port"] => integer(number(address.rsplit_once(':')?.1.as_bytes())?),
        _ => None,
    }
}

fn listed(headers: &HeaderMap, name: &[u8]) -> Option<Property> {
    headers.get(name).cloned().map(Property::Text)
}

/// The request target, cut at the first question mark.
fn target(headers: &HeaderMap) -> Option<(Bytes, Bytes)> {
    let target = headers.get(":path")?;
    let end = target.iter().position(|byte| *byte == b'?').unwrap_or(target.len());
    let mut query = target.clone();
    let path = query.split_to(end);
    if !query.is_empty() {
        let _question_mark = query.split_to(1);
    }
    Some((path, query))
}

fn number(digits: &[u8]) -> Option<u64> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn text(text: &str) -> Option<Property> {
    (!text.is_empty()).then(|| Property::Text(Bytes::copy_from_slice(text.as_bytes())))
}

fn integer(value: u64) -> Option<Property> {
    i64::try_from(value).ok().map(|value| Property::Integer(value.to_le_bytes()))
}
