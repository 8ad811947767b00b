//! Why, in words: what was expected, what was found, and where it helps what to do.

use super::Denial;
use crate::tenant::EntraVersion;
use core::fmt;

/// What was expected and what was found, in one line without a full stop. Safe to log and, with
/// `display_errors`, to show.
impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AccessTokenHash => f.write_str("expected at_hash of the ID token to be the access token's, found another one's"),
            Self::AclDenied { expected, found } => {
                write!(f, "expected {expected} among the caller's groups, found {found}")
            }
            Self::AclUnauthenticated { expected } => {
                write!(f, "expected {expected} among the caller's groups, found neither a group nor a credential")
            }
            Self::AlgorithmMismatch { expected, found } => {
                write!(f, "the key is for {expected}, the token's alg is {found}")
            }
            Self::AlgorithmNotAllowed { found } => {
                write!(f, "expected an allowed asymmetric alg, found {found}")
            }
            Self::AmbiguousHeader { name } => {
                write!(f, "expected header {name} in the very case of the route's value, found another")
            }
            Self::AmbiguousHost => f.write_str(
                "expected a host without port and final dot, found one with; have the engine strip them",
            ),
            Self::AmbiguousPath => f.write_str(
                "expected a path with one reading, found an empty or dot segment, a backslash, an encoded slash, \
                 backslash or dot, a broken escape, or bytes that are not ASCII",
            ),
            Self::ApiKeyMissing => f.write_str("expected an API key in the request, found none"),
            Self::ApiKeyUnknown => f.write_str("expected an application's client id as the API key, found another text"),
            Self::ApplicationPending => f.write_str("the application's registration for this service awaits approval"),
            Self::ApplicationRejected => f.write_str("the application's registration for this service was rejected"),
            Self::ApplicationRevoked => f.write_str("the application's registration for this service was revoked"),
            Self::ApplicationSuspended => f.write_str("the application's registration for this service is suspended"),
            Self::ApplicationUnregistered => f.write_str("the application has no registration for this service"),
            Self::AudienceMismatch { expected, found } => {
                write!(f, "expected audience {expected}, found {found}")
            }
            Self::AuthTimeInFuture { auth_time, now } => ahead(f, "auth_time", *auth_time, *now),
            Self::AuthTimeMissing => f.write_str("expected claim auth_time, found none"),
            Self::AuthTimeTooOld { auth_time, max_age, now } => {
                let age = now.saturating_sub(*auth_time);
                write!(f, "auth_time {auth_time} lies {age} s back (now {now}), and may lie at most {max_age} s back")
            }
            Self::BodyTooLong { at_most } => {
                write!(f, "expected a body of at most {at_most} bytes to look for the token in, found a longer one")
            }
            Self::ClaimForbidden { claim } => write!(f, "expected no claim {claim}, found one"),
            Self::ConfigInvalid => f.write_str("the filter's config was refused; its errors are in the log"),
            Self::ConsumerClaimMissing { claim } => {
                write!(f, "expected a string or an integer in claim {claim} to name the consumer, found none")
            }
            Self::ConsumerClaimNotCaller { expected, found } => {
                write!(f, "expected aud to be the caller's own id, {expected}, found {found}")
            }
            Self::ConsumerContested { found } => {
                write!(f, "expected one caller of this issuer with the value {found}, found that two claim it; remove one from the feed")
            }
            Self::ConsumerGroupUnknown { claim, found } => {
                write!(f, "expected the name of a consumer group in claim {claim}, found {found}")
            }
            Self::ConsumerUnknown { claim, found } => {
                write!(f, "no consumer or application of this issuer has claim {claim}'s value {found}")
            }
            Self::CredentialMissing => f.write_str("no suitable authorization credentials were provided"),
            Self::CredentialRejected { code } => {
                write!(f, "expected the identity provider to give a token for the credentials, found its refusal {code}")
            }
            Self::CriticalHeader => f.write_str("expected a header without crit, found extensions that must be understood"),
            Self::CrossSiteLogout => f.write_str("expected a logout that begins on this site, found one of another site's page"),
            Self::DomainMismatch { expected, found } => write!(f, "expected hd {expected}, found {found}"),
            Self::DuplicateApiKey => f.write_str("expected one API key in the request, found more"),
            Self::EncryptedToken => f.write_str("expected a signed token of three parts, found an encrypted one of five"),
            Self::Expired { exp, now } => {
                write!(f, "exp {exp} passed {} s ago (now {now})", now.saturating_sub(*exp))
            }
            Self::ExpiryMissing => f.write_str("expected claim exp, found none"),
            Self::GraphToken => f.write_str(
                "the token is for Microsoft Graph, and nobody else can verify it; request one for this API, with scope \
                 <api-client-id>/.default",
            ),
            Self::GroupMissing { expected, found, elsewhere } => {
                write!(f, "expected group {expected}, found {found}")?;
                f.write_str(if *elsewhere { OVERAGE } else { "" })
            }
            Self::IdTokenAudience { expected, found } => write!(f, "expected an ID token for client {expected}, found aud {found}"),
            Self::IdTokenParty { expected, found } => {
                write!(f, "expected an ID token that was made for client {expected}, found azp {found}")
            }
            Self::Internal { what } => write!(f, "refused in a state without a rule: {what}"),
            Self::IssuedInFuture { iat, now } => ahead(f, "iat", *iat, *now),
            Self::IssuerMismatch { expected, found } => write!(f, "expected iss {expected}, found {found}"),
            Self::KeyIssuerMismatch { expected, found } => {
                write!(f, "the key signs for issuer {expected} only, the token's iss is {found}")
            }
            Self::KeyUnknown { kid: Some(kid) } => write!(f, "no key of the issuer has kid {kid}"),
            Self::KeyUnknown { kid: None } => {
                f.write_str("the token has no kid, and no key of the issuer is for its alg")
            }
            Self::LifetimeTooLong { found, maximum } => {
                write!(f, "expected a token that is good for at most {maximum} s, found one for {found} s")
            }
            Self::LoginIssuerMismatch { expected, found } => {
                write!(f, "expected issuer {expected} to send the person back, found iss {found}")
            }
            Self::LoginRefused { code } => write!(f, "expected the identity provider to send a code, found its refusal {code}"),
            Self::LoginUnknown => f.write_str("expected the state of a login that is under way in this browser, found another one"),
            Self::MalformedClaim { claim, found } => {
                write!(f, "expected a number of seconds in claim {claim}, found {found}")
            }
            Self::MalformedToken { what } => fmt::Display::fmt(what, f),
            Self::MultipleCredentials => f.write_str("expected one token in the request, found more"),
            Self::NonceMismatch => f.write_str("expected the nonce of this login in the ID token, found another one"),
            Self::NotAnApplication => f.write_str("the caller is a consumer without an application, and this service admits applications only"),
            Self::NotYetValid { nbf, now } => ahead(f, "nbf", *nbf, *now),
            Self::OwnedHeader { name } => {
                write!(f, "the client sent the gateway's own header {name} in a form that this engine cannot remove")
            }
            Self::ProviderMisconfigured { source, what, why } => {
                write!(f, "the provider of source {source} cannot be asked for {what}: {why}")
            }
            Self::ProviderUnavailable { source, what, why, retry_after } => write!(
                f,
                "expected {what} from the provider of source {source}, found none: {why}; worth another try in \
                 {retry_after} s"
            ),
            Self::PushedValueInvalid { what, error } => write!(f, "{what} in shared data: {error}"),
            Self::RegistrationExpired { expired, now } => {
                write!(f, "the registration ran out {} s ago (now {now})", now.saturating_sub(*expired))
            }
            Self::RoleMissing { expected, found } => write!(f, "expected role {expected}, found {found}"),
            Self::RouteUnknown => f.write_str("no service of the config matches host, path and method"),
            Self::ScopeMissing { expected, found } => write!(f, "expected scope {expected}, found {found}"),
            Self::SessionEnded { why } => write!(f, "expected a session that still holds, found that {why}"),
            Self::SessionInvalid { what } => write!(f, "expected a session of this gateway in its cookie, found {what}"),
            Self::SignatureInvalid => f.write_str("the signature does not fit the token and the issuer's key"),
            Self::StateUnavailable { what } => write!(f, "expected callers and keys in shared data: {what}"),
            Self::TenantMismatch { expected, found } => {
                write!(f, "expected tid {expected}, the tenant of iss, found {found}")
            }
            Self::TenantNotAllowed { found } => {
                write!(f, "expected a tenant that the config names, found {found}")
            }
            Self::TokenInactive => {
                f.write_str("expected the identity provider to call the token good, found that it does not")
            }
            Self::TokenVersionMismatch { expected, found } => {
                write!(f, "expected iss of a version {} token, found that of the other version, {found}; ", expected.name())?;
                write!(f, "set requestedAccessTokenVersion (accessTokenAcceptedVersion) in the manifest of the API to {}, ", manifest(*expected))?;
                f.write_str("or name both in issuers_allowed")
            }
            Self::UnhideableCredential { place } => write!(
                f,
                "expected the token in a header, found it in the {place}, where this engine cannot keep it from the \
                 upstream; send it in a header, or set hide_credentials to false"
            ),
        }
    }
}

/// A time that should have come, and by how much it has not.
fn ahead(f: &mut fmt::Formatter<'_>, claim: &str, time: i64, now: i64) -> fmt::Result {
    let seconds = time.saturating_sub(now);
    write!(f, "{claim} {time} lies {seconds} s ahead (now {now}); ")?;
    if claim == "nbf" {
        f.write_str("unless the token is meant for later, ")?;
    }
    write!(f, "the clocks of issuer and gateway differ by at least {seconds} s")
}

/// What asks Entra for tokens of this version.
const fn manifest(version: EntraVersion) -> &'static str {
    match version {
        EntraVersion::V1 => "1 or null",
        EntraVersion::V2 => "2",
    }
}

const OVERAGE: &str = "; the token does not carry its groups, because there are too many: have the issuer send those \
                       that are assigned to the application only, or require a role instead";
