//! The second half of the authorization code flow (OIDC Core 3.1.2.5, 3.1.3): a person comes back with a code, and is let
//! in with the tokens that it gets.

use super::cookies::Keep;
use super::logins::{Begun, Logins};
use super::questions::misconfigured;
use super::reply::Reply;
use super::session::{expires, wants_id_token};
use super::tokens::{OTHER_ANSWER, token_answer, token_endpoint};
use super::{Answered, Case, Gate, Stop, Verdict, witness::Witness};
use crate::config::{LoginAction, LoginRules, LoginToken, Method, OpenIdConnect};
use crate::credential::Found;
use crate::denial::{Denial, shown};
use crate::json::Value;
use crate::login::{Callback, Expected, Login, Outcome, Secrets};
use crate::provider::{Form, Grant, TokenAnswer, without_slash};
use crate::session::Session;
use alloc::boxed::Box;
use alloc::format;
use alloc::sync::Arc;
use alloc::vec::Vec;

impl Gate {
    /// A person comes back. Whatever comes of it, this login is over.
    pub(super) fn finish_login(
        &mut self,
        callback: &Callback,
        (rules, login_rules): (&Arc<OpenIdConnect>, &LoginRules),
        case: Case<'_>,
        witness: &mut dyn Witness,
    ) -> Result<Verdict, Stop> {
        self.rules = Some(Arc::clone(rules));
        let Begun { cookie, login, secrets } = case.begun(&callback.state).ok_or(Denial::LoginUnknown)?;
        self.logins = Logins::End(Box::new(cookie));
        self.sent_by(callback, rules, case)?;
        let code = match &callback.outcome {
            Outcome::Code(code) => code,
            Outcome::Error(code) => return Err(Denial::LoginRefused { code: code.clone() }.into()),
        };
        let answer = self.exchange(code, (&login, &secrets), rules, case)?;
        let session = self.proven_session((&login, &secrets), &answer, rules, case)?;
        let found = Found::Session(Box::new(session));
        self.authenticate(case, (&found, rules), Vec::new(), witness)?;
        let Found::Session(session) = found else { return Err(OTHER_ANSWER.into()) };
        let begins = rules.session.as_ref().is_some_and(|session| session.allows(Method::AuthorizationCode));
        self.session = match core::mem::take(&mut self.session) {
            _ if !begins => Keep::AsItIs,
            // The access token was to run out at once, and is another by now: the refresh token is used up.
            Keep::Write(refreshed) => Keep::Write(refreshed),
            Keep::AsItIs | Keep::Forget => Keep::Write(session),
        };
        Ok(Verdict::Reply(Box::new(arrival(&login, &answer, rules, login_rules))))
    }

    /// RFC 9207: an issuer that says in its redirects who it is must be the one to which the person was sent.
    fn sent_by(&mut self, callback: &Callback, rules: &OpenIdConnect, case: Case<'_>) -> Result<(), Stop> {
        // Only its document says whether it does, and where there is none, nobody can be asked.
        let has_document = rules.source.keys.discovery().is_some_and(|known| known.document.is_some());
        let known = has_document.then(|| self.metadata(&rules.source, case)).transpose()?;
        let written = rules.source.written_issuer();
        let expected = known.as_ref().map_or(&*written, |known| &known.issuer);
        let must_say = known.as_ref().is_some_and(|known| known.iss_in_responses);
        let found = callback.issuer.as_deref();
        let good = match found {
            Some(issuer) => without_slash(issuer) == without_slash(expected),
            None => !must_say,
        };
        if good {
            return Ok(());
        }
        let found = found.map_or_else(|| "none".into(), shown);
        Err(Denial::LoginIssuerMismatch { expected: shown(expected), found }.into())
    }

    /// The tokens that a code gets.
    fn exchange(
        &mut self,
        code: &str,
        (login, secrets): (&Login, &Secrets),
        rules: &OpenIdConnect,
        case: Case<'_>,
    ) -> Result<Arc<TokenAnswer>, Stop> {
        let own = rules.provider.clients.of_id(&login.client).ok_or(Denial::LoginUnknown)?;
        let client = own.at(token_endpoint(rules)?.auth);
        let (redirect_uri, verifier) = (&*login.redirect_uri, &*secrets.verifier);
        let grant = (Grant::AuthorizationCode { code, redirect_uri, verifier }, [].as_slice());
        let ask = self.token_ask(grant, client, None, rules, case)?;
        token_answer(self.answer(ask, case)?)?.map_err(|code| Denial::CredentialRejected { code }.into())
    }

    /// A session of the person that the ID token names; without one only where none was asked for.
    fn proven_session(
        &mut self,
        (login, secrets): (&Login, &Secrets),
        answer: &TokenAnswer,
        rules: &OpenIdConnect,
        case: Case<'_>,
    ) -> Result<Session, Stop> {
        let asked = rules
            .provider
            .token
            .as_ref()
            .is_some_and(|token| token.scopes_of_users().iter().any(|scope| &**scope == "openid"));
        let subject = match &answer.id_token {
            Some(token) => {
                let access_token = Some(&*answer.access_token);
                let expected = Expected { client: &login.client, nonce: Some(&secrets.nonce), access_token };
                let verified = self.id_token(token, expected, rules, case)?.verified;
                verified.claims().get("sub").and_then(Value::as_str).map(Into::into)
            }
            None if asked => {
                let why = "it was asked for an ID token, by the scope openid, and gave none";
                return Err(misconfigured(&rules.source, "an ID token", why).into());
            }
            None => None,
        };
        let id_token = answer.id_token.clone().filter(|_| wants_id_token(rules, &answer.access_token));
        Ok(Session {
            source: rules.source.id.clone(),
            method: Method::AuthorizationCode,
            client: Some(login.client.clone()),
            subject,
            access_token: answer.access_token.clone(),
            id_token,
            refresh_token: answer.refresh_token.clone(),
            expires: expires(answer.expires_in, &answer.access_token, case.now),
            began: case.now,
            rolled: case.now,
            used: case.now,
        })
    }
}

/// What a person sees that has logged in.
fn arrival(login: &Login, answer: &TokenAnswer, rules: &OpenIdConnect, login_rules: &LoginRules) -> Reply {
    let done = Answered::LoggedIn;
    match &login_rules.action {
        LoginAction::Return => Reply::redirect(done, (*login.target).into()),
        LoginAction::Redirect { tokens, in_fragment, .. } => {
            let place = rules.provider.clients.place_of(&login.client);
            let to = login_rules.action.redirect_uri(place).unwrap_or(&login.target);
            let mut form = Form::new();
            for (name, token) in handed_out(tokens, answer) {
                form.set(name, token.as_bytes());
            }
            let location = match in_fragment {
                true if !form.is_empty() => format!("{to}#{}", form.encoded()),
                _ => form.appended_to(to),
            };
            Reply::redirect(done, location)
        }
        LoginAction::Respond(tokens) => Reply::json(done, handed_out(tokens, answer)),
    }
}

fn handed_out<'a>(
    tokens: &'a [LoginToken],
    answer: &'a TokenAnswer,
) -> impl Iterator<Item = (&'static str, &'a str)> {
    tokens.iter().filter_map(|token| {
        let value = match token {
            LoginToken::Access => Some(&*answer.access_token),
            LoginToken::Id => answer.id_token.as_deref(),
            LoginToken::Refresh => answer.refresh_token.as_deref(),
        };
        value.map(|value| (token.name(), value))
    })
}
