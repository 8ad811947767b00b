//! Registration of clients: RFC 7591, and reading and deleting by RFC 7592. Okta's API of this form has a command for
//! new secrets beside it.

use crate::bearer;
use crate::claims::Members;
use crate::config::Client;
use crate::entropy::{guid, unguessable, unique};
use crate::problem::Problem;
use crate::realm::Realm;
use crate::registered::Registered;
use crate::reply;
use crate::secret::Secret;
use crate::shape::Shape;
use bytes::Bytes;
use claimgate_policy::world::Entropy;
use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use metadata::Metadata;
use serde_json::Value;

/// What a client says of itself.
mod metadata;

/// One request at the endpoint or below it.
pub(crate) fn answer(
    realm: &mut Realm,
    request: &Request<Bytes>,
    now: i64,
    entropy: &mut dyn Entropy,
) -> Result<Response<Bytes>, Problem> {
    let at = realm.shape().registration(realm.id()).unwrap_or_default();
    let path = request.uri().path().strip_prefix(&*at).unwrap_or_default();
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    match (request.method(), segments.as_slice()) {
        (&Method::POST, []) => {
            may_register(realm, request.headers(), now)?;
            create(realm, request, &at, now, entropy)
        }
        (method, [id, rest @ ..]) => {
            may_manage(realm, id, request.headers(), now)?;
            match (method, rest) {
                (&Method::GET, []) => {
                    Ok(reply::secret_json(StatusCode::OK, &Value::Object(shown(realm, id, &at))))
                }
                (&Method::DELETE, []) => {
                    realm.unregister(id);
                    Ok(reply::unkept(reply::empty(StatusCode::NO_CONTENT)))
                }
                (&Method::POST, ["lifecycle", "newSecret"]) if realm.shape() == Shape::Okta => {
                    Ok(new_secret(realm, id, &at, entropy))
                }
                _ => Err(Problem::NotFound),
            }
        }
        _ => Ok(reply::with_header(reply::empty(StatusCode::METHOD_NOT_ALLOWED), header::ALLOW, "POST")),
    }
}

/// RFC 7591 3.1, 3.2.1.
fn create(
    realm: &mut Realm,
    request: &Request<Bytes>,
    at: &str,
    now: i64,
    entropy: &mut dyn Entropy,
) -> Result<Response<Bytes>, Problem> {
    let metadata = Metadata::read(request.body())?;
    let id = match realm.shape() {
        Shape::Okta => {
            format!("0oa{}", unique(entropy).replace(['-', '_'], "x").get(..17).unwrap_or_default())
        }
        _ => guid(entropy),
    };
    let (secret, access_token) = (unguessable(entropy), unguessable(entropy));
    let secret = metadata.wants_secret().then_some(secret);
    let client = Client { secret: secret.as_deref().map(Secret::new), ..metadata.client(&id) };
    let registered = Registered {
        object_id: guid(entropy),
        created: now,
        owner: None,
        principal: true,
        access_token: Some(Secret::new(&access_token)),
    };
    realm.register(client, registered)?;
    let mut told = shown(realm, &id, at);
    told.insert("registration_access_token".into(), access_token.into());
    tell_secret(&mut told, secret);
    Ok(reply::secret_json(StatusCode::CREATED, &Value::Object(told)))
}

fn new_secret(realm: &mut Realm, id: &str, at: &str, entropy: &mut dyn Entropy) -> Response<Bytes> {
    let secret = unguessable(entropy);
    realm.change(id, |client| client.secret = Some(Secret::new(&secret)));
    let mut told = shown(realm, id, at);
    tell_secret(&mut told, Some(secret));
    reply::secret_json(StatusCode::OK, &Value::Object(told))
}

/// What is in force for a client; its secret is told once, when it is made.
fn shown(realm: &Realm, id: &str, at: &str) -> Members {
    let mut told = realm.clients.get(id).map(|client| metadata::shown(client)).unwrap_or_default();
    told.insert("client_id_issued_at".into(), realm.registration_of(id).created.into());
    told.insert("registration_client_uri".into(), format!("{}{at}/{id}", realm.base_url).into());
    told
}

/// RFC 7591 3.2.1: 0 for a secret that does not expire.
fn tell_secret(told: &mut Members, secret: Option<String>) {
    if let Some(secret) = secret {
        told.insert("client_secret".into(), secret.into());
        told.insert("client_secret_expires_at".into(), 0.into());
    }
}

/// RFC 7591 3: the config says who.
fn may_register(realm: &Realm, headers: &HeaderMap, now: i64) -> Result<(), Problem> {
    let rules = realm.config.registration.as_ref().ok_or(Problem::NotFound)?;
    if rules.open {
        return Ok(());
    }
    let token = api_token(headers).ok_or(Problem::TokenMissing)?;
    let initial = rules.initial_access_token.as_ref().is_some_and(|initial| initial.is(token));
    let scoped = || {
        let known = realm.access_tokens.get(token, now)?;
        rules.scope.as_ref().filter(|scope| known.grant.has_scope(scope))
    };
    if initial || scoped().is_some() { Ok(()) } else { Err(Problem::TokenInvalid) }
}

/// RFC 7592 1.2: with the token that came with the registration; whoever may register may manage as well, but for
/// everybody.
fn may_manage(realm: &Realm, id: &str, headers: &HeaderMap, now: i64) -> Result<(), Problem> {
    let token = api_token(headers).ok_or(Problem::TokenMissing)?;
    let own = realm.registered.get(id).and_then(|registered| registered.access_token.as_ref());
    let open = realm.config.registration.as_ref().is_none_or(|rules| rules.open);
    if own.is_some_and(|own| own.is(token)) {
        return Ok(());
    }
    // RFC 7592 2: a client that is not there is told no more than a wrong token.
    if open || own.is_none() {
        return Err(Problem::TokenInvalid);
    }
    may_register(realm, headers, now)
}

/// The token behind `Bearer`, or behind Okta's `SSWS`.
fn api_token(headers: &HeaderMap) -> Option<&str> {
    let okta = || headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("SSWS ");
    bearer::in_header(headers).or_else(okta)
}
