//! Sessions: read, kept up, refreshed, and begun by who authenticated otherwise.

use super::cookies::{Brought, Keep};
use super::handover::KEPT;
use super::tokens::{Obtained, looks_signed, token_answer, token_endpoint};
use super::{Case, Gate, Stop};
use crate::config::{Method, OpenIdConnect, SessionRules};
use crate::credential::Found;
use crate::denial::Denial;
use crate::json::Value;
use crate::jwt;
use crate::login::Expected;
use crate::provider::{CacheRules, Grant, TokenAnswer};
use crate::session::Session;
use crate::session::handover::Handover;
use crate::time::{Fraction, UnixTime};
use crate::verified::{Evidence, Verified};
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::ToString as _;

impl Gate {
    /// The session that a request comes back with; `None` where it brings none.
    ///
    /// # Errors
    /// [`Denial::SessionInvalid`], [`Denial::SessionEnded`].
    pub(super) fn open_session(
        &mut self,
        rules: &OpenIdConnect,
        case: Case<'_>,
    ) -> Result<Option<Box<Session>>, Denial> {
        let Some(session_rules) = &rules.session else { return Ok(None) };
        let what = match case.session(rules, session_rules) {
            Brought::Nothing => return Ok(None),
            Brought::Unsound => "parts that do not belong together, or several cookies of its name",
            Brought::Worthless(what) => what,
            Brought::Whole(session) if !is_allowed(&session, rules, session_rules) => {
                "one of a method that begins none any more"
            }
            Brought::Whole(session) => match session.check(&session_rules.timeouts, case.now) {
                Ok(_) => return Ok(Some(Box::new(session))),
                Err(ended) => return Err(Denial::SessionEnded { why: ended.to_string().into() }),
            },
        };
        Err(Denial::SessionInvalid { what })
    }

    /// Has the browser keep the session of a caller that was let in: the one that it came with, kept up, or a new one. A
    /// session of somebody else, which the request brings beside another credential, does not outlive it.
    pub(super) fn keep_session(
        &mut self,
        (found, obtained, verified): (&Found<'_>, &Obtained<'_>, &Verified),
        rules: &OpenIdConnect,
        case: Case<'_>,
    ) {
        let Some(session_rules) = &rules.session else { return };
        let present = match (found, &obtained.refreshed) {
            // It is to be kept whatever becomes of the request.
            (Found::Session(_), Some(_)) => return,
            // Another request may be replacing it: what was there before must not come after.
            (Found::Session(session), None) if runs_out(session, case.now) => return,
            (Found::Session(session), None) => Some(Cow::Borrowed(&**session)),
            _ => brought_for(&obtained.token, rules, session_rules, case).map(Cow::Owned),
        };
        let upkeep =
            present.as_ref().and_then(|session| session.check(&session_rules.timeouts, case.now).ok());
        let kept = match (present, upkeep) {
            (Some(session), Some(upkeep)) => session.kept_up(upkeep, case.now),
            _ => begun((found, obtained, verified), rules, session_rules, case),
        };
        if let Some(session) = kept {
            self.session = Keep::Write(Box::new(session));
        }
    }

    /// The token of a session, and the session anew where another token was got for it: one that runs out, or that the
    /// provider does not know any more.
    pub(super) fn token_of_session<'a>(
        &mut self,
        session: &'a Session,
        rules: &OpenIdConnect,
        case: Case<'_>,
    ) -> Result<Obtained<'a>, Stop> {
        if !runs_out(session, case.now) && !self.wants_fresh_token {
            return Ok(Obtained::of_session(session));
        }
        match self.refreshed(session, rules, case) {
            Ok(Some(fresh)) => {
                self.session = Keep::Write(Box::new(fresh.clone()));
                Ok(Obtained::refreshed(fresh))
            }
            Ok(None) => Ok(Obtained::of_session(session)),
            // The token is good for a moment yet; the provider may be back by then, or another request have its answer.
            Err(Stop::Denied(Denial::ProviderUnavailable { .. }) | Stop::Wait { .. })
                if session.expires.is_some_and(|expires| case.now < expires) && !self.wants_fresh_token =>
            {
                Ok(Obtained::of_session(session))
            }
            Err(stop) => Err(stop),
        }
    }

    /// The session with another access token; `None` where nothing gets one.
    fn refreshed(
        &mut self,
        session: &Session,
        rules: &OpenIdConnect,
        case: Case<'_>,
    ) -> Result<Option<Session>, Stop> {
        let refreshes = rules.session.as_ref().is_some_and(|session| session.refreshes);
        let token = session.refresh_token.as_deref().filter(|_| refreshes);
        let client = session.client.as_deref().and_then(|id| rules.provider.clients.of_id(id));
        let (Some(token), Some(own)) = (token, client) else { return Ok(None) };
        let client = own.at(token_endpoint(rules)?.auth);
        let grant = (Grant::RefreshToken { token }, [].as_slice());
        let ask = self.token_ask(grant, client, Some(MEANWHILE), rules, case)?;
        match token_answer(self.answer_once(ask, handover(session, token, rules, case), case)?)? {
            Ok(answer) => self.with_answer(session, &answer, rules, case).map(Some),
            Err(code) => {
                let why = format!("the identity provider gives no other token for it: {code}");
                Err(Denial::SessionEnded { why: why.into() }.into())
            }
        }
    }

    /// What an answer to a refresh leaves as it was stays (RFC 6749 6; OIDC Core 12.2).
    fn with_answer(
        &mut self,
        session: &Session,
        answer: &TokenAnswer,
        rules: &OpenIdConnect,
        case: Case<'_>,
    ) -> Result<Session, Stop> {
        let id_token = match &answer.id_token {
            Some(token) => {
                let client = session.client.as_deref().unwrap_or_default();
                let expected = Expected { client, nonce: None, access_token: Some(&answer.access_token) };
                let verified = self.id_token(token, expected, rules, case)?.verified;
                let subject = verified.claims().get("sub").and_then(Value::as_str);
                if session.subject.is_some() && subject != session.subject.as_deref() {
                    return Err(Denial::SessionInvalid {
                        what: "one whose refreshed ID token is another person's",
                    }
                    .into());
                }
                Some(token.clone()).filter(|_| wants_id_token(rules, &answer.access_token))
            }
            None => session.id_token.clone(),
        };
        Ok(Session {
            access_token: answer.access_token.clone(),
            id_token,
            refresh_token: answer.refresh_token.clone().or_else(|| session.refresh_token.clone()),
            expires: expires(answer.expires_in, &answer.access_token, case.now),
            rolled: case.now,
            used: case.now,
            ..session.clone()
        })
    }
}

