//! What browsers keep, and where they are sent: sessions, logins and logouts, which share a secret and a place.

use super::cookies::{self, Named};
use super::{login, logout, session};
use crate::config::Source;
use crate::config::error::Report;
use crate::config::node::Fields;
use crate::config::rules::{
    CredentialRules, LoginAction, LoginRules, LogoutRules, Method, Methods, ProviderRules, SessionRules,
};
use crate::provider::Url;
use crate::sealed::Keyring;
use alloc::vec::Vec;

/// Each there if it is on.
pub(super) struct People {
    pub(super) session: Option<SessionRules>,
    pub(super) login: Option<LoginRules>,
    pub(super) logout: Option<LogoutRules>,
}

/// What sessions, logins and logouts depend on.
pub(super) struct Known<'a> {
    pub(super) methods: &'a Methods,
    /// What seals cookies.
    pub(super) secrets: &'a [&'a str],
    /// How many clients there are, if that is known.
    pub(super) clients: Option<usize>,
    /// Whether people come back from a login over https for certain.
    pub(super) over_https: bool,
}

/// What was read before, as far as it could be.
pub(super) struct Before<'a> {
    pub(super) methods: Option<&'a Methods>,
    pub(super) source: Option<&'a Source>,
    pub(super) provider: Option<&'a ProviderRules>,
    pub(super) credential: Option<&'a CredentialRules>,
}

/// Everything is read, so that nothing wrong is accepted.
pub(super) fn decode(config: &Fields<'_>, before: &Before<'_>, report: &mut Report) -> Option<People> {
    let none = Methods::default();
    let methods = before.methods.unwrap_or(&none);
    let clients = before.provider.map(|provider| provider.clients.clients.len());
    let secrets = session::secrets(config, methods, report);
    let redirect_uris = login::redirect_uris(config, clients, methods.authorization_code, report);
    let over_https = methods.authorization_code
        && redirect_uris.as_ref().is_some_and(|uris| !uris.is_empty() && uris.iter().all(Url::is_https));
    let known = Known { methods, secrets: secrets.as_deref().unwrap_or_default(), clients, over_https };
    let session = session::decode(config, &known, report);
    let login = login::decode(config, &known, before.source, redirect_uris.as_deref(), report);
    let logout = logout::decode(config, &known, (before.source, before.provider), report);
    redirect_uris?;
    secrets?;
    let people = People { session: session?, login: login?, logout: logout? };
    refuse_endless_logins(config, &people, report);
    refuse_same_cookies(config, &people, before.credential?, report);
    Some(people)
}

/// Who comes back from a login to where it was, without a session, is sent to log in again, for ever.
fn refuse_endless_logins(config: &Fields<'_>, people: &People, report: &mut Report) {
    let returns = people.login.as_ref().is_some_and(|login| login.action == LoginAction::Return);
    let begins = people.session.as_ref().is_some_and(|session| session.allows(Method::AuthorizationCode));
    if returns && !begins {
        let hint = "nothing would be kept of a login, and the next request be sent to log in again; add session to \
                    auth_methods, and leave authorization_code out of disable_session";
        let expected = "a session that authorization_code begins";
        report.error(&config.path_of("auth_methods"), expected, "none", Some(hint.into()));
    }
}

fn refuse_same_cookies(
    config: &Fields<'_>,
    people: &People,
    credential: &CredentialRules,
    report: &mut Report,
) {
    let bearer = credential.cookie_name.as_deref().map(|name| Named {
        key: "bearer_token_cookie_name",
        name,
        host_prefix: false,
        logins: None,
    });
    let session = people.session.as_ref().map(|rules| Named::ours(session::COOKIE.name, &rules.cookie));
    let login = people.login.as_ref().map(|rules| Named {
        logins: Some(&rules.cookies),
        ..Named::ours(login::COOKIE.name, &rules.cookies.rules)
    });
    let all: Vec<_> = bearer.into_iter().chain(session).chain(login).collect();
    cookies::refuse_same(config, &all, report);
}

impl Known<'_> {
    /// Keys for `purpose`; `None` where there is no secret, of which somebody else complains.
    pub(super) fn keys(&self, purpose: &str) -> Option<Keyring> {
        Keyring::new(self.secrets.iter().map(|secret| secret.as_bytes()), purpose)
    }
}

#[cfg(test)]
mod tests;
