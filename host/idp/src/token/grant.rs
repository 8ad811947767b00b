//! What is exchanged for tokens.

use crate::client::Caller;
use crate::endpoint::Version;
use crate::entropy::unique;
use crate::form::{Form, shown};
use crate::issued::{Grant, Login, Proof};
use crate::problem::Problem;
use crate::realm::Realm;
use crate::scope::{Who, wanted};
use crate::shape::Shape;
use claimgate_policy::world::Entropy;
use std::sync::Arc;

/// RFC 6749 4.4: for confidential clients only.
pub(super) fn client_credentials(
    realm: &Realm,
    form: &Form,
    caller: Caller,
    version: Version,
    entropy: &mut dyn Entropy,
) -> Result<Grant, Problem> {
    if caller.proof == Proof::Nothing {
        return Err(Problem::GrantNotAllowed { grant: "client_credentials" });
    }
    let wanted = wanted(realm, form, Who::Client, version)?;
    Ok(Grant {
        client: caller.client,
        proof: caller.proof,
        user: None,
        audience: wanted.audience,
        scopes: wanted.scopes,
        login: None,
        family: unique(entropy),
    })
}

/// RFC 6749 4.3.
pub(super) fn password(
    realm: &Realm,
    form: &Form,
    caller: Caller,
    version: Version,
    now: i64,
    entropy: &mut dyn Entropy,
) -> Result<Grant, Problem> {
    let (username, password) = (form.required("username")?, form.required("password")?);
    let user =
        realm.user(username).filter(|user| user.password.is(password)).ok_or(Problem::PasswordWrong)?;
    let wanted = wanted(realm, form, Who::User, version)?;
    Ok(Grant {
        client: caller.client,
        proof: caller.proof,
        user: Some(Arc::clone(user)),
        audience: wanted.audience,
        scopes: wanted.scopes,
        login: Some(Login { time: now, nonce: None }),
        family: unique(entropy),
    })
}

/// RFC 6749 6. Each refresh token is good once, and one that comes again ends everything that came of its grant
/// (RFC 9700 4.14.2); Entra's stay good.
pub(super) fn refresh_token(
    realm: &mut Realm,
    form: &Form,
    caller: &Caller,
    version: Version,
    now: i64,
) -> Result<Grant, Problem> {
    let token = form.required("refresh_token")?;
    let known = realm.refresh_tokens.get(token, now).ok_or(Problem::RefreshTokenInvalid)?;
    // A token of another client is none that this one can learn about.
    if known.grant.client.client_id != caller.client.client_id {
        return Err(Problem::RefreshTokenInvalid);
    }
    let (grant, used) = (known.grant.clone(), known.used);
    if used {
        realm.revoke_family(&grant.family);
        return Err(Problem::RefreshTokenUsed);
    }
    let grant = narrowed(realm, form, grant, version)?;
    if realm.shape() != Shape::Entra
        && let Some(known) = realm.refresh_tokens.get_mut(token, now)
    {
        known.used = true;
    }
    Ok(Grant { client: Arc::clone(&caller.client), proof: caller.proof, ..grant })
}

/// The grant with the scopes that are asked for now: not more than there were. Entra's refresh tokens are good for
/// every API.
fn narrowed(realm: &Realm, form: &Form, grant: Grant, version: Version) -> Result<Grant, Problem> {
    if realm.shape() == Shape::Entra && (form.get("scope").is_some() || form.get("resource").is_some()) {
        let wanted = wanted(realm, form, Who::User, version)?;
        return Ok(Grant { audience: wanted.audience, scopes: wanted.scopes, ..grant });
    }
    let words = form.words("scope");
    if words.is_empty() {
        return Ok(grant);
    }
    if let Some(more) = words.iter().find(|word| !grant.has_scope(word)) {
        return Err(Problem::ScopeInvalid {
            expected: "scopes that were granted before",
            found: shown(more),
        });
    }
    Ok(Grant { scopes: words.into_iter().map(str::to_owned).collect(), ..grant })
}
