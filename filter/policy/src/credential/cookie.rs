//! A token in a cookie (RFC 6265 4.2).

use super::{Place, Sighting};
use crate::capabilities::Capabilities;
use crate::config::CredentialRules;
use crate::cookies::{pairs, value_of};
use crate::denial::Denial;
use crate::headers::HeaderEdit;
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

/// What keeps the cookies that `is_hidden` names from the upstream, in one edit; `None` where the request has none.
///
/// # Errors
/// [`Denial::UnhideableCredential`] where the engine cannot: of several lines, some edit one only.
pub(crate) fn without(
    head: &RequestHead<'_>,
    engine: &Capabilities,
    is_hidden: impl Fn(&[u8]) -> bool,
) -> Result<Option<HeaderEdit>, Denial> {
    if !pairs(head.headers).any(&is_hidden) {
        return Ok(None);
    }
    if !engine.removal_reaches_upstream && head.values("cookie").count() != 1 {
        return Err(Denial::UnhideableCredential { place: "cookie" });
    }
    let is_kept = |pair: &&[u8]| !pair.is_empty() && !is_hidden(pair);
    let kept = pairs(head.headers).filter(is_kept).collect::<Vec<_>>().join(&b"; "[..]);
    Ok(Some(if kept.is_empty() {
        HeaderEdit::removal("cookie", engine)
    } else {
        HeaderEdit::Set(Cow::Borrowed("cookie"), kept.into_boxed_slice())
    }))
}
