//! The userinfo endpoint (OIDC Core 5.3): what the provider knows of the user whose token it is.

use super::draft::JSON;
use super::failure::{code, object};
use super::{Blame, Extras, Failure, Form, MalformedAnswer, Request, Url, UrlError};
use crate::credential::Sent;
use crate::json::Value;
use crate::step::{CallError, HttpResponse};
use alloc::format;

/// The request with a token (OIDC Core 5.3.1, RFC 6750 2.1). Arguments go into the query.
///
/// # Errors
/// [`UrlError::TooLong`], where the arguments make the URL so.
pub fn request(endpoint: &Url, token: &str, extras: &Extras, sent: Sent<'_>) -> Result<Request, UrlError> {
    let mut query = Form::new();
    extras.add_arguments(&mut query, sent);
    let url = endpoint.at(&query.appended_to(endpoint.target()))?;
    let mut request = Request::get(url, JSON).with("authorization", format!("Bearer {token}").as_bytes());
    request.headers.extend(extras.headers(sent));
    Ok(request)
}

/// Reads an answer (OIDC Core 5.3.2): an object with the user's `sub`, which is `expected` where the token said one.
///
/// # Errors
/// [`Failure`]; a refusal is the caller's fault, whose token it is.
pub fn read(expected: Option<&str>, answer: Result<&HttpResponse<'_>, CallError>) -> Result<Value, Failure> {
    let object = object(answer, refusal)?;
    let sub = object.get("sub").and_then(Value::as_str).filter(|sub| !sub.is_empty());
    let sub = sub.ok_or(Failure::Malformed(MalformedAnswer::Member { name: "sub" }))?;
    if expected.is_some_and(|expected| expected != sub) {
        return Err(Failure::Malformed(MalformedAnswer::Subject));
    }
    Ok(object)
}

/// RFC 6750 3.1: the token is not good, or not good for this.
fn refusal(response: &HttpResponse<'_>) -> Option<Failure> {
    let written = match response.status {
        401 => "invalid_token",
        403 => "insufficient_scope",
        _ => return None,
    };
    Some(Failure::Refused { code: code(written), blame: Blame::Caller })
}

#[cfg(test)]
mod tests;
