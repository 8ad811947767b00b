//! The token endpoint (RFC 6749 3.2).

use crate::claims::{self, Facts, Members};
use crate::client::{self, Caller};
use crate::config::GrantType;
use crate::endpoint::Version;
use crate::entropy::unguessable;
use crate::form::{Form, shown};
use crate::issued::{AccessToken, Audience, Grant, RefreshToken};
use crate::mint::{Draft, MintError, Signer};
use crate::problem::Problem;
use crate::realm::Realm;
use crate::reply;
use crate::scope::{GRAPH, is_openid_scope};
use crate::shape::Shape;
use bytes::Bytes;
use claimgate_policy::world::Entropy;
use http::{Request, Response, StatusCode};
use serde_json::{Value, json};

/// Grants: what is exchanged for tokens.
mod grant;

/// One request. `subject` is what the token that is to be exchanged, if there is one, was granted for, and by which realm.
pub(crate) fn answer(
    realm: &mut Realm,
    request: &Request<Bytes>,
    version: Version,
    subject: Option<(String, Grant)>,
    now: i64,
    entropy: &mut dyn Entropy,
) -> Result<Response<Bytes>, Problem> {
    let form = Form::of_body(request)?;
    let caller = client::authenticate(realm, request, &form, now)?;
    let kind = grant_type(realm, &form, &caller)?;
    let grant = match kind {
        GrantType::AuthorizationCode => grant::code(realm, &form, &caller, now)?,
        GrantType::ClientCredentials => grant::client_credentials(realm, &form, caller, version, entropy)?,
        GrantType::Password => grant::password(realm, &form, caller, version, now, entropy)?,
        GrantType::RefreshToken => grant::refresh_token(realm, &form, &caller, version, now)?,
        GrantType::TokenExchange => grant::token_exchange(realm, &form, caller, subject, entropy)?,
        GrantType::Implicit => return Err(Problem::GrantUnknown { found: kind.name().to_owned() }),
    };
    let mut response = issue(realm, &grant, version, now, entropy)?;
    if kind == GrantType::TokenExchange {
        // RFC 8693 2.2.1.
        response.insert("issued_token_type".into(), grant::ACCESS_TOKEN_TYPE.into());
    }
    let response = Value::Object(response);
    Ok(reply::secret_json(StatusCode::OK, &response))
}

fn grant_type(realm: &Realm, form: &Form, caller: &Caller) -> Result<GrantType, Problem> {
    let name = form.required("grant_type")?;
    // Entra exchanges tokens by a grant of its own, which is not served.
    let kind = GrantType::from_name(name)
        .filter(|kind| (realm.shape(), *kind) != (Shape::Entra, GrantType::TokenExchange))
        .ok_or_else(|| Problem::GrantUnknown { found: shown(name) })?;
    if caller.client.may(kind) { Ok(kind) } else { Err(Problem::GrantNotAllowed { grant: kind.name() }) }
}

/// The tokens of a grant, as the answer to the client (RFC 6749 5.1, OpenID Connect Core 3.1.3.3).
pub(crate) fn issue(
    realm: &mut Realm,
    grant: &Grant,
    version: Version,
    now: i64,
    entropy: &mut dyn Entropy,
) -> Result<Members, Problem> {
    let lifetime = realm.config.access_token_lifetime;
    let access_token = access_token(realm, grant, now, entropy)?;
    let mut response = members(json!({
        "token_type": "Bearer",
        "expires_in": lifetime,
        "access_token": access_token,
    }));
    if let Some(id_token) = id_token(realm, grant, Some(&access_token), version, now, entropy)? {
        response.insert("id_token".into(), id_token.into());
    }
    if wants_refresh(realm, grant, version) {
        response.insert("refresh_token".into(), refresh_token(realm, grant, now, entropy).into());
    }
    match (realm.shape(), version) {
        (Shape::Entra, Version::V1) => response.extend(in_texts(grant, lifetime, now)),
        (Shape::Entra, Version::V2) => response.extend(members(json!({ "ext_expires_in": lifetime }))),
        _ => {}
    }
    // Entra's answer to a client that is its own has no scope.
    if !grant.scopes.is_empty() {
        response.insert("scope".into(), scope_in_full(realm, grant).into());
    }
    Ok(response)
}

