//! A token in the query (RFC 6750 2.3).

use super::{ARGUMENT, Place, Sighting};
use crate::request::{RequestHead, arguments, unescaped};
use alloc::vec::Vec;

/// Every argument of the token's name.
pub(super) fn sightings<'a>(head: &RequestHead<'a>) -> impl Iterator<Item = Sighting<'a>> {
    let tokens = arguments(head.query().unwrap_or_default()).filter(|(name, _)| is_token(name));
    tokens.map(|(_, value)| Sighting {
        place: Place::Query,
        token: Some(unescaped(value)).filter(|token| !token.is_empty()),
    })
}

/// The target without the token.
pub(super) fn without(head: &RequestHead<'_>) -> Vec<u8> {
    let kept = head.query().unwrap_or_default().split(|byte| *byte == b'&');
    let kept = kept.filter(|pair| arguments(pair).all(|(name, _)| !is_token(name)));
    let mut target = head.path().to_vec();
    for (position, pair) in kept.enumerate() {
        target.push(if position == 0 { b'?' } else { b'&' });
        target.extend_from_slice(pair);
    }
    target
}

pub(super) fn is_token(name: &[u8]) -> bool {
    *unescaped(name) == *ARGUMENT.as_bytes()
}
