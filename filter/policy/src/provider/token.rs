//! The token endpoint (RFC 6749 3.2): what is asked of it, and what it answers.

use super::failure::{code, object, strict_object, unavailable};
use super::{
    Blame, Client, ClientAuth, ClientAuthError, Draft, Extras, Failure, Form, MalformedAnswer, Request,
    Signing, Url,
};
use crate::credential::Sent;
use crate::json::Value;
use crate::step::{CallError, HttpResponse};
use alloc::boxed::Box;
use core::fmt;

/// What a token is asked for with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Grant<'a> {
    /// The client's own credentials (RFC 6749 4.4): those of the caller, whose token it is to be.
    ClientCredentials,
    /// A user's name and password (RFC 6749 4.3).
    Password {
        /// The name.
        username: &'a str,
        /// The password.
        password: &'a str,
    },
    /// A refresh token (RFC 6749 6).
    RefreshToken {
        /// The token.
        token: &'a str,
    },
    /// The code of a login (RFC 6749 4.1.3).
    AuthorizationCode {
        /// The code.
        code: &'a str,
        /// Where the provider sent it.
        redirect_uri: &'a str,
        /// PKCE's (RFC 7636 4.5).
        verifier: &'a str,
    },
}

/// A token request, before its client has said who it is.
#[derive(Clone, Copy)]
pub struct TokenRequest<'a> {
    /// The token endpoint.
    pub endpoint: &'a Url,
    /// What the token is asked for with.
    pub grant: Grant<'a>,
    /// The scopes to ask for; none leaves them to the provider (RFC 6749 3.3).
    pub scopes: &'a [Box<str>],
    /// What goes along.
    pub extras: &'a Extras,
    /// The request of the gateway's client.
    pub sent: Sent<'a>,
}

/// A token answer (RFC 6749 5.1). Does not show its tokens.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenAnswer {
    /// The token; it can stand in a header.
    pub access_token: Box<str>,
    /// For how many seconds it is good. One of 0 or less must not be kept.
    pub expires_in: Option<i64>,
    /// A token that gets another one.
    pub refresh_token: Option<Box<str>>,
    /// An ID token (OIDC Core 3.1.3.3).
    pub id_token: Option<Box<str>>,
    /// The scopes, where they are not those that were asked for.
    pub scope: Option<Box<str>>,
}

impl TokenRequest<'_> {
    /// The request without its client. Two that are equal are answered alike, for one client.
    #[must_use]
    pub fn draft(&self) -> Draft {
        let mut draft = Draft::new(self.endpoint.clone());
        self.grant.write(&mut draft.form);
        if !self.scopes.is_empty() {
            draft.form.set("scope", self.scopes.join(" ").as_bytes());
        }
        self.extras.add_to(&mut draft, self.sent);
        // Nothing that goes along, and may be the client's, stands for what the token is asked for with.
        self.grant.write(&mut draft.form);
        draft
    }

    /// The request of this client.
    ///
    /// # Errors
    /// [`ClientAuthError`].
    pub fn request(
        &self,
        client: &Client,
        auth: ClientAuth,
        signing: Signing<'_>,
    ) -> Result<Request, ClientAuthError> {
        self.draft().authenticated(client, auth, signing)
    }
}

impl TokenAnswer {
    /// Reads the answer to a request with this grant.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn read(grant: Grant<'_>, answer: Result<&HttpResponse<'_>, CallError>) -> Result<Self, Failure> {
        let object = object(answer, |response| refusal(grant, response))?;
        Self::of(&object).map_err(Failure::Malformed)
    }

    /// Bytes on the heap, to account for what is kept.
    pub(super) fn heap_size(&self) -> usize {
        let others = [&self.refresh_token, &self.id_token, &self.scope]
            .map(|text| text.as_ref().map_or(0, |text| text.len()));
        others.into_iter().fold(self.access_token.len(), usize::saturating_add)
    }

    fn of(object: &Value) -> Result<Self, MalformedAnswer> {
        let kind = text(object, "token_type")?;
        if !kind.is_some_and(|kind| kind.eq_ignore_ascii_case("bearer")) {
            return Err(MalformedAnswer::Member { name: "token_type" });
        }
        let access_token = text(object, "access_token")?.filter(|token| is_sendable(token));
        Ok(Self {
            access_token: access_token.ok_or(MalformedAnswer::Member { name: "access_token" })?.into(),
            expires_in: expires_in(object)?,
            refresh_token: text(object, "refresh_token")?.map(Into::into),
            id_token: text(object, "id_token")?.map(Into::into),
            scope: text(object, "scope")?.map(Into::into),
        })
    }
}

