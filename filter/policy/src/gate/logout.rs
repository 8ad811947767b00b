//! Logging out: the session ends here, its tokens at the provider, and the provider's own session with it.

use super::cookies::{Brought, Keep};
use super::reply::Reply;
use super::{Answered, Case, Gate, Stop, Verdict};
use crate::config::{LogoutRules, OpenIdConnect, Revocation};
use crate::denial::Denial;
use crate::login::Callback;
use crate::provider::{Ask, Expects, Form, RevocationRequest};
use crate::request::{arguments, host_of, unescaped};
use crate::session::Session;
use alloc::boxed::Box;
use alloc::string::{String, ToString as _};

/// Whether a request logs out.
pub(super) enum Asked {
    No,
    Yes,
    /// Its body says.
    InBody,
}

impl LogoutRules {
    /// Whether the request of a case logs out.
    pub(super) fn asked(&self, case: Case<'_>) -> Asked {
        let head = case.head;
        if !self.methods.iter().any(|method| method.as_bytes() == head.method) {
            return Asked::No;
        }
        let path = head.path();
        let ends = self.uri_suffix.as_deref().is_some_and(|suffix| path.ends_with(suffix.as_bytes()));
        if ends || has(self.query_arg.as_deref(), head.query()) {
            return Asked::Yes;
        }
        match case.body {
            _ if self.post_arg.is_none() || !Callback::is_posted(head) => Asked::No,
            Some(_) if has(self.post_arg.as_deref(), case.body) => Asked::Yes,
            None if case.world.engine.holds_for_body => Asked::InBody,
            _ => Asked::No,
        }
    }
}

fn has(name: Option<&str>, text: Option<&[u8]>) -> bool {
    name.zip(text)
        .is_some_and(|(name, text)| arguments(text).any(|(found, _)| *unescaped(found) == *name.as_bytes()))
}

impl Gate {
    /// Logs out. What the provider does not do is no reason to keep the session.
    pub(super) fn log_out(
        &mut self,
        rules: &OpenIdConnect,
        logout: &LogoutRules,
        case: Case<'_>,
    ) -> Result<Verdict, Stop> {
        if is_from_elsewhere(case) {
            return Err(Denial::CrossSiteLogout.into());
        }
        let session = rules.session.as_ref().map(|session| case.session(rules, session));
        let session = match session {
            Some(Brought::Whole(session)) => Some(session),
            _ => None,
        };
        if let (Some(session), Some(revocation)) = (&session, &logout.revocation) {
            self.revoke(session, revocation, rules, case)?;
        }
        let location = self.farewell(session.as_ref(), rules, logout, case)?;
        self.session = Keep::Forget;
        Ok(Verdict::Reply(Box::new(match location {
            Some(location) => Reply::redirect(Answered::LoggedOut, location),
            None => Reply::json(Answered::LoggedOut, [("message", "Logged out")]),
        })))
    }

    /// Has the tokens of a session revoked, the one that gets others first.
    fn revoke(
        &mut self,
        session: &Session,
        revocation: &Revocation,
        rules: &OpenIdConnect,
        case: Case<'_>,
    ) -> Result<(), Stop> {
        let refresh_token = session.refresh_token.as_deref().filter(|_| revocation.refresh_token);
        let access_token = Some(&*session.access_token).filter(|_| revocation.access_token);
        for (token, hint) in [(refresh_token, "refresh_token"), (access_token, "access_token")] {
            let Some(token) = token else { continue };
            match self.revoke_one((token, hint), session, revocation, rules, case) {
                Err(Stop::Denied(_)) => {
                    self.facts.warning = Some("a token could not be revoked at a logout");
                }
                other => other?,
            }
        }
        Ok(())
    }

    fn revoke_one(
        &mut self,
        (token, hint): (&str, &'static str),
        session: &Session,
        revocation: &Revocation,
        rules: &OpenIdConnect,
        case: Case<'_>,
    ) -> Result<(), Stop> {
        let url = (&revocation.url, "revocation_endpoint");
        let endpoint = self.endpoint(url, |known| known.revocation_endpoint.as_ref(), rules, case)?;
        let own = session.client.as_deref().and_then(|id| rules.provider.clients.of_id(id));
        let own = own.or_else(|| rules.provider.clients.choose(None));
        let own = own.ok_or(Denial::Internal { what: "a revocation without a client" })?;
        let request = RevocationRequest { endpoint: &endpoint, token, argument: &revocation.argument, hint };
        let client = own.at(revocation.auth);
        let terms = Self::terms(rules, false, case);
        let ask = Ask::form(&rules.source.id, request.draft(), client, Expects::Revocation, terms);
        self.answer(ask, case).map(|_| ())
    }

    /// Where a person is sent: to the provider, where that has a session too (OpenID Connect RP-Initiated Logout 2), or to
    /// where the config says.
    fn farewell(
        &mut self,
        session: Option<&Session>,
        rules: &OpenIdConnect,
        logout: &LogoutRules,
        case: Case<'_>,
    ) -> Result<Option<String>, Stop> {
        let clients = &rules.provider.clients;
        let id = session.and_then(|session| session.client.as_deref());
        let afterwards = logout.redirect_uri(id.map(|id| clients.place_of(id)).unwrap_or_default());
        let url = (&logout.end_session_endpoint, "end_session_endpoint");
        let endpoint = match self.visited(url, |known| known.end_session_endpoint.as_ref(), rules, case) {
            Ok(endpoint) => endpoint,
            Err(Stop::Denied(_)) => return Ok(afterwards.map(Into::into)),
            Err(stop) => return Err(stop),
        };
        let mut form = Form::new();
        if let Some(token) = session.and_then(|session| session.id_token.as_deref()) {
            form.set("id_token_hint", token.as_bytes());
        }
        if let Some(client) = id.or_else(|| clients.choose(None).map(|own| &*own.client.id)) {
            form.set("client_id", client.as_bytes());
        }
        if let Some(uri) = afterwards {
            form.set("post_logout_redirect_uri", uri.as_bytes());
        }
        Ok(Some(form.appended_to(&endpoint.to_string())))
    }
}

/// A page of another site must not log anybody out. Browsers say from where a request comes (Fetch Metadata), older ones
/// the origin of a form; a request that says neither is a program's, which has no session but its own.
fn is_from_elsewhere(case: Case<'_>) -> bool {
    let head = case.head;
    if let Some(site) = head.values("sec-fetch-site").next() {
        return !matches!(site, b"same-origin" | b"none");
    }
    head.values("origin").any(|origin| {
        let origin = origin.splitn(2, |byte| *byte == b'/').nth(1).and_then(|rest| rest.strip_prefix(b"/"));
        origin.is_none_or(|origin| {
            // Where an engine has taken the port away, the host is all there is.
            let port_is_gone = head.host() == head.authority;
            let origin = if port_is_gone { host_of(origin) } else { origin };
            !origin.eq_ignore_ascii_case(head.authority)
        })
    })
}

#[cfg(test)]
mod tests;
