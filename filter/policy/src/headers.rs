//! Headers that the gateway owns, and edits of headers.
//!
//! An owned header says who the caller is. Whatever the client sent under such a name is removed before the
//! request is forwarded, in every mode and on every path, so that an upstream can believe it.

use crate::capabilities::Capabilities;
use crate::config::{Authentication, HeaderName, Rules, Service};
use crate::denial::{Denial, shown};
use crate::request::RequestHead;
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

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
#[derive(Clone, PartialEq, Eq)]
pub enum HeaderEdit {
    /// Remove every copy. The name is written as it stands in the map.
    Remove(Box<[u8]>),
    /// Replace every copy by this value.
    Set(Cow<'static, str>, Box<[u8]>),
    /// Add a copy beside those that are there.
    Append(Cow<'static, str>, Box<[u8]>),
}

impl HeaderEdit {
    /// What keeps `name` from the upstream on this engine: removal, or an empty value where removal does not reach.
    #[must_use]
    pub fn removal(name: impl Into<Cow<'static, str>>, engine: &Capabilities) -> Self {
        let name = name.into();
        if engine.removal_reaches_upstream {
            Self::Remove(name.as_bytes().into())
        } else {
            Self::Set(name, Box::default())
        }
    }
}

/// The names that the gateway owns: Kong's and every name that the config can set.
#[derive(Debug, Clone, Default)]
pub struct OwnedHeaders {
    /// Folded, sorted.
    names: Vec<Box<str>>,
}

impl OwnedHeaders {
    /// Kong's names and `configured` ones.
    pub fn new<'a>(configured: impl Iterator<Item = &'a str>) -> Self {
        Self::only(IDENTITY.iter().copied().chain([CREDENTIAL_IDENTIFIER]).chain(configured))
    }

    /// Names under which a client may send a credential, on any of the services.
    #[must_use]
    pub fn of_credentials(services: &[Service]) -> Self {
        let rules = services.iter().flat_map(Service::every_rules);
        Self::only(CREDENTIALS.iter().copied().chain(rules.flat_map(credential_names)))
    }

    fn only<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let mut names: Vec<Box<str>> = names.map(fold_str).collect();
        names.sort_unstable();
        names.dedup();
        Self { names }
    }

    /// Kong's names and those that any of the services sets: a header that one service sets is not to be believed on
    /// another.
    #[must_use]
    pub fn of(services: &[Service]) -> Self {
        Self::new(services.iter().flat_map(Service::every_rules).flat_map(configured_names))
    }

    /// Whether the gateway owns `name`. Names are equal after lower-casing and folding all but letters and digits to
    /// `-`: an upstream that makes variables of names (CGI, WSGI, PHP) tells apart no more than that.
    #[must_use]
    pub fn owns(&self, name: &[u8]) -> bool {
        self.names.binary_search_by(|owned| compare_folded(owned.as_bytes(), name)).is_ok()
    }

    /// Edits that remove every owned header that the client sent.
    ///
    /// # Errors
    /// [`Denial::OwnedHeader`] where the engine cannot remove it: a second copy, or another spelling, would reach
    /// the upstream beside an overwritten one.
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
            if repeated || !folded.as_bytes().eq_ignore_ascii_case(name) {
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

/// Of both directions: what the client is told must not be what it says itself.
fn configured_names(rules: &Rules) -> impl Iterator<Item = &str> {
    let headers = rules.strategies().map(|strategy| &strategy.headers);
    headers
        .flat_map(|headers| headers.upstream.names().chain(headers.downstream.names()))
        .map(HeaderName::as_str)
}

/// The headers of the config's own that hold tokens, what gets tokens, or API keys.
fn credential_names(rules: &Rules) -> impl Iterator<Item = &str> {
    let tokens = rules.strategies().filter_map(|strategy| strategy.credential.header_name.as_ref());
    let refresh_tokens = rules.strategies().filter_map(|strategy| strategy.methods.refresh_token.as_ref());
    let refresh_tokens = refresh_tokens.map(|(_, name)| &*name.header);
    let keys = match &rules.authentication {
        Authentication::KeyAuth(rules) => Some(rules.names.iter().map(|name| &*name.header)),
        Authentication::OpenIdConnect(_) => None,
    };
    tokens.map(HeaderName::as_str).chain(refresh_tokens).chain(keys.into_iter().flatten())
}

fn compare_folded(owned: &[u8], name: &[u8]) -> core::cmp::Ordering {
    owned.iter().copied().cmp(name.iter().map(|byte| fold_byte(*byte)))
}

/// Whether an upstream may take `name` for `canonical`, which is in lower case with `-` alone between words.
pub(crate) fn is_spelling_of(canonical: &str, name: &[u8]) -> bool {
    canonical.len() == name.len() && compare_folded(canonical.as_bytes(), name).is_eq()
}

impl fmt::Debug for HeaderEdit {
    /// Names, and the length of values: one may be a token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Remove(name) => write!(f, "Remove({})", name.escape_ascii()),
            Self::Set(name, value) => write!(f, "Set({name}, {} bytes)", value.len()),
            Self::Append(name, value) => write!(f, "Append({name}, {} bytes)", value.len()),
        }
    }
}

fn fold(name: &[u8]) -> String {
    name.iter().map(|byte| char::from(fold_byte(*byte))).collect()
}

fn fold_str(name: &str) -> Box<str> {
    fold(name.as_bytes()).into_boxed_str()
}

fn fold_byte(byte: u8) -> u8 {
    if byte.is_ascii_alphanumeric() { byte.to_ascii_lowercase() } else { b'-' }
}

/// Headers that hold credentials whatever the config says, lower case.
const CREDENTIALS: [&str; 4] = ["access-token", "authorization", "cookie", "x-access-token"];

/// The longest value that the gateway sets, bytes.
pub const LONGEST_VALUE: usize = 1024;

#[cfg(test)]
mod tests;
