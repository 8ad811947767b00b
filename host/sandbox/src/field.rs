//! Which header names and values a guest may write.
//!
//! What passes here can be sent: a guest cannot smuggle a line break into a header, nor invent or
//! repeat a pseudo header.

use crate::abi::types::{Direction, MapType};
use crate::header_map::{AUTHORITY, HeaderMap, Pair, is_pseudo};

use bytes::Bytes;

/// What a header list is for. Decides which pseudo headers it may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Request,
    Response,
    Trailers,
}

impl Section {
    pub(crate) fn of(map: MapType) -> Self {
        match map {
            MapType::Headers(Direction::Request) => Self::Request,
            MapType::Headers(Direction::Response) | MapType::CallHeaders => Self::Response,
            MapType::Trailers(_) | MapType::CallTrailers | MapType::GrpcMetadata => Self::Trailers,
        }
    }

    /// The name that `name` stands for: in requests `host` is another name of `:authority`.
    pub(crate) fn alias(self, name: &[u8]) -> &[u8] {
        if self == Self::Request && name.eq_ignore_ascii_case(b"host") { AUTHORITY } else { name }
    }

    /// The header as it may be written, its name in lower case; `None` if it may not.
    pub(crate) fn pair(self, name: Bytes, value: Bytes) -> Option<Pair> {
        let valid = if is_pseudo(&name) { self.has_pseudo(&name) } else { is_token(&name) };
        (valid && is_value(&name, &value)).then(|| (lower_case(name), value))
    }

    /// A whole list as it may be written; `None` if one header of it may not.
    pub(crate) fn list(self, pairs: Vec<Pair>) -> Option<HeaderMap> {
        let pairs = pairs.into_iter().map(|(name, value)| self.pair(name, value));
        let mut map = pairs.collect::<Option<HeaderMap>>()?;
        if self == Self::Request {
            map.fold_host();
        }
        let repeated = |(name, _): &Pair| is_pseudo(name) && map.get_all(name).nth(1).is_some();
        (!map.iter().any(repeated)).then_some(map)
    }

    fn has_pseudo(self, name: &[u8]) -> bool {
        match self {
            Self::Request => [&b":method"[..], b":path", b":scheme", AUTHORITY].contains(&name),
            Self::Response => name == b":status",
            Self::Trailers => false,
        }
    }
}

/// Bytes of a value: visible ASCII, space, tab and the bytes above ASCII (RFC 9110, 5.5).
fn is_value(name: &[u8], value: &[u8]) -> bool {
    match name {
        b":status" => matches!(value, [b'1'..=b'5', b'0'..=b'9', b'0'..=b'9']),
        _ => value.iter().all(|byte| *byte == b'\t' || (*byte >= b' ' && *byte != 0x7f)),
    }
}

/// A token (RFC 9110, 5.6.2).
fn is_token(name: &[u8]) -> bool {
    let is_token_byte = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    !name.is_empty() && name.iter().all(is_token_byte)
}

fn lower_case(name: Bytes) -> Bytes {
    if name.iter().any(u8::is_ascii_uppercase) { name.to_ascii_lowercase().into() } else { name }
}

#[cfg(test)]
mod tests;
