//! What a client asks for: an API, and scopes of it.

use crate::config::{Api, Client};
use crate::endpoint::Version;
use crate::form::{Form, shown};
use crate::issued::Audience;
use crate::management;
use crate::problem::Problem;
use crate::realm::Realm;
use crate::shape::Shape;
use std::sync::Arc;

mod entra;

/// What was asked for, and exists.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) audience: Audience,
    pub(crate) scopes: Vec<String>,
}

/// For whom tokens are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    /// The client itself.
    Client,
    /// A user.
    User,
}

/// The API and the scopes that a form names. `version` is that of Entra's endpoint.
pub(crate) fn wanted(
    realm: &Realm,
    form: &Form,
    client: &Client,
    who: Who,
    version: Version,
) -> Result<Wanted, Problem> {
    let words = form.words("scope");
    match (realm.shape(), version) {
        (Shape::Entra, Version::V1) => entra::by_resource(realm, form.get("resource"), &words, who),
        (Shape::Entra, Version::V2) => entra::by_scope(realm, &words, who),
        (shape, _) => {
            // RFC 8707 2; `audience` is Auth0's name for it.
            let named = form.get("resource").or_else(|| form.get("audience"));
            let named = named.filter(|_| matches!(shape, Shape::Auth0 | Shape::Plain));
            if shape == Shape::Auth0 && named == Some(&*management::audience(realm)) && who == Who::Client {
                return of_management(realm, client, &words);
            }
            let wanted = by_name(realm, named, &words, who)?;
            if who == Who::Client { granted(client, wanted, &words) } else { Ok(wanted) }
        }
    }
}

/// Auth0's Management API: a client has the scopes that the config permits it.
fn of_management(realm: &Realm, client: &Client, words: &[&str]) -> Result<Wanted, Problem> {
    let api =
        Api { identifier: management::audience(realm), scopes: client.permissions.clone(), ..Api::default() };
    if api.scopes.is_empty() {
        return Err(Problem::ApiNotGranted { api: shown(&api.identifier) });
    }
    if let Some(more) = words.iter().find(|word| !has(&api, word)) {
        return Err(invalid("scopes that the client has", &[more]));
    }
    let scopes = if words.is_empty() { api.scopes.clone() } else { owned(words) };
    Ok(Wanted { audience: Audience { requested: api.identifier.clone(), api: Arc::new(api) }, scopes })
}

/// What is asked for, as far as the client's grants go; without any it is held to nothing.
fn granted(client: &Client, wanted: Wanted, words: &[&str]) -> Result<Wanted, Problem> {
    let Some(grants) = &client.client_grants else { return Ok(wanted) };
    let api = &wanted.audience.api.identifier;
    let scopes = grants.get(api).ok_or_else(|| Problem::ApiNotGranted { api: shown(api) })?;
    if words.is_empty() {
        return Ok(Wanted { scopes: scopes.clone(), ..wanted });
    }
    match words.iter().find(|word| !scopes.iter().any(|scope| scope == *word)) {
        Some(more) => Err(invalid("scopes that the client is granted", &[more])),
        None => Ok(wanted),
    }
}

/// Scopes have one name in the realm; the API is named, or is the one of the scopes, or the first.
fn by_name(realm: &Realm, named: Option<&str>, words: &[&str], who: Who) -> Result<Wanted, Problem> {
    let (openid, own): (Vec<&str>, Vec<&str>) = words.iter().partition(|word| is_openid_scope(word));
    if who == Who::Client && !openid.is_empty() {
        return Err(invalid("scopes of an API, as no user takes part", &openid));
    }
    let api = match named {
        Some(name) => realm.apis.iter().find(|api| api.identifier == name),
        None => realm.apis.iter().find(|api| own.first().is_none_or(|scope| has(api, scope))),
    };
    let api = match (api, named) {
        (Some(api), _) => api,
        (None, Some(name)) => return Err(Problem::ResourceUnknown { found: shown(name) }),
        (None, None) => return Err(invalid("scopes of this realm's APIs", &own)),
    };
    if let Some(foreign) = own.iter().find(|scope| !has(api, scope)) {
        let elsewhere = realm.apis.iter().any(|api| has(api, foreign));
        return Err(if elsewhere {
            Problem::ResourcesMany
        } else {
            invalid("scopes of this realm's APIs", &[foreign])
        });
    }
    if words.is_empty() && realm.shape() == Shape::Okta {
        return Err(invalid("at least one scope", &[]));
    }
    // RFC 6749 3.3: without scopes, those that are given by default.
    let scopes = if words.is_empty() { api.scopes.clone() } else { owned(words) };
    Ok(Wanted { audience: Audience { api: Arc::clone(api), requested: api.identifier.clone() }, scopes })
}

/// OpenID Connect Core 3.1.2.1, 5.4 and 11.
pub(crate) fn is_openid_scope(scope: &str) -> bool {
    OPENID_SCOPES.contains(&scope)
}

fn has(api: &Api, scope: &str) -> bool {
    api.scopes.iter().any(|one| one == scope)
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn invalid(expected: &'static str, found: &[&str]) -> Problem {
    let found = if found.is_empty() { "none".to_owned() } else { shown(&found.join("+")) };
    Problem::ScopeInvalid { expected, found }
}

/// Those that are served.
pub(crate) const OPENID_SCOPES: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// The identifier of Microsoft Graph.
pub(crate) const GRAPH: &str = "https://graph.microsoft.com";

/// The client id of Microsoft Graph.
pub(crate) const GRAPH_ID: &str = "00000003-0000-0000-c000-000000000000";
