//! A provider's discovery document (OpenID Connect Discovery 1.0, RFC 8414).

use super::{Url, UrlError};
use crate::denial::shown;
use crate::json::{JsonError, Limits, Value};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

/// What a provider says of itself, as far as the gateway asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    /// `issuer`: the configured one, with or without the slash at its end.
    pub issuer: Box<str>,
    /// `jwks_uri`.
    pub jwks_uri: Url,
    /// `token_endpoint`.
    pub token_endpoint: Option<Url>,
    /// `introspection_endpoint` (RFC 8414 2).
    pub introspection_endpoint: Option<Url>,
    /// `userinfo_endpoint`.
    pub userinfo_endpoint: Option<Url>,
    /// `authorization_endpoint`.
    pub authorization_endpoint: Option<Url>,
    /// `end_session_endpoint` (RP-Initiated Logout 2.1).
    pub end_session_endpoint: Option<Url>,
    /// `revocation_endpoint` (RFC 8414 2).
    pub revocation_endpoint: Option<Url>,
    /// `authorization_response_iss_parameter_supported`: every answer to an authorization request says `iss` (RFC 9207 3).
    pub iss_in_responses: bool,
    /// Lists that say what the provider supports, by their names.
    supported: Vec<(&'static str, Vec<Box<str>>)>,
}

/// Why a document was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MetadataError {
    /// Longer than [`Metadata::LONGEST`].
    TooLong {
        /// Bytes found.
        found: usize,
    },
    /// Not strict JSON.
    Json(JsonError),
    /// Another issuer than the one that was asked (Discovery 4.3: that could be anybody's document).
    Issuer {
        /// The one that was asked.
        expected: Box<str>,
        /// `issuer`, shortened.
        found: Box<str>,
    },
    /// A member that must be there is not.
    Missing {
        /// Its name.
        member: &'static str,
    },
    /// A member is no URL.
    NoUrl {
        /// Its name.
        member: &'static str,
        /// What is wrong.
        error: UrlError,
    },
    /// The document came over TLS, and a member leads away from it.
    Plain {
        /// Its name.
        member: &'static str,
    },
}

impl Metadata {
    /// Bytes of a document, at most.
    pub const LONGEST: usize = 64 * 1024;

    /// Reads the document that stood at `place`, for an issuer that is written so.
    ///
    /// # Errors
    /// See [`MetadataError`].
    pub fn parse(document: &[u8], place: &Url, issuer: &str) -> Result<Self, MetadataError> {
        if document.len() > Self::LONGEST {
            return Err(MetadataError::TooLong { found: document.len() });
        }
        let value = Value::parse(document, &Limits::BODY).map_err(MetadataError::Json)?;
        let found = value.get("issuer").and_then(Value::as_str);
        let found = found.ok_or(MetadataError::Missing { member: "issuer" })?;
        if without_slash(found) != without_slash(issuer) {
            return Err(MetadataError::Issuer { expected: issuer.into(), found: shown(found) });
        }
        let url = |member| url(&value, member, place);
        Ok(Self {
            issuer: found.into(),
            jwks_uri: url("jwks_uri")?.ok_or(MetadataError::Missing { member: "jwks_uri" })?,
            token_endpoint: url("token_endpoint")?,
            introspection_endpoint: url("introspection_endpoint")?,
            userinfo_endpoint: url("userinfo_endpoint")?,
            authorization_endpoint: url("authorization_endpoint")?,
            end_session_endpoint: url("end_session_endpoint")?,
            revocation_endpoint: url("revocation_endpoint")?,
            iss_in_responses: value.get(ISS_IN_RESPONSES).and_then(Value::as_bool) == Some(true),
            supported: SUPPORTED
                .iter()
                .filter_map(|member| Some((*member, texts(&value, member)?)))
                .collect(),
        })
    }

    /// The values of a list such as `scopes_supported`; `None` if the document has no such list.
    #[must_use]
    pub fn supported(&self, member: &str) -> Option<&[Box<str>]> {
        self.supported.iter().find(|(name, _)| *name == member).map(|(_, values)| values.as_slice())
    }
}

/// An issuer without the slash at its end: Kong's pages write Entra's without, its tokens have one.
#[must_use]
pub fn without_slash(issuer: &str) -> &str {
    issuer.strip_suffix('/').unwrap_or(issuer)
}

fn url(value: &Value, member: &'static str, place: &Url) -> Result<Option<Url>, MetadataError> {
    let Some(text) = value.get(member).and_then(Value::as_str) else { return Ok(None) };
    let url = Url::parse(text).map_err(|error| MetadataError::NoUrl { member, error })?;
    if place.is_https() && !url.is_https() {
        return Err(MetadataError::Plain { member });
    }
    Ok(Some(url))
}

fn texts(value: &Value, member: &str) -> Option<Vec<Box<str>>> {
    let items = value.get(member)?.as_array()?;
    Some(items.iter().filter_map(Value::as_str).map(Box::from).collect())
}

impl fmt::Display for MetadataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { found } => {
                write!(f, "expected a document of at most {} bytes, found {found}", Metadata::LONGEST)
            }
            Self::Json(error) => error.fmt(f),
            Self::Issuer { expected, found } => write!(f, "expected issuer {expected}, found {found}"),
            Self::Missing { member } => write!(f, "expected the member {member}, found none"),
            Self::NoUrl { member, error } => write!(f, "{member}: {error}"),
            Self::Plain { member } => {
                write!(f, "{member}: expected https, as the document itself has, found http")
            }
        }
    }
}

impl core::error::Error for MetadataError {}

const ISS_IN_RESPONSES: &str = "authorization_response_iss_parameter_supported";

/// The lists that are kept.
const SUPPORTED: [&str; 7] = [
    "scopes_supported",
    "response_types_supported",
    "response_modes_supported",
    "grant_types_supported",
    "code_challenge_methods_supported",
    "token_endpoint_auth_methods_supported",
    "introspection_endpoint_auth_methods_supported",
];

#[cfg(test)]
mod tests;
