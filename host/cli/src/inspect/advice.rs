//! What a refused token, or its caller, would need to be let through.

use claimgate_policy::Denial;

/// One line, without a full stop.
pub(super) const fn needed(denial: &Denial) -> &'static str {
    match denial {
        Denial::AlgorithmMismatch { .. } => "a token whose alg is the one that the key is for",
        Denial::AlgorithmNotAllowed { .. } => {
            "a token whose alg is RS, PS or ES with 256, 384 or 512, or EdDSA; HS only with enable_hs_signatures"
        }
        Denial::AmbiguousHeader { .. } => "a header in the very case of the route's value",
        Denial::AmbiguousHost => "a host without port and final dot, or an engine that strips them",
        Denial::AmbiguousPath => "a path with one reading",
        Denial::ApplicationPending => "somebody to approve the application's registration for this service",
        Denial::ApplicationRejected => "a new decision: the registration for this service was rejected",
        Denial::ApplicationRevoked => "a new approval: the one for this service was taken back",
        Denial::ApplicationSuspended => "the registration for this service to be resumed",
        Denial::ApplicationUnregistered => {
            "a registration of the application for this service: an entry in its registrations"
        }
        Denial::AudienceMismatch { .. } => {
            "a token that was requested for this API, or another audience_required in the service's config"
        }
        Denial::BodyTooLong { .. } => "the token in a header; a body is read for tokens only up to 64 KiB",
        Denial::ConfigInvalid => "a valid config: see claimgate check",
        Denial::ConsumerClaimMissing { .. } => {
            "a token with that claim, or a consumer_claim that this token has: see the mapping claims"
        }
        Denial::ConsumerUnknown { .. } => {
            "a consumer or application with that value, of the source that the token is from"
        }
        Denial::CredentialMissing => "Authorization: Bearer and a token",
        Denial::CriticalHeader => "a token without crit in its header",
        Denial::EncryptedToken => "a signed token: ask the issuer not to encrypt it",
        Denial::Expired { .. } => "a newer token; a larger leeway only if the clocks differ",
        Denial::ExpiryMissing => "a token with exp",
        Denial::Internal { .. } => "a report to the maintainers: no request should come here",
        Denial::IssuedInFuture { .. } | Denial::NotYetValid { .. } => {
            "to wait, or clocks that agree; a leeway evens out a small difference"
        }
        Denial::IssuerMismatch { .. } => {
            "a token of the service's issuer; for Entra, the API's accepted token version decides between sts.windows.net (v1) and login.microsoftonline.com (v2)"
        }
        Denial::KeyUnknown { .. } => {
            "the key in the source's jwks; if the token is for another API (Microsoft Graph), a token for this one"
        }
        Denial::MalformedClaim { .. } => "a token with seconds since 1970 in that claim",
        Denial::MalformedToken { .. } => "the whole token, unchanged, as the issuer gave it out",
        Denial::MultipleCredentials => "one token in the request",
        Denial::NotAnApplication => {
            "an application with that value, or enable_proxy_with_consumer_credential on the service"
        }
        Denial::OwnedHeader { .. } => "a request without that header",
        Denial::RegistrationExpired { .. } => "a registration that has not run out",
        Denial::RouteUnknown => "a request that a route of the config matches",
        Denial::ScopeMissing { .. } => {
            "a token with those scopes, or another scopes_required or scopes_claim in the service's config"
        }
        Denial::UnhideableCredential { .. } => {
            "the token in the Authorization header, or hide_credentials false where the upstream may see the token"
        }
        Denial::SignatureInvalid => {
            "the token unchanged, signed by the issuer's key; tokens for Microsoft Graph cannot be verified by anybody else"
        }
    }
}
