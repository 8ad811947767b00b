//! App registrations: the resource type `application`.

use super::error::GraphError;
use super::filter::Filter;
use super::guard::Caller;
use super::permission::{id_of, is_role, name_of};
use super::target::{Key, Target};
use super::{password, principal};
use crate::config::{Api, Client, is_redirect_uri};
use crate::entropy::guid;
use crate::realm::Realm;
use crate::registered::Registered;
use crate::reply;
use crate::scope::GRAPH_ID;
use bytes::Bytes;
use chrono::{DateTime, SecondsFormat};
use claimgate_policy::world::Entropy;
use http::{Request, Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// What can be said of an application. Other members of the resource are passed over.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Said {
    display_name: Option<String>,
    identifier_uris: Option<Vec<String>>,
    api: Option<SaidApi>,
    app_roles: Option<Vec<SaidName>>,
    web: Option<SaidUris>,
    public_client: Option<SaidUris>,
    required_resource_access: Option<Vec<SaidAccess>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SaidApi {
    requested_access_token_version: Option<u8>,
    oauth2_permission_scopes: Option<Vec<SaidName>>,
}

/// An app role or a scope.
#[derive(Deserialize)]
struct SaidName {
    value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SaidUris {
    #[serde(default)]
    redirect_uris: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SaidAccess {
    resource_app_id: String,
    #[serde(default)]
    resource_access: Vec<SaidId>,
}

#[derive(Deserialize)]
struct SaidId {
    id: String,
}

pub(super) fn list(
    realm: &Realm,
    caller: &Caller,
    request: &Request<Bytes>,
) -> Result<Response<Bytes>, GraphError> {
    caller.may_list()?;
    let filter = Filter::of(request)?;
    let seen = realm.clients.values().filter(|client| {
        filter.admits(&client.client_id, name(client)) && caller.may_read(realm, &client.client_id).is_ok()
    });
    let value: Vec<Value> = seen.map(|client| shown(realm, client)).collect();
    Ok(reply::secret_json(StatusCode::OK, &json!({ "value": value })))
}

/// The app becomes its caller's own. It has no service principal yet, and so gets no tokens.
pub(super) fn create(
    realm: &mut Realm,
    caller: &Caller,
    body: &[u8],
    now: i64,
    entropy: &mut dyn Entropy,
) -> Result<Response<Bytes>, GraphError> {
    caller.may_create()?;
    let said = said(body)?;
    if said.display_name.as_ref().is_none_or(String::is_empty) {
        return Err(GraphError::BodyInvalid { expected: "a displayName" });
    }
    let id = guid(entropy);
    refuse_taken(realm, &id, &said)?;
    let registered = Registered {
        object_id: guid(entropy),
        created: now,
        owner: Some(caller.client.clone()),
        principal: false,
        access_token: None,
    };
    let client = Client { client_id: id.clone(), object_id: Some(guid(entropy)), ..Client::default() };
    realm.register(client, registered)?;
    apply(realm, &id, said);
    Ok(reply::secret_json(StatusCode::CREATED, &by_id(realm, &id)))
}

pub(super) fn read(
    realm: &Realm,
    caller: &Caller,
    target: &Target<'_>,
) -> Result<Response<Bytes>, GraphError> {
    caller.may_list()?;
    let id = find(realm, target)?;
    caller.may_read(realm, &id)?;
    Ok(reply::secret_json(StatusCode::OK, &by_id(realm, &id)))
}

pub(super) fn update(
    realm: &mut Realm,
    caller: &Caller,
    target: &Target<'_>,
    body: &[u8],
) -> Result<Response<Bytes>, GraphError> {
    let id = find(realm, target)?;
    caller.may_write(realm, &id)?;
    let said = said(body)?;
    refuse_taken(realm, &id, &said)?;
    apply(realm, &id, said);
    Ok(reply::unkept(reply::empty(StatusCode::NO_CONTENT)))
}

pub(super) fn delete(
    realm: &mut Realm,
    caller: &Caller,
    target: &Target<'_>,
) -> Result<Response<Bytes>, GraphError> {
    let id = find(realm, target)?;
    caller.may_write(realm, &id)?;
    realm.unregister(&id);
    Ok(reply::unkept(reply::empty(StatusCode::NO_CONTENT)))
}

/// The client id of the app that a target names.
pub(super) fn find(realm: &Realm, target: &Target<'_>) -> Result<String, GraphError> {
    let key = target.key()?;
    let is_it = |id: &&String| match key {
        Key::AppId(app) => **id == app,
        Key::Id(object) => realm.registration_of(id).object_id == object,
    };
    realm.clients.keys().find(is_it).cloned().ok_or_else(|| key.not_found())
}

/// The name that people see.
pub(super) fn name(client: &Client) -> &str {
    client.name.as_deref().unwrap_or(&client.client_id)
}

fn by_id(realm: &Realm, id: &str) -> Value {
    realm.clients.get(id).map(|client| shown(realm, client)).unwrap_or_default()
}

fn shown(realm: &Realm, client: &Client) -> Value {
    let registered = realm.registration_of(&client.client_id);
    let api = realm.apis.iter().find(|api| api.client_id.as_ref() == Some(&client.client_id));
    let uris: Vec<&str> =
        api.iter().map(|api| &*api.identifier).filter(|uri| *uri != client.client_id).collect();
    let scopes = api.map(|api| api.scopes.as_slice()).unwrap_or_default();
    let roles = api.map(|api| api.roles.as_slice()).unwrap_or_default();
    json!({
        "id": registered.object_id,
        "appId": client.client_id,
        "displayName": name(client),
        "createdDateTime": date_time(registered.created),
        "signInAudience": "AzureADMyOrg",
        "identifierUris": uris,
        "api": {
            "requestedAccessTokenVersion": api.and_then(|api| api.access_token_version),
            "oauth2PermissionScopes": scopes.iter().map(|scope| role(realm, client, scope)).collect::<Vec<_>>(),
        },
        "appRoles": roles.iter().map(|name| role(realm, client, name)).collect::<Vec<_>>(),
        "web": { "redirectUris": client.redirect_uris },
        "requiredResourceAccess": required(client),
        "passwordCredentials": client.secrets.iter().map(password::shown).collect::<Vec<_>>(),
        "keyCredentials": [],
    })
}

/// Roles and scopes have ids of their own, which assignments name.
fn role(realm: &Realm, client: &Client, name: &str) -> Value {
    json!({ "id": principal::role_id(realm, &client.client_id, name), "value": name, "displayName": name, "isEnabled": true })
}

fn required(client: &Client) -> Value {
    let access: Vec<Value> = client
        .permissions
        .iter()
        .map(|name| {
            let kind = if is_role(name) { "Role" } else { "Scope" };
            json!({ "id": id_of(name).unwrap_or(name), "type": kind })
        })
        .collect();
    if access.is_empty() {
        json!([])
    } else {
        json!([{ "resourceAppId": GRAPH_ID, "resourceAccess": access }])
    }
}

fn said(body: &[u8]) -> Result<Said, GraphError> {
    let expected = "a JSON object with the members of the resource type application";
    let said: Said = serde_json::from_slice(body).map_err(|_| GraphError::BodyInvalid { expected })?;
    let uris = [&said.web, &said.public_client].into_iter().flatten().flat_map(|uris| &uris.redirect_uris);
    if uris.into_iter().any(|uri| !is_redirect_uri(uri)) {
        return Err(GraphError::BodyInvalid {
            expected: "redirectUris that are absolute, without fragments",
        });
    }
    let version = said.api.as_ref().and_then(|api| api.requested_access_token_version);
    if version.is_some_and(|version| !matches!(version, 1 | 2)) {
        return Err(GraphError::BodyInvalid { expected: "null, 1 or 2 in requestedAccessTokenVersion" });
    }
    Ok(said)
}

/// An App ID URI belongs to one app of the tenant.
fn refuse_taken(realm: &Realm, id: &str, said: &Said) -> Result<(), GraphError> {
    let others = || realm.apis.iter().filter(|api| api.client_id.as_deref() != Some(id));
    let taken = |uri: &String| others().any(|api| api.identifier == *uri);
    if said.identifier_uris.iter().flatten().any(taken) {
        return Err(GraphError::BodyInvalid { expected: "identifierUris that no other app has" });
    }
    Ok(())
}

fn apply(realm: &mut Realm, id: &str, said: Said) {
    let uris = [said.web, said.public_client].into_iter().flatten().map(|uris| uris.redirect_uris);
    let uris: Option<Vec<String>> = uris.reduce(|one, other| [one, other].concat());
    let permissions = said.required_resource_access.map(permissions);
    realm.change(id, |client| {
        client.name = said.display_name.or_else(|| client.name.take());
        client.redirect_uris = uris.unwrap_or_else(|| std::mem::take(&mut client.redirect_uris));
        client.permissions = permissions.unwrap_or_else(|| std::mem::take(&mut client.permissions));
    });
    if said.identifier_uris.is_some() || said.api.is_some() || said.app_roles.is_some() {
        apply_api(realm, id, said.identifier_uris, said.api, said.app_roles);
    }
}

/// The app as an API; it was one for itself before.
fn apply_api(
    realm: &mut Realm,
    id: &str,
    uris: Option<Vec<String>>,
    said: Option<SaidApi>,
    roles: Option<Vec<SaidName>>,
) {
    let at = realm.apis.iter().position(|api| api.client_id.as_deref() == Some(id));
    let mut api = at.map(|at| Api::clone(&realm.apis.swap_remove(at))).unwrap_or_else(|| Api {
        identifier: id.to_owned(),
        client_id: Some(id.to_owned()),
        ..Api::default()
    });
    let names = |said: Vec<SaidName>| said.into_iter().map(|name| name.value).collect();
    if let Some(uris) = uris {
        api.identifier = uris.into_iter().next().unwrap_or_else(|| id.to_owned());
    }
    if let Some(said) = said {
        api.access_token_version = said.requested_access_token_version;
        api.scopes = said.oauth2_permission_scopes.map(names).unwrap_or(api.scopes);
    }
    api.roles = roles.map(names).unwrap_or(api.roles);
    realm.apis.push(Arc::new(api));
}

/// Names where they are known; ids otherwise.
fn permissions(access: Vec<SaidAccess>) -> Vec<String> {
    let graph = access.into_iter().filter(|access| access.resource_app_id == GRAPH_ID);
    let ids = graph.flat_map(|access| access.resource_access).map(|access| access.id);
    ids.map(|id| name_of(&id).map_or(id, str::to_owned)).collect()
}

/// `2026-01-31T12:00:00Z`.
pub(super) fn date_time(time: i64) -> String {
    DateTime::from_timestamp(time, 0).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Secs, true)
}
