//! The revocation endpoint (RFC 7009): a token is to be good no longer.

use super::failure::{refused_client, unavailable};
use super::{Draft, Failure, Unavailable, Url};
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
        _ => Err(refused_client(response).unwrap_or_else(|| unavailable(response))),
    }
}

#[cfg(test)]
mod tests;
