//! Client grants: which client may have which scopes of which API for itself.

use super::error::ManagementError;
use crate::claims::derived_guid;
use crate::form::Form;
use crate::realm::Realm;
use bytes::Bytes;
use http::Request;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Said {
    client_id: String,
    audience: String,
    #[serde(default)]
    scope: Vec<String>,
}

/// All of them, or those of a client or an API.
pub(super) fn list(realm: &Realm, request: &Request<Bytes>) -> Result<Value, ManagementError> {
    let query = Form::of_query(request)
        .map_err(|_| ManagementError::BodyInvalid { expected: "each parameter once" })?;
    let wanted = |name: &str, value: &str| query.get(name).is_none_or(|wanted| wanted == value);
    let seen = all(realm).filter(|(client, api, _)| wanted("client_id", client) && wanted("audience", api));
    Ok(seen.map(|(client, api, scopes)| shown(realm, client, api, scopes)).collect())
}

pub(super) fn create(realm: &mut Realm, body: &[u8]) -> Result<Value, ManagementError> {
    let expected = "client_id, audience and scope";
    let said: Said = serde_json::from_slice(body).map_err(|_| ManagementError::BodyInvalid { expected })?;
    let client = realm.clients.get(&said.client_id).ok_or(ManagementError::NotFound { what: "client" })?;
    let api = realm.apis.iter().find(|api| api.identifier == said.audience);
    let api = api.ok_or(ManagementError::NotFound { what: "API" })?;
    if said.scope.iter().any(|scope| !api.scopes.contains(scope)) {
        return Err(ManagementError::BodyInvalid { expected: "scopes of the API" });
    }
    if client.client_grants.as_ref().is_some_and(|grants| grants.contains_key(&said.audience)) {
        return Err(ManagementError::Conflict);
    }
    let told = shown(realm, &said.client_id, &said.audience, &said.scope);
    realm.change(&said.client_id, |client| {
        client.client_grants.get_or_insert_default().insert(said.audience, said.scope);
    });
    Ok(told)
}

pub(super) fn delete(realm: &mut Realm, id: &str) -> Result<(), ManagementError> {
    let found = all(realm).find(|(client, api, _)| grant_id(realm, client, api) == id);
    let (client, api) = found
        .map(|(client, api, _)| (client.to_owned(), api.to_owned()))
        .ok_or(ManagementError::NotFound { what: "client grant" })?;
    realm.change(&client, |client| {
        if let Some(grants) = &mut client.client_grants {
            grants.remove(&api);
        }
    });
    Ok(())
}

/// Client, API and scopes of each grant.
fn all(realm: &Realm) -> impl Iterator<Item = (&str, &str, &[String])> {
    let clients = realm
        .clients
        .values()
        .filter_map(|client| Some((&*client.client_id, client.client_grants.as_ref()?)));
    clients.flat_map(|(client, grants)| grants.iter().map(move |(api, scopes)| (client, &**api, &**scopes)))
}

fn shown(realm: &Realm, client: &str, api: &str, scopes: &[String]) -> Value {
    json!({ "id": grant_id(realm, client, api), "client_id": client, "audience": api, "scope": scopes })
}

fn grant_id(realm: &Realm, client: &str, api: &str) -> String {
    format!("cgr_{}", derived_guid(realm, &format!("grant {client} {api}")).replace('-', ""))
}
