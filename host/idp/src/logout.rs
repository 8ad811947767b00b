//! Logout (OpenID Connect RP-Initiated Logout 1.0).

use crate::authorize::destination::redirect;
use crate::claims;
use crate::form::{Form, shown};
use crate::interact::{self, Step};
use crate::page;
use crate::problem::Problem;
use crate::realm::Realm;
use crate::session;
use crate::shape::Shape;
use bytes::Bytes;
use claimgate_policy::json::Value;
use claimgate_policy::jwt::{Unverified, decode_unverified_claims};
use claimgate_policy::verified::{SourceId, Verified, verify};
use claimgate_policy::world::Entropy;
use http::{HeaderMap, Method, Request, Response};

/// Where the browser goes afterwards.
#[derive(Debug, Clone)]
pub(crate) struct Leave {
    to: Option<String>,
}

/// One request.
pub(crate) fn answer(
    realm: &mut Realm,
    request: &Request<Bytes>,
    now: i64,
    entropy: &mut dyn Entropy,
) -> Response<Bytes> {
    let form =
        if request.method() == Method::POST { Form::of_body(request) } else { Form::of_query(request) };
    let read = form.and_then(|form| {
        let hint = form.get("id_token_hint").map(|token| hint(realm, token)).transpose()?;
        let leave = Leave { to: destination(realm, &form, hint.as_ref())? };
        Ok((leave, hint))
    });
    let (leave, hint) = match read {
        Ok(read) => read,
        Err(problem) => return page::problem(&problem),
    };
    let Some(session) = session::of(realm, request.headers(), now) else {
        return self::leave(realm, &leave, request.headers());
    };
    // RP-Initiated Logout 2: without a hint for this very user the person is asked, but Entra asks nobody.
    let subject = hint.as_ref().and_then(|hint| hint.claims().get("sub")).and_then(Value::as_str);
    let audience = hint.as_ref().and_then(|hint| hint.claims().get("aud")).and_then(Value::as_str);
    let subjects = audience.map(|client| claims::subject(realm, client, &session.user));
    if realm.shape() == Shape::Entra || (subject.is_some() && subjects.as_deref() == subject) {
        return self::leave(realm, &leave, request.headers());
    }
    interact::show(realm, Step::Logout(leave), request.headers(), now, entropy)
}

/// Ends the session.
pub(crate) fn leave(realm: &mut Realm, leave: &Leave, headers: &HeaderMap) -> Response<Bytes> {
    let mut reply = match &leave.to {
        Some(to) => redirect(to),
        None => page::signed_out(),
    };
    session::end(realm, headers, &mut reply);
    reply
}

/// An ID token of this realm; one that has expired is good enough.
fn hint(realm: &Realm, token: &str) -> Result<Verified, Problem> {
    let expected = "an ID token of this issuer";
    let refused = |_| Problem::Invalid { parameter: "id_token_hint", expected };
    let parsed = Unverified::parse(token.as_bytes()).map_err(refused)?;
    // Which app's keys signed it, the token itself may say: that proves nothing, and the signature does.
    let said = decode_unverified_claims(token.as_bytes()).map_err(refused)?;
    let keys = realm.keys_of(said.get("aud").and_then(Value::as_str));
    verify(&parsed, &SourceId::new("own"), &keys.verifying(), None).map_err(refused)
}

/// One of the URIs that the client has registered for this, with its `state`.
fn destination(realm: &Realm, form: &Form, hint: Option<&Verified>) -> Result<Option<String>, Problem> {
    let Some(to) = form.get("post_logout_redirect_uri") else { return Ok(None) };
    let unknown = || Problem::RedirectUnknown { found: shown(to) };
    let audience = hint.and_then(|hint| hint.claims().get("aud")).and_then(Value::as_str);
    let id = form.get("client_id").or(audience);
    if audience.is_some() && audience != id {
        return Err(Problem::Invalid { parameter: "client_id", expected: "the client of the id_token_hint" });
    }
    let registered =
        |client: &crate::config::Client| client.post_logout_redirect_uris.iter().any(|uri| uri == to);
    let known = match id {
        Some(id) => realm.clients.get(id).is_some_and(|client| registered(client)),
        // Entra's clients name none.
        None => realm.shape() == Shape::Entra && realm.clients.values().any(|client| registered(client)),
    };
    if !known {
        return Err(unknown());
    }
    let state = form.get("state").map(|state| {
        let encoded = form_urlencoded::Serializer::new(String::new()).append_pair("state", state).finish();
        format!("{}{encoded}", if to.contains('?') { '&' } else { '?' })
    });
    Ok(Some(format!("{to}{}", state.unwrap_or_default())))
}
