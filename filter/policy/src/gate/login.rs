//! The authorization code flow (OIDC Core 3.1): a person is sent to the provider, comes back with a code, and is let in
//! with the tokens that the code gets.

use super::cookies::Keep;
use super::pending::Moment;
use super::reply::Reply;
use super::session::{expires, wants_id_token};
use super::tokens::{OTHER_ANSWER, own_client, own_client_of};
use super::{Answered, Case, Gate, Stop, Verdict, witness::Witness};
use crate::config::{LoginAction, LoginRules, LoginToken, Method, OpenIdConnect, ResponseMode};
use crate::credential::Found;
use crate::denial::{Denial, shown};
use crate::gate::questions::misconfigured;
use crate::json::Value;
use crate::login::{Callback, Expected, Login, Outcome};
use crate::provider::{
    Answer, Ask, Expects, Form, Grant, Metadata, TokenAnswer, TokenRequest, Url, without_slash,
};
use crate::session::Session;
use crate::step::Step;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

mod site;

/// Where a person is sent to log in, and where it is to come back to.
#[derive(Debug)]
pub(super) struct Departure {
    endpoint: Url,
    client: Box<str>,
    redirect_uri: Box<str>,
    target: Box<str>,
}

impl Gate {
    /// What becomes of a request that was refused for want of a session, or of a credential at all: whoever may log in is
    /// sent to do so.
    pub(super) fn or_log_in(
        &mut self,
        denial: Denial,
        found: Option<&Found<'_>>,
        rules: &OpenIdConnect,
        case: Case<'_>,
    ) -> Result<Verdict, Stop> {
        let Some(login) = rules.login.as_ref().filter(|login| may_log_in(&denial, found, login, case)) else {
            return Err(denial.into());
        };
        let url = &login.authorization_endpoint;
        let endpoint = self.visited(
            (url, "authorization_endpoint"),
            |known| known.authorization_endpoint.as_ref(),
            rules,
            case,
        )?;
        let (client, _) = own_client(rules, None, case)?;
        let place = rules.provider.clients.clients.iter().position(|own| own.client.id == client.id);
        let redirect_uri = login.redirect_uri(place.unwrap_or_default());
        let site = site::of(case, redirect_uri, login, rules)?;
        let here = format!("{site}{}", site::path(case.head));
        let redirect_uri = redirect_uri.map_or(here, |uri| format!("{uri}"));
        let target = site::target(&site, case.head, login.preserve_query_args);
        if matches!(found, Some(Found::Session(_))) || !matches!(denial, Denial::CredentialMissing) {
            self.session = Keep::Forget;
        }
        self.facts.overlook(denial);
        let (redirect_uri, target) = (redirect_uri.into(), target.into());
        Ok(Verdict::Login(Box::new(Departure { endpoint, client: client.id, redirect_uri, target })))
    }

    /// Sends a person to the provider, and remembers in the browser that it was sent.
    pub(super) fn send_to_log_in(
        &mut self,
        departure: &Departure,
        case: Case<'_>,
        moment: &mut Moment<'_, '_>,
    ) -> Step {
        let Some((rules, login_rules)) = super::callback::rules_of(case.matched) else {
            return self.deny(Denial::Internal { what: "a login without its rules" }, case, moment);
        };
        let head = case.head;
        let headers = head.headers.iter().flat_map(|(name, value)| [*name, *value]);
        let about: Vec<&[u8]> = [head.target, head.authority].into_iter().chain(headers).collect();
        let mut unguessable =
            |name| login_rules.keys.unguessable(name, &about, moment.now, &mut *moment.entropy).into();
        let (service, route) = case.place();
        let login = Login {
            state: unguessable("state"),
            nonce: unguessable("nonce"),
            verifier: unguessable("code_verifier"),
            source: rules.source.id.clone(),
            client: departure.client.clone(),
            redirect_uri: departure.redirect_uri.clone(),
            place: (service.into(), route.map(Into::into)),
            target: departure.target.clone(),
            began: moment.now,
        };
        let location = request(departure, &login, rules, login_rules, case);
        self.logins = Keep::Write(case.logins(login_rules).with(login));
        self.reply(Reply::redirect(Answered::LoginBegun, location), case, moment)
    }

