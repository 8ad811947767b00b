//! Commands for tests and for people, below `/_idp`: no provider has such paths.
//!
//! | command | effect |
//! |---|---|
//! | `GET /_idp` | what is served, and how often it was asked |
//! | `POST /_idp/clock?offset=SECONDS` | the clock goes ahead by so much, or behind |
//! | `POST /_idp/realms/NAME/rotate?overlap=true` | a new key signs; with `overlap` the old one stays in the JWKS |
//! | `POST /_idp/realms/NAME/jwks?show=normal` | the JWKS shows its keys, `empty` none, `garbage` no JWKS |
//! | `POST /_idp/realms/NAME/faults/ENDPOINT?status=503` | the endpoint answers so; `hang=true`: never; `garbage=true`: no JSON; `times=N`: N times |
//! | `DELETE /_idp/realms/NAME/faults/ENDPOINT` | it works again |
//! | `GET /_idp/registrations` | a page with all clients |
//! | `POST /_idp/realms/NAME/clients/ID/consent` | an administrator consents to the permissions that the app asks for |
//! | `DELETE /_idp/realms/NAME/clients/ID/consent` | and takes that back |

use crate::authorize::destination::redirect;
use crate::endpoint::Kind;
use crate::fault::Fault;
use crate::form::Form;
use crate::graph::permission::is_role;
use crate::keys::Shown;
use crate::page;
use crate::realm::Realm;
use crate::reply;
use crate::scope::GRAPH;
use crate::state::State;
use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use serde_json::{Value, json};

/// What stands behind `/_idp` in a path; `None` of a path that is none of a command.
pub(crate) fn command(path: &str) -> Option<&str> {
    path.strip_prefix("/_idp").filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// One command.
pub(crate) fn answer(state: &mut State, path: &str, request: &Request<Bytes>) -> Response<Bytes> {
    // A page of somebody else in the browser of a developer is not to turn these.
    if !is_own(state, request.headers()) {
        return refused(StatusCode::FORBIDDEN, "commands are for no web pages but the provider's own");
    }
    if (request.method(), path) == (&Method::GET, "/registrations") {
        return page::registrations(state);
    }
    let Ok(query) = Form::of_query(request) else {
        return refused(StatusCode::BAD_REQUEST, "expected each parameter once");
    };
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let outcome = match (request.method(), segments.as_slice()) {
        (&Method::GET, []) => Ok(overview(state)),
        (&Method::POST, ["clock"]) => set_clock(state, &query),
        (method, ["realms", name, rest @ ..]) => match state.realm(name) {
            Some(realm) => of_realm(realm, method, rest, &query),
            None => Err("no realm has this name; GET /_idp lists them"),
        },
        _ => Err("no such command; GET /_idp lists what is served"),
    };
    match outcome {
        // A person pressed a button on that page.
        Ok(_) if request.headers().contains_key(header::ORIGIN) => redirect("/_idp/registrations"),
        Ok(value) => reply::json(StatusCode::OK, &value),
        Err(expected) => refused(StatusCode::BAD_REQUEST, expected),
    }
}

fn of_realm(
    realm: &mut Realm,
    method: &Method,
    command: &[&str],
    query: &Form,
) -> Result<Value, &'static str> {
    match (method, command) {
        (&Method::GET, []) => {}
        (&Method::POST, ["rotate"]) => {
            let overlap = flag(query, "overlap", true)?;
            realm.rotate(overlap).map_err(|_| "a key could not be made")?;
        }
        (&Method::POST, ["jwks"]) => {
            realm.keys.shown = match query.get("show") {
                Some("normal") => Shown::Normal,
                Some("empty") => Shown::Empty,
                Some("garbage") => Shown::Garbage,
                _ => return Err("expected show=normal, show=empty or show=garbage"),
            };
        }
        (&Method::POST, ["faults", kind]) => {
            realm.faults.set(endpoint(kind)?, fault(query)?, times(query)?);
        }
        (&Method::POST, ["clients", id, "consent"]) => consent(realm, id, true)?,
        (&Method::DELETE, ["clients", id, "consent"]) => consent(realm, id, false)?,
        (&Method::DELETE, ["faults", kind]) => realm.faults.clear(endpoint(kind)?),
        _ => return Err("expected rotate, jwks, faults/ENDPOINT or clients/ID/consent"),
    }
    Ok(standing(realm))
}

