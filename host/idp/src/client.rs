//! Who calls an endpoint: client authentication (RFC 6749 2.3, RFC 7523 2.2).

use crate::config::{AuthMethod, Client};
use crate::form::{Form, shown};
use crate::issued::Proof;
use crate::problem::Problem;
use crate::realm::Realm;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::{HeaderMap, Request, header};
use std::sync::Arc;

/// JWTs that clients authenticate with.
mod assertion;

/// A client, and how it proved that it is.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) client: Arc<Client>,
    pub(crate) proof: Proof,
}

/// The client of a request, authenticated in the way that it chose. A public client only names itself.
pub(crate) fn authenticate(
    realm: &mut Realm,
    request: &Request<Bytes>,
    form: &Form,
    now: i64,
) -> Result<Caller, Problem> {
    let basic = basic(request.headers())?;
    let ways = [basic.is_some(), form.get("client_secret").is_some(), form.get("client_assertion").is_some()];
    if ways.into_iter().filter(|used| *used).count() > 1 {
        return Err(Problem::TwoAuthentications);
    }
    if let Some((id, secret)) = basic {
        // The id may stand in the form as well, and is the same then.
        if form.get("client_id").is_some_and(|other| other != id) {
            return Err(Problem::TwoAuthentications);
        }
        return by_secret(realm, &id, &secret, AuthMethod::ClientSecretBasic, now);
    }
    if form.get("client_assertion").is_some() {
        return assertion::authenticate(realm, form, now);
    }
    let id = form.get("client_id").ok_or(Problem::ClientNotAuthenticated)?;
    match form.get("client_secret") {
        Some(secret) => by_secret(realm, id, secret, AuthMethod::ClientSecretPost, now),
        None => public(realm, id),
    }
}

/// The same, for endpoints that answer no public client (RFC 7662 2.1).
pub(crate) fn authenticate_confidential(
    realm: &mut Realm,
    request: &Request<Bytes>,
    form: &Form,
    now: i64,
) -> Result<Caller, Problem> {
    let caller = authenticate(realm, request, form, now)?;
    if caller.proof == Proof::Nothing { Err(Problem::ClientNotAuthenticated) } else { Ok(caller) }
}

/// Whether the request has credentials in HTTP Basic, readable or not.
pub(crate) fn uses_basic(headers: &HeaderMap) -> bool {
    basic(headers).map_or(true, |credentials| credentials.is_some())
}

fn by_secret(realm: &Realm, id: &str, secret: &str, method: AuthMethod, now: i64) -> Result<Caller, Problem> {
    let client = known(realm, id)?;
    // A client without secrets is told that the secret is wrong too: it has none that fits.
    if !client.secrets_at(now).any(|known| known.is(secret)) {
        let ended = client.secrets.iter().any(|known| known.value.is(secret));
        let client = shown(id);
        return Err(if ended { Problem::SecretExpired { client } } else { Problem::SecretWrong { client } });
    }
    allowed(client, method)?;
    Ok(Caller { client: Arc::clone(client), proof: Proof::Secret })
}

fn public(realm: &Realm, id: &str) -> Result<Caller, Problem> {
    let client = known(realm, id)?;
    if !client.allows(AuthMethod::None) {
        return Err(Problem::ClientNotAuthenticated);
    }
    Ok(Caller { client: Arc::clone(client), proof: Proof::Nothing })
}

/// The client of an id.
pub(crate) fn known<'a>(realm: &'a Realm, id: &str) -> Result<&'a Arc<Client>, Problem> {
    let client = realm.clients.get(id).ok_or_else(|| Problem::ClientUnknown { client: shown(id) })?;
    if realm.registered.get(id).is_some_and(|registered| !registered.principal) {
        return Err(Problem::PrincipalMissing { client: shown(id) });
    }
    Ok(client)
}

fn allowed(client: &Client, method: AuthMethod) -> Result<(), Problem> {
    if client.allows(method) { Ok(()) } else { Err(Problem::AuthMethodNotAllowed { found: method.name() }) }
}

/// Id and secret in HTTP Basic, each form-encoded first (RFC 6749 2.3.1).
fn basic(headers: &HeaderMap) -> Result<Option<(String, String)>, Problem> {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
    let Some((scheme, encoded)) = value.as_bytes().split_at_checked(BASIC.len()) else { return Ok(None) };
    if !scheme.eq_ignore_ascii_case(BASIC) {
        return Ok(None);
    }
    let pair =
        BASE64_STANDARD.decode(encoded.trim_ascii()).ok().and_then(|pair| String::from_utf8(pair).ok());
    let pair = pair.as_deref().and_then(|pair| pair.split_once(':'));
    let (id, secret) = pair.ok_or(Problem::BasicMalformed)?;
    Ok(Some((form_decoded(id), form_decoded(secret))))
}

/// One form-encoded text. `&` and `=` are encoded in such a text; where a client forgot to, they stand for themselves.
fn form_decoded(text: &str) -> String {
    let escaped = text.replace('&', "%26").replace('=', "%3D");
    form_urlencoded::parse(escaped.as_bytes()).map(|(name, _)| name.into_owned()).next().unwrap_or_default()
}

const BASIC: &[u8] = b"Basic ";
