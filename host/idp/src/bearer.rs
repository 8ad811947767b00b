//! Endpoints that take an access token, or ask about one.

use crate::claims;
use crate::client;
use crate::form::Form;
use crate::issued::AccessToken;
use crate::problem::Problem;
use crate::realm::Realm;
use crate::reply;
use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use serde_json::{Value, json};

/// RFC 7662. A token that is not good is no error: it is not active.
pub(crate) fn introspect(
    realm: &mut Realm,
    request: &Request<Bytes>,
    now: i64,
) -> Result<Response<Bytes>, Problem> {
    let form = Form::of_body(request)?;
    client::authenticate_confidential(realm, request, &form, now)?;
    let token = form.required("token")?;
    let told = if let Some(known) = realm.access_tokens.get(token, now) {
        active(known)
    } else if let Some(known) = realm.refresh_tokens.get(token, now).filter(|known| !known.used) {
        json!({
            "active": true,
            "client_id": known.grant.client.client_id,
            "scope": known.grant.scope(),
            "token_type": "refresh_token",
        })
    } else {
        json!({ "active": false })
    };
    Ok(reply::secret_json(StatusCode::OK, &told))
}

/// RFC 7662 2.2: what the token says, and what every provider says beside it.
fn active(token: &AccessToken) -> Value {
    let mut told = token.claims.clone();
    let grant = &token.grant;
    told.insert("active".into(), true.into());
    told.insert("token_type".into(), "Bearer".into());
    told.insert("client_id".into(), grant.client.client_id.clone().into());
    if !grant.scopes.is_empty() {
        told.insert("scope".into(), grant.scope().into());
    }
    if let Some(user) = &grant.user {
        told.insert("username".into(), user.username.clone().into());
    }
    Value::Object(told)
}

/// RFC 7009. A token that is not there is as good as revoked (2.2); one of another client stays.
pub(crate) fn revoke(
    realm: &mut Realm,
    request: &Request<Bytes>,
    now: i64,
) -> Result<Response<Bytes>, Problem> {
    let form = Form::of_body(request)?;
    let caller = client::authenticate(realm, request, &form, now)?;
    let token = form.required("token")?;
    let own = |client: &str| caller.client.client_id == client;
    if realm.access_tokens.get(token, now).is_some_and(|known| own(&known.grant.client.client_id)) {
        realm.access_tokens.remove(token);
    }
    // RFC 7009 2.1: with a refresh token go the access tokens of its grant.
    let refresh = realm.refresh_tokens.get(token, now).filter(|known| own(&known.grant.client.client_id));
    if let Some(family) = refresh.map(|known| known.grant.family.clone()) {
        realm.revoke_family(&family);
    }
    Ok(reply::unkept(reply::empty(StatusCode::OK)))
}

/// OpenID Connect Core 5.3.
pub(crate) fn user_info(
    realm: &Realm,
    request: &Request<Bytes>,
    now: i64,
) -> Result<Response<Bytes>, Problem> {
    let form = if request.method() == Method::POST {
        Form::of_body(request).unwrap_or_default()
    } else {
        Form::default()
    };
    let token =
        in_header(request.headers()).or_else(|| form.get("access_token")).ok_or(Problem::TokenMissing)?;
    let known = realm.access_tokens.get(token, now).ok_or(Problem::TokenInvalid)?;
    let user = known.grant.user.as_deref().filter(|_| known.grant.has_scope("openid"));
    let user = user.ok_or(Problem::TokenScope { expected: "openid" })?;
    let told = claims::user_info(realm, &known.grant, user);
    Ok(reply::secret_json(StatusCode::OK, &Value::Object(told)))
}

/// The token behind `Bearer` (RFC 6750 2.1).
pub(crate) fn in_header(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
