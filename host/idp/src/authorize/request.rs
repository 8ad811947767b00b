//! An authorization request, read and checked.

use super::client_of;
use super::destination::{Destination, Mode};
use crate::config::{Client, GrantType};
use crate::endpoint::Version;
use crate::form::{Form, shown};
use crate::problem::Problem;
use crate::realm::Realm;
use crate::scope::{Wanted, Who, wanted};
use crate::session::Session;
use std::sync::Arc;

/// What a client asks for in a browser.
#[derive(Debug, Clone)]
pub(crate) struct Authorization {
    pub(crate) client: Arc<Client>,
    pub(crate) destination: Destination,
    pub(crate) response: ResponseType,
    pub(crate) wanted: Wanted,
    pub(crate) nonce: Option<String>,
    /// Of a verifier, by SHA-256 (RFC 7636 4.3).
    pub(crate) challenge: Option<String>,
    pub(crate) prompt: Prompt,
    pub(crate) login_hint: Option<String>,
    /// Seconds since the login, at most.
    pub(crate) max_age: Option<i64>,
    pub(crate) version: Version,
}

/// What the answer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct ResponseType {
    pub(crate) code: bool,
    pub(crate) token: bool,
    pub(crate) id_token: bool,
}

/// Which pages the client wants to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Prompt {
    /// None at all.
    pub(crate) none: bool,
    /// The login, even where there is a session.
    pub(crate) login: bool,
    /// The consent, even where it was given.
    pub(crate) consent: bool,
}

impl Authorization {
    pub(crate) fn read(
        realm: &Realm,
        form: &Form,
        destination: Destination,
        version: Version,
    ) -> Result<Self, Problem> {
        let client = client_of(realm, form)?;
        // OpenID Connect Core 6.1, 6.2.
        for (parameter, error) in
            [("request", "request_not_supported"), ("request_uri", "request_uri_not_supported")]
        {
            if form.get(parameter).is_some() {
                return Err(Problem::RequestObject { error });
            }
        }
        let response = ResponseType::read(form)?;
        response.check(&client, form, &destination)?;
        Ok(Self {
            challenge: challenge(&client, response, form)?,
            wanted: wanted(realm, form, &client, Who::User, version)?,
            client,
            destination,
            response,
            nonce: form.get("nonce").map(str::to_owned),
            prompt: Prompt::read(form)?,
            login_hint: form.get("login_hint").map(str::to_owned),
            max_age: form.get("max_age").map(max_age).transpose()?,
            version,
        })
    }

    /// Whether a session is as fresh as the client wants the login to be.
    pub(crate) fn accepts(&self, session: &Session, now: i64) -> bool {
        let age = now.saturating_sub(session.time);
        !self.prompt.login && self.max_age.is_none_or(|most| age <= most)
    }

    /// By which names a consent of this user to each scope is kept.
    pub(crate) fn consent_names(&self, session: &Session) -> impl Iterator<Item = String> {
        let about = format!(
            "{} {} {}",
            session.user.username, self.client.client_id, self.wanted.audience.api.identifier
        );
        self.wanted.scopes.iter().map(move |scope| format!("{about} {scope}"))
    }
}

impl ResponseType {
    /// RFC 6749 3.1.1, OAuth 2.0 Multiple Response Types 5: in any order.
    fn read(form: &Form) -> Result<Self, Problem> {
        form.required("response_type")?;
        let mut words = form.words("response_type");
        words.sort_unstable();
        let (code, token, id_token) = match words.as_slice() {
            ["code"] => (true, false, false),
            ["token"] => (false, true, false),
            ["id_token"] => (false, false, true),
            ["id_token", "token"] => (false, true, true),
            _ => return Err(Problem::ResponseTypeUnknown { found: shown(&words.join("+")) }),
        };
        Ok(Self { code, token, id_token })
    }

    fn check(self, client: &Client, form: &Form, destination: &Destination) -> Result<(), Problem> {
        let grant = if self.code { GrantType::AuthorizationCode } else { GrantType::Implicit };
        if !client.may(grant) {
            return Err(Problem::GrantNotAllowed { grant: grant.name() });
        }
        // OAuth 2.0 Multiple Response Types 3.
        if !self.code && destination.mode == Mode::Query {
            return Err(Problem::Invalid {
                parameter: "response_mode",
                expected: "fragment or form_post for tokens",
            });
        }
        if self.id_token && !form.words("scope").contains(&"openid") {
            return Err(Problem::ScopeInvalid {
                expected: "openid, for an ID token",
                found: "none".to_owned(),
            });
        }
        // OpenID Connect Core 3.2.2.1.
        if self.id_token && form.get("nonce").is_none() {
            return Err(Problem::Missing { parameter: "nonce" });
        }
        Ok(())
    }
}

impl Prompt {
    fn read(form: &Form) -> Result<Self, Problem> {
        let mut prompt = Self::default();
        for word in form.words("prompt") {
            match word {
                "none" => prompt.none = true,
                "login" | "select_account" => prompt.login = true,
                "consent" => prompt.consent = true,
                _ => {
                    return Err(Problem::Invalid {
                        parameter: "prompt",
                        expected: "none, login, select_account or consent",
                    });
                }
            }
        }
        // OpenID Connect Core 3.1.2.1.
        if prompt.none && (prompt.login || prompt.consent) {
            return Err(Problem::Invalid { parameter: "prompt", expected: "nothing beside none" });
        }
        Ok(prompt)
    }
}

/// RFC 7636 4.3. `plain` proves nothing to who can read the request, and is what a request without a method asks for. A
/// client without a secret must have a challenge (RFC 9700 2.1.1).
fn challenge(client: &Client, response: ResponseType, form: &Form) -> Result<Option<String>, Problem> {
    let method = form.get("code_challenge_method");
    let Some(challenge) = form.get("code_challenge").filter(|_| response.code) else {
        let public = client.allows(crate::config::AuthMethod::None);
        return if public && response.code {
            Err(Problem::Missing { parameter: "code_challenge" })
        } else {
            Ok(None)
        };
    };
    if method != Some("S256") {
        return Err(Problem::Invalid { parameter: "code_challenge_method", expected: "S256" });
    }
    let encoded = challenge.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if challenge.len() != 43 || !encoded {
        return Err(Problem::Invalid {
            parameter: "code_challenge",
            expected: "a SHA-256 in base64url, 43 characters",
        });
    }
    Ok(Some(challenge.to_owned()))
}

fn max_age(text: &str) -> Result<i64, Problem> {
    let age = text.parse().ok().filter(|age| *age >= 0);
    age.ok_or(Problem::Invalid { parameter: "max_age", expected: "a number of seconds" })
}
