//! What an identity provider sends a person back with (RFC 6749 4.1.2).

use crate::config::ResponseMode;
use crate::denial::shown_to;
use crate::request::{RequestHead, arguments, unescaped};
use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

/// The redirect back. Does not show what it holds.
#[derive(Clone, PartialEq, Eq)]
pub struct Callback {
    /// `state`.
    pub state: Box<[u8]>,
    /// `iss` (RFC 9207): who sends it, as far as the provider says so.
    pub issuer: Option<Box<str>>,
    /// How the login went.
    pub outcome: Outcome,
}

/// How a login went at the provider.
#[derive(Clone, PartialEq, Eq)]
pub enum Outcome {
    /// `code`: what gets the tokens.
    Code(Box<str>),
    /// `error`, as it may be logged.
    Error(Box<str>),
}

impl Callback {
    /// Reads one out of a request; `None` if it is none: another kind of request, or with one of the arguments twice.
    #[must_use]
    pub fn read(head: &RequestHead<'_>, body: Option<&[u8]>, mode: ResponseMode) -> Option<Self> {
        let text = match mode {
            ResponseMode::Query if head.method == b"GET" => head.query()?,
            ResponseMode::FormPost if Self::is_posted(head) => body?,
            ResponseMode::Query | ResponseMode::FormPost => return None,
        };
        let argument = |name: &str| only(text, name);
        let state = argument("state").ok()??;
        let issuer = argument("iss").ok()?;
        let outcome = match (argument("code").ok()?, argument("error").ok()?) {
            (Some(code), None) => Outcome::Code(plain(&code)?.into()),
            (None, Some(error)) => Outcome::Error(shown_to(&String::from_utf8_lossy(&error), LONGEST_ERROR)),
            (None, None) | (Some(_), Some(_)) => return None,
        };
        let issuer = match issuer {
            Some(issuer) => Some(plain(&issuer)?.into()),
            None => None,
        };
        Some(Self { state, issuer, outcome })
    }

    /// Whether it may be one of which the body says the rest.
    #[must_use]
    pub fn is_posted(head: &RequestHead<'_>) -> bool {
        let kind = head.values("content-type").next().unwrap_or_default();
        let media_type = kind.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
        head.method == b"POST" && media_type.eq_ignore_ascii_case(FORM)
    }
}

/// An argument is there twice (RFC 6749 3.1: it must not be).
struct Twice;

fn only(text: &[u8], name: &str) -> Result<Option<Box<[u8]>>, Twice> {
    let mut values =
        arguments(text).filter(|(found, _)| *unescaped(found) == *name.as_bytes()).map(|(_, value)| value);
    match (values.next(), values.next()) {
        (Some(value), None) => Ok(Some(unescaped(value).into())),
        (None, _) => Ok(None),
        (Some(_), Some(_)) => Err(Twice),
    }
}

/// Text in visible ASCII (RFC 6749 A.11).
fn plain(bytes: &[u8]) -> Option<&str> {
    let text = core::str::from_utf8(bytes).ok()?;
    let fits = text.len() <= LONGEST && text.bytes().all(|byte| byte.is_ascii_graphic());
    (fits && !text.is_empty()).then_some(text)
}

/// Neither code nor state.
impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callback").field("outcome", &self.outcome).finish_non_exhaustive()
    }
}

impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(_) => f.write_str("Code"),
            Self::Error(code) => write!(f, "Error({code})"),
        }
    }
}

const FORM: &[u8] = b"application/x-www-form-urlencoded";

/// Bytes of a code or an issuer, at most.
const LONGEST: usize = 4096;

/// Characters of an error code that are logged.
const LONGEST_ERROR: usize = 64;

#[cfg(test)]
mod tests;
