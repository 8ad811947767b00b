//! The revocation endpoint (RFC 7009): a token is to be good no longer.

use super::failure::{code, strict_object, unavailable};
use super::{Blame, Draft, Failure, Unavailable, Url};
use crate::json::Value;
use crate::step::{CallError, HttpResponse};

/// The wish that a token be good no longer, before its client has said who it is.
#[derive(Clone, Copy)]
pub struct RevocationRequest<'a> {
    /// The revocation endpoint.
    pub endpoint: &'a Url,
    /// The token.
    pub token: &'a str,
    /// The name of the argument that holds it.
    pub argument: &'a str,
    /// `token_type_hint`.
    pub hint: &'static str,
}

impl RevocationRequest<'_> {
    /// The request without its client (RFC 7009 2.1).
    #[must_use]
    pub fn draft(&self) -> Draft {
        let mut draft = Draft::new(self.endpoint.clone());
        draft.form.set(self.argument, self.token.as_bytes());
        draft.form.set("token_type_hint", self.hint.as_bytes());
        draft
    }
}

/// Reads an answer (RFC 7009 2.2): a token that was not good in the first place is revoked too.
///
/// # Errors
/// [`Failure`]; a refusal is the gateway's fault, whose credentials they are.
pub(super) fn read(answer: Result<&HttpResponse<'_>, CallError>) -> Result<(), Failure> {
    let response = answer.map_err(|error| Failure::Unavailable(Unavailable::NoAnswer(error)))?;
    match response.status {
        200 | 204 => Ok(()),
        400 | 401 | 403 => {
            let object = strict_object(response.body).ok();
            let written = object.as_ref().and_then(|object| object.get("error")).and_then(Value::as_str);
            Err(Failure::Refused { code: code(written.unwrap_or("no error code")), blame: Blame::Gateway })
        }
        _ => Err(unavailable(response)),
    }
}

#[cfg(test)]
mod tests;
