//! Errors in the form of Auth0's Management API.

use crate::problem::Problem;
use crate::reply;
use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::json;

/// Why the API refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ManagementError {
    /// No token.
    TokenMissing,
    /// A token that is not good, or not for this API.
    TokenInvalid,
    /// A token without a scope.
    ScopeMissing { scope: &'static str },
    /// Nothing of this id.
    NotFound { what: &'static str },
    /// A body that is not as it must be.
    BodyInvalid { expected: &'static str },
    /// It is there already.
    Conflict,
    /// No room for one client more.
    Full,
}

impl ManagementError {
    pub(super) fn reply(self) -> Response<Bytes> {
        let (status, code, message) = match self {
            Self::TokenMissing => {
                (StatusCode::UNAUTHORIZED, "missing_token", "Missing authentication".to_owned())
            }
            Self::TokenInvalid => (StatusCode::UNAUTHORIZED, "invalid_token", "Invalid token".to_owned()),
            Self::ScopeMissing { scope } => (
                StatusCode::FORBIDDEN,
                "insufficient_scope",
                format!("Insufficient scope, expected any of: {scope}"),
            ),
            Self::NotFound { what } => {
                (StatusCode::NOT_FOUND, "not_found", format!("The {what} does not exist."))
            }
            Self::BodyInvalid { expected } => (
                StatusCode::BAD_REQUEST,
                "invalid_body",
                format!("Payload validation error: expected {expected}."),
            ),
            Self::Conflict => (StatusCode::CONFLICT, "resource_conflict", "It exists already.".to_owned()),
            Self::Full => {
                (StatusCode::FORBIDDEN, "too_many_entities", "No room for one client more.".to_owned())
            }
        };
        let error = status.canonical_reason().unwrap_or_default();
        let body =
            json!({ "statusCode": status.as_u16(), "error": error, "message": message, "errorCode": code });
        reply::secret_json(status, &body)
    }
}

impl From<Problem> for ManagementError {
    /// Of a client that could not be registered.
    fn from(_: Problem) -> Self {
        Self::Full
    }
}
