//! Why a request was refused: one name per check, and one total map from name to wire.
//!
//! A variant's [`Denial::name`] is the log field, the metric label and the `expect` of the case table; its
//! `Display` is the reason that `display_errors` shows. Adding a variant does not compile until it is mapped.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};

use crate::json::Value;
use crate::shared::ValueError;
use crate::tenant::EntraVersion;

mod malformed;
mod name;
mod reason;
mod response;
mod wire;

pub use malformed::Malformed;
pub use response::Audience;
pub use wire::{Challenge, Message, Status, Wire};

/// A refusal. Fields hold what was expected and what was found; never a token, a signature or a secret.
///
/// Values that come from a token are cut to [`SHOWN`] characters before they get here (see [`shown`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Denial {
    /// `at_hash` of the ID token is not the access token's (OIDC Core 3.1.3.8): another one was put beside it.
    AccessTokenHash,
    /// The caller's groups keep it out of this service.
    AclDenied {
        /// What the service requires, as it is written in the config.
        expected: Box<str>,
        /// The groups that the caller is in.
        found: Box<str>,
    },
    /// There is neither a credential nor a group that the service could let in.
    AclUnauthenticated {
        /// What the service requires, as it is written in the config.
        expected: Box<str>,
    },
    /// The key that was chosen does not belong to the algorithm that the header names (RFC 8725 3.1).
    AlgorithmMismatch {
        /// Algorithms of the key.
        expected: Box<str>,
        /// `alg` of the header.
        found: Box<str>,
    },
    /// The header's `alg` is `none`, symmetric without leave, or unknown (RFC 8725 3.2).
    AlgorithmNotAllowed {
        /// `alg` of the header.
        found: Box<str>,
    },
    /// A rule on this header would decide, and engines differ in whether the case of its value counts.
    AmbiguousHeader {
        /// The header.
        name: Box<str>,
    },
    /// A rule on hosts would decide, and the authority's port or final dot keeps the engine from reading it as the
    /// rule does.
    AmbiguousHost,
    /// The path has more than one reading (empty or dot segments, `\`, an encoded `/`, `\` or `.`, a broken escape,
    /// or bytes that are not ASCII), so a rule on paths could be walked around.
    AmbiguousPath,
    /// The request carries no API key.
    ApiKeyMissing,
    /// No application has this API key as its client id, or several have.
    ApiKeyUnknown,
    /// The application is registered for this service and awaits approval.
    ApplicationPending,
    /// The application asked for this service and was rejected.
    ApplicationRejected,
    /// The application's approval for this service was taken back.
    ApplicationRevoked,
    /// The application, or its registration for this service, is suspended.
    ApplicationSuspended,
    /// The application has no registration for this service.
    ApplicationUnregistered,
    /// None of the required audiences is in the token.
    AudienceMismatch {
        /// What the service requires, as it is written in the config.
        expected: Box<str>,
        /// What the token holds.
        found: Box<str>,
    },
    /// `auth_time` lies in the future.
    AuthTimeInFuture {
        /// `auth_time` of the token, seconds.
        auth_time: i64,
        /// The gateway's time, seconds.
        now: i64,
    },
    /// The token does not say when its user authenticated, and the service limits how long ago that may be.
    AuthTimeMissing,
    /// The user authenticated longer ago than the service allows.
    AuthTimeTooOld {
        /// `auth_time` of the token, seconds.
        auth_time: i64,
        /// How long ago it may be, seconds.
        max_age: i64,
        /// The gateway's time, seconds.
        now: i64,
    },
    /// The body in which the token is looked for is longer than what is read of one.
    BodyTooLong {
        /// Bytes that are read, at most.
        at_most: usize,
    },
    /// The token has a claim that the service forbids.
    ClaimForbidden {
        /// The claim.
        claim: Box<str>,
    },
    /// The filter runs without a valid config (only on engines where it must not refuse to start).
    ConfigInvalid,
    /// The claim that names the consumer is absent, or is neither a string nor an integer.
    ConsumerClaimMissing {
        /// The claim's path.
        claim: Box<str>,
    },
    /// The consumer claim is `aud`, and it is not the caller's own id.
    ConsumerClaimNotCaller {
        /// The caller's own id, and the claim that holds it.
        expected: Box<str>,
        /// `aud` of the token.
        found: Box<str>,
    },
    /// Two callers of this source claim the value, and the feed that they came from does not say whose it is.
    ConsumerContested {
        /// The value.
        found: Box<str>,
    },
    /// The token names no consumer group of the config.
    ConsumerGroupUnknown {
        /// The claim's path.
        claim: Box<str>,
        /// What stands there.
        found: Box<str>,
    },
    /// No consumer and no application of this source bears the claim's value.
    ConsumerUnknown {
        /// The claim's path.
        claim: Box<str>,
        /// The claim's value.
        found: Box<str>,
    },
    /// The request carries no token.
    CredentialMissing,
    /// The identity provider gives no token for the id and secret, the password or the refresh token of the request.
    CredentialRejected {
        /// Its code for why (RFC 6749 5.2).
        code: Box<str>,
    },
    /// The header has `crit`: extensions that must be understood, and none is (RFC 7515 4.1.11).
    CriticalHeader,
    /// A page of another site asks to log out, which a person would not notice.
    CrossSiteLogout,
    /// `hd`, the domain of the user's account, is none of those that the service admits.
    DomainMismatch {
        /// The domains that the service admits.
        expected: Box<str>,
        /// `hd` of the token.
        found: Box<str>,
    },
    /// More than one API key in one request.
    DuplicateApiKey,
    /// The token is encrypted (JWE, RFC 7516).
    EncryptedToken,
    /// `exp` has passed.
    Expired {
        /// `exp` of the token, seconds.
        exp: i64,
        /// The gateway's time, seconds.
        now: i64,
    },
    /// The token has no `exp`.
    ExpiryMissing,
    /// A token for Microsoft Graph: nobody but Microsoft can verify its signature.
    GraphToken,
    /// None of the required groups is in the token.
    GroupMissing {
        /// What the service requires, as it is written in the config.
        expected: Box<str>,
        /// What the token holds.
        found: Box<str>,
        /// Whether the token says that its groups are kept elsewhere, because there are too many (Entra).
        elsewhere: bool,
    },
    /// The ID token is for another client (OIDC Core 3.1.3.7).
    IdTokenAudience {
        /// The gateway's client.
        expected: Box<str>,
        /// `aud` of the ID token.
        found: Box<str>,
    },
    /// The ID token was made for another client, or does not say so although it is for several (OIDC Core 3.1.3.7).
    IdTokenParty {
        /// The gateway's client.
        expected: Box<str>,
        /// `azp` of the ID token.
        found: Box<str>,
    },
    /// The gateway met a state that it has no rule for, and refuses.
    Internal {
        /// Which state.
        what: &'static str,
    },
    /// `iat` lies in the future.
    IssuedInFuture {
        /// `iat` of the token, seconds.
        iat: i64,
        /// The gateway's time, seconds.
        now: i64,
    },
    /// `iss` is not the issuer of this service.
    IssuerMismatch {
        /// The issuer that the config names.
        expected: Box<str>,
        /// `iss` of the token.
        found: Box<str>,
    },
    /// The signature is good, but the key's entry in the key set says that it signs for another issuer only.
    KeyIssuerMismatch {
        /// `issuer` of the key's entry.
        expected: Box<str>,
        /// `iss` of the token.
        found: Box<str>,
    },
    /// No key of the source has the token's `kid`.
    KeyUnknown {
        /// `kid` of the token, if it has one.
        kid: Option<Box<str>>,
    },
    /// The token is good for longer than the service allows.
    LifetimeTooLong {
        /// From `iat`, or from now, to `exp`, whichever is more than it may be. Seconds.
        found: i64,
        /// The most that it may be, seconds.
        maximum: i64,
    },
    /// Another issuer than the one to which the person was sent sends the person back (RFC 9207).
    LoginIssuerMismatch {
        /// The issuer to which the person was sent.
        expected: Box<str>,
        /// `iss` of the redirect back.
        found: Box<str>,
    },
    /// The identity provider, or the person there, refuses the login.
    LoginRefused {
        /// Its code for why (RFC 6749 4.1.2.1).
        code: Box<str>,
    },
    /// `state` names no login that is under way in this browser: it began elsewhere, took too long, or is over.
    LoginUnknown,
    /// A claim that must be a NumericDate is not one (RFC 7519 2).
    MalformedClaim {
        /// The claim.
        claim: &'static str,
        /// What stands there.
        found: Box<str>,
    },
    /// The token is not a compact JWS with a JSON header and payload, or breaks a limit.
    MalformedToken {
        /// What is wrong.
        what: Malformed,
    },
    /// More than one token in one request (RFC 6750 2).
    MultipleCredentials,
    /// `nonce` of the ID token is not the one of this login (OIDC Core 3.1.3.7).
    NonceMismatch,
    /// The caller is an ordinary consumer, and the service admits applications only.
    NotAnApplication,
    /// `nbf` lies in the future.
    NotYetValid {
        /// `nbf` of the token, seconds.
        nbf: i64,
        /// The gateway's time, seconds.
        now: i64,
    },
    /// The client sent a header that the gateway owns in a form that this engine cannot remove.
    OwnedHeader {
        /// The header.
        name: Box<str>,
    },
    /// An identity provider cannot be asked, for a reason that only the operator can put away.
    ProviderMisconfigured {
        /// The source.
        source: Box<str>,
        /// What it is asked for.
        what: &'static str,
        /// Why it cannot.
        why: Box<str>,
    },
    /// What an identity provider would have to say is not known, and it does not say it now.
    ProviderUnavailable {
        /// The source.
        source: Box<str>,
        /// What it was asked for.
        what: &'static str,
        /// What came instead.
        why: Box<str>,
        /// Seconds after which it is worth to try again.
        retry_after: i64,
    },
    /// A value in shared data was sealed with another key or for another place, or somebody changed it.
    PushedValueInvalid {
        /// What should stand there.
        what: &'static str,
        /// What is wrong with it.
        error: ValueError,
    },
    /// The registration for this service has run out.
    RegistrationExpired {
        /// When it ran out, seconds.
        expired: i64,
        /// The gateway's time, seconds.
        now: i64,
    },
    /// None of the required roles is in the token.
    RoleMissing {
        /// What the service requires, as it is written in the config.
        expected: Box<str>,
        /// What the token holds.
        found: Box<str>,
    },
    /// No service of the config claims this request.
    RouteUnknown,
    /// None of the required scopes is in the token.
    ScopeMissing {
        /// What the service requires, as it is written in the config.
        expected: Box<str>,
        /// What the token holds.
        found: Box<str>,
    },
    /// The session is good no longer.
    SessionEnded {
        /// What ended it.
        why: Box<str>,
    },
    /// The session's cookie is none that counts: changed, sealed with another secret, or there twice.
    SessionInvalid {
        /// What is wrong.
        what: &'static str,
    },
    /// The signature does not fit the token and the key.
    SignatureInvalid,
    /// Whether the caller may pass is not known: what is pushed is not there, or not whole.
    StateUnavailable {
        /// What is missing.
        what: &'static str,
    },
    /// `iss` names one tenant and `tid` another, or none.
    TenantMismatch {
        /// The tenant of `iss`.
        expected: Box<str>,
        /// `tid` of the token.
        found: Box<str>,
    },
    /// The token is from a tenant that the source, or the service, does not name.
    TenantNotAllowed {
        /// The tenant.
        found: Box<str>,
    },
    /// The identity provider says that the token is not good: it has expired, was taken back, or is none of its own.
    TokenInactive,
    /// The token is of the right tenant of Entra, but of the other token version, and so has the tenant's other `iss`.
    TokenVersionMismatch {
        /// The version whose `iss` is accepted.
        expected: EntraVersion,
        /// `iss` of the token.
        found: Box<str>,
    },
    /// The token stands where this engine cannot take it out, and the upstream must not get it.
    UnhideableCredential {
        /// `query`, `cookie` or `body`.
        place: &'static str,
    },
}

