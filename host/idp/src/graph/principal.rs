//! Service principals, and the roles that are assigned to them: `servicePrincipal`, `appRoleAssignment`.

use super::application::name;
use super::error::GraphError;
use super::filter::Filter;
use super::guard::Caller;
use super::permission::{id_of, name_of};
use super::target::{Key, Target};
use crate::claims::derived_guid;
use crate::config::{Api, Client};
use crate::realm::Realm;
use crate::reply;
use crate::scope::{GRAPH, GRAPH_ID};
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Create {
    app_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Assign {
    resource_id: String,
    app_role_id: String,
}

/// Graph's own is among them: an assignment names it.
pub(super) fn list(
    realm: &Realm,
    caller: &Caller,
    request: &Request<Bytes>,
) -> Result<Response<Bytes>, GraphError> {
    caller.may_list()?;
    let filter = Filter::of(request)?;
    let seen = realm.clients.values().filter(|client| {
        realm.registration_of(&client.client_id).principal
            && filter.admits(&client.client_id, name(client))
            && caller.may_read(realm, &client.client_id).is_ok()
    });
    let mut value: Vec<Value> = seen.map(|client| shown(realm, client)).collect();
    if filter.admits(GRAPH_ID, GRAPH_NAME) {
        value.push(json!({ "id": object_id(realm, GRAPH_ID), "appId": GRAPH_ID, "displayName": GRAPH_NAME }));
    }
    Ok(reply::secret_json(StatusCode::OK, &json!({ "value": value })))
}

pub(super) fn create(realm: &mut Realm, caller: &Caller, body: &[u8]) -> Result<Response<Bytes>, GraphError> {
    caller.may_create()?;
    let said: Create =
        serde_json::from_slice(body).map_err(|_| GraphError::BodyInvalid { expected: "an appId" })?;
    let id = said.app_id;
    if !realm.clients.contains_key(&id) {
        return Err(GraphError::BodyInvalid { expected: "the appId of an app in this directory" });
    }
    caller.may_write(realm, &id)?;
    let mut registered = realm.registration_of(&id);
    if registered.principal {
        return Err(GraphError::BodyInvalid { expected: "an app that has no service principal yet" });
    }
    registered.principal = true;
    realm.registered.insert(id.clone(), registered);
    let told = realm.clients.get(&id).map(|client| shown(realm, client)).unwrap_or_default();
    Ok(reply::secret_json(StatusCode::CREATED, &told))
}

pub(super) fn read(
    realm: &Realm,
    caller: &Caller,
    target: &Target<'_>,
) -> Result<Response<Bytes>, GraphError> {
    let client = seen(realm, caller, target)?;
    Ok(reply::secret_json(StatusCode::OK, &shown(realm, client)))
}

pub(super) fn assignments(
    realm: &Realm,
    caller: &Caller,
    target: &Target<'_>,
) -> Result<Response<Bytes>, GraphError> {
    let client = seen(realm, caller, target)?;
    let value: Vec<Value> =
        assigned(realm, client).map(|(api, role)| assignment(realm, client, &api, &role)).collect();
    Ok(reply::secret_json(StatusCode::OK, &json!({ "value": value })))
}

/// The client of the path, if its principal may be seen.
fn seen<'a>(realm: &'a Realm, caller: &Caller, target: &Target<'_>) -> Result<&'a Client, GraphError> {
    caller.may_list()?;
    let client = find(realm, target.key()?)?;
    caller.may_read(realm, &client.client_id)?;
    Ok(client)
}

/// A role of an API or of Graph, for the principal of the path. For Graph this is an administrator's consent.
pub(super) fn assign(
    realm: &mut Realm,
    caller: &Caller,
    target: &Target<'_>,
    body: &[u8],
) -> Result<Response<Bytes>, GraphError> {
    caller.may_assign()?;
    let expected = "principalId, resourceId and appRoleId";
    let said: Assign = serde_json::from_slice(body).map_err(|_| GraphError::BodyInvalid { expected })?;
    let client = find(realm, target.key()?)?.clone();
    let (api, role) =
        role_of(realm, &said).ok_or(GraphError::BodyInvalid { expected: "a role of the resource" })?;
    let known = client.roles.get(&api).is_some_and(|roles| roles.contains(&role));
    if known {
        return Err(GraphError::BodyInvalid { expected: "a role that it does not have" });
    }
    let told = assignment(realm, &client, &api, &role);
    realm.change(&client.client_id, |client| client.roles.entry(api).or_default().push(role));
    Ok(reply::secret_json(StatusCode::CREATED, &told))
}

pub(super) fn take_away(
    realm: &mut Realm,
    caller: &Caller,
    target: &Target<'_>,
    id: &str,
) -> Result<Response<Bytes>, GraphError> {
    caller.may_assign()?;
    let client = find(realm, target.key()?)?.clone();
    let found = assigned(realm, &client).find(|(api, role)| assignment_id(realm, &client, api, role) == id);
    let (api, role) = found.ok_or_else(|| GraphError::NotFound { id: id.to_owned() })?;
    realm.change(&client.client_id, |client| {
        if let Some(roles) = client.roles.get_mut(&api) {
            roles.retain(|one| *one != role);
        }
    });
    Ok(reply::unkept(reply::empty(StatusCode::NO_CONTENT)))
}

/// The id of a role or scope of an app.
pub(super) fn role_id(realm: &Realm, app: &str, name: &str) -> String {
    derived_guid(realm, &format!("role {app} {name}"))
}

fn shown(realm: &Realm, client: &Client) -> Value {
    json!({
        "id": object_id_of(realm, client),
        "appId": client.client_id,
        "displayName": name(client),
        "servicePrincipalType": "Application",
        "accountEnabled": true,
    })
}

fn find<'a>(realm: &'a Realm, key: Key<'_>) -> Result<&'a Client, GraphError> {
    let mut principals =
        realm.clients.values().filter(|client| realm.registration_of(&client.client_id).principal);
    let found = principals.find(|client| match key {
        Key::AppId(app) => client.client_id == app,
        Key::Id(id) => object_id_of(realm, client) == id,
    });
    found.map(|client| &**client).ok_or_else(|| key.not_found())
}

/// Each assigned role, with the name of its API in the config.
fn assigned(realm: &Realm, client: &Client) -> impl Iterator<Item = (String, String)> {
    let known = |api: &str| api == GRAPH || resource(realm, api).is_some();
    let apis = client.roles.iter().filter(move |(api, _)| known(api));
    apis.flat_map(|(api, roles)| roles.iter().map(move |role| (api.clone(), role.clone())))
}

fn assignment(realm: &Realm, client: &Client, api: &str, role: &str) -> Value {
    let app = app_of(realm, api);
    let role_id =
        if api == GRAPH { id_of(role).unwrap_or(role).to_owned() } else { role_id(realm, &app, role) };
    json!({
        "id": assignment_id(realm, client, api, role),
        "principalId": object_id_of(realm, client),
        "principalDisplayName": name(client),
        "principalType": "ServicePrincipal",
        "resourceId": object_id(realm, &app),
        "appRoleId": role_id,
    })
}

fn assignment_id(realm: &Realm, client: &Client, api: &str, role: &str) -> String {
    derived_guid(realm, &format!("assignment {} {api} {role}", client.client_id))
}

/// The API and the role that an assignment names by their ids.
fn role_of(realm: &Realm, said: &Assign) -> Option<(String, String)> {
    if said.resource_id == object_id(realm, GRAPH_ID) {
        return name_of(&said.app_role_id).map(|role| (GRAPH.to_owned(), role.to_owned()));
    }
    let api = realm
        .apis
        .iter()
        .find(|api| object_id(realm, &app_of(realm, &api.identifier)) == said.resource_id)?;
    let app = app_of(realm, &api.identifier);
    let role = api.roles.iter().find(|role| role_id(realm, &app, role) == said.app_role_id)?;
    Some((api.identifier.clone(), role.clone()))
}

fn resource<'a>(realm: &'a Realm, api: &str) -> Option<&'a Api> {
    let named =
        |known: &&std::sync::Arc<Api>| known.identifier == api || known.client_id.as_deref() == Some(api);
    realm.apis.iter().find(named).map(|api| &**api)
}

/// The client id of an API.
fn app_of(realm: &Realm, api: &str) -> String {
    let own = || resource(realm, api).and_then(|api| api.client_id.clone());
    if api == GRAPH { GRAPH_ID.to_owned() } else { own().unwrap_or_else(|| api.to_owned()) }
}

/// The id of an app's service principal.
fn object_id(realm: &Realm, app: &str) -> String {
    realm.clients.get(app).map_or_else(|| derived_guid(realm, app), |client| object_id_of(realm, client))
}

fn object_id_of(realm: &Realm, client: &Client) -> String {
    client.object_id.clone().unwrap_or_else(|| derived_guid(realm, &client.client_id))
}

const GRAPH_NAME: &str = "Microsoft Graph";
