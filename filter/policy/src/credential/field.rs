//! Tokens in headers (RFC 6750 2.1, and Kong's two headers).

use super::{Place, Sighting};
use crate::config::CredentialRules;
use crate::headers::is_spelling_of;
use crate::request::RequestHead;
use alloc::borrow::Cow;

/// Everything in headers that could be taken for a token.
pub(super) fn sightings<'a>(
    head: &RequestHead<'a>,
    rules: &'a CredentialRules,
) -> impl Iterator<Item = Sighting<'a>> {
    let bearers = authorization(head, BEARER);
    let bearers =
        bearers.map(|token| Sighting { place: Place::Authorization, token: token.map(Cow::Borrowed) });
    bearers.chain(others(head, rules))
}

/// The members of `Authorization` if one of them has this scheme, in any case (RFC 9110 11.1): what follows it, or
/// `None` for those of other schemes.
///
/// Engines differ in how they hand over a repeated field, as copies or joined by a comma, so both are read as one
/// list. Neither a token nor base64 contains a comma.
pub(super) fn authorization<'a>(
    head: &RequestHead<'a>,
    scheme: &'static [u8],
) -> impl Iterator<Item = Option<&'a [u8]>> {
    let fields = head.headers;
    let members = move || {
        let lines = fields.iter().filter(|(name, _)| name.eq_ignore_ascii_case(b"authorization"));
        lines.flat_map(|(_, value)| value.splitn(most_members(value), |byte| *byte == b','))
    };
    let there = members().any(|member| after(scheme, member).is_some());
    members().filter(move |_| there).map(move |member| after(scheme, member))
}

/// No comma at all is the usual case, and known sooner than where one is: a token is long.
fn most_members(list: &[u8]) -> usize {
    if list.contains(&b',') { usize::MAX } else { 1 }
}

/// Headers whose whole value is a token, in every spelling that an upstream could take for their names.
fn others<'a>(head: &RequestHead<'a>, rules: &'a CredentialRules) -> impl Iterator<Item = Sighting<'a>> {
    let own = rules.header_name.as_ref().map(crate::config::HeaderName::as_str);
    let own = own.filter(|name| *name != AUTHORIZATION);
    let is_token =
        move |name: &[u8]| OTHERS.iter().copied().chain(own).any(|known| is_spelling_of(known, name));
    let fields = head.headers.iter().filter(move |(name, _)| is_token(name));
    fields.map(|(name, value)| Sighting { place: Place::Header(name), token: bare(value).map(Cow::Borrowed) })
}

/// A token with or without the scheme.
fn bare(value: &[u8]) -> Option<&[u8]> {
    let value = value.trim_ascii();
    after(BEARER, value).or(Some(value)).filter(|token| !token.is_empty())
}

/// What follows the scheme and at least one space; `None` for another scheme or nothing behind it.
fn after<'a>(scheme: &[u8], field: &'a [u8]) -> Option<&'a [u8]> {
    let (found, rest) = field.trim_ascii().split_at_checked(scheme.len())?;
    let value = rest.trim_ascii_start();
    let is_scheme = found.eq_ignore_ascii_case(scheme) && value.len() < rest.len() && !value.is_empty();
    is_scheme.then_some(value)
}

const BEARER: &[u8] = b"bearer";
const AUTHORIZATION: &str = "authorization";
const OTHERS: [&str; 2] = ["access-token", "x-access-token"];

/// The headers that Kong looks into.
pub(super) const KONG: [&str; 3] = [AUTHORIZATION, "access-token", "x-access-token"];
