//! Errors in Graph's form ("Microsoft Graph error responses").

use crate::form::shown;
use crate::problem::Problem;
use crate::reply;
use bytes::Bytes;
use chrono::DateTime;
use http::{Response, StatusCode};
use serde_json::json;

/// Why Graph refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum GraphError {
    /// No token.
    TokenMissing,
    /// A token that was not handed out for Graph, or that is not good any more.
    TokenInvalid,
    /// The token lacks the role that this needs, or an administrator has not consented to it.
    Denied,
    /// No object of this id.
    NotFound { id: String },
    /// No such collection or command.
    NoSuchResource,
    /// A filter that is not understood.
    FilterUnknown,
    /// A body that is not as it must be.
    BodyInvalid { expected: &'static str },
    /// No room for one application more.
    Full,
}

impl GraphError {
    pub(super) fn reply(&self, now: i64) -> Response<Bytes> {
        let (status, code, message) = self.parts();
        let date =
            DateTime::from_timestamp(now, 0).unwrap_or_default().format("%Y-%m-%dT%H:%M:%S").to_string();
        let error = json!({ "error": { "code": code, "message": message, "innerError": { "date": date } } });
        reply::secret_json(status, &error)
    }

    fn parts(&self) -> (StatusCode, &'static str, String) {
        match self {
            Self::TokenMissing => {
                (StatusCode::UNAUTHORIZED, "InvalidAuthenticationToken", "Access token is empty.".to_owned())
            }
            Self::TokenInvalid => (
                StatusCode::UNAUTHORIZED,
                "InvalidAuthenticationToken",
                "Access token validation failure. Invalid audience, or expired.".to_owned(),
            ),
            Self::Denied => (
                StatusCode::FORBIDDEN,
                "Authorization_RequestDenied",
                "Insufficient privileges to complete the operation.".to_owned(),
            ),
            Self::NotFound { id } => (
                StatusCode::NOT_FOUND,
                "Request_ResourceNotFound",
                format!(
                    "Resource '{}' does not exist or one of its queried reference-property objects are not present.",
                    shown(id)
                ),
            ),
            Self::NoSuchResource => {
                (StatusCode::BAD_REQUEST, "BadRequest", "Resource not found for the segment.".to_owned())
            }
            Self::FilterUnknown => (
                StatusCode::BAD_REQUEST,
                "Request_UnsupportedQuery",
                "Expected a $filter of the form appId eq '...' or displayName eq '...'.".to_owned(),
            ),
            Self::BodyInvalid { expected } => {
                (StatusCode::BAD_REQUEST, "Request_BadRequest", format!("Expected {expected}."))
            }
            Self::Full => (
                StatusCode::BAD_REQUEST,
                "Directory_QuotaExceeded",
                "The directory object quota limit for the tenant has been exceeded.".to_owned(),
            ),
        }
    }
}

impl From<Problem> for GraphError {
    /// Of a client that could not be registered.
    fn from(_: Problem) -> Self {
        Self::Full
    }
}
