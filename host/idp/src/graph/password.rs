//! Secrets of applications: the resource type `passwordCredential`.

use super::application::{date_time, find};
use super::error::GraphError;
use super::guard::Caller;
use super::target::Target;
use crate::claims::{Members, members};
use crate::config::ClientSecret;
use crate::entropy::{guid, unguessable};
use crate::realm::Realm;
use crate::reply;
use crate::secret::Secret;
use bytes::Bytes;
use chrono::DateTime;
use claimgate_policy::world::Entropy;
use http::{Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Add {
    password_credential: Said,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Said {
    display_name: Option<String>,
    end_date_time: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Remove {
    key_id: String,
}

/// The text of the secret is in this answer and in no other.
pub(super) fn add(
    realm: &mut Realm,
    caller: &Caller,
    target: &Target<'_>,
    body: &[u8],
    now: i64,
    entropy: &mut dyn Entropy,
) -> Result<Response<Bytes>, GraphError> {
    let app = find(realm, target)?;
    caller.may_write(realm, &app)?;
    let expected = "a passwordCredential with displayName and endDateTime, or nothing";
    let said: Add = if body.is_empty() {
        Add::default()
    } else {
        serde_json::from_slice(body).map_err(|_| GraphError::BodyInvalid { expected })?
    };
    let said = said.password_credential;
    let end = said.end_date_time.map(|end| DateTime::parse_from_rfc3339(&end)).transpose();
    let end =
        end.map_err(|_| GraphError::BodyInvalid { expected: "an endDateTime such as 2027-01-31T12:00:00Z" })?;
    let text = unguessable(entropy);
    let secret = ClientSecret {
        id: guid(entropy),
        value: Secret::new(&text),
        name: said.display_name,
        expires: Some(end.map_or_else(|| now.saturating_add(TWO_YEARS), |end| end.timestamp())),
    };
    if realm.clients.get(&app).is_some_and(|client| client.secrets.len() >= MOST_SECRETS) {
        return Err(GraphError::BodyInvalid { expected: "fewer secrets; remove one first" });
    }
    let mut told = shown(&secret);
    told.insert("secretText".into(), text.into());
    told.insert("startDateTime".into(), date_time(now).into());
    realm.change(&app, |client| client.secrets.push(secret));
    Ok(reply::secret_json(StatusCode::OK, &Value::Object(told)))
}

pub(super) fn remove(
    realm: &mut Realm,
    caller: &Caller,
    target: &Target<'_>,
    body: &[u8],
) -> Result<Response<Bytes>, GraphError> {
    let app = find(realm, target)?;
    caller.may_write(realm, &app)?;
    let said: Remove =
        serde_json::from_slice(body).map_err(|_| GraphError::BodyInvalid { expected: "a keyId" })?;
    let known = |secret: &ClientSecret| secret.id == said.key_id;
    if !realm.clients.get(&app).is_some_and(|client| client.secrets.iter().any(known)) {
        return Err(GraphError::BodyInvalid { expected: "the keyId of one of its passwords" });
    }
    realm.change(&app, |client| client.secrets.retain(|secret| !known(secret)));
    Ok(reply::unkept(reply::empty(StatusCode::NO_CONTENT)))
}

/// What may be known of a secret.
pub(super) fn shown(secret: &ClientSecret) -> Members {
    members([
        ("keyId", json!(secret.id)),
        ("displayName", json!(secret.name)),
        ("hint", json!(secret.value.hint())),
        ("endDateTime", json!(secret.expires.map(date_time))),
        ("secretText", json!(null)),
        ("customKeyIdentifier", json!(null)),
    ])
}

/// Seconds, as Entra has it without an end.
const TWO_YEARS: i64 = 2 * 365 * 86_400;

/// Of one app.
const MOST_SECRETS: usize = 20;
