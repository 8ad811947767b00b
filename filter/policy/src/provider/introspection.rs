//! The introspection endpoint (RFC 7662): whether a token is good, and what its claims are.

use super::failure::{object, refused_client};
use super::{Draft, Extras, Failure, MalformedAnswer, Url};
use crate::credential::Sent;
use crate::json::Value;
use crate::step::{CallError, HttpResponse};

/// A question about a token, before its client has said who it is; [`Draft::authenticated`] makes a request of its
/// draft.
#[derive(Clone, Copy)]
pub struct IntrospectionRequest<'a> {
    /// The introspection endpoint.
    pub endpoint: &'a Url,
    /// The token.
    pub token: &'a [u8],
    /// The name of the argument that holds it.
    pub argument: &'a str,
    /// `token_type_hint`; empty: none.
    pub hint: &'a str,
    /// What goes along.
    pub extras: &'a Extras,
    /// The request of the gateway's client.
    pub sent: Sent<'a>,
}

/// What an introspection endpoint says of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Introspection {
    /// It is good, and these are its claims: an object.
    Active(Value),
    /// It is not good, whatever the reason (RFC 7662 2.2).
    Inactive,
}

impl IntrospectionRequest<'_> {
    /// The request without its client (RFC 7662 2.1).
    #[must_use]
    pub fn draft(&self) -> Draft {
        let mut draft = Draft::new(self.endpoint.clone());
        draft.form.set(self.argument, self.token);
        if !self.hint.is_empty() {
            draft.form.set("token_type_hint", self.hint.as_bytes());
        }
        self.extras.add_to(&mut draft, self.sent);
        // Nothing that goes along, and may be the client's, stands for the token that is asked about.
        draft.form.set(self.argument, self.token);
        draft
    }
}

impl Introspection {
    /// Reads an answer (RFC 7662 2.2). `active` must be there unless `may_be_silent`; where it is, it must be `true` for
    /// a token that is good.
    ///
    /// # Errors
    /// [`Failure`]; a refusal is the gateway's fault, whose credentials they are.
    pub fn read(may_be_silent: bool, answer: Result<&HttpResponse<'_>, CallError>) -> Result<Self, Failure> {
        let object = object(answer, refused_client)?;
        match object.get("active") {
            Some(Value::Bool(true)) => Ok(Self::Active(object)),
            Some(Value::Bool(false)) => Ok(Self::Inactive),
            None if may_be_silent => Ok(Self::Active(object)),
            _ => Err(Failure::Malformed(MalformedAnswer::Member { name: "active" })),
        }
    }
}

#[cfg(test)]
mod tests;
