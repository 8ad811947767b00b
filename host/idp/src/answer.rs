//! One request, one answer: the whole provider, without sockets and without a clock.

use crate::authorize;
use crate::bearer;
use crate::client;
use crate::control;
use crate::discovery;
use crate::endpoint::Endpoint;
use crate::fault::Fault;
use crate::form::Form;
use crate::graph;
use crate::interact;
use crate::issued::Grant;
use crate::keys::Shown;
use crate::logout;
use crate::management;
use crate::problem::{Manner, Problem};
use crate::realm::Realm;
use crate::registration;
use crate::reply;
use crate::shape::Shape;
use crate::state::State;
use crate::tenants;
use crate::token;
use bytes::Bytes;
use claimgate_policy::world::Entropy;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use serde_json::json;
use std::time::{Duration, UNIX_EPOCH};

/// What happens to a request.
#[derive(Debug)]
pub enum Answer {
    /// It is answered.
    Respond(Response<Bytes>),
    /// It is never answered: a fault that was asked for.
    Hang,
}

/// Answers a request. `now` is the system's time in Unix seconds; the state may go by another.
pub fn answer(state: &mut State, request: &Request<Bytes>, now: i64, entropy: &mut dyn Entropy) -> Answer {
    let answer = match control::command(request.uri().path()) {
        Some(command) => Answer::Respond(control::answer(state, command, request)),
        None => of_realm(state, request, now.saturating_add(state.clock_offset), entropy),
    };
    match answer {
        Answer::Respond(reply) => Answer::Respond(dated(reply, now.saturating_add(state.clock_offset))),
        Answer::Hang => Answer::Hang,
    }
}

fn of_realm(state: &mut State, request: &Request<Bytes>, now: i64, entropy: &mut dyn Entropy) -> Answer {
    // A realm may exchange the tokens of another, and sees no more of that than this.
    let form = Form::of_body(request).unwrap_or_default();
    let subject = form.get("subject_token").and_then(|token| state.subject(token, now));
    if let Some(reply) = tenants::answer(state, request) {
        return Answer::Respond(reply);
    }
    let Some((realm, endpoint)) = state.find(request, now) else {
        let problem = json!({ "error": "not_found", "error_description": NOTHING });
        return Answer::Respond(reply::json(StatusCode::NOT_FOUND, &problem));
    };
    let asked = realm.asked.entry(endpoint.kind()).or_default();
    *asked = asked.saturating_add(1);
    match realm.faults.next(endpoint.kind()) {
        Some(Fault::Hang) => return Answer::Hang,
        Some(Fault::Status(status)) => return Answer::Respond(reply::empty(status)),
        Some(Fault::Garbage) => return Answer::Respond(garbage()),
        None => {}
    }
    if !endpoint.methods().contains(request.method()) {
        return Answer::Respond(method_not_allowed(endpoint));
    }
    let reply = ask(realm, endpoint, request, subject, now, entropy).unwrap_or_else(|problem| {
        let manner = Manner {
            basic: client::uses_basic(request.headers()),
            realm: &realm.config.name,
            entra: realm.shape() == Shape::Entra,
            now,
        };
        problem.reply(manner)
    });
    Answer::Respond(reply)
}

fn ask(
    realm: &mut Realm,
    endpoint: Endpoint,
    request: &Request<Bytes>,
    subject: Option<(String, Grant)>,
    now: i64,
    entropy: &mut dyn Entropy,
) -> Result<Response<Bytes>, Problem> {
    match endpoint {
        Endpoint::Discovery(version) => {
            let query = Form::of_query(request)?;
            Ok(reply::json(StatusCode::OK, &discovery::document(realm, version, query.get("appid"))))
        }
        Endpoint::Jwks(version) => match realm.keys.shown {
            Shown::Normal => {
                let query = Form::of_query(request)?;
                let keys = realm.keys_of(query.get("appid"));
                Ok(reply::json(StatusCode::OK, &keys.jwks(&realm.issuer_of_keys(version))?))
            }
            Shown::Empty => Ok(reply::json(StatusCode::OK, &json!({ "keys": [] }))),
            Shown::Garbage => Ok(garbage()),
        },
        Endpoint::Authorize(version) => Ok(authorize::answer(realm, request, version, now, entropy)),
        Endpoint::Interact => Ok(interact::answer(realm, request, now, entropy)),
        Endpoint::Logout(_) => Ok(logout::answer(realm, request, now, entropy)),
        Endpoint::Register => registration::answer(realm, request, now, entropy),
        Endpoint::Management => Ok(management::answer(realm, request, now, entropy)),
        Endpoint::Graph => Ok(graph::answer(realm, request, now, entropy)),
        Endpoint::Token(version) => token::answer(realm, request, version, subject, now, entropy),
        Endpoint::Introspect => bearer::introspect(realm, request, now),
        Endpoint::Revoke => bearer::revoke(realm, request, now),
        Endpoint::UserInfo => bearer::user_info(realm, request, now),
    }
}

fn garbage() -> Response<Bytes> {
    reply::with_body(StatusCode::OK, "application/json", "<html>not what was asked for")
}

fn method_not_allowed(endpoint: Endpoint) -> Response<Bytes> {
    let methods: Vec<&str> = endpoint.methods().iter().map(Method::as_str).collect();
    let allow = methods.join(", ");
    let reply = reply::json(StatusCode::METHOD_NOT_ALLOWED, &json!({ "error": "invalid_request" }));
    reply::with_header(reply, header::ALLOW, &allow)
}

/// The `Date` of the state's clock, which clients may see go wrong.
fn dated(mut reply: Response<Bytes>, now: i64) -> Response<Bytes> {
    let since = Duration::from_secs(u64::try_from(now).unwrap_or_default().min(YEAR_9999));
    if let Ok(date) =
        HeaderValue::from_str(&httpdate::fmt_http_date(UNIX_EPOCH.checked_add(since).unwrap_or(UNIX_EPOCH)))
    {
        reply.headers_mut().insert(header::DATE, date);
    }
    reply
}

const NOTHING: &str = "nothing is served at this path; GET /_idp lists what is";

/// The last second that an HTTP date can name.
const YEAR_9999: u64 = 253_402_300_799;