/// What refuses: an error answer (RFC 6749 5.2), with the status that it says or one that providers send for it. One
/// that speaks of the provider's own state refuses nothing.
fn refusal(grant: Grant<'_>, response: &HttpResponse<'_>) -> Option<Failure> {
    if !matches!(response.status, 400 | 401 | 403) {
        return None;
    }
    let object = match strict_object(response.body) {
        Ok(object) => object,
        Err(malformed) => return Some(Failure::Malformed(malformed)),
    };
    let Some(written) = object.get("error").and_then(Value::as_str) else {
        return Some(Failure::Malformed(MalformedAnswer::Member { name: "error" }));
    };
    Some(match written {
        "server_error" | "temporarily_unavailable" | "slow_down" => unavailable(response),
        _ => Failure::Refused { code: code(written), blame: grant.blame(written) },
    })
}

impl Grant<'_> {
    /// Its name (RFC 6749 4.3.2, 4.4.2, 6).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ClientCredentials => "client_credentials",
            Self::Password { .. } => "password",
            Self::RefreshToken { .. } => "refresh_token",
            Self::AuthorizationCode { .. } => "authorization_code",
        }
    }

    fn write(self, form: &mut Form) {
        form.set("grant_type", self.name().as_bytes());
        match self {
            Self::ClientCredentials => {}
            Self::Password { username, password } => {
                form.set("username", username.as_bytes());
                form.set("password", password.as_bytes());
            }
            Self::RefreshToken { token } => form.set("refresh_token", token.as_bytes()),
            Self::AuthorizationCode { code, redirect_uri, verifier } => {
                form.set("code", code.as_bytes());
                form.set("redirect_uri", redirect_uri.as_bytes());
                form.set("code_verifier", verifier.as_bytes());
            }
        }
    }

    /// Whose fault a refusal with this code is (RFC 6749 5.2). The client is the caller itself in one grant, and the
    /// gateway in the others. What is in no list is the gateway's: a caller is told that its credentials are wrong
    /// where that is known alone.
    fn blame(self, code: &str) -> Blame {
        let callers: &[&str] = match self {
            Self::ClientCredentials => &OF_CLIENTS,
            Self::Password { .. } | Self::RefreshToken { .. } | Self::AuthorizationCode { .. } => &OF_USERS,
        };
        if callers.contains(&code) { Blame::Caller } else { Blame::Gateway }
    }
}

/// What clients are refused for that are not who they say, or may not what they ask.
const OF_CLIENTS: [&str; 4] = ["access_denied", "invalid_client", "invalid_grant", "unauthorized_client"];

/// What users are refused for, the last three by Entra and OIDC Core 3.1.2.6: they would have to do something first,
/// where no gateway can ask them.
const OF_USERS: [&str; 5] =
    ["access_denied", "invalid_grant", "consent_required", "interaction_required", "login_required"];

/// A member that is a text where it stands. `null` is sent for what does not.
fn text<'a>(object: &'a Value, name: &'static str) -> Result<Option<&'a str>, MalformedAnswer> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value.as_str().map(Some).ok_or(MalformedAnswer::Member { name }),
    }
}

/// A number or, as some providers write it, a text of one. A fraction counts as the second before.
fn expires_in(object: &Value) -> Result<Option<i64>, MalformedAnswer> {
    let seconds = match object.get("expires_in") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Number(number)) => number.as_i64().or_else(|| whole(number.as_f64()?)),
        Some(Value::String(text)) => text.parse().ok(),
        Some(_) => None,
    };
    seconds.map(Some).ok_or(MalformedAnswer::Member { name: "expires_in" })
}

fn whole(seconds: f64) -> Option<i64> {
    #[allow(clippy::cast_possible_truncation, reason = "the range is checked, and the fraction is to go")]
    let whole = seconds as i64;
    (-MOST_SECONDS..=MOST_SECONDS).contains(&seconds).then_some(whole)
}

/// Whether it can follow `Bearer` in a header (RFC 6750 2.1; RFC 6749 A.12 has a space besides).
fn is_sendable(token: &str) -> bool {
    !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Without secrets.
impl fmt::Debug for Grant<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for TokenAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenAnswer").field("expires_in", &self.expires_in).finish_non_exhaustive()
    }
}

/// Beyond it, a cast of a float would not be exact.
const MOST_SECONDS: f64 = 4_503_599_627_370_496.0;

#[cfg(test)]
mod tests;
