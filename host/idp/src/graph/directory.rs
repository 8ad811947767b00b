//! Users and groups, to read: the resource types `user` and `group`.

use super::error::GraphError;
use super::guard::Caller;
use super::target::{Key, Target};
use crate::claims::user_id;
use crate::config::User;
use crate::realm::Realm;
use crate::reply;
use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub(super) fn users(realm: &Realm, caller: &Caller) -> Result<Response<Bytes>, GraphError> {
    caller.may_read_users()?;
    let value: Vec<Value> = realm.users.iter().map(|user| shown(realm, user)).collect();
    Ok(reply::secret_json(StatusCode::OK, &json!({ "value": value })))
}

pub(super) fn user(
    realm: &Realm,
    caller: &Caller,
    target: &Target<'_>,
) -> Result<Response<Bytes>, GraphError> {
    caller.may_read_users()?;
    Ok(reply::secret_json(StatusCode::OK, &shown(realm, find(realm, target)?)))
}

/// Where a token with too many groups says that they are.
pub(super) fn member_objects(
    realm: &Realm,
    caller: &Caller,
    target: &Target<'_>,
) -> Result<Response<Bytes>, GraphError> {
    caller.may_read_users()?;
    Ok(reply::secret_json(StatusCode::OK, &json!({ "value": find(realm, target)?.groups })))
}

/// The groups that users are in.
pub(super) fn groups(realm: &Realm, caller: &Caller) -> Result<Response<Bytes>, GraphError> {
    caller.may_read_users()?;
    let ids: BTreeSet<&String> = realm.users.iter().flat_map(|user| &user.groups).collect();
    let value: Vec<Value> = ids.into_iter().map(|id| json!({ "id": id, "displayName": id })).collect();
    Ok(reply::secret_json(StatusCode::OK, &json!({ "value": value })))
}

/// The user of the token.
pub(super) fn me(realm: &Realm, caller: &Caller) -> Result<Response<Bytes>, GraphError> {
    let user = caller.user.as_ref().ok_or(GraphError::Denied)?;
    Ok(reply::secret_json(StatusCode::OK, &shown(realm, user)))
}

/// By id or by name.
fn find<'a>(realm: &'a Realm, target: &Target<'_>) -> Result<&'a User, GraphError> {
    let key = target.key()?;
    let is_it = |user: &User| match key {
        Key::Id(id) => user_id(realm, user) == id || user.username.eq_ignore_ascii_case(id),
        Key::AppId(_) => false,
    };
    realm.users.iter().map(|user| &**user).find(|user| is_it(user)).ok_or_else(|| key.not_found())
}

fn shown(realm: &Realm, user: &User) -> Value {
    json!({
        "id": user_id(realm, user),
        "displayName": user.name,
        "userPrincipalName": user.username,
        "mail": user.email,
    })
}
