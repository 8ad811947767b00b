//! Headers that the gateway owns, and edits of headers.
//!
//! An owned header says who the caller is. Whatever the client sent under such a name is removed before
//! anything else is looked at, in every mode and on every path, so that an upstream can believe it.

use crate::capabilities::Capabilities;
use crate::denial::{Denial, shown};
use crate::request::RequestHead;
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// Kong's identity headers, lower case.
pub const IDENTITY: [&str; 8] = [
    "x-anonymous-consumer",
    "x-authenticated-groups",
    "x-authenticated-scope",
    "x-authenticated-userid",
    "x-consumer-custom-id",
    "x-consumer-groups",
    "x-consumer-id",
    "x-consumer-username",
];

/// Kong's header for the credential that was used, lower case.
pub const CREDENTIAL_IDENTIFIER: &str = "x-credential-identifier";

/// One change to a header map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeaderEdit {
    /// Remove every copy. The name is written as it stands in the map.
    Remove(Box<[u8]>),
    /// Replace every copy by this value.
    Set(Cow<'static, str>, Box<[u8]>),
}

impl HeaderEdit {
    /// What keeps `name` from the upstream on this engine: removal, or an empty value where removal does not reach.
    #[must_use]
    pub fn removal(name: &'static str, engine: &Capabilities) -> Self {
        if engine.removal_reaches_upstream {
            Self::Remove(name.as_bytes().into())
        } else {
            Self::Set(Cow::Borrowed(name), Box::default())
        }
    }
}

/// The names that the gateway owns: Kong's and every name that the config can set.
#[derive(Debug, Clone, Default)]
pub struct OwnedHeaders {
    /// Lower case, `_` folded to `-`, sorted.
    names: Vec<Box<str>>,
}

impl OwnedHeaders {
    /// Kong's names and `configured` ones.
    pub fn new<'a>(configured: impl Iterator<Item = &'a str>) -> Self {
        let kong = IDENTITY.iter().copied().chain([CREDENTIAL_IDENTIFIER]);
        let mut names: Vec<Box<str>> = kong.chain(configured).map(fold_str).collect();
        names.sort_unstable();
        names.dedup();
        Self { names }
    }

    /// Whether the gateway owns `name`. Names are equal after lower-casing and folding `_` to `-`: Kong's nginx
    /// lets underscores through, and WSGI, CGI and PHP fold the two together.
    #[must_use]
    pub fn owns(&self, name: &[u8]) -> bool {
        self.names.binary_search_by(|owned| compare_folded(owned.as_bytes(), name)).is_ok()
    }

    /// Edits that remove every owned header that the client sent.
    ///
    /// # Errors
    /// [`Denial::OwnedHeader`] where the engine cannot remove it: a second copy, or a form with underscores,
    /// would reach the upstream beside an overwritten one.
    pub fn strip(&self, head: &RequestHead<'_>, engine: &Capabilities) -> Result<Vec<HeaderEdit>, Denial> {
        let mut edits: Vec<HeaderEdit> = Vec::new();
        for (name, _) in head.headers.iter().filter(|(name, _)| self.owns(name)) {
            if engine.removal_reaches_upstream {
                edits.push(HeaderEdit::Remove((*name).into()));
                continue;
            }
            let folded = fold(name);
            let repeated =
                edits.iter().any(|edit| matches!(edit, HeaderEdit::Set(seen, _) if *seen == folded));
            if repeated || name.contains(&b'_') {
                return Err(Denial::OwnedHeader { name: shown(&folded) });
            }
            edits.push(HeaderEdit::Set(Cow::Owned(folded), Box::default()));
        }
        Ok(edits)
    }
}

/// A value as it may stand in a header: visible ASCII and inner spaces, at most [`LONGEST_VALUE`] bytes.
/// `None` for anything else: text from a token must not be able to split a header.
#[must_use]
pub fn header_value(text: &str) -> Option<Box<[u8]>> {
    let fits = text.len() <= LONGEST_VALUE
        && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
        && !text.starts_with(' ')
        && !text.ends_with(' ');
    fits.then(|| text.as_bytes().into())
}

fn compare_folded(owned: &[u8], name: &[u8]) -> core::cmp::Ordering {
    owned.iter().copied().cmp(name.iter().map(|byte| fold_byte(*byte)))
}

fn fold(name: &[u8]) -> String {
    name.iter().map(|byte| char::from(fold_byte(*byte))).collect()
}

fn fold_str(name: &str) -> Box<str> {
    fold(name.as_bytes()).into_boxed_str()
}

fn fold_byte(byte: u8) -> u8 {
    if byte == b'_' { b'-' } else { byte.to_ascii_lowercase() }
}

/// The longest value that the gateway sets, bytes.
pub const LONGEST_VALUE: usize = 1024;

#[cfg(test)]
mod tests;
