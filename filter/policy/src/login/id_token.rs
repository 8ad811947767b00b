//! What an ID token must say beside what every token must (OIDC Core 3.1.3.7, 3.1.3.8).

use crate::denial::{Denial, shown, shown_claim};
use crate::json::Value;
use crate::signature::{Algorithm, Hash};
use crate::verified::{Evidence, Verified};
use alloc::string::String;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// For whom, and for which login, an ID token must be.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The gateway's client.
    pub client: &'a str,
    /// The nonce of the login; `None` where the token comes of none: of a refresh (OIDC Core 12.2).
    pub nonce: Option<&'a str>,
    /// The access token beside it; `None` where that is another one by now.
    pub access_token: Option<&'a str>,
}

/// Checks audience, authorized party, nonce and the hash of the access token. Issuer and times are another check's.
///
/// # Errors
/// [`Denial::IdTokenAudience`], [`Denial::IdTokenParty`], [`Denial::NonceMismatch`], [`Denial::AccessTokenHash`],
/// [`Denial::MalformedClaim`].
pub fn check(id_token: &Verified, expected: Expected<'_>) -> Result<(), Denial> {
    let claims = id_token.claims();
    if claims.get("sub").and_then(Value::as_str).is_none() {
        return Err(Denial::MalformedClaim { claim: "sub", found: shown_claim(claims.get("sub")) });
    }
    audience(claims, expected.client)?;
    if let Some(nonce) = expected.nonce
        && claims.get("nonce").and_then(Value::as_str) != Some(nonce)
    {
        return Err(Denial::NonceMismatch);
    }
    match expected.access_token {
        Some(token) => hash(id_token, token),
        None => Ok(()),
    }
}

/// The client must be an audience. Where there are several, the token must say that it was made for the client; and where
/// it says for whom it was made, that must be the client (OIDC Core 3.1.3.7, 3 to 5).
fn audience(claims: &Value, client: &str) -> Result<(), Denial> {
    let aud = claims.get("aud");
    let (has, several) = match aud {
        Some(Value::String(only)) => (&**only == client, false),
        Some(Value::Array(all)) => (all.iter().any(|one| one.as_str() == Some(client)), all.len() > 1),
        _ => (false, false),
    };
    if !has {
        return Err(Denial::IdTokenAudience { expected: shown(client), found: shown_claim(aud) });
    }
    let azp = claims.get("azp");
    let good = match azp {
        None => !several,
        Some(azp) => azp.as_str() == Some(client),
    };
    if good {
        return Ok(());
    }
    Err(Denial::IdTokenParty { expected: shown(client), found: shown_claim(azp) })
}

/// `at_hash`, where it is there: half of a hash of the access token, so that nobody puts another one beside.
fn hash(id_token: &Verified, access_token: &str) -> Result<(), Denial> {
    let Some(said) = id_token.claims().get("at_hash") else { return Ok(()) };
    let algorithm = match id_token.evidence() {
        Evidence::Signature { algorithm, .. } | Evidence::SharedSecret { algorithm } => *algorithm,
        Evidence::Introspection | Evidence::UserInfo => return Err(Denial::AccessTokenHash),
    };
    let found = half_hash(algorithm, access_token);
    if said.as_str() == Some(&*found) { Ok(()) } else { Err(Denial::AccessTokenHash) }
}

/// By the hash of the algorithm; Ed25519 has SHA-512 in it (RFC 8032 5.1).
fn half_hash(algorithm: Algorithm, text: &str) -> String {
    let hash = algorithm.hash().unwrap_or(Hash::Sha512).of(&[text.as_bytes()]);
    let half = hash.len() / 2;
    URL_SAFE_NO_PAD.encode(hash.get(..half).unwrap_or_default())
}

#[cfg(test)]
mod tests;