    /// A person comes back. Whatever comes of it, this login is over.
    pub(super) fn finish_login(
        &mut self,
        callback: &Callback,
        (rules, login_rules): (&Arc<OpenIdConnect>, &LoginRules),
        case: Case<'_>,
        witness: &mut dyn Witness,
    ) -> Result<Verdict, Stop> {
        self.rules = Some(Arc::clone(rules));
        let logins = case.logins(login_rules);
        let login = logins.find(&callback.state).ok_or(Denial::LoginUnknown)?.clone();
        self.logins = Keep::Write(logins.without(&callback.state));
        if login.source != rules.source.id {
            return Err(Denial::LoginUnknown.into());
        }
        self.sent_by(callback, rules, case)?;
        let code = match &callback.outcome {
            Outcome::Code(code) => code,
            Outcome::Error(code) => return Err(Denial::LoginRefused { code: code.clone() }.into()),
        };
        let answer = self.exchange(code, &login, rules, case)?;
        let session = self.proven_session(&login, &answer, rules, case)?;
        let found = Found::Session(Box::new(session));
        self.authenticate(case, (&found, rules), Vec::new(), witness)?;
        let Found::Session(session) = found else { return Err(OTHER_ANSWER.into()) };
        let begins = rules.session.as_ref().is_some_and(|session| session.allows(Method::AuthorizationCode));
        self.session = match core::mem::take(&mut self.session) {
            _ if !begins => Keep::AsItIs,
            // The access token was to run out at once, and is another by now: the refresh token is used up.
            Keep::Write(refreshed) => Keep::Write(refreshed),
            Keep::AsItIs | Keep::Forget => Keep::Write(*session),
        };
        Ok(Verdict::Reply(Box::new(arrival(&login, &answer, rules, login_rules))))
    }

    /// RFC 9207: an issuer that says in its redirects who it is must be the one to which the person was sent.
    fn sent_by(&mut self, callback: &Callback, rules: &OpenIdConnect, case: Case<'_>) -> Result<(), Stop> {
        let known: Option<Arc<Metadata>> =
            case.world.memory.providers.of(&rules.source.id).and_then(|provider| provider.metadata());
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
        login: &Login,
        rules: &OpenIdConnect,
        case: Case<'_>,
    ) -> Result<Arc<TokenAnswer>, Stop> {
        let missing = || Denial::Internal { what: "a method without its endpoint" };
        let token = rules.provider.token.as_ref().ok_or_else(missing)?;
        let own = own_client_of(rules, &login.client).ok_or(Denial::LoginUnknown)?;
        let url = (&token.url, "token_endpoint");
        let endpoint = self.endpoint(url, |known| known.token_endpoint.as_ref(), rules, case)?;
        let grant =
            Grant::AuthorizationCode { code, redirect_uri: &login.redirect_uri, verifier: &login.verifier };
        let sent = case.sent();
        let request = TokenRequest { endpoint: &endpoint, grant, scopes: &[], extras: &token.extras, sent };
        let terms = Self::terms(rules, false, case);
        let client = (own.client.clone(), token.auth.unwrap_or(own.auth));
        let expects = Expects::Token(grant.kind());
        match self.answer(Ask::form(&rules.source.id, request.draft(), client, expects, terms), case)? {
            Answer::Token(answer) => Ok(answer),
            Answer::Refused(code) => Err(Denial::CredentialRejected { code }.into()),
            _ => Err(OTHER_ANSWER.into()),
        }
    }

