//! Entra's paths for every tenant, `/common` and `/organizations`: one document with a template for the issuer, one
//! key set of all tenants, and endpoints where the client says whose it is.

use crate::discovery;
use crate::endpoint::{Endpoint, Version};
use crate::form::Form;
use crate::realm::Realm;
use crate::reply;
use crate::shape::Shape;
use crate::state::State;
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use serde_json::{Value, json};

/// What stands behind `/common/` or `/organizations/`.
pub(crate) fn shared_path(path: &str) -> Option<&str> {
    path.strip_prefix("/common/").or_else(|| path.strip_prefix("/organizations/"))
}

/// Whether a request at such a path is for this tenant: by the client that it names.
pub(crate) fn is_named(realm: &Realm, request: &Request<Bytes>) -> bool {
    let forms = [Form::of_query(request), Form::of_body(request)];
    forms
        .into_iter()
        .flatten()
        .any(|form| form.get("client_id").is_some_and(|id| realm.clients.contains_key(id)))
}

/// Documents and keys; the other endpoints are those of a tenant.
pub(crate) fn answer(state: &State, request: &Request<Bytes>) -> Option<Response<Bytes>> {
    let rest = shared_path(request.uri().path()).filter(|_| request.method() == Method::GET)?;
    let tenants: Vec<&Realm> = state.realms.iter().filter(|realm| realm.shape() == Shape::Entra).collect();
    let first = tenants.first()?;
    match first.shape().endpoint(first.id(), &format!("/{}/{rest}", first.id()))? {
        Endpoint::Discovery(version) => Some(reply::json(StatusCode::OK, &document(first, version))),
        Endpoint::Jwks(version) => {
            let sets =
                tenants.iter().filter_map(|realm| realm.keys.jwks(&realm.issuer_of_keys(version)).ok());
            let keys = sets.filter_map(|mut set| set.get_mut("keys").map(Value::take));
            let keys: Vec<Value> = keys.filter_map(|keys| keys.as_array().cloned()).flatten().collect();
            Some(reply::json(StatusCode::OK, &json!({ "keys": keys })))
        }
        _ => None,
    }
}

/// A tenant's document with `{tenantid}` in its issuer and `common` in its endpoints.
fn document(realm: &Realm, version: Version) -> Value {
    let mut document = discovery::document(realm, version, None);
    let members = document.as_object_mut().into_iter().flatten();
    for (name, value) in members {
        if let Some(text) = value.as_str() {
            let place = if name == "issuer" { "{tenantid}" } else { "common" };
            *value = text.replace(realm.id(), place).into();
        }
    }
    document
}
