//! A credential in the query (RFC 6750 2.3).

use super::{Place, Sighting};
use crate::request::{RequestHead, arguments, unescaped};
use alloc::vec::Vec;

/// Every argument of this name.
pub(super) fn sightings<'a>(head: &RequestHead<'a>, name: &'a str) -> impl Iterator<Item = Sighting<'a>> {
    let found = arguments(head.query().unwrap_or_default()).filter(move |(found, _)| is_named(found, name));
    found.map(move |(_, value)| Sighting {
        place: Place::Query(name),
        token: Some(unescaped(value)).filter(|token| !token.is_empty()),
    })
}

/// The target without the arguments of these names.
pub(super) fn without(head: &RequestHead<'_>, names: &[&str]) -> Vec<u8> {
    let kept = head.query().unwrap_or_default().split(|byte| *byte == b'&');
    let kept = kept.filter(|pair| arguments(pair).all(|(found, _)| !is_one_of(found, names)));
    let mut target = head.path().to_vec();
    for (position, pair) in kept.enumerate() {
        target.push(if position == 0 { b'?' } else { b'&' });
        target.extend_from_slice(pair);
    }
    target
}

/// Whether an argument is this one, escapes resolved.
pub(super) fn is_named(found: &[u8], name: &str) -> bool {
    *unescaped(found) == *name.as_bytes()
}

/// Whether an argument is one of these, escapes resolved.
pub(super) fn is_one_of(found: &[u8], names: &[&str]) -> bool {
    names.iter().any(|name| is_named(found, name))
}
