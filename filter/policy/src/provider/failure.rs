//! Why an identity provider gave no answer that can be used.

use super::http_date;
use crate::denial::shown_to;
use crate::json::{Limits, Value};
use crate::step::{CallError, HttpResponse};
use crate::time::UnixTime;
use alloc::boxed::Box;
use core::fmt;

/// Why there is no answer that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The provider says no (RFC 6749 5.2).
    Refused {
        /// Its code for why, safe to log: `invalid_client`.
        code: Box<str>,
        /// Who must do something about it.
        blame: Blame,
    },
    /// Nothing is known: it may say something else the next time.
    Unavailable(Unavailable),
    /// The answer is not what an answer must be.
    Malformed(MalformedAnswer),
}

/// Who must do something about a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blame {
    /// The caller: its credentials are not good.
    Caller,
    /// The gateway's operator: the client of its own, or what it asks for, is not what the provider knows.
    Gateway,
}

/// What came instead of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unavailable {
    /// Nothing.
    NoAnswer(CallError),
    /// A status that says nothing of the credentials.
    Status {
        /// The status.
        found: u16,
        /// `Retry-After`.
        retry_after: Option<RetryAfter>,
    },
}

/// When a provider wants to be asked again (RFC 9110 10.2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// After so many seconds, up to [`LONGEST_RETRY`].
    Seconds(u32),
    /// At this time.
    At(UnixTime),
}

/// What is wrong with an answer. Holds nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MalformedAnswer {
    /// Longer than [`LONGEST_ANSWER`].
    TooLong,
    /// Not a JSON object, or not strict: a member occurs twice, or there are too many.
    Json,
    /// A member is absent, or is not what it must be.
    Member {
        /// Which one.
        name: &'static str,
    },
    /// `sub` is not that of the token (OIDC Core 5.3.2).
    Subject,
}

/// The object of an answer with status 200; what else is there to read is left to `refusal`, which is asked about
/// answers with any other status.
pub(super) fn object(
    answer: Result<&HttpResponse<'_>, CallError>,
    refusal: impl FnOnce(&HttpResponse<'_>) -> Option<Failure>,
) -> Result<Value, Failure> {
    let response = answer.map_err(|error| Failure::Unavailable(Unavailable::NoAnswer(error)))?;
    if response.status != 200 {
        return Err(refusal(response).unwrap_or_else(|| unavailable(response)));
    }
    strict_object(response.body).map_err(Failure::Malformed)
}

/// The object of a body.
pub(super) fn strict_object(body: &[u8]) -> Result<Value, MalformedAnswer> {
    if body.len() > LONGEST_ANSWER {
        return Err(MalformedAnswer::TooLong);
    }
    let value = Value::parse(body, &Limits::TOKEN).map_err(|_| MalformedAnswer::Json)?;
    value.as_object().is_some().then_some(value).ok_or(MalformedAnswer::Json)
}

/// RFC 7662 2.3, RFC 7009 2.2.1: who asks is not who it says, or may not ask. Not every provider says why.
pub(super) fn refused_client(response: &HttpResponse<'_>) -> Option<Failure> {
    if !matches!(response.status, 400 | 401 | 403) {
        return None;
    }
    let object = strict_object(response.body).ok();
    let written = object.as_ref().and_then(|object| object.get("error")).and_then(Value::as_str);
    Some(Failure::Refused { code: code(written.unwrap_or("no error code")), blame: Blame::Gateway })
}

/// A provider's code as it may be logged.
pub(super) fn code(written: &str) -> Box<str> {
    shown_to(written, LONGEST_CODE)
}

/// What an answer that refuses nothing leaves to say.
pub(super) fn unavailable(response: &HttpResponse<'_>) -> Failure {
    let retry_after = retry_after(response);
    Failure::Unavailable(Unavailable::Status { found: response.status, retry_after })
}

fn retry_after(response: &HttpResponse<'_>) -> Option<RetryAfter> {
    let mut values = response.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case(b"retry-after"));
    let (_, value) = values.next()?;
    let value = value.trim_ascii();
    let whole = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
    if !whole {
        return http_date::parse(value).map(RetryAfter::At);
    }
    let seconds = core::str::from_utf8(value).ok()?.parse().unwrap_or(LONGEST_RETRY);
    Some(RetryAfter::Seconds(seconds.min(LONGEST_RETRY)))
}

impl RetryAfter {
    /// The seconds from `now` on, up to [`LONGEST_RETRY`]; none, where the time is over.
    #[must_use]
    pub fn seconds(self, now: UnixTime) -> u32 {
        match self {
            Self::Seconds(seconds) => seconds,
            Self::At(time) => {
                let left = time.seconds().saturating_sub(now.seconds()).max(0);
                u32::try_from(left).unwrap_or(LONGEST_RETRY).min(LONGEST_RETRY)
            }
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { code, blame: Blame::Caller } => {
                write!(f, "expected the caller's credentials to be accepted, found {code}")
            }
            Self::Refused { code, blame: Blame::Gateway } => {
                write!(f, "expected the gateway's own request to be accepted, found {code}")
            }
            Self::Unavailable(Unavailable::NoAnswer(CallError::NotSent)) => {
                f.write_str("expected an answer, found that the engine did not send the request")
            }
            Self::Unavailable(Unavailable::NoAnswer(CallError::Failed)) => {
                f.write_str("expected an answer, found none")
            }
            Self::Unavailable(Unavailable::Status { found, .. }) => {
                write!(f, "expected status 200, found {found}")
            }
            Self::Malformed(malformed) => fmt::Display::fmt(malformed, f),
        }
    }
}

impl fmt::Display for MalformedAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => f.write_str("expected an answer of at most 65536 bytes, found a longer one"),
            Self::Json => f.write_str("expected an object in strict JSON, found something else"),
            Self::Member { name } => write!(f, "expected a valid member {name} in the answer, found none"),
            Self::Subject => f.write_str("expected the sub of the token in the answer, found another"),
        }
    }
}

/// Bytes of an answer, at most.
pub const LONGEST_ANSWER: usize = 64 * 1024;

/// The longest wait that a provider can ask for, seconds.
pub const LONGEST_RETRY: u32 = 3_600;

/// Characters of a code that are shown: those of RFC 6749 are shorter.
const LONGEST_CODE: usize = 64;

#[cfg(test)]
mod tests;
