//! A token in a cookie (RFC 6265 4.2).

use super::{Place, Sighting};
use crate::config::CredentialRules;
use crate::cookies::{pairs, value_of};
use crate::request::RequestHead;
use alloc::borrow::Cow;
use alloc::vec::Vec;

/// Every cookie of the configured name; none where no name is configured.
pub(super) fn sightings<'a>(
    head: &RequestHead<'a>,
    rules: &'a CredentialRules,
) -> impl Iterator<Item = Sighting<'a>> {
    let fields = head.headers;
    let named = rules.cookie_name.as_deref().into_iter();
    named.flat_map(move |wanted| {
        let values = pairs(fields).filter_map(move |pair| value_of(pair, wanted));
        values.map(move |value| Sighting {
            place: Place::Cookie(wanted),
            token: (!value.is_empty()).then_some(Cow::Borrowed(value)),
        })
    })
}

/// The other cookies, as one header's value.
pub(super) fn without(head: &RequestHead<'_>, name: &str) -> Vec<u8> {
    let kept: Vec<&[u8]> =
        pairs(head.headers).filter(|pair| !pair.is_empty() && value_of(pair, name).is_none()).collect();
    kept.join(&b"; "[..])
}
