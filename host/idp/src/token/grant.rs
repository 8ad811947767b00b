//! What is exchanged for tokens.

use crate::client::Caller;
use crate::endpoint::Version;
use crate::entropy::unique;
use crate::form::{Form, shown};
use crate::issued::{Grant, Login, Proof};
use crate::mint::base64url;
use crate::problem::Problem;
use crate::realm::Realm;
use crate::scope::{Who, wanted};
use crate::secret::sha256;
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
    let wanted = wanted(realm, form, &caller.client, Who::Client, version)?;
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
    let wanted = wanted(realm, form, &caller.client, Who::User, version)?;
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

/// RFC 6749 4.1.3, RFC 7636 4.5. A code that comes again ends everything that came of it (RFC 6749 4.1.2).
pub(super) fn code(realm: &mut Realm, form: &Form, caller: &Caller, now: i64) -> Result<Grant, Problem> {
    let code = form.required("code")?;
    let known = realm.codes.get(code, now).ok_or(Problem::CodeInvalid)?;
    if known.grant.client.client_id != caller.client.client_id {
        return Err(Problem::CodeInvalid);
    }
    if known.used {
        let family = known.grant.family.clone();
        realm.revoke_family(&family);
        return Err(Problem::CodeUsed);
    }
    if known.redirect_uri.as_deref().is_some_and(|uri| form.get("redirect_uri") != Some(uri)) {
        return Err(Problem::RedirectDiffers);
    }
    verifier(known.challenge.as_deref(), form.get("code_verifier"))?;
    let grant = Grant { client: Arc::clone(&caller.client), proof: caller.proof, ..known.grant.clone() };
    if let Some(known) = realm.codes.get_mut(code, now) {
        known.used = true;
    }
    Ok(grant)
}

/// RFC 7636 4.6. A verifier without a challenge says that somebody took the challenge away (RFC 9700 4.8.2).
fn verifier(challenge: Option<&str>, verifier: Option<&str>) -> Result<(), Problem> {
    match (challenge, verifier) {
        (None, None) => Ok(()),
        (None, Some(_)) => Err(Problem::VerifierWrong { expected: "none, as there was no code_challenge" }),
        (Some(_), None) => Err(Problem::Missing { parameter: "code_verifier" }),
        (Some(challenge), Some(verifier)) if base64url(&sha256(verifier.as_bytes())) == challenge => Ok(()),
        _ => Err(Problem::VerifierWrong { expected: "the one that the code_challenge is the hash of" }),
    }
}

/// RFC 8693 2.1: a token of this realm, or of one that it trusts, for one that another API takes, in the same user's
/// name.
pub(super) fn token_exchange(
    realm: &Realm,
    form: &Form,
    caller: Caller,
    subject: Option<(String, Grant)>,
    entropy: &mut dyn Entropy,
) -> Result<Grant, Problem> {
    if caller.proof == Proof::Nothing {
        return Err(Problem::GrantNotAllowed { grant: "urn:ietf:params:oauth:grant-type:token-exchange" });
    }
    let is_access_token = |kind: &str| matches!(kind, ACCESS_TOKEN_TYPE | JWT_TYPE);
    if !is_access_token(form.required("subject_token_type")?) {
        return Err(Problem::Invalid { parameter: "subject_token_type", expected: ACCESS_TOKEN_TYPE });
    }
    if form.get("requested_token_type").is_some_and(|kind| !is_access_token(kind)) {
        return Err(Problem::Invalid { parameter: "requested_token_type", expected: ACCESS_TOKEN_TYPE });
    }
    if form.get("actor_token").is_some() {
        return Err(Problem::Invalid {
            parameter: "actor_token",
            expected: "none: the client itself is the actor",
        });
    }
    form.required("subject_token")?;
    let trusted = |name: &String| *name == realm.config.name || realm.config.trusted_realms.contains(name);
    let subject = subject.filter(|(name, _)| trusted(name)).map(|(_, grant)| grant);
    let subject = subject.ok_or(Problem::SubjectTokenInvalid)?;
    let who = if subject.user.is_some() { Who::User } else { Who::Client };
    let wanted = wanted(realm, form, &caller.client, who, Version::V2)?;
    Ok(Grant {
        client: caller.client,
        proof: caller.proof,
        audience: wanted.audience,
        scopes: wanted.scopes,
        family: unique(entropy),
        ..subject
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
    // OpenID Connect Core 12.2: the nonce was for the first ID token.
    let login = grant.login.map(|login| Login { nonce: None, ..login });
    Ok(Grant { client: Arc::clone(&caller.client), proof: caller.proof, login, ..grant })
}

/// The grant with the scopes that are asked for now: not more than there were. Entra's refresh tokens are good for
/// every API.
fn narrowed(realm: &Realm, form: &Form, grant: Grant, version: Version) -> Result<Grant, Problem> {
    if realm.shape() == Shape::Entra && (form.get("scope").is_some() || form.get("resource").is_some()) {
        let wanted = wanted(realm, form, &grant.client, Who::User, version)?;
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

/// RFC 8693 3.
pub(super) const ACCESS_TOKEN_TYPE: &str = "urn:ietf:params:oauth:token-type:access_token";
const JWT_TYPE: &str = "urn:ietf:params:oauth:token-type:jwt";
