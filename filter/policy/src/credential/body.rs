//! A token in a body (RFC 6750 2.2; JSON as Kong has it).

use super::{Place, Sighting, query};
use crate::json::{Limits, Value};
use crate::request::{RequestHead, arguments, unescaped};
use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use serde_json::Deserializer;

/// Bodies in which a token is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyType {
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `application/json`, with an object in it.
    Json,
}

/// The kind of body that follows, if it is one that can be looked into.
pub(super) fn kind(head: &RequestHead<'_>) -> Option<BodyType> {
    if !head.has_body || head.values("content-encoding").next().is_some() {
        return None;
    }
    let mut types = head.values("content-type");
    let (only, None) = (types.next()?, types.next()) else { return None };
    let media_type = only.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
    let known =
        [(&b"application/x-www-form-urlencoded"[..], BodyType::Form), (b"application/json", BodyType::Json)];
    known.into_iter().find(|(name, _)| media_type.eq_ignore_ascii_case(name)).map(|(_, kind)| kind)
}

/// Every argument of this name.
pub(super) fn sightings<'a>(body: &'a [u8], kind: BodyType, name: &str) -> Vec<Sighting<'a>> {
    let tokens: Vec<Option<Cow<'_, [u8]>>> = match kind {
        BodyType::Form => form(body, name)
            .map(|(_, value)| Some(unescaped(value)).filter(|token| !token.is_empty()))
            .collect(),
        BodyType::Json => json(body, name).into_iter().collect(),
    };
    tokens.into_iter().map(|token| Sighting { place: Place::Body(kind), token }).collect()
}

fn form<'a>(body: &'a [u8], wanted: &str) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
    arguments(body).filter(move |(name, _)| query::is_named(name, wanted))
}

/// The member of that name, `None` inside if it is no text. What is not an object, or is not strict JSON, holds no
/// token: two readings would be possible.
fn json<'a>(body: &[u8], name: &str) -> Option<Option<Cow<'a, [u8]>>> {
    let value = Value::parse(body, &Limits::BODY).ok()?;
    let member = value.get(name)?;
    let text = member.as_str().filter(|text| !text.is_empty());
    Some(text.map(|text| Cow::Owned(text.as_bytes().to_vec())))
}

/// The body without the arguments of these names; every other byte of it stays.
pub(super) fn without(body: &[u8], kind: BodyType, names: &[&str]) -> Vec<u8> {
    match kind {
        BodyType::Form => {
            let pairs = body.split(|byte| *byte == b'&');
            let kept: Vec<&[u8]> = pairs
                .filter(|pair| arguments(pair).all(|(name, _)| !query::is_one_of(name, names)))
                .collect();
            kept.join(&b'&')
        }
        BodyType::Json => without_members(body, names),
    }
}

/// Cuts the members out of an object that is known to be strict JSON.
fn without_members(body: &[u8], names: &[&str]) -> Vec<u8> {
    let inner = body.trim_ascii();
    let inner = inner.strip_prefix(b"{").and_then(|inner| inner.strip_suffix(b"}")).unwrap_or_default();
    let kept: Vec<&[u8]> = members(inner).into_iter().filter(|member| !is_member_of(member, names)).collect();
    [&b"{"[..], &kept.join(&b','), b"}"].concat()
}

/// The text of each member, between the commas of the object itself.
fn members(inner: &[u8]) -> Vec<&[u8]> {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    let separates = |byte: &u8| {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            _ if in_text => {}
            b'{' | b'[' => depth = depth.saturating_add(1),
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' => return depth == 0,
            _ => {}
        }
        false
    };
    inner.split(separates).collect()
}

/// Names may be written with escapes.
fn is_member_of(member: &[u8], names: &[&str]) -> bool {
    let name = Deserializer::from_slice(member).into_iter::<String>().next();
    name.is_some_and(|name| name.is_ok_and(|name| names.contains(&name.as_str())))
}

/// Bytes of a body in which a token is looked for, at most.
pub const LONGEST_BODY: usize = 64 * 1024;
