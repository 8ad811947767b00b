//! Auth0's Management API, as far as clients and their grants need it. Only access tokens of this realm for the API
//! count, by the scopes in them.
//!
//! | request below `/api/v2` | scope that it needs |
//! |---|---|
//! | `GET /clients`, `GET /clients/{id}` | read:clients |
//! | `POST /clients` | create:clients |
//! | `PATCH /clients/{id}` | update:clients |
//! | `DELETE /clients/{id}` | delete:clients |
//! | `POST /clients/{id}/rotate-secret` | update:client_keys |
//! | `GET /client-grants` | read:client_grants |
//! | `POST /client-grants` | create:client_grants |
//! | `DELETE /client-grants/{id}` | delete:client_grants |
//! | `GET /resource-servers` | read:resource_servers |

use crate::bearer;
use crate::endpoint::Version;
use crate::realm::Realm;
use crate::reply;
use bytes::Bytes;
use claimgate_policy::world::Entropy;
use error::ManagementError;
use http::{Method, Request, Response, StatusCode};
use serde_json::{Value, json};

/// Clients.
mod clients;

/// Errors in Auth0's form.
mod error;

/// Client grants.
mod grants;

/// The audience of tokens for it.
pub(crate) fn audience(realm: &Realm) -> String {
    format!("{}/api/v2/", realm.issuer(Version::V2).trim_end_matches('/'))
}

/// One request.
pub(crate) fn answer(
    realm: &mut Realm,
    request: &Request<Bytes>,
    now: i64,
    entropy: &mut dyn Entropy,
) -> Response<Bytes> {
    perform(realm, request, now, entropy).unwrap_or_else(|error| error.reply())
}

fn perform(
    realm: &mut Realm,
    request: &Request<Bytes>,
    now: i64,
    entropy: &mut dyn Entropy,
) -> Result<Response<Bytes>, ManagementError> {
    let base = format!("/{}/api/v2/", realm.id());
    let path = request.uri().path().strip_prefix(&*base).unwrap_or_default();
    let segments: Vec<&str> = path.split('/').collect();
    let body = request.body();
    let may = |realm: &Realm, scope| may(realm, request, now, scope);
    match (request.method(), segments.as_slice()) {
        (&Method::GET, ["clients"]) => {
            may(realm, "read:clients")?;
            Ok(told(StatusCode::OK, &clients::list(realm)))
        }
        (&Method::GET, ["clients", id]) => {
            may(realm, "read:clients")?;
            Ok(told(StatusCode::OK, &clients::read(realm, id)?))
        }
        (&Method::POST, ["clients"]) => {
            may(realm, "create:clients")?;
            Ok(told(StatusCode::CREATED, &clients::create(realm, body, now, entropy)?))
        }
        (&Method::PATCH, ["clients", id]) => {
            may(realm, "update:clients")?;
            Ok(told(StatusCode::OK, &clients::update(realm, id, body)?))
        }
        (&Method::DELETE, ["clients", id]) => {
            may(realm, "delete:clients")?;
            clients::read(realm, id)?;
            realm.unregister(id);
            Ok(reply::empty(StatusCode::NO_CONTENT))
        }
        (&Method::POST, ["clients", id, "rotate-secret"]) => {
            may(realm, "update:client_keys")?;
            Ok(told(StatusCode::OK, &clients::rotate_secret(realm, id, entropy)?))
        }
        (&Method::GET, ["client-grants"]) => {
            may(realm, "read:client_grants")?;
            Ok(told(StatusCode::OK, &grants::list(realm, request)?))
        }
        (&Method::POST, ["client-grants"]) => {
            may(realm, "create:client_grants")?;
            Ok(told(StatusCode::CREATED, &grants::create(realm, body)?))
        }
        (&Method::DELETE, ["client-grants", id]) => {
            may(realm, "delete:client_grants")?;
            grants::delete(realm, id)?;
            Ok(reply::empty(StatusCode::NO_CONTENT))
        }
        (&Method::GET, ["resource-servers"]) => {
            may(realm, "read:resource_servers")?;
            let apis = realm.apis.iter().map(|api| {
                let scopes: Vec<Value> = api.scopes.iter().map(|scope| json!({ "value": scope })).collect();
                json!({ "id": api.identifier, "identifier": api.identifier, "scopes": scopes })
            });
            Ok(told(StatusCode::OK, &apis.collect()))
        }
        _ => Err(ManagementError::NotFound { what: "endpoint" }),
    }
}

/// Whether the token of the request is for this API, with this scope.
fn may(
    realm: &Realm,
    request: &Request<Bytes>,
    now: i64,
    scope: &'static str,
) -> Result<(), ManagementError> {
    let token = bearer::in_header(request.headers()).ok_or(ManagementError::TokenMissing)?;
    let known = realm.access_tokens.get(token, now).ok_or(ManagementError::TokenInvalid)?;
    if known.grant.audience.api.identifier != audience(realm) {
        return Err(ManagementError::TokenInvalid);
    }
    if known.grant.has_scope(scope) { Ok(()) } else { Err(ManagementError::ScopeMissing { scope }) }
}

fn told(status: StatusCode, value: &Value) -> Response<Bytes> {
    reply::secret_json(status, value)
}
