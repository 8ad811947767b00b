//! `client_secret_jwt` and `private_key_jwt`: RFC 7523 3, OpenID Connect Core 9.

use super::{Caller, allowed, known};
use crate::config::{AuthMethod, Client};
use crate::endpoint::{Endpoint, Version};
use crate::form::Form;
use crate::issued::Proof;
use crate::problem::Problem;
use crate::realm::Realm;
use claimgate_policy::json::Value;
use claimgate_policy::jwt::{Unverified, decode_unverified_claims};
use claimgate_policy::keys::KeySet;
use claimgate_policy::signature::HmacKey;
use claimgate_policy::verified::{SourceId, verify};
use std::sync::Arc;

pub(super) fn authenticate(realm: &mut Realm, form: &Form, now: i64) -> Result<Caller, Problem> {
    if form.required("client_assertion_type")? != ASSERTION_TYPE {
        let expected = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        return Err(Problem::Invalid { parameter: "client_assertion_type", expected });
    }
    let assertion = form.required("client_assertion")?;
    let token = Unverified::parse(assertion.as_bytes()).map_err(|_| refused("expected a signed JWT"))?;
    // Who it says it is, to find the key; believed only with the signature.
    let said =
        decode_unverified_claims(assertion.as_bytes()).map_err(|_| refused("expected a signed JWT"))?;
    let id = said.get("sub").and_then(Value::as_str).ok_or(refused("expected the client's id in sub"))?;
    if form.get("client_id").is_some_and(|other| other != id) {
        return Err(refused("sub is not the client_id of the form"));
    }
    let client = Arc::clone(known(realm, id)?);
    let symmetric = matches!(&token.header().algorithm, Ok(algorithm) if algorithm.is_symmetric());
    let (claims, method) = if symmetric {
        (by_secret(&client, &token, said, now)?, AuthMethod::ClientSecretJwt)
    } else {
        (by_key(&client, &token)?, AuthMethod::PrivateKeyJwt)
    };
    allowed(&client, method)?;
    check(realm, &client, &claims, now)?;
    let proof = if symmetric { Proof::Secret } else { Proof::Key };
    Ok(Caller { client, proof })
}

fn by_secret(client: &Client, token: &Unverified<'_>, claims: Value, now: i64) -> Result<Value, Problem> {
    let Ok(algorithm) = token.header().algorithm else { return Err(refused("expected a known alg")) };
    // RFC 7518 3.2: a secret shorter than the hash is no key.
    let mut keys = client.secrets_at(now).filter_map(|secret| HmacKey::new(source(), secret.as_bytes()));
    if keys.any(|key| key.verify(algorithm, token.signing_input(), token.signature())) {
        Ok(claims)
    } else {
        Err(refused("no secret of the client, of at least the hash's length, fits its signature"))
    }
}

fn by_key(client: &Client, token: &Unverified<'_>) -> Result<Value, Problem> {
    let jwks = client.jwks.as_ref().ok_or(refused("the client has no keys"))?;
    let (keys, _) =
        KeySet::from_jwks(jwks.to_string().as_bytes()).map_err(|_| refused("the client has no keys"))?;
    let verified = verify(token, &source(), &keys, None);
    verified
        .map(|verified| verified.claims().clone())
        .map_err(|_| refused("no key of the client fits its signature"))
}

/// RFC 7523 3.
fn check(realm: &mut Realm, client: &Client, claims: &Value, now: i64) -> Result<(), Problem> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let number =
        |name: &str| claims.get(name).and_then(Value::as_number).and_then(serde_json::Number::as_i64);
    if text("iss") != Some(&client.client_id) {
        return Err(refused("expected the client's id in iss"));
    }
    if !audiences(claims).any(|audience| is_this_server(realm, audience)) {
        return Err(refused("expected the issuer or the token endpoint in aud"));
    }
    let Some(expires) = number("exp").filter(|expires| *expires > now) else {
        return Err(refused("expected an exp in the future"));
    };
    if number("nbf").is_some_and(|begins| begins > now.saturating_add(LEEWAY)) {
        return Err(refused("expected an nbf in the past"));
    }
    if let Some(name) = text("jti") {
        let name = format!("{} {name}", client.client_id);
        if realm.assertions.get(&name, now).is_some() {
            return Err(refused("its jti was seen before"));
        }
        realm.assertions.put(&name, (), expires, now);
    }
    Ok(())
}

fn audiences(claims: &Value) -> impl Iterator<Item = &str> {
    let audience = claims.get("aud");
    let many = audience.and_then(Value::as_array).unwrap_or_default();
    audience.into_iter().chain(many).filter_map(Value::as_str)
}

fn is_this_server(realm: &Realm, audience: &str) -> bool {
    [Version::V1, Version::V2].into_iter().any(|version| {
        realm.issuer(version) == audience || realm.url(Endpoint::Token(version)).as_deref() == Some(audience)
    })
}

const fn refused(why: &'static str) -> Problem {
    Problem::AssertionRefused { why }
}

fn source() -> SourceId {
    SourceId::new("client")
}

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Seconds by which a client's clock may go ahead.
const LEEWAY: i64 = 60;
