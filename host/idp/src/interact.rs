//! What a person answers on a page: login, consent, logout.

use crate::authorize::request::Authorization;
use crate::authorize::{grant, with_session};
use crate::entropy::unguessable;
use crate::form::Form;
use crate::logout::{self, Leave};
use crate::page;
use crate::problem::Problem;
use crate::realm::Realm;
use crate::secret::Fingerprint;
use crate::session::{self, Session};
use bytes::Bytes;
use claimgate_policy::world::Entropy;
use http::{HeaderMap, Request, Response};
use std::sync::Arc;

/// A page that was shown: what for, and to which browser. Its name stands in the page's form and nowhere else, and the
/// browser's mark in its cookie; an answer needs both, so that no other page answers for the person.
#[derive(Debug)]
pub(crate) struct Interaction {
    browser: Fingerprint,
    step: Step,
}

/// What is asked of the person.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// Who they are.
    Login {
        authorization: Authorization,
        /// Whether they gave a wrong password before.
        wrong: bool,
    },
    /// Whether the client may.
    Consent { authorization: Authorization, session: Session },
    /// Whether they want to leave.
    Logout(Leave),
}

/// Shows the page of a step.
pub(crate) fn show(
    realm: &mut Realm,
    step: Step,
    headers: &HeaderMap,
    now: i64,
    entropy: &mut dyn Entropy,
) -> Response<Bytes> {
    let name = unguessable(entropy);
    let known = session::browser(headers);
    let browser = known.clone().unwrap_or_else(|| unguessable(entropy));
    let mut reply = page::of(realm, &step, &name);
    if known.is_none() {
        session::mark(&mut reply, browser.clone());
    }
    let browser = Fingerprint::of(&browser);
    realm.interactions.put(&name, Interaction { browser, step }, now.saturating_add(LIFETIME), now);
    reply
}

/// What the person answered.
pub(crate) fn answer(
    realm: &mut Realm,
    request: &Request<Bytes>,
    now: i64,
    entropy: &mut dyn Entropy,
) -> Response<Bytes> {
    let form = match Form::of_body(request) {
        Ok(form) => form,
        Err(problem) => return page::problem(&problem),
    };
    let Some(step) = taken(realm, &form, request.headers(), now) else {
        return page::problem(&Problem::InteractionExpired);
    };
    match step {
        Step::Login { authorization, .. } => {
            login(realm, authorization, &form, request.headers(), now, entropy)
        }
        Step::Consent { authorization, session } if form.get("decision") == Some("allow") => {
            for name in authorization.consent_names(&session) {
                realm.consents.put(&name, (), now.saturating_add(CONSENT_LIFETIME), now);
            }
            grant(realm, &authorization, &session, now, entropy)
        }
        Step::Consent { authorization, .. } => {
            authorization.destination.refuse(realm, &Problem::AccessDenied)
        }
        Step::Logout(leave) => logout::leave(realm, &leave, request.headers()),
    }
}

/// The step that the form answers, once.
fn taken(realm: &mut Realm, form: &Form, headers: &HeaderMap, now: i64) -> Option<Step> {
    let name = form.get("interaction")?;
    let browser = Fingerprint::of(&session::browser(headers)?);
    realm.interactions.get(name, now).filter(|interaction| interaction.browser == browser)?;
    realm.interactions.remove(name).map(|interaction| interaction.step)
}

fn login(
    realm: &mut Realm,
    mut authorization: Authorization,
    form: &Form,
    headers: &HeaderMap,
    now: i64,
    entropy: &mut dyn Entropy,
) -> Response<Bytes> {
    if form.get("decision") == Some("deny") {
        return authorization.destination.refuse(realm, &Problem::AccessDenied);
    }
    let (username, password) =
        (form.get("username").unwrap_or_default(), form.get("password").unwrap_or_default());
    let Some(user) = realm.user(username).filter(|user| user.password.is(password)).cloned() else {
        authorization.login_hint = Some(username.to_owned());
        return show(realm, Step::Login { authorization, wrong: true }, headers, now, entropy);
    };
    let session = Session { user: Arc::clone(&user), time: now };
    let mut reply = with_session(realm, authorization, session.clone(), headers, now, entropy);
    session::begin(realm, session, &mut reply, now, entropy);
    reply
}

/// Seconds that a page may wait for its answer.
const LIFETIME: i64 = 600;

/// Seconds that a consent holds.
const CONSENT_LIFETIME: i64 = 30 * 86_400;
