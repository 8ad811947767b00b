//! The one map from what went wrong to what the client sees: Kong's statuses and bodies.

use bytes::Bytes;
use claimgate_sandbox::LocalResponse;
use http::header::{CONNECTION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Response, StatusCode};

use super::body::Reply;
use super::head::strip_connection_headers;
use super::headers;

/// Why an exchange ends without the upstream's response.
#[derive(Debug, Clone)]
pub(crate) enum Stop {
    /// A filter answers instead.
    Answer(Box<LocalResponse>),
    /// Something failed.
    Failure(Failure),
    /// A filter wants the connection closed without an answer.
    Reset,
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

/// What can go wrong in one exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The path means different things to different servers.
    AmbiguousPath,
    /// The head breaks a rule of HTTP.
    BadRequest,
    /// The client stopped in the middle of its body.
    ClientBody,
    /// The client was silent for too long in the middle of its body.
    ClientTimeout,
    /// A body is larger than the configuration allows, or than a filter may hold.
    BodyTooLarge,
    /// No connection to the upstream in time.
    ConnectTimeout,
    /// A filter's instance died, or there is none at the moment.
    FilterDead,
    /// A filter left a head that is not valid HTTP.
    FilterOutput,
    /// A filter paused for too long.
    FilterTimeout,
    /// More headers than filters can take.
    HeadTooLarge,
    /// No route matched.
    NoRoute,
    /// The whole took too long.
    RequestTimeout,
    /// CONNECT, or a protocol that is not HTTP.
    Tunnel,
    /// The upstream could not be reached.
    UpstreamConnect,
    /// The upstream's response is broken, or too large for a filter.
    UpstreamResponse,
    /// The upstream was silent for too long.
    UpstreamTimeout,
}

impl Failure {
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::AmbiguousPath | Self::BadRequest | Self::ClientBody => StatusCode::BAD_REQUEST,
            Self::ClientTimeout => StatusCode::REQUEST_TIMEOUT,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::FilterDead => StatusCode::SERVICE_UNAVAILABLE,
            Self::FilterOutput => StatusCode::INTERNAL_SERVER_ERROR,
            Self::HeadTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::NoRoute => StatusCode::NOT_FOUND,
            Self::Tunnel => StatusCode::NOT_IMPLEMENTED,
            Self::UpstreamConnect | Self::UpstreamResponse => StatusCode::BAD_GATEWAY,
            Self::ConnectTimeout | Self::FilterTimeout | Self::RequestTimeout | Self::UpstreamTimeout => {
                StatusCode::GATEWAY_TIMEOUT
            }
        }
    }

    /// Terse: what an operator needs beyond it is in the log.
    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::AmbiguousPath => {
                "the path has an encoded slash, backslash or dot, or empty or dot segments"
            }
            Self::BadRequest | Self::ClientBody => "Bad request",
            Self::ClientTimeout => "Request timeout",
            Self::BodyTooLarge => "Request size limit exceeded",
            Self::FilterDead => "Service unavailable",
            Self::FilterOutput => "An unexpected error occurred",
            Self::HeadTooLarge => "Request header or cookie too large",
            Self::NoRoute => "no Route matched with those values",
            Self::Tunnel => "expected an HTTP request; this gateway opens no tunnels and no WebSockets",
            Self::UpstreamConnect | Self::UpstreamResponse => {
                "An invalid response was received from the upstream server"
            }
            Self::ConnectTimeout | Self::UpstreamTimeout => "The upstream server is timing out",
            Self::FilterTimeout | Self::RequestTimeout => "The request timed out",
        }
    }

    /// The rest of the request is not wanted, or cannot be told from the next one.
    fn closes(self) -> bool {
        matches!(
            self,
            Self::BadRequest | Self::BodyTooLarge | Self::ClientBody | Self::ClientTimeout | Self::Tunnel
        )
    }
}

/// A response that the gateway or a filter makes itself.
#[derive(Debug)]
pub(crate) struct Local {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Local {
    pub(crate) fn of_failure(failure: Failure) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
        if failure.closes() {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        let body = format!("{{\"message\":\"{}\"}}", failure.message());
        Self { status: failure.status(), headers, body: body.into() }
    }

    pub(crate) fn of_filter(response: LocalResponse) -> Result<Self, Failure> {
        let status = StatusCode::from_u16(response.status).map_err(|_| Failure::FilterOutput)?;
        let mut headers = headers::from_pairs(response.headers)?;
        strip_connection_headers(&mut headers);
        Ok(Self { status, headers, body: response.body })
    }

    pub(crate) fn into_response(self) -> Response<Reply> {
        let mut response = Response::new(Reply::full(self.body));
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        // The body knows its length.
        response.headers_mut().remove(http::header::CONTENT_LENGTH);
        response
    }
}
