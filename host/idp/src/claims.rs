//! What tokens say, as each provider says it.

use crate::config::{Api, User};
use crate::endpoint::Version;
use crate::entropy::guid_of;
use crate::issued::Grant;
use crate::mint::base64url;
use crate::realm::Realm;
use crate::secret::sha256;
use crate::shape::Shape;
use claimgate_policy::world::Entropy;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

mod auth0;
mod entra;
mod okta;
mod ping;
mod plain;

/// Members of a JSON object.
pub(crate) type Members = Map<String, Value>;

/// What a token's claims are made from.
pub(crate) struct Facts<'a> {
    pub(crate) realm: &'a Realm,
    pub(crate) grant: &'a Grant,
    pub(crate) now: i64,
    pub(crate) expires: i64,
}

/// The claims of an access token, with those that client and user have of their own.
pub(crate) fn access(facts: &Facts<'_>, entropy: &mut dyn Entropy) -> Members {
    let mut claims = match facts.realm.shape() {
        Shape::Entra => entra::access(facts, entropy),
        Shape::Okta => okta::access(facts, entropy),
        Shape::Ping => ping::access(facts, entropy),
        Shape::Auth0 => auth0::access(facts),
        Shape::Plain => plain::access(facts, entropy),
    };
    replace(&mut claims, &facts.grant.client.claims);
    if let Some(user) = &facts.grant.user {
        replace(&mut claims, &user.claims);
    }
    claims
}

/// The claims of an ID token (OpenID Connect Core 2) for an access token. `version` is that of Entra's endpoint.
pub(crate) fn id(
    facts: &Facts<'_>,
    user: &User,
    access_token: Option<&str>,
    version: Version,
    entropy: &mut dyn Entropy,
) -> Members {
    let mut claims = match facts.realm.shape() {
        Shape::Entra => entra::id(facts, user, version, entropy),
        Shape::Okta => okta::id(facts, user, entropy),
        Shape::Ping | Shape::Auth0 | Shape::Plain => plain::id(facts, user),
    };
    claims.extend(access_token.map(|token| ("at_hash".to_owned(), half_hash(token).into())));
    if let Some(login) = &facts.grant.login
        && let Some(nonce) = &login.nonce
    {
        claims.insert("nonce".into(), nonce.clone().into());
    }
    replace(&mut claims, &user.claims);
    claims
}

/// The header of an access token but for `alg` and `kid`.
pub(crate) fn access_header(shape: Shape, api: &Api, kid: &str) -> Members {
    match shape {
        Shape::Entra => entra::header(api, kid),
        Shape::Okta => Members::new(),
        Shape::Auth0 => members([("typ", json!("JWT"))]),
        Shape::Ping | Shape::Plain => members([("typ", json!("at+jwt"))]),
    }
}

/// What is said of a user at the userinfo endpoint (OpenID Connect Core 5.4).
pub(crate) fn user_info(realm: &Realm, grant: &Grant, user: &User) -> Members {
    let mut claims = profile(grant, user);
    claims.insert("sub".into(), subject(realm, &grant.client.client_id, user).into());
    if grant.has_scope("profile") && realm.shape() != Shape::Entra {
        claims.extend(groups(user));
    }
    replace(&mut claims, &user.claims);
    claims
}

/// `sub` of a user in ID tokens and at the userinfo endpoint.
pub(crate) fn subject(realm: &Realm, client: &str, user: &User) -> String {
    match realm.shape() {
        Shape::Entra => entra::pairwise(realm, client, user),
        Shape::Auth0 => auth0::subject(realm, user),
        Shape::Okta | Shape::Ping | Shape::Plain => user_id(realm, user),
    }
}

/// Claims by the scopes that ask for them.
fn profile(grant: &Grant, user: &User) -> Members {
    let mut claims = Members::new();
    if grant.has_scope("profile") {
        claims.insert("name".into(), display_name(user).into());
        claims.insert("preferred_username".into(), user.username.clone().into());
    }
    if grant.has_scope("email")
        && let Some(email) = &user.email
    {
        claims.insert("email".into(), email.clone().into());
        claims.insert("email_verified".into(), true.into());
    }
    claims
}

/// The user's groups; nothing of a user that has none.
fn groups(user: &User) -> Option<(String, Value)> {
    (!user.groups.is_empty()).then(|| ("groups".to_owned(), user.groups.clone().into()))
}

fn display_name(user: &User) -> &str {
    user.name.as_deref().unwrap_or(&user.username)
}

/// The user's id, which is a GUID where the config gives none.
pub(crate) fn user_id(realm: &Realm, user: &User) -> String {
    user.id.clone().unwrap_or_else(|| derived_guid(realm, &user.username))
}

/// A GUID that is the same at each start.
pub(crate) fn derived_guid(realm: &Realm, of: &str) -> String {
    let hash = sha256(format!("{} {of}", realm.id()).as_bytes());
    guid_of(hash.first_chunk().copied().unwrap_or_default())
}

/// Roles for an API, which the config names by its identifier or by its client id.
pub(crate) fn assigned(roles: &BTreeMap<String, Vec<String>>, api: &Api) -> Vec<String> {
    let names = [Some(&api.identifier), api.client_id.as_ref()];
    names.into_iter().flatten().filter_map(|name| roles.get(name)).flatten().cloned().collect()
}

/// The left half of a token's hash (OpenID Connect Core 3.1.3.6); SHA-256 goes with every algorithm that is offered.
fn half_hash(token: &str) -> String {
    base64url(sha256(token.as_bytes()).first_chunk::<16>().map(<[u8; 16]>::as_slice).unwrap_or_default())
}

/// Puts claims in the place of others; null takes one away.
fn replace(claims: &mut Members, by: &Members) {
    for (name, value) in by {
        if value.is_null() {
            claims.remove(name);
        } else {
            claims.insert(name.clone(), value.clone());
        }
    }
}

/// Members of these names.
pub(crate) fn members<const N: usize>(members: [(&str, Value); N]) -> Members {
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