/// A new access token: a JWT, or a text that says nothing by itself.
pub(crate) fn access_token(
    realm: &mut Realm,
    grant: &Grant,
    now: i64,
    entropy: &mut dyn Entropy,
) -> Result<String, Problem> {
    let expires = now.saturating_add(realm.config.access_token_lifetime.into());
    let claims = claims::access(&Facts { realm, grant, now, expires }, entropy);
    let api = &grant.audience.api;
    let keys = realm.keys_of(api.client_id.as_deref());
    let signer = keys.signer().ok_or(MintError::Sign)?;
    let header = complete(claims::access_header(realm.shape(), api, signer.kid()), signer);
    let opaque =
        realm.config.opaque_access_tokens || api.opaque_access_tokens || grant.client.opaque_access_tokens;
    let token = match &*api.identifier {
        _ if opaque => unguessable(entropy),
        GRAPH if realm.shape() == Shape::Entra => graph_token(signer, header, &claims, entropy)?,
        _ => Draft::new(&header, &claims).signed(signer)?,
    };
    realm.access_tokens.put(&token, AccessToken { grant: grant.clone(), claims }, expires, now);
    Ok(token)
}

/// An ID token, where a user is there and `openid` was asked for. It lives as long as the access token.
pub(crate) fn id_token(
    realm: &Realm,
    grant: &Grant,
    access_token: Option<&str>,
    version: Version,
    now: i64,
    entropy: &mut dyn Entropy,
) -> Result<Option<String>, Problem> {
    let Some(user) = grant.user.as_deref().filter(|_| grant.has_scope("openid")) else { return Ok(None) };
    let expires = now.saturating_add(realm.config.access_token_lifetime.into());
    let claims = claims::id(&Facts { realm, grant, now, expires }, user, access_token, version, entropy);
    let signer = realm.keys_of(Some(&grant.client.client_id)).signer().ok_or(MintError::Sign)?;
    Ok(Some(Draft::new(&complete(members(json!({ "typ": "JWT" })), signer), &claims).signed(signer)?))
}

/// Entra names the API with each of its scopes, but for those of OpenID Connect and Graph.
fn scope_in_full(realm: &Realm, grant: &Grant) -> String {
    let Audience { api, requested } = &grant.audience;
    if realm.shape() != Shape::Entra || api.identifier == GRAPH {
        return grant.scope();
    }
    let full =
        |scope: &String| if is_openid_scope(scope) { scope.clone() } else { format!("{requested}/{scope}") };
    grant.scopes.iter().map(full).collect::<Vec<_>>().join(" ")
}

fn refresh_token(realm: &mut Realm, grant: &Grant, now: i64, entropy: &mut dyn Entropy) -> String {
    let token = unguessable(entropy);
    let expires = now.saturating_add(realm.config.refresh_token_lifetime.into());
    realm.refresh_tokens.put(&token, RefreshToken { grant: grant.clone(), used: false }, expires, now);
    token
}

/// OpenID Connect Core 11; Entra's v1.0 endpoint gives one with every login.
fn wants_refresh(realm: &Realm, grant: &Grant, version: Version) -> bool {
    let always = realm.shape() == Shape::Entra && version == Version::V1;
    grant.client.may(GrantType::RefreshToken)
        && grant.user.is_some()
        && (always || grant.has_scope("offline_access"))
}

/// A token for Microsoft Graph. Its signature is over another `nonce` than the one that it shows, and nobody keeps
/// that one: as in the cloud, only Graph can tell whether it is good. Here Graph knows what was handed out.
fn graph_token(
    signer: &Signer,
    mut header: Members,
    claims: &Members,
    entropy: &mut dyn Entropy,
) -> Result<String, MintError> {
    header.insert("nonce".into(), unguessable(entropy).into());
    let signed = Draft::new(&header, claims).signed(signer)?;
    let signature = signed.rsplit('.').next().unwrap_or_default();
    header.insert("nonce".into(), unguessable(entropy).into());
    Ok(Draft::new(&header, claims).unsigned() + signature)
}

fn complete(mut header: Members, signer: &Signer) -> Members {
    header.insert("alg".into(), signer.algorithm().name().into());
    header.insert("kid".into(), signer.kid().into());
    header
}

/// Numbers are texts at Entra's v1.0 endpoint.
fn in_texts(grant: &Grant, lifetime: u32, now: i64) -> Members {
    let expires = now.saturating_add(lifetime.into());
    members(json!({
        "expires_in": lifetime.to_string(),
        "ext_expires_in": lifetime.to_string(),
        "expires_on": expires.to_string(),
        "not_before": now.saturating_sub(300).to_string(),
        "resource": grant.audience.requested,
    }))
}

fn members(value: Value) -> Members {
    if let Value::Object(members) = value { members } else { Members::new() }
}
