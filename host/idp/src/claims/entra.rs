//! Microsoft Entra ID: two versions of tokens, chosen by the API ("Access token claims reference").

use super::{Facts, Members, assigned, derived_guid, display_name, members, profile, user_id};
use crate::config::{Api, User};
use crate::endpoint::Version;
use crate::entropy::unique;
use crate::issued::{Grant, Proof};
use crate::mint::base64url;
use crate::realm::Realm;
use crate::scope::{GRAPH, GRAPH_ID, is_openid_scope};
use crate::secret::sha256;
use claimgate_policy::world::Entropy;
use serde_json::{Value, json};

pub(super) fn access(facts: &Facts<'_>, entropy: &mut dyn Entropy) -> Members {
    let version = version(&facts.grant.audience.api);
    let mut claims = common(facts, version, entropy);
    claims.insert("aud".into(), audience(facts.grant, version).into());
    claims.extend(caller(facts.grant, version));
    match &facts.grant.user {
        Some(user) => claims.extend(of_user(facts, user, version)),
        None => claims.extend(of_client(facts)),
    }
    claims
}

pub(super) fn id(facts: &Facts<'_>, user: &User, version: Version, entropy: &mut dyn Entropy) -> Members {
    let mut claims = common(facts, version, entropy);
    claims.insert("aud".into(), facts.grant.client.client_id.clone().into());
    claims.insert("oid".into(), user_id(facts.realm, user).into());
    claims.insert("sub".into(), pairwise(facts.realm, &facts.grant.client.client_id, user).into());
    claims.extend(profile(facts.grant, user));
    claims.remove("email_verified"); // not in Entra's tokens
    claims.extend(groups(facts.realm, user));
    claims
}

/// In version 1.0 the header names the key twice.
pub(super) fn header(api: &Api, kid: &str) -> Members {
    let mut header = members([("typ", json!("JWT"))]);
    if version(api) == Version::V1 {
        header.insert("x5t".into(), kid.into());
    }
    header
}

/// A `sub` that tells one app nothing about what another app knows of the user.
pub(super) fn pairwise(realm: &Realm, app: &str, user: &User) -> String {
    base64url(&sha256(format!("{} {app} {}", realm.id(), user_id(realm, user)).as_bytes()))
}

fn version(api: &Api) -> Version {
    if api.access_token_version == Some(2) { Version::V2 } else { Version::V1 }
}

fn common(facts: &Facts<'_>, version: Version, entropy: &mut dyn Entropy) -> Members {
    let Facts { realm, now, expires, .. } = facts;
    // Entra dates its tokens back, for clocks that are behind.
    let issued = now.saturating_sub(BACKDATED);
    let mut claims = members([
        ("iss", realm.issuer(version).into()),
        ("iat", issued.into()),
        ("nbf", issued.into()),
        ("exp", (*expires).into()),
        ("tid", realm.id().into()),
        ("uti", unique(entropy).into()),
        ("rh", format!("0.{}.", unique(entropy)).into()),
        ("aio", unique(entropy).into()),
        ("ver", if version == Version::V1 { "1.0" } else { "2.0" }.into()),
    ]);
    if version == Version::V1 {
        claims.insert("idp".into(), realm.issuer(version).into());
    }
    claims
}

/// Version 2.0 names the API by its client id, version 1.0 as the client asked for it.
fn audience(grant: &Grant, version: Version) -> String {
    let audience = &grant.audience;
    match (version, &audience.api.client_id) {
        (Version::V2, Some(id)) => id.clone(),
        _ if audience.api.identifier == GRAPH => GRAPH_ID.to_owned(),
        _ => audience.requested.clone(),
    }
}

fn caller(grant: &Grant, version: Version) -> Members {
    let proof = match grant.proof {
        Proof::Nothing => "0",
        Proof::Secret => "1",
        Proof::Key => "2",
    };
    let (id, how) = if version == Version::V1 { ("appid", "appidacr") } else { ("azp", "azpacr") };
    members([(id, grant.client.client_id.clone().into()), (how, proof.into())])
}

/// Without assigned app roles there is no `roles` at all.
fn of_client(facts: &Facts<'_>) -> Members {
    let client = &facts.grant.client;
    let id = client.object_id.clone().unwrap_or_else(|| derived_guid(facts.realm, &client.client_id));
    let mut claims = members([("oid", id.clone().into()), ("sub", id.into())]);
    let roles = assigned(&client.roles, &facts.grant.audience.api);
    if !roles.is_empty() {
        claims.insert("roles".into(), roles.into());
    }
    claims
}

fn of_user(facts: &Facts<'_>, user: &User, version: Version) -> Members {
    let api = &facts.grant.audience.api;
    let mut claims = members([
        ("oid", user_id(facts.realm, user).into()),
        ("sub", pairwise(facts.realm, api.client_id.as_deref().unwrap_or(&api.identifier), user).into()),
        ("name", display_name(user).into()),
    ]);
    let scopes = scopes(facts.grant);
    if !scopes.is_empty() {
        claims.insert("scp".into(), scopes.into());
    }
    if version == Version::V1 {
        claims.extend(members([
            ("acr", json!("1")),
            ("amr", json!(["pwd"])),
            ("ipaddr", json!("127.0.0.1")),
            ("unique_name", user.username.clone().into()),
            ("upn", user.username.clone().into()),
        ]));
    } else {
        claims.insert("preferred_username".into(), user.username.clone().into());
    }
    let roles = assigned(&user.roles, api);
    if !roles.is_empty() {
        claims.insert("roles".into(), roles.into());
    }
    claims.extend(groups(facts.realm, user));
    claims
}

/// Those of OpenID Connect are Graph's there.
fn scopes(grant: &Grant) -> String {
    let graph = grant.audience.api.identifier == GRAPH;
    let scopes = grant.scopes.iter().map(String::as_str);
    let here = scopes.filter(|scope| *scope != "offline_access" && (graph || !is_openid_scope(scope)));
    here.collect::<Vec<_>>().join(" ")
}

/// More groups than a token may carry are named by where to get them.
fn groups(realm: &Realm, user: &User) -> Members {
    if user.groups.is_empty() {
        return Members::new();
    }
    if user.groups.len() > MOST_GROUPS {
        let endpoint = format!("{}/v1.0/users/{}/getMemberObjects", realm.base_url, user_id(realm, user));
        return members([
            ("_claim_names", json!({"groups": "src1"})),
            ("_claim_sources", json!({"src1": {"endpoint": endpoint}})),
        ]);
    }
    members([("groups", Value::from(user.groups.clone()))])
}

/// Seconds.
const BACKDATED: i64 = 300;

/// In a JWT.
const MOST_GROUPS: usize = 200;
