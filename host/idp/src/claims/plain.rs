//! OpenID Connect without more: access tokens as RFC 9068 2.2 has them, with `azp` as most providers add it.

use super::{Facts, Members, assigned, groups, members, profile, subject, user_id};
use crate::config::User;
use crate::endpoint::Version;
use crate::entropy::guid;
use claimgate_policy::world::Entropy;

pub(super) fn access(facts: &Facts<'_>, entropy: &mut dyn Entropy) -> Members {
    let Facts { realm, grant, now, expires } = facts;
    let client = &grant.client.client_id;
    let mut claims = members([
        ("iss", realm.issuer(Version::V2).into()),
        // RFC 9068 2.2: where no resource owner takes part, the client.
        ("sub", client.clone().into()),
        ("aud", grant.audience.requested.clone().into()),
        ("client_id", client.clone().into()),
        ("azp", client.clone().into()),
        ("jti", guid(entropy).into()),
        ("iat", (*now).into()),
        ("exp", (*expires).into()),
    ]);
    if !grant.scopes.is_empty() {
        claims.insert("scope".into(), grant.scope().into());
    }
    let mut roles = assigned(&grant.client.roles, &grant.audience.api);
    if let Some(user) = &grant.user {
        claims.insert("sub".into(), user_id(realm, user).into());
        claims.extend(grant.login.as_ref().map(|login| ("auth_time".to_owned(), login.time.into())));
        claims.extend(groups(user));
        roles = assigned(&user.roles, &grant.audience.api);
    }
    if !roles.is_empty() {
        claims.insert("roles".into(), roles.into());
    }
    claims
}

pub(super) fn id(facts: &Facts<'_>, user: &User) -> Members {
    let Facts { realm, grant, now, expires } = facts;
    let mut claims = members([
        ("iss", realm.issuer(Version::V2).into()),
        ("sub", subject(realm, &grant.client.client_id, user).into()),
        ("aud", grant.client.client_id.clone().into()),
        ("azp", grant.client.client_id.clone().into()),
        ("iat", (*now).into()),
        ("exp", (*expires).into()),
    ]);
    claims.extend(grant.login.as_ref().map(|login| ("auth_time".to_owned(), login.time.into())));
    claims.extend(profile(grant, user));
    claims.extend(groups(user));
    claims
}
