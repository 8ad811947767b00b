//! Answers of the usual kinds.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use serde_json::Value;

/// JSON.
pub(crate) fn json(status: StatusCode, value: &Value) -> Response<Bytes> {
    with_body(status, "application/json", value.to_string())
}

/// JSON that nobody may keep (RFC 6749 5.1).
pub(crate) fn secret_json(status: StatusCode, value: &Value) -> Response<Bytes> {
    unkept(json(status, value))
}

/// Text of any type.
pub(crate) fn with_body(
    status: StatusCode,
    content_type: &'static str,
    body: impl Into<Bytes>,
) -> Response<Bytes> {
    let mut reply = Response::new(body.into());
    *reply.status_mut() = status;
    reply.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    reply
}

/// No body.
pub(crate) fn empty(status: StatusCode) -> Response<Bytes> {
    let mut reply = Response::new(Bytes::new());
    *reply.status_mut() = status;
    reply
}

/// The same, kept by nobody.
pub(crate) fn unkept(mut reply: Response<Bytes>) -> Response<Bytes> {
    reply.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    reply.headers_mut().insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    reply
}

/// The same with a header more; without it where the value cannot be one.
pub(crate) fn with_header(mut reply: Response<Bytes>, name: HeaderName, value: &str) -> Response<Bytes> {
    if let Ok(value) = HeaderValue::from_str(value) {
        reply.headers_mut().insert(name, value);
    }
    reply
}