    /// A session of the person that the ID token names; without one only where none was asked for.
    fn proven_session(
        &mut self,
        login: &Login,
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
                let expected = Expected { client: &login.client, nonce: Some(&login.nonce), access_token };
                let verified = self.id_token(token, expected, rules, case)?;
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

/// Whether a login could help, and this request may begin one.
fn may_log_in(denial: &Denial, found: Option<&Found<'_>>, login: &LoginRules, case: Case<'_>) -> bool {
    let by_session = matches!(found, Some(Found::Session(_)));
    let helps = match denial {
        Denial::CredentialMissing | Denial::SessionEnded { .. } => true,
        // Several cookies of one name: another one would only be one more.
        Denial::SessionInvalid { .. } => found.is_none() && !case.has_unsound_session(),
        other => by_session && (other.is_about_the_token() || matches!(other, Denial::AuthTimeTooOld { .. })),
    };
    helps
        && !case.head.is_grpc()
        && !case.head.is_preflight()
        && (!login.navigations_only || is_navigation(case))
}

/// A person goes to a page, as far as the request says; browsers of today say so themselves (Fetch Metadata).
fn is_navigation(case: Case<'_>) -> bool {
    let accepts = |value: &[u8]| value.windows(HTML.len()).any(|window| window.eq_ignore_ascii_case(HTML));
    let said = case.head.values("sec-fetch-mode").next();
    case.head.method == b"GET"
        && case.head.values("accept").any(accepts)
        && said.is_none_or(|mode| mode == b"navigate")
}

/// The authorization request (OIDC Core 3.1.2.1; RFC 7636 4.3). Nothing that goes along stands for what the flow says.
fn request(
    departure: &Departure,
    login: &Login,
    rules: &OpenIdConnect,
    login_rules: &LoginRules,
    case: Case<'_>,
) -> String {
    let mut form = Form::new();
    login_rules.extras.add_arguments(&mut form, case.sent());
    let scopes = rules.provider.token.as_ref().map(|token| token.scopes_of_users().join(" "));
    let audience = login_rules.audience.join(" ");
    let challenge = login.challenge();
    let max_age = rules.token.max_age.map(|seconds| format!("{seconds}"));
    let mode = match login_rules.response_mode {
        ResponseMode::Query => None,
        ResponseMode::FormPost => Some("form_post"),
    };
    let all = [
        ("response_type", Some("code")),
        ("response_mode", mode),
        ("client_id", Some(&*login.client)),
        ("redirect_uri", Some(&*login.redirect_uri)),
        ("scope", scopes.as_deref().filter(|scopes| !scopes.is_empty())),
        ("audience", Some(&*audience).filter(|audience| !audience.is_empty())),
        ("max_age", max_age.as_deref()),
        ("state", Some(&*login.state)),
        ("nonce", Some(&*login.nonce)),
        ("code_challenge", Some(&challenge)),
        ("code_challenge_method", Some("S256")),
    ];
    for (name, value) in all {
        if let Some(value) = value {
            form.set(name, value.as_bytes());
        }
    }
    let endpoint = &departure.endpoint;
    let before = if endpoint.target().contains('?') { '&' } else { '?' };
    format!("{endpoint}{before}{}", form.encoded())
}

/// What a person sees that has logged in.
fn arrival(login: &Login, answer: &TokenAnswer, rules: &OpenIdConnect, login_rules: &LoginRules) -> Reply {
    let done = Answered::LoggedIn;
    match &login_rules.action {
        LoginAction::Return => Reply::redirect(done, (*login.target).into()),
        LoginAction::Redirect { tokens, in_fragment, .. } => {
            let clients = &rules.provider.clients.clients;
            let place = clients.iter().position(|own| own.client.id == login.client);
            let to = login_rules.action.redirect_uri(place.unwrap_or_default()).unwrap_or(&login.target);
            let mut form = Form::new();
            for (name, token) in handed_out(tokens, answer) {
                form.set(name, token.as_bytes());
            }
            let before = match (in_fragment, to.contains('?')) {
                (true, _) => '#',
                (false, true) => '&',
                (false, false) => '?',
            };
            let end = if form.is_empty() { String::new() } else { format!("{before}{}", form.encoded()) };
            Reply::redirect(done, format!("{to}{end}"))
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

const HTML: &[u8] = b"text/html";

#[cfg(test)]
mod tests;
