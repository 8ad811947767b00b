//! The authorization endpoint (RFC 6749 3.1, OpenID Connect Core 3).

use crate::client;
use crate::endpoint::Version;
use crate::entropy::unguessable;
use crate::form::Form;
use crate::interact::{self, Step};
use crate::issued::{Code, Grant, Login, Proof};
use crate::page;
use crate::problem::Problem;
use crate::realm::Realm;
use crate::session::{self, Session};
use crate::token;
use bytes::Bytes;
use claimgate_policy::world::Entropy;
use http::{HeaderMap, Method, Request, Response};
use request::Authorization;
use std::sync::Arc;

/// What is asked for.
pub(crate) mod request;

/// Where the answer goes.
pub(crate) mod destination;

/// One request. Where the client or its redirect URI is wrong the person is told, and nobody else (RFC 6749 4.1.2.1).
pub(crate) fn answer(
    realm: &mut Realm,
    request: &Request<Bytes>,
    version: Version,
    now: i64,
    entropy: &mut dyn Entropy,
) -> Response<Bytes> {
    let form =
        if request.method() == Method::POST { Form::of_body(request) } else { Form::of_query(request) };
    let asked = form.and_then(|form| Ok((destination::of(realm, &form)?, form)));
    let (destination, form) = match asked {
        Ok(asked) => asked,
        Err(problem) => return page::problem(&problem),
    };
    match Authorization::read(realm, &form, destination.clone(), version) {
        Ok(authorization) => proceed(realm, authorization, request.headers(), now, entropy),
        Err(problem) => destination.refuse(realm, &problem),
    }
}

/// Shows the page that is needed next, or answers the client.
fn proceed(
    realm: &mut Realm,
    authorization: Authorization,
    headers: &HeaderMap,
    now: i64,
    entropy: &mut dyn Entropy,
) -> Response<Bytes> {
    let session =
        session::of(realm, headers, now).filter(|session| authorization.accepts(session, now)).cloned();
    match session {
        Some(session) => with_session(realm, authorization, session, headers, now, entropy),
        None if authorization.prompt.none => authorization.destination.refuse(realm, &Problem::LoginRequired),
        None => interact::show(realm, Step::Login { authorization, wrong: false }, headers, now, entropy),
    }
}

/// The same, once it is known who the user is.
pub(crate) fn with_session(
    realm: &mut Realm,
    authorization: Authorization,
    session: Session,
    headers: &HeaderMap,
    now: i64,
    entropy: &mut dyn Entropy,
) -> Response<Bytes> {
    let consented = !authorization.client.consent
        || authorization.consent_names(&session).all(|name| realm.consents.get(&name, now).is_some());
    if consented && !authorization.prompt.consent {
        return grant(realm, &authorization, &session, now, entropy);
    }
    if authorization.prompt.none {
        return authorization.destination.refuse(realm, &Problem::ConsentRequired);
    }
    interact::show(realm, Step::Consent { authorization, session }, headers, now, entropy)
}

/// Answers the client with what it asked for.
pub(crate) fn grant(
    realm: &mut Realm,
    authorization: &Authorization,
    session: &Session,
    now: i64,
    entropy: &mut dyn Entropy,
) -> Response<Bytes> {
    let grant = Grant {
        client: Arc::clone(&authorization.client),
        proof: Proof::Nothing,
        user: Some(Arc::clone(&session.user)),
        audience: authorization.wanted.audience.clone(),
        scopes: authorization.wanted.scopes.clone(),
        login: Some(Login { time: session.time, nonce: authorization.nonce.clone() }),
        family: unguessable(entropy),
    };
    match parameters(realm, authorization, &grant, now, entropy) {
        Ok(parameters) => authorization.destination.answer(realm, parameters),
        Err(problem) => authorization.destination.refuse(realm, &problem),
    }
}

fn parameters(
    realm: &mut Realm,
    authorization: &Authorization,
    grant: &Grant,
    now: i64,
    entropy: &mut dyn Entropy,
) -> Result<Vec<(&'static str, String)>, Problem> {
    let kinds = authorization.response;
    let mut parameters = Vec::new();
    if kinds.code {
        let code = unguessable(entropy);
        let kept = Code {
            grant: grant.clone(),
            redirect_uri: authorization
                .destination
                .named
                .then(|| authorization.destination.redirect_uri.clone()),
            challenge: authorization.challenge.clone(),
            used: false,
        };
        realm.codes.put(&code, kept, now.saturating_add(CODE_LIFETIME), now);
        parameters.push(("code", code));
    }
    let mut access_token = None;
    if kinds.token {
        let token = token::access_token(realm, grant, now, entropy)?;
        parameters.push(("access_token", token.clone()));
        parameters.push(("token_type", "Bearer".to_owned()));
        parameters.push(("expires_in", realm.config.access_token_lifetime.to_string()));
        parameters.push(("scope", grant.scope()));
        access_token = Some(token);
    }
    if kinds.id_token {
        let version = authorization.version;
        let token = token::id_token(realm, grant, access_token.as_deref(), version, now, entropy)?;
        parameters.extend(token.map(|token| ("id_token", token)));
    }
    Ok(parameters)
}

/// The client that a request names.
pub(crate) fn client_of(realm: &Realm, form: &Form) -> Result<Arc<crate::config::Client>, Problem> {
    client::known(realm, form.required("client_id")?).cloned()
}

/// Seconds (RFC 6749 4.1.2: at most ten minutes).
const CODE_LIFETIME: i64 = 60;
