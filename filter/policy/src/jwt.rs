//! A token before anything about it is proven: compact JWS (RFC 7515 3.1), split and bounded.
//!
//! Only the header is read here, since it says which key to fetch. The payload stays encoded until the
//! signature has been verified (see [`crate::verified`]).

use alloc::boxed::Box;
use alloc::vec::Vec;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use core::fmt;

use crate::denial::{Denial, Malformed};
use crate::json::{JsonError, Limits, Value};
use crate::signature::Algorithm;

/// A token of three parts whose header could be read. Borrows the token's bytes.
pub struct Unverified<'a> {
    token: &'a [u8],
    signing_input: &'a [u8],
    payload: &'a [u8],
    header: Header,
    signature: Vec<u8>,
}

/// The members of a JOSE header that this gateway reads. Others may hold anything: none of them is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// `alg`; its text, which is not safe to log, where no such algorithm is known.
    pub algorithm: Result<Algorithm, Box<str>>,
    /// `kid`: which of the issuer's keys (RFC 7515 4.1.4).
    pub kid: Option<Box<str>>,
    /// Whether there is a `nonce`, as in tokens for Microsoft Graph. Good for a hint only.
    pub has_nonce: bool,
}

impl<'a> Unverified<'a> {
    /// Splits a token and reads its header.
    ///
    /// # Errors
    /// A token that is too long, encrypted, not of three parts in base64url, or whose header is not a JSON
    /// object with a string `alg`, or asks for extensions.
    pub fn parse(token: &'a [u8]) -> Result<Self, Denial> {
        let parts = Parts::split(token)?;
        let header = Header::parse(parts.header)?;
        let signature = decoded(parts.signature)?;
        Ok(Self { token, signing_input: parts.signing_input, payload: parts.payload, header, signature })
    }

    /// The whole token.
    #[must_use]
    pub fn token(&self) -> &'a [u8] {
        self.token
    }

    /// The header.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// What the signature is over: header and payload, encoded, and the dot between them.
    #[must_use]
    pub fn signing_input(&self) -> &'a [u8] {
        self.signing_input
    }

    /// The signature, decoded. May be empty.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// The payload as a JSON object: for [`crate::verified`], which believes it once the signature is proven.
    pub(crate) fn payload(&self) -> Result<Value, Denial> {
        object(self.payload)
    }
}

/// The claims of a token without any proof: for a person who looks at a token, never for a decision.
///
/// # Errors
/// A token that is too long, not of three parts, or whose payload is not a JSON object in base64url.
pub fn decode_unverified_claims(token: &[u8]) -> Result<Value, Denial> {
    object(Parts::split(token)?.payload)
}

/// The header of a token without any proof, every member of it: for a person who looks at a token.
///
/// # Errors
/// A token that is too long, not of three parts, or whose header is not a JSON object in base64url.
pub fn decode_unverified_header(token: &[u8]) -> Result<Value, Denial> {
    object(Parts::split(token)?.header)
}

struct Parts<'a> {
    header: &'a [u8],
    payload: &'a [u8],
    signature: &'a [u8],
    signing_input: &'a [u8],
}

impl<'a> Parts<'a> {
    fn split(token: &'a [u8]) -> Result<Self, Denial> {
        if token.len() > MAX_TOKEN {
            return Err(malformed(Malformed::TooLong));
        }
        let mut dots = memchr::memchr_iter(b'.', token);
        match (dots.next(), dots.next(), dots.count()) {
            (Some(first), Some(second), 0) => {
                let (signing_input, signature) = split_around(token, second);
                let (header, payload) = split_around(signing_input, first);
                Ok(Self { header, payload, signature, signing_input })
            }
            (_, Some(_), 2) => Err(Denial::EncryptedToken),
            _ => Err(malformed(Malformed::Parts)),
        }
    }
}

/// What stands before and behind the byte at `dot`.
fn split_around(bytes: &[u8], dot: usize) -> (&[u8], &[u8]) {
    let (before, rest) = bytes.split_at_checked(dot).unwrap_or_default();
    (before, rest.split_first().map_or(&[], |(_dot, behind)| behind))
}

impl Header {
    fn parse(encoded: &[u8]) -> Result<Self, Denial> {
        let header = object(encoded)?;
        // No extension is implemented, so none is understood (RFC 7515 4.1.11).
        if header.get("crit").is_some() {
            return Err(Denial::CriticalHeader);
        }
        let name = header.get("alg").and_then(Value::as_str).ok_or(malformed(Malformed::HeaderMember))?;
        Ok(Self {
            algorithm: Algorithm::from_name(name).ok_or_else(|| name.into()),
            kid: kid(&header)?,
            has_nonce: header.get("nonce").is_some(),
        })
    }
}

fn kid(header: &Value) -> Result<Option<Box<str>>, Denial> {
    let Some(value) = header.get("kid") else { return Ok(None) };
    match value.as_str() {
        Some(kid) if kid.len() <= MAX_KID => Ok(Some(kid.into())),
        _ => Err(malformed(Malformed::HeaderMember)),
    }
}

fn object(encoded: &[u8]) -> Result<Value, Denial> {
    let value = Value::parse(&decoded(encoded)?, &Limits::TOKEN).map_err(|error| malformed(fault(&error)))?;
    if value.as_object().is_some() { Ok(value) } else { Err(malformed(Malformed::Json)) }
}

/// Base64url without padding, white space or spare bits (RFC 7515 2), so that a token has one spelling.
fn decoded(part: &[u8]) -> Result<Vec<u8>, Denial> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| malformed(Malformed::Base64))
}

fn fault(error: &JsonError) -> Malformed {
    match error {
        JsonError::DuplicateMember { .. } => Malformed::DuplicateMember,
        JsonError::Syntax { .. } => Malformed::Json,
        JsonError::TooComplex { .. } => Malformed::TooComplex,
    }
}

/// The header only: the rest could be used by whoever reads a log.
impl fmt::Debug for Unverified<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unverified").field("header", &self.header).finish_non_exhaustive()
    }
}

const fn malformed(what: Malformed) -> Denial {
    Denial::MalformedToken { what }
}

/// Bytes of a token, at most.
pub const MAX_TOKEN: usize = 16 * 1024;

/// Bytes of a `kid`, at most.
pub const MAX_KID: usize = 256;

#[cfg(test)]
mod tests;
