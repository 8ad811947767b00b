//! The first half of the authorization code flow (OIDC Core 3.1.2.1): a person is sent to the provider.

use super::cookies::Keep;
use super::logins::Logins;
use super::pending::Moment;
use super::questions::misconfigured;
use super::reply::Reply;
use super::tokens::own_client;
use super::{Answered, Case, Gate, Stop, Verdict};
use crate::config::{LoginRules, OpenIdConnect, ResponseMode};
use crate::credential::Found;
use crate::denial::Denial;
use crate::login::{Login, Secrets};
use crate::provider::{Form, Url};
use crate::step::Step;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString as _};
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
        if login.response_mode == ResponseMode::FormPost && !case.world.engine.holds_for_body {
            let why =
                "this engine shows no body in time, so no login would end; leave response_mode at query";
            return Err(misconfigured(&rules.source, "response_mode", why).into());
        }
        let url = &login.authorization_endpoint;
        let endpoint = self.visited(
            (url, "authorization_endpoint"),
            |known| known.authorization_endpoint.as_ref(),
            rules,
            case,
        )?;
        let (client, _) = own_client(rules, None, case)?;
        let redirect_uri = login.redirect_uri(rules.provider.clients.place_of(&client.id));
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
        let Some((rules, login_rules)) = case.matched.rules.login() else {
            return self.deny(Denial::Internal { what: "a login without its rules" }, case, moment);
        };
        let head = case.head;
        let headers = head.headers.iter().flat_map(|(name, value)| [*name, *value]);
        let about: Vec<&[u8]> = [head.target, head.authority].into_iter().chain(headers).collect();
        let login = Login {
            seed: login_rules.keys.unguessable(&about, moment.now, moment.entropy),
            client: departure.client.clone(),
            redirect_uri: departure.redirect_uri.clone(),
            target: departure.target.clone(),
            began: moment.now,
        };
        let secrets = login.secrets(case.sender(rules));
        let Some(cookie) = login_rules.cookies.of(secrets.state.as_bytes()) else {
            return self.deny(Denial::Internal { what: "a state that names no cookie" }, case, moment);
        };
        let location = request(departure, (&login, &secrets), rules, login_rules, case);
        self.logins = Logins::Begin(Box::new((cookie, login)));
        self.reply(Reply::redirect(Answered::LoginBegun, location), case, moment)
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
    (login, secrets): (&Login, &Secrets),
    rules: &OpenIdConnect,
    login_rules: &LoginRules,
    case: Case<'_>,
) -> String {
    let mut form = Form::new();
    login_rules.extras.add_arguments(&mut form, case.sent());
    let scopes = rules.provider.token.as_ref().map(|token| token.scopes_of_users().join(" "));
    let audience = login_rules.audience.join(" ");
    let challenge = secrets.challenge();
    let max_age = rules.token.max_age.map(|seconds| format!("{seconds}"));
    // A query is what every provider answers with that is asked for a code.
    let mode = Some(login_rules.response_mode).filter(|mode| *mode != ResponseMode::Query);
    let all = [
        ("response_type", Some("code")),
        ("response_mode", mode.map(ResponseMode::name)),
        ("client_id", Some(&*login.client)),
        ("redirect_uri", Some(&*login.redirect_uri)),
        ("scope", scopes.as_deref().filter(|scopes| !scopes.is_empty())),
        ("audience", Some(&*audience).filter(|audience| !audience.is_empty())),
        ("max_age", max_age.as_deref()),
        ("state", Some(&*secrets.state)),
        ("nonce", Some(&*secrets.nonce)),
        ("code_challenge", Some(&challenge)),
        ("code_challenge_method", Some("S256")),
    ];
    for (name, value) in all {
        if let Some(value) = value {
            form.set(name, value.as_bytes());
        }
    }
    form.appended_to(&departure.endpoint.to_string())
}

const HTML: &[u8] = b"text/html";

#[cfg(test)]
mod tests;