impl Denial {
    /// Whether it says something of the token itself, so that another one might be good.
    pub(crate) const fn is_about_the_token(&self) -> bool {
        matches!(
            self,
            Self::Expired { .. } | Self::KeyUnknown { .. } | Self::SignatureInvalid | Self::TokenInactive
        )
    }

    /// Whether it comes of a comparison of the token's times with ours, so that clocks may be to blame.
    pub(crate) const fn is_about_time(&self) -> bool {
        matches!(
            self,
            Self::AuthTimeInFuture { .. }
                | Self::AuthTimeTooOld { .. }
                | Self::Expired { .. }
                | Self::IssuedInFuture { .. }
                | Self::NotYetValid { .. }
        )
    }
}

/// A value from a token as it may be logged: control characters escaped, cut to [`SHOWN`] characters.
#[must_use]
pub fn shown(value: &str) -> Box<str> {
    shown_to(value, SHOWN)
}

/// The same, cut to `longest` characters.
#[must_use]
pub fn shown_to(value: &str, longest: usize) -> Box<str> {
    // The usual case: ids of tokens and keys, one for each request.
    if value.len() <= longest && value.bytes().all(is_shown_as_it_is) {
        return value.into();
    }
    let mut out: String = value.chars().take(longest).flat_map(char::escape_debug).collect();
    if value.chars().nth(longest).is_some() {
        out = format!("{out}...");
    }
    out.into_boxed_str()
}

fn is_shown_as_it_is(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\'' | b'\\')
}

/// A claim's value for a reason: text as it is, anything else by its kind.
#[must_use]
pub fn shown_claim(value: Option<&Value>) -> Box<str> {
    match value {
        None => "none".into(),
        Some(Value::String(text)) => shown(text),
        Some(Value::Number(number)) => shown(&number.to_string()),
        Some(Value::Bool(_)) => "a boolean".into(),
        Some(Value::Null) => "null".into(),
        Some(Value::Array(_)) => "an array".into(),
        Some(Value::Object(_)) => "an object".into(),
    }
}

/// How many characters of a value from a token a reason shows.
pub const SHOWN: usize = 128;

#[cfg(test)]
mod tests;
