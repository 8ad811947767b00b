//! Microsoft Graph, as far as app registrations need it: applications with their passwords, service principals with
//! their assigned roles, users and groups to read. Only tokens that this realm has handed out for Graph count, by the
//! roles in them.
//!
//! | request below `/v1.0` | role that it needs |
//! |---|---|
//! | `GET /applications`, `GET /applications/{id}` | Application.Read.All or .ReadWrite.All; own ones: .ReadWrite.OwnedBy |
//! | `POST /applications`, `POST /servicePrincipals` | Application.ReadWrite.All or .ReadWrite.OwnedBy |
//! | `PATCH`, `DELETE /applications/{id}`, `POST .../addPassword`, `POST .../removePassword` | Application.ReadWrite.All; own ones: .ReadWrite.OwnedBy |
//! | `GET /servicePrincipals`, `GET /servicePrincipals/{id}`, `GET .../appRoleAssignments` | as for applications |
//! | `POST .../appRoleAssignments`, `DELETE .../appRoleAssignments/{id}` | AppRoleAssignment.ReadWrite.All |
//! | `GET /users`, `GET /users/{id}`, `POST /users/{id}/getMemberObjects`, `GET /groups` | User.Read.All or Directory.Read.All |
//! | `GET /me` | a user's token |
//!
//! `{id}` is the object's id, or `(appId='...')` behind the collection's name.

use crate::realm::Realm;
use bytes::Bytes;
use claimgate_policy::world::Entropy;
use error::GraphError;
use guard::Caller;
use http::{Method, Request, Response};
use target::Target;

/// App registrations.
mod application;

/// Users and groups.
mod directory;

/// Errors in Graph's form.
mod error;

/// `$filter`.
mod filter;

/// What a token allows.
mod guard;

/// Secrets of applications.
mod password;

/// Names of Graph's own roles.
pub(crate) mod permission;

/// Service principals and what is assigned to them.
mod principal;

/// What a path names.
mod target;

/// One request.
pub(crate) fn answer(
    realm: &mut Realm,
    request: &Request<Bytes>,
    now: i64,
    entropy: &mut dyn Entropy,
) -> Response<Bytes> {
    perform(realm, request, now, entropy).unwrap_or_else(|error| error.reply(now))
}

fn perform(
    realm: &mut Realm,
    request: &Request<Bytes>,
    now: i64,
    entropy: &mut dyn Entropy,
) -> Result<Response<Bytes>, GraphError> {
    let caller = Caller::of(realm, request.headers(), now)?;
    let target = Target::parse(request.uri().path())?;
    let body = request.body();
    let collection = target.key.is_none();
    match (target.collection, request.method(), target.command.as_slice()) {
        ("applications", &Method::GET, []) if collection => application::list(realm, &caller, request),
        ("applications", &Method::POST, []) if collection => {
            application::create(realm, &caller, body, now, entropy)
        }
        ("applications", &Method::GET, []) => application::read(realm, &caller, &target),
        ("applications", &Method::PATCH, []) => application::update(realm, &caller, &target, body),
        ("applications", &Method::DELETE, []) => application::delete(realm, &caller, &target),
        ("applications", &Method::POST, ["addPassword"]) => {
            password::add(realm, &caller, &target, body, now, entropy)
        }
        ("applications", &Method::POST, ["removePassword"]) => {
            password::remove(realm, &caller, &target, body)
        }
        ("servicePrincipals", &Method::GET, []) if collection => principal::list(realm, &caller, request),
        ("servicePrincipals", &Method::POST, []) if collection => principal::create(realm, &caller, body),
        ("servicePrincipals", &Method::GET, []) => principal::read(realm, &caller, &target),
        ("servicePrincipals", &Method::GET, ["appRoleAssignments"]) => {
            principal::assignments(realm, &caller, &target)
        }
        ("servicePrincipals", &Method::POST, ["appRoleAssignments"]) => {
            principal::assign(realm, &caller, &target, body)
        }
        ("servicePrincipals", &Method::DELETE, ["appRoleAssignments", assignment]) => {
            principal::take_away(realm, &caller, &target, assignment)
        }
        ("users", &Method::GET, []) if collection => directory::users(realm, &caller),
        ("users", &Method::GET, []) => directory::user(realm, &caller, &target),
        ("users", &Method::POST, ["getMemberObjects"]) => directory::member_objects(realm, &caller, &target),
        ("groups", &Method::GET, []) if collection => directory::groups(realm, &caller),
        ("me", &Method::GET, []) if collection => directory::me(realm, &caller),
        _ => Err(GraphError::NoSuchResource),
    }
}
