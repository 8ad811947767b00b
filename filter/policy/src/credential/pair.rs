//! An id or a name with its secret: in `Authorization: Basic` (RFC 7617), or in two arguments (RFC 6749 2.3.1, 4.3.2).

use super::{BodyType, Place, Sighting, body, field, query};
use crate::request::RequestHead;
use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use core::fmt;

/// An id or a name with its secret, as the client sent them, and where. Nothing about them is proven.
#[derive(Clone, PartialEq, Eq)]
pub struct Pair<'a> {
    id: Cow<'a, str>,
    secret: Cow<'a, str>,
    pub(super) place: Place<'a>,
    pub(super) names: [&'static str; 2],
}

/// What could be taken for a pair: `None` if it is none after all.
pub(super) type Seen<'a> = Option<Pair<'a>>;

impl Pair<'_> {
    /// The client's id, or the user's name.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The secret, or the password.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.secret
    }
}

/// The members of `Authorization`, if one of them has the scheme Basic.
pub(super) fn in_authorization<'a>(
    head: &RequestHead<'a>,
    names: [&'static str; 2],
) -> impl Iterator<Item = Seen<'a>> {
    field::authorization(head, BASIC).map(move |value| {
        let text = credentials(value?)?;
        let (id, secret) = text.split_once(':')?;
        pair(Cow::Owned(id.into()), Cow::Owned(secret.into()), Place::Authorization, names)
    })
}

/// As Kong takes it: base64, or the pair itself. Base64 has no colon, so that no text is both.
fn credentials(value: &[u8]) -> Option<String> {
    let bytes = if value.contains(&b':') { value.to_vec() } else { BASE64.decode(value).ok()? };
    String::from_utf8(bytes).ok()
}

/// The arguments of these names in the query.
pub(super) fn in_query<'a>(head: &RequestHead<'a>, names: [&'static str; 2]) -> Vec<Seen<'a>> {
    let [ids, secrets] = names.map(|name| query::sightings(head, name).collect());
    of_arguments(ids, secrets, names)
}

/// The arguments of these names in the body.
pub(super) fn in_body<'a>(body: &'a [u8], kind: BodyType, names: [&'static str; 2]) -> Vec<Seen<'a>> {
    let [ids, secrets] = names.map(|name| body::sightings(body, kind, name));
    of_arguments(ids, secrets, names)
}

/// One of each is a pair. An id without a secret is the name of something; a secret without an id, or two of a kind, is
/// what an upstream could take for a pair.
fn of_arguments<'a>(
    mut ids: Vec<Sighting<'a>>,
    mut secrets: Vec<Sighting<'a>>,
    names: [&'static str; 2],
) -> Vec<Seen<'a>> {
    let sightings = if secrets.is_empty() { 0 } else { ids.len().max(secrets.len()) };
    let only = ids.pop().zip(secrets.pop()).filter(|_| sightings == 1);
    let found =
        only.and_then(|(id, secret)| pair(text(id.token?)?, text(secret.token?)?, secret.place, names));
    let mut seen: Vec<Seen<'a>> = (1..sightings).map(|_| None).collect();
    seen.extend((sightings > 0).then_some(found));
    seen
}

fn pair<'a>(id: Cow<'a, str>, secret: Cow<'a, str>, place: Place<'a>, names: [&'static str; 2]) -> Seen<'a> {
    (fits(&id, LONGEST) && fits(&secret, LONGEST)).then_some(Pair { id, secret, place, names })
}

/// Text of bytes that are some.
pub(super) fn text(bytes: Cow<'_, [u8]>) -> Option<Cow<'_, str>> {
    match bytes {
        Cow::Borrowed(bytes) => core::str::from_utf8(bytes).ok().map(Cow::Borrowed),
        Cow::Owned(bytes) => String::from_utf8(bytes).ok().map(Cow::Owned),
    }
}

/// Whether text can be a part of a credential: there, not too long, and without control characters (RFC 7617 2).
pub(super) fn fits(text: &str, longest: usize) -> bool {
    !text.is_empty() && text.len() <= longest && !text.chars().any(char::is_control)
}

impl fmt::Debug for Pair<'_> {
    /// Without id and secret: who mixes them up must not find a secret in a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pair").field("place", &self.place.name()).finish_non_exhaustive()
    }
}

const BASIC: &[u8] = b"basic";

/// Padding may be left out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Bytes of an id or a secret, at most.
const LONGEST: usize = 1024;
