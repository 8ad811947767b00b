//! Auth0: tokens of a tenant.

use super::{Facts, Members, members, user_id};
use crate::config::User;
use crate::endpoint::{Endpoint, Version};
use crate::realm::Realm;
use serde_json::{Value, json};

/// A user's token is for the userinfo endpoint as well.
pub(super) fn access(facts: &Facts<'_>) -> Members {
    let Facts { realm, grant, now, expires } = facts;
    let client = &grant.client.client_id;
    let api = &grant.audience.requested;
    let mut claims = members([
        ("iss", realm.issuer(Version::V2).into()),
        ("sub", format!("{client}@clients").into()),
        ("aud", api.clone().into()),
        ("azp", client.clone().into()),
        ("iat", (*now).into()),
        ("exp", (*expires).into()),
    ]);
    if !grant.scopes.is_empty() {
        claims.insert("scope".into(), grant.scope().into());
    }
    match &grant.user {
        Some(user) => {
            claims.insert("sub".into(), subject(realm, user).into());
            claims.insert("aud".into(), json!([Some(api.clone()), realm.url(Endpoint::UserInfo)]));
        }
        None => {
            claims.insert("gty".into(), Value::from("client-credentials"));
        }
    }
    claims
}

/// The connection, and the user's id there.
pub(super) fn subject(realm: &Realm, user: &User) -> String {
    format!("auth0|{}", user_id(realm, user))
}