/// What is served.
pub(crate) fn overview(state: &State) -> Value {
    let realms: Vec<Value> = state.realms.iter().map(standing).collect();
    json!({ "never_for_production": true, "clock_offset": state.clock_offset, "realms": realms })
}

fn standing(realm: &Realm) -> Value {
    let kids: Vec<&str> = realm.keys.kids().collect();
    let asked: serde_json::Map<String, Value> =
        realm.asked.iter().map(|(kind, times)| (kind.name().to_owned(), (*times).into())).collect();
    let failing: Vec<&str> = realm.faults.kinds().map(Kind::name).collect();
    json!({
        "name": realm.config.name,
        "shape": realm.shape(),
        "discovery": realm.discovery_urls(),
        "keys": kids,
        "jwks": realm.keys.shown,
        "failing": failing,
        "asked": asked,
        "clients": realm.clients.len(),
        "users": realm.users.len(),
        "tokens": realm.access_tokens.len(),
    })
}

/// What an app asks for becomes what it has, or it has none of it any more.
fn consent(realm: &mut Realm, id: &str, given: bool) -> Result<(), &'static str> {
    let client = realm.clients.get(id).ok_or("no client has this id")?;
    let asked: Vec<String> = client.permissions.iter().filter(|name| is_role(name)).cloned().collect();
    realm.change(id, |client| {
        let roles = client.roles.entry(GRAPH.to_owned()).or_default();
        roles.retain(|role| !asked.contains(role));
        if given {
            roles.extend(asked);
        }
    });
    Ok(())
}

/// Whether a request is from no page at all, or from a page of this provider: by the address that it knows, or by one
/// of this machine's own, which no name of somebody else's can stand for.
fn is_own(state: &State, headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let Ok(origin) = origin.to_str() else { return false };
    let here = origin.strip_prefix("http://").filter(|authority| Some(*authority) == text(header::HOST));
    let name = here.map(|authority| authority.rsplit_once(':').map_or(authority, |(name, _)| name));
    name.is_some_and(|name| matches!(name, "localhost" | "127.0.0.1" | "[::1]"))
        || state.realms.iter().any(|realm| realm.base_url == origin)
}

fn set_clock(state: &mut State, query: &Form) -> Result<Value, &'static str> {
    let offset = query.get("offset").and_then(|offset| offset.parse().ok());
    state.clock_offset = offset.ok_or("expected offset=SECONDS, a whole number, negative for behind")?;
    Ok(overview(state))
}

fn endpoint(name: &str) -> Result<Kind, &'static str> {
    Kind::from_name(name)
        .ok_or("expected discovery, jwks, authorize, interact, token, introspect, revoke, userinfo, logout, register, graph or management")
}

fn fault(query: &Form) -> Result<Fault, &'static str> {
    let status =
        query.get("status").map(|status| status.parse().map_err(|_| "expected status=503 or another one"));
    match (status.transpose()?, flag(query, "hang", false)?, flag(query, "garbage", false)?) {
        (Some(status), false, false) => Ok(Fault::Status(status)),
        (None, true, false) => Ok(Fault::Hang),
        (None, false, true) => Ok(Fault::Garbage),
        _ => Err("expected one of status=503, hang=true and garbage=true"),
    }
}

fn times(query: &Form) -> Result<Option<u32>, &'static str> {
    let times = query.get("times").map(|times| times.parse().ok().filter(|times| *times > 0));
    times.map(|times| times.ok_or("expected times=N, from 1 on")).transpose()
}

fn flag(query: &Form, name: &str, otherwise: bool) -> Result<bool, &'static str> {
    match query.get(name) {
        None => Ok(otherwise),
        Some("true") => Ok(true),
        Some("false") => Ok(false),
        Some(_) => Err("expected true or false"),
    }
}

fn refused(status: StatusCode, expected: &str) -> Response<Bytes> {
    reply::json(status, &json!({ "error": "invalid_request", "error_description": expected }))
}