/// Whether a session keeps the ID token: as the provider's hint at a logout, for a header, or because it alone says who
/// calls. A cookie has little room.
pub(super) fn wants_id_token(rules: &OpenIdConnect, access_token: &str) -> bool {
    rules.logout.is_some() || rules.headers.have_id_token() || !looks_signed(access_token.as_bytes())
}

/// When an access token is good no longer, by the word of its answer and its own.
pub(super) fn expires(expires_in: Option<i64>, access_token: &str, now: UnixTime) -> Option<UnixTime> {
    let claims = jwt::decode_unverified_claims(access_token.as_bytes()).ok();
    let exp = claims.as_ref().and_then(|claims| UnixTime::from_claim(claims.get("exp")?, Fraction::Down));
    expires_in.map(|seconds| now.plus(seconds)).into_iter().chain(exp).min()
}

/// Whether its access token is to be replaced.
fn runs_out(session: &Session, now: UnixTime) -> bool {
    session.expires.is_some_and(|expires| expires <= now.plus(AHEAD))
}

fn is_allowed(session: &Session, rules: &OpenIdConnect, session_rules: &SessionRules) -> bool {
    session.source == rules.source.id
        && session_rules.allows(session.method)
        && rules.methods.has(session.method)
}

/// The session that a request brings beside this token, if it is one with the same token.
fn brought_for(
    token: &[u8],
    rules: &OpenIdConnect,
    session_rules: &SessionRules,
    case: Case<'_>,
) -> Option<Session> {
    match case.session(rules, session_rules) {
        Brought::Whole(session)
            if session.access_token.as_bytes() == token && is_allowed(&session, rules, session_rules) =>
        {
            Some(session)
        }
        _ => None,
    }
}

/// A new session of who authenticated without one; `None` where the method begins none.
fn begun(
    (found, obtained, verified): (&Found<'_>, &Obtained<'_>, &Verified),
    rules: &OpenIdConnect,
    session_rules: &SessionRules,
    case: Case<'_>,
) -> Option<Session> {
    let (method, own_client) = match found {
        Found::Session(_) => return None,
        Found::Token(_) => (proven_by(verified), false),
        Found::ClientCredentials(_) => (Method::ClientCredentials, false),
        Found::Password(_) => (Method::Password, true),
        Found::RefreshToken(_) => (Method::RefreshToken, true),
    };
    let access_token = core::str::from_utf8(&obtained.token).ok()?;
    let answer = obtained.answer.as_deref();
    let client = own_client.then(|| obtained.client.clone()).flatten();
    session_rules.allows(method).then(|| Session {
        source: rules.source.id.clone(),
        method,
        subject: None,
        access_token: access_token.into(),
        id_token: None,
        refresh_token: answer.and_then(|answer| answer.refresh_token.clone()).filter(|_| client.is_some()),
        expires: expires(answer.and_then(|answer| answer.expires_in), access_token, case.now),
        client,
        began: case.now,
        rolled: case.now,
        used: case.now,
    })
}

/// Where the workers meet that have this session; `None` where they cannot.
fn handover<'a>(
    session: &'a Session,
    token: &'a str,
    rules: &'a OpenIdConnect,
    case: Case<'a>,
) -> Option<Handover<'a>> {
    let data = case.world.handover?;
    let keys = &rules.session.as_ref()?.keys;
    let realm = &case.world.policy.config().realm;
    let client = session.client.as_deref()?;
    Some(Handover { data, keys, realm, source: rules.source.id.as_str(), client, token })
}

/// By which method a token was taken that a caller sent.
fn proven_by(verified: &Verified) -> Method {
    match verified.evidence() {
        Evidence::Signature { .. } | Evidence::SharedSecret { .. } => Method::Bearer,
        Evidence::Introspection => Method::Introspection,
        Evidence::UserInfo => Method::UserInfo,
    }
}

/// Seconds before an access token runs out in which it is replaced.
const AHEAD: i64 = 10;

/// A browser sends several requests at once, each with the session as it was. They share one answer: to a second use of
/// a refresh token, providers answer by taking everything back (RFC 9700 4.14).
const MEANWHILE: CacheRules = CacheRules { ttl: KEPT, least: None, most: Some(KEPT), refusals: None };

#[cfg(test)]
mod tests;
