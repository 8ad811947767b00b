//! Makes a request unusable while it is held, on engines that might let it go without a decision, and usable again.
//!
//! Kong's engine forwards a held request when its guest traps, or says nothing, while a call is answered. A method with a
//! space is refused by every server; a plain unknown one is executed by some.

use crate::headers::HeaderEdit;
use crate::request::RequestHead;
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// Edits that leave nothing of the request that a server would act on.
pub(super) fn poison(head: &RequestHead<'_>) -> Vec<HeaderEdit> {
    let blanked = blanked(head).map(|(name, _)| set(name, b""));
    core::iter::once(set(METHOD, CLOSED)).chain(blanked).collect()
}

/// Edits that undo them, before any other.
pub(super) fn antidote(head: &RequestHead<'_>) -> Vec<HeaderEdit> {
    let restored = blanked(head).map(|(name, value)| set(name, value));
    core::iter::once(set(METHOD, head.method)).chain(restored).collect()
}

/// Of several copies an edit reaches the first only, so they stay; the method says enough.
fn blanked<'a>(head: &RequestHead<'a>) -> impl Iterator<Item = (&'static str, &'a [u8])> {
    CREDENTIALS.into_iter().filter_map(|name| {
        let mut values = head.values(name);
        let only = values.next()?;
        values.next().is_none().then_some((name, only))
    })
}

fn set(name: &'static str, value: &[u8]) -> HeaderEdit {
    HeaderEdit::Set(Cow::Borrowed(name), Box::from(value))
}

const METHOD: &str = ":method";
const CLOSED: &[u8] = b"GATE CLOSED";
const CREDENTIALS: [&str; 2] = ["authorization", "cookie"];
