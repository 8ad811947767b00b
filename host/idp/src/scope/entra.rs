//! Entra's two ways to name an API: by `resource` (v1.0 endpoints), or as a part of each scope (v2.0 endpoints).

use super::{GRAPH, GRAPH_ID, Wanted, Who, has, invalid, is_openid_scope, owned};
use crate::config::Api;
use crate::form::shown;
use crate::issued::Audience;
use crate::problem::Problem;
use crate::realm::Realm;
use std::sync::Arc;

/// The v1.0 endpoint: the resource alone decides, `scope` only asks for what OpenID Connect knows. Without a resource
/// the token is for the directory itself, with a signature that can be verified, as the cloud gives it too.
pub(super) fn by_resource(
    realm: &Realm,
    resource: Option<&str>,
    words: &[&str],
    who: Who,
) -> Result<Wanted, Problem> {
    let audience = find(realm, resource.unwrap_or(DIRECTORY_ID))?;
    let mut scopes: Vec<&str> = words.iter().copied().filter(|word| is_openid_scope(word)).collect();
    match who {
        Who::Client => scopes.clear(),
        Who::User => scopes.extend(audience.api.scopes.iter().map(String::as_str)),
    }
    let scopes = owned(&scopes);
    Ok(Wanted { audience, scopes })
}

/// The v2.0 endpoint. A client that is its own names one API, with `/.default` behind it.
pub(super) fn by_scope(realm: &Realm, words: &[&str], who: Who) -> Result<Wanted, Problem> {
    let (openid, own): (Vec<&str>, Vec<&str>) = words.iter().partition(|word| is_openid_scope(word));
    match (who, words) {
        (_, []) => Err(Problem::Missing { parameter: "scope" }),
        (Who::Client, [word]) => match word.strip_suffix(DEFAULT) {
            Some(resource) => Ok(Wanted { audience: find(realm, resource)?, scopes: Vec::new() }),
            None => Err(invalid(ONE_DEFAULT, &[word])),
        },
        (Who::Client, _) => Err(invalid(ONE_DEFAULT, words)),
        (Who::User, _) => of_user(realm, &openid, &own),
    }
}

fn of_user(realm: &Realm, openid: &[&str], own: &[&str]) -> Result<Wanted, Problem> {
    let mut split = own.iter().map(|scope| scope.rsplit_once('/').unwrap_or((GRAPH, scope)));
    let resource = split.next().map_or(GRAPH, |(resource, _)| resource);
    if split.any(|(other, _)| other != resource) {
        return Err(Problem::ResourcesMany);
    }
    let audience = find(realm, resource)?;
    let mut scopes = owned(openid);
    for scope in own.iter().map(|scope| scope.rsplit_once('/').map_or(*scope, |(_, name)| name)) {
        match scope {
            ".default" => scopes.extend(audience.api.scopes.iter().cloned()),
            scope if has(&audience.api, scope) => scopes.push(scope.to_owned()),
            scope => return Err(invalid("scopes of the API", &[scope])),
        }
    }
    Ok(Wanted { audience, scopes })
}

/// The API of a name: an App ID URI or a client id. An app without an API of its own is one nevertheless, for itself.
fn find(realm: &Realm, name: &str) -> Result<Audience, Problem> {
    let requested = name.to_owned();
    if let Some(api) = built_in(name) {
        return Ok(Audience { api: Arc::new(api), requested });
    }
    let named = |api: &&Arc<Api>| api.identifier == name || api.client_id.as_deref() == Some(name);
    if let Some(api) = realm.apis.iter().find(named) {
        return Ok(Audience { api: Arc::clone(api), requested });
    }
    let client = realm.clients.get(name).ok_or_else(|| Problem::ResourceUnknown { found: shown(name) })?;
    Ok(Audience { api: Arc::new(api(&client.client_id, &client.client_id, &[])), requested })
}

/// The APIs that every tenant has.
fn built_in(name: &str) -> Option<Api> {
    match name {
        GRAPH | GRAPH_ID => Some(api(GRAPH, GRAPH_ID, &["User.Read"])),
        DIRECTORY | DIRECTORY_ID => Some(api(DIRECTORY, DIRECTORY_ID, &["User.Read"])),
        _ => None,
    }
}

/// An API with tokens of version 1.0.
fn api(identifier: &str, client_id: &str, scopes: &[&str]) -> Api {
    Api {
        identifier: identifier.to_owned(),
        client_id: Some(client_id.to_owned()),
        scopes: owned(scopes),
        ..Api::default()
    }
}

const DEFAULT: &str = "/.default";
const ONE_DEFAULT: &str = "one API with /.default behind it";

/// Azure AD Graph, which was before Microsoft Graph.
const DIRECTORY: &str = "https://graph.windows.net";
const DIRECTORY_ID: &str = "00000002-0000-0000-c000-000000000000";
