//! Header names that the config may set.

use super::error::{Report, quoted};
use super::node::Node;
use alloc::borrow::Cow;
use alloc::boxed::Box;
use core::fmt;

/// A field name (RFC 9110 5.1) in lower case that a gateway may set: not one that frames the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderName(Box<str>);

/// Why a text cannot be the name of a header that the gateway sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeaderNameError {
    /// Empty, or with characters that no field name has; a pseudo-header's colon is one.
    NotAToken,
    /// The field belongs to the connection or frames the message: to set it is to split or redirect requests.
    Framing,
}

impl HeaderName {
    /// Checks `name` and lower-cases it.
    ///
    /// # Errors
    /// See [`HeaderNameError`].
    pub fn new(name: &str) -> Result<Self, HeaderNameError> {
        if name.is_empty() || name.len() > LONGEST || !name.bytes().all(is_token) {
            return Err(HeaderNameError::NotAToken);
        }
        let name = name.to_ascii_lowercase();
        if FRAMING.contains(&name.as_str()) { Err(HeaderNameError::Framing) } else { Ok(Self(name.into())) }
    }

    /// The name, in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name with `-` for each `_`, as Kong writes the names of claims' headers.
    pub(super) fn with_dashes(self) -> Self {
        Self(self.0.replace('_', "-").into())
    }

    pub(super) fn read(node: &Node<'_>, report: &mut Report) -> Option<Self> {
        let text = node.text(report)?;
        match Self::new(text) {
            Ok(name) => Some(name),
            Err(error) => {
                report.error(&node.path, error.expected(), quoted(text), error.hint());
                None
            }
        }
    }
}

impl HeaderNameError {
    const fn expected(self) -> &'static str {
        match self {
            Self::NotAToken => "a header name of up to 128 characters",
            Self::Framing => "a header that a gateway may set",
        }
    }

    const fn hint(self) -> Option<Cow<'static, str>> {
        match self {
            Self::NotAToken => {
                Some(Cow::Borrowed("letters, digits and !#$%&'*+-.^_`|~ make a name (RFC 9110 5.6.2)"))
            }
            Self::Framing => {
                Some(Cow::Borrowed("it frames or routes the message (RFC 9110 7.6.1), take another"))
            }
        }
    }
}

impl fmt::Display for HeaderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// RFC 9110 5.6.2, `tchar`.
pub(super) const fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'.')
        || matches!(byte, b'^' | b'_' | b'`' | b'|' | b'~')
}

/// Fields that belong to one connection, frame the message, or say where it goes.
const FRAMING: [&str; 11] = [
    "connection",
    "content-length",
    "host",
    "http2-settings",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

const LONGEST: usize = 128;

#[cfg(test)]
mod tests;
