//! An API key (Kong's key-auth): an application's client id, in a header or an argument of the query.

use super::{Credential, Place, Sighting, query};
use crate::config::{KeyAuth, KeyName};
use crate::denial::Denial;
use crate::headers::is_spelling_of;
use crate::request::RequestHead;
use alloc::borrow::Cow;

/// Looks for the one key.
///
/// # Errors
/// [`Denial::ApiKeyMissing`] if there is none; [`Denial::DuplicateApiKey`] if there are several, in whatever places: the
/// upstream might read another one than the gateway did.
pub fn find<'a>(head: &RequestHead<'a>, rules: &'a KeyAuth) -> Result<Credential<'a>, Denial> {
    let sightings = rules.names.iter().flat_map(|name| sighted(head, name));
    let (found, sightings) = first(sightings, |place| rules.look_in(place));
    match found {
        Some(_) if sightings > 1 => Err(Denial::DuplicateApiKey),
        Some(credential) => Ok(credential),
        None => Err(Denial::ApiKeyMissing),
    }
}

/// Everything that could be taken for a key of this name: headers in every spelling, and arguments.
pub(super) fn sighted<'a>(head: &RequestHead<'a>, name: &'a KeyName) -> impl Iterator<Item = Sighting<'a>> {
    let fields = head.headers.iter().filter(|(found, _)| is_spelling_of(&name.header, found));
    let fields = fields.map(|(found, value)| {
        let value = value.trim_ascii();
        Sighting { place: Place::Header(found), token: (!value.is_empty()).then_some(Cow::Borrowed(value)) }
    });
    fields.chain(query::sightings(head, &name.argument))
}

/// The first credential in a place that is looked into, and how many there are in whatever places.
fn first<'a>(
    sightings: impl Iterator<Item = Sighting<'a>>,
    look_in: impl Fn(Place<'a>) -> bool,
) -> (Option<Credential<'a>>, usize) {
    let (mut found, mut count) = (None, 0_usize);
    for Sighting { place, token } in sightings {
        count = count.saturating_add(1);
        if let Some(token) = token.filter(|_| found.is_none() && look_in(place)) {
            found = Some(Credential { token, place });
        }
    }
    (found, count)
}

impl KeyAuth {
    /// Only the name itself may hold the key, in any case; another spelling of it beside the key is one too many.
    fn look_in(&self, place: Place<'_>) -> bool {
        match place {
            Place::Header(found) => {
                let named = |name: &KeyName| found.eq_ignore_ascii_case(name.header.as_bytes());
                self.in_header && self.names.iter().any(named)
            }
            Place::Query(_) => self.in_query,
            Place::Authorization | Place::Cookie(_) | Place::Body(_) => false,
        }
    }
}
