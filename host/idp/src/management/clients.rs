//! Clients, as the Management API has them.

use super::error::ManagementError;
use crate::config::{AuthMethod, Client, GrantType, is_redirect_uri};
use crate::entropy::unguessable;
use crate::realm::Realm;
use crate::registered::Registered;
use crate::secret::Secret;
use claimgate_policy::world::Entropy;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What can be said of a client. Other members are passed over.
#[derive(Deserialize)]
struct Said {
    name: Option<String>,
    callbacks: Option<Vec<String>>,
    allowed_logout_urls: Option<Vec<String>>,
    grant_types: Option<Vec<String>>,
    token_endpoint_auth_method: Option<String>,
}

/// The same, valid.
struct Change {
    name: Option<String>,
    redirect_uris: Option<Vec<String>>,
    post_logout_redirect_uris: Option<Vec<String>>,
    grants: Option<Vec<GrantType>>,
    method: Option<AuthMethod>,
}

pub(super) fn list(realm: &Realm) -> Value {
    realm.clients.values().map(|client| shown(client)).collect()
}

pub(super) fn read(realm: &Realm, id: &str) -> Result<Value, ManagementError> {
    let client = realm.clients.get(id).ok_or(ManagementError::NotFound { what: "client" })?;
    Ok(shown(client))
}

/// It has no grant for any API yet. Its secret is in this answer, and in that of a rotation.
pub(super) fn create(
    realm: &mut Realm,
    body: &[u8],
    now: i64,
    entropy: &mut dyn Entropy,
) -> Result<Value, ManagementError> {
    let change = change(body)?;
    if change.name.as_ref().is_none_or(String::is_empty) {
        return Err(ManagementError::BodyInvalid { expected: "a name" });
    }
    let id = unguessable(entropy).replace(['-', '_'], "x").get(..32).unwrap_or_default().to_owned();
    let secret = unguessable(entropy);
    let public = change.method == Some(AuthMethod::None);
    let mut client = Client {
        client_id: id.clone(),
        secret: (!public).then(|| Secret::new(&secret)),
        client_grants: Some(BTreeMap::new()),
        ..Client::default()
    };
    change.apply(&mut client);
    let registered =
        Registered { object_id: id.clone(), created: now, owner: None, principal: true, access_token: None };
    realm.register(client, registered)?;
    let told = read(realm, &id)?;
    Ok(if public { told } else { with_secret(told, secret) })
}

pub(super) fn update(realm: &mut Realm, id: &str, body: &[u8]) -> Result<Value, ManagementError> {
    read(realm, id)?;
    let change = change(body)?;
    realm.change(id, |client| change.apply(client));
    read(realm, id)
}

pub(super) fn rotate_secret(
    realm: &mut Realm,
    id: &str,
    entropy: &mut dyn Entropy,
) -> Result<Value, ManagementError> {
    let told = read(realm, id)?;
    let secret = unguessable(entropy);
    realm.change(id, |client| client.secret = Some(Secret::new(&secret)));
    Ok(with_secret(told, secret))
}

impl Change {
    fn apply(self, client: &mut Client) {
        client.name = self.name.or_else(|| client.name.take());
        client.redirect_uris =
            self.redirect_uris.unwrap_or_else(|| std::mem::take(&mut client.redirect_uris));
        let logout = &mut client.post_logout_redirect_uris;
        *logout = self.post_logout_redirect_uris.unwrap_or_else(|| std::mem::take(logout));
        client.grants = self.grants.unwrap_or_else(|| std::mem::take(&mut client.grants));
        if let Some(method) = self.method {
            client.auth_methods = vec![method];
        }
    }
}

fn change(body: &[u8]) -> Result<Change, ManagementError> {
    let invalid = |expected| ManagementError::BodyInvalid { expected };
    let said: Said =
        serde_json::from_slice(body).map_err(|_| invalid("a JSON object that describes a client"))?;
    let uris = said.callbacks.iter().chain(&said.allowed_logout_urls).flatten();
    if uris.into_iter().any(|uri| !is_redirect_uri(uri)) {
        return Err(invalid("absolute URIs without fragments"));
    }
    let grants = said.grant_types.map(|names| names.iter().map(|name| GrantType::from_name(name)).collect());
    let grants: Option<Option<Vec<GrantType>>> = grants;
    if grants.as_ref().is_some_and(|grants| grants.as_ref().is_none_or(Vec::is_empty)) {
        return Err(invalid("grant_types that are served"));
    }
    let method = said.token_endpoint_auth_method.map(|name| AuthMethod::from_name(&name));
    if method == Some(None) {
        return Err(invalid("a token_endpoint_auth_method that is served"));
    }
    Ok(Change {
        name: said.name,
        redirect_uris: said.callbacks,
        post_logout_redirect_uris: said.allowed_logout_urls,
        grants: grants.flatten(),
        method: method.flatten(),
    })
}

fn shown(client: &Client) -> Value {
    let grants: Vec<&str> = client.grants.iter().map(|grant| grant.name()).collect();
    json!({
        "client_id": client.client_id,
        "name": client.name,
        "callbacks": client.redirect_uris,
        "allowed_logout_urls": client.post_logout_redirect_uris,
        "grant_types": grants,
        "token_endpoint_auth_method": client.auth_methods.first().map(|method| method.name()),
    })
}

fn with_secret(mut told: Value, secret: String) -> Value {
    if let Value::Object(members) = &mut told {
        members.insert("client_secret".into(), secret.into());
    }
    told
}
