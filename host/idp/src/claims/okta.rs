//! Okta: tokens of a custom authorization server.

use super::{Facts, Members, display_name, groups, members, profile, user_id};
use crate::config::User;
use crate::endpoint::Version;
use crate::entropy::unguessable;
use claimgate_policy::world::Entropy;
use serde_json::json;

pub(super) fn access(facts: &Facts<'_>, entropy: &mut dyn Entropy) -> Members {
    let Facts { realm, grant, now, expires } = facts;
    let mut claims = members([
        ("ver", 1.into()),
        ("jti", format!("AT.{}", unguessable(entropy)).into()),
        ("iss", realm.issuer(Version::V2).into()),
        ("aud", grant.audience.requested.clone().into()),
        ("iat", (*now).into()),
        ("exp", (*expires).into()),
        ("cid", grant.client.client_id.clone().into()),
        ("scp", grant.scopes.clone().into()),
        ("sub", grant.client.client_id.clone().into()),
    ]);
    if let Some(user) = &grant.user {
        claims.insert("uid".into(), user_id(realm, user).into());
        claims.insert("sub".into(), user.username.clone().into());
        claims.extend(grant.login.as_ref().map(|login| ("auth_time".to_owned(), login.time.into())));
        claims.extend(groups(user));
    }
    claims
}

pub(super) fn id(facts: &Facts<'_>, user: &User, entropy: &mut dyn Entropy) -> Members {
    let Facts { realm, grant, now, expires } = facts;
    let mut claims = members([
        ("ver", 1.into()),
        ("jti", format!("ID.{}", unguessable(entropy)).into()),
        ("iss", realm.issuer(Version::V2).into()),
        ("aud", grant.client.client_id.clone().into()),
        ("iat", (*now).into()),
        ("exp", (*expires).into()),
        ("sub", user_id(realm, user).into()),
        ("name", display_name(user).into()),
        ("amr", json!(["pwd"])),
    ]);
    claims.extend(grant.login.as_ref().map(|login| ("auth_time".to_owned(), login.time.into())));
    claims.extend(profile(grant, user));
    claims.extend(groups(user));
    claims
}
