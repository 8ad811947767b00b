//! PingOne: tokens of an environment.

use super::{Facts, Members, members, user_id};
use crate::endpoint::Version;
use crate::entropy::guid;
use claimgate_policy::world::Entropy;
use serde_json::json;

/// A client that is its own has no `sub`.
pub(super) fn access(facts: &Facts<'_>, entropy: &mut dyn Entropy) -> Members {
    let Facts { realm, grant, now, expires } = facts;
    let mut claims = members([
        ("client_id", grant.client.client_id.clone().into()),
        ("iss", realm.issuer(Version::V2).into()),
        ("jti", guid(entropy).into()),
        ("iat", (*now).into()),
        ("exp", (*expires).into()),
        ("aud", json!([grant.audience.requested])),
    ]);
    if !grant.scopes.is_empty() {
        claims.insert("scope".into(), grant.scope().into());
    }
    if let Some(user) = &grant.user {
        claims.insert("sub".into(), user_id(realm, user).into());
        claims.insert("sid".into(), guid(entropy).into());
    }
    claims
}
