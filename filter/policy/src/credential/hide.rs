//! What keeps a credential from the upstream.

use super::{ARGUMENT, Credential, Place, body, cookie, query};
use crate::capabilities::Capabilities;
use crate::cookies::value_of;
use crate::denial::Denial;
use crate::headers::HeaderEdit;
use crate::request::RequestHead;
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Edits that take a credential out of a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hidden {
    /// Of the head.
    pub edits: Vec<HeaderEdit>,
    /// The whole body instead of the client's, if it held the credential.
    pub body: Option<Box<[u8]>>,
}

impl Credential<'_> {
    /// What takes this credential out of the request of `head` and `body`.
    ///
    /// # Errors
    /// [`Denial::UnhideableCredential`] where the engine cannot: the upstream would get what it must not.
    pub fn hide(
        &self,
        head: &RequestHead<'_>,
        body: Option<&[u8]>,
        engine: &Capabilities,
    ) -> Result<Hidden, Denial> {
        let name = if let Place::Query(name) = self.place { name } else { ARGUMENT };
        self.place.without(&[name], head, body, engine)
    }
}

impl Place<'_> {
    /// What takes a credential out of this place. `names` are those of its arguments, where it is a query or a body.
    pub(super) fn without(
        self,
        names: &[&str],
        head: &RequestHead<'_>,
        body: Option<&[u8]>,
        engine: &Capabilities,
    ) -> Result<Hidden, Denial> {
        let edits = match self {
            Self::Authorization => Vec::from([HeaderEdit::removal("authorization", engine)]),
            Self::Header(name) => Vec::from([HeaderEdit::removal(lower(name), engine)]),
            Self::Query(_) if engine.set_path_reaches_upstream => {
                Vec::from([set(":path", query::without(head, names))])
            }
            Self::Cookie(name) => {
                cookie::without(head, engine, |pair| value_of(pair, name).is_some())?.into_iter().collect()
            }
            Self::Body(kind) if engine.holds_for_body => {
                let rest = body::without(body.unwrap_or_default(), kind, names);
                let length = set("content-length", rest.len().to_string().into_bytes());
                let edits = if has_one(head, "content-length") { Vec::from([length]) } else { Vec::new() };
                return Ok(Hidden { edits, body: Some(rest.into_boxed_slice()) });
            }
            Self::Query(_) | Self::Body(_) => {
                return Err(Denial::UnhideableCredential { place: self.name() });
            }
        };
        Ok(Hidden { edits, body: None })
    }
}

fn has_one(head: &RequestHead<'_>, name: &str) -> bool {
    head.values(name).count() == 1
}

fn set(name: &'static str, value: Vec<u8>) -> HeaderEdit {
    HeaderEdit::Set(Cow::Borrowed(name), value.into_boxed_slice())
}

/// A name that is read is in ASCII: it was found by one that is.
fn lower(name: &[u8]) -> String {
    name.iter().map(|byte| char::from(byte.to_ascii_lowercase())).collect()
}
