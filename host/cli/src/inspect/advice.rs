//! What a refused token, or its caller, would need to be let through.

use claimgate_policy::Denial;

/// One line, without a full stop.
pub(super) const fn needed(denial: &Denial) -> &'static str {
    match denial {
        Denial::AccessTokenHash => "an ID token and an access token of one answer",
        Denial::CrossSiteLogout => "a logout by a page of this site",
        Denial::IdTokenAudience { .. } | Denial::IdTokenParty { .. } => {
            "an ID token for the gateway's own client"
        }
        Denial::LoginIssuerMismatch { .. } => {
            "a login that comes back from the provider to which it was sent"
        }
        Denial::LoginRefused { .. } => "a person who logs in, and may, by the provider's own rules",
        Denial::LoginUnknown => {
            "a login that begins and ends in one browser, within authorization_rolling_timeout"
        }
        Denial::NonceMismatch => "an ID token of this login",
        Denial::SessionEnded { .. } => "a new login, or longer timeouts of sessions",
        Denial::SessionInvalid { .. } => "the cookie as the gateway set it, under a secret of session_secret",
        Denial::AclDenied { .. } => {
            "other groups: of the consumer, of the token, or in the service's allow and deny lists"
        }
        Denial::AclUnauthenticated { .. } => {
            "a token that names who calls: a claim for credential_claim, a consumer or groups"
        }
        Denial::AlgorithmMismatch { .. } => "a token whose alg is the one that the key is for",
        Denial::AlgorithmNotAllowed { .. } => {
            "a token whose alg is RS, PS or ES with 256, 384 or 512, or EdDSA; HS only with enable_hs_signatures"
        }
        Denial::AmbiguousHeader { .. } => "a header in the very case of the route's value",
        Denial::AmbiguousHost => "a host without port and final dot, or an engine that strips them",
        Denial::AmbiguousPath => "a path with one reading",
        Denial::ApiKeyMissing => "an API key, the application's client_id, in a header or in the query",
        Denial::ApiKeyUnknown => "the client_id of an application of the config",
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
        Denial::AuthTimeInFuture { .. } => "clocks that agree; a leeway evens out a small difference",
        Denial::AuthTimeMissing => {
            "a token with auth_time: ask the issuer to send it, or leave out max_age in the service's config"
        }
        Denial::AuthTimeTooOld { .. } => {
            "a new login of the user, or another max_age in the service's config"
        }
        Denial::ClaimForbidden { .. } => {
            "a token without that claim, or another claims_forbidden in the service's config"
        }
        Denial::ConfigInvalid => "a valid config: see claimgate check",
        Denial::ConsumerClaimMissing { .. } => {
            "a token with that claim, or a consumer_claim that this token has: see the mapping claims"
        }
        Denial::ConsumerClaimNotCaller { .. } => {
            "another consumer_claim: azp (Entra v2), appid (Entra v1), cid (Okta) or client_id; aud names the API"
        }
        Denial::ConsumerContested { .. } => "a feed in which one caller alone has that value",
        Denial::ConsumerGroupUnknown { .. } => {
            "a token that names one of the config's consumer_groups, or consumer_groups_optional"
        }
        Denial::ConsumerUnknown { .. } => {
            "a consumer or application with that value, of the source that the token is from"
        }
        Denial::CredentialMissing => "Authorization: Bearer and a token",
        Denial::CredentialRejected { .. } => {
            "an id and secret, or a password, that the identity provider knows; with Entra a secret's value, not its id"
        }
        Denial::CriticalHeader => "a token without crit in its header",
        Denial::DomainMismatch { .. } => {
            "a token of an account with such a domain, or another domains in the service's config"
        }
        Denial::DuplicateApiKey => "one API key in the request",
        Denial::EncryptedToken => "a signed token: ask the issuer not to encrypt it",
        Denial::Expired { .. } => "a newer token; a larger leeway only if the clocks differ",
        Denial::ExpiryMissing => "a token with exp",
        Denial::GraphToken => {
            "a token for this API: request it with scope <api-client-id>/.default instead of https://graph.microsoft.com/.default"
        }
        Denial::GroupMissing { elsewhere: true, .. } => {
            "a token that carries the groups: have Entra send those assigned to the application only, or require a role"
        }
        Denial::GroupMissing { elsewhere: false, .. } => {
            "a token with those groups, or another groups_required or groups_claim in the service's config"
        }
        Denial::Internal { .. } => "a report to the maintainers: no request should come here",
        Denial::IssuedInFuture { .. } | Denial::NotYetValid { .. } => {
            "to wait, or clocks that agree; a leeway evens out a small difference"
        }
        Denial::IssuerMismatch { .. } => {
            "a token of the service's issuer, or that issuer in the service's issuers_allowed if the same keys sign for it"
        }
        Denial::KeyIssuerMismatch { .. } => {
            "a token of the issuer that its key is for; if the jwks is of another endpoint, that of the source's issuer"
        }
        Denial::KeyUnknown { .. } => {
            "the key in the source's jwks; if the token is for another API (Microsoft Graph), a token for this one"
        }
        Denial::LifetimeTooLong { .. } => {
            "a token that is good for less time, or another maximum_expiration in the service's config"
        }
        Denial::MalformedClaim { .. } => "a token with seconds since 1970 in that claim",
        Denial::MalformedToken { .. } => "the whole token, unchanged, as the issuer gave it out",
        Denial::MultipleCredentials => "one token in the request",
        Denial::NotAnApplication => {
            "an application with that value, or enable_proxy_with_consumer_credential on the service"
        }
        Denial::OwnedHeader { .. } => "a request without that header",
        Denial::ProviderMisconfigured { .. } => {
            "another config: of the gateway's client, its endpoints, or the origins that the engine can call"
        }
        Denial::ProviderUnavailable { .. } => {
            "a provider that answers: claimgate doctor --issuer URL says how far one gets; here its keys come from --jwks"
        }
        Denial::PushedValueInvalid { .. } => "a writer of shared data that has the same state.key",
        Denial::RegistrationExpired { .. } => "a registration that has not run out",
        Denial::RoleMissing { .. } => {
            "a token with those roles, or another roles_required or roles_claim in the service's config; in Entra, app roles are assigned to the caller"
        }
        Denial::RouteUnknown => "a request that a route of the config matches",
        Denial::ScopeMissing { .. } => {
            "a token with those scopes, or another scopes_required or scopes_claim in the service's config"
        }
        Denial::UnhideableCredential { .. } => {
            "the token in the Authorization header, or hide_credentials false where the upstream may see the token"
        }
        Denial::StateUnavailable { .. } => {
            "what is pushed into shared data: give inspect the pages of the feed with --push"
        }
        Denial::SignatureInvalid => {
            "the token unchanged, signed by the issuer's key; tokens for Microsoft Graph cannot be verified by anybody else"
        }
        Denial::TenantMismatch { .. } => "a token whose tid is the tenant in its iss, as Entra gives it out",
        Denial::TenantNotAllowed { .. } => {
            "a token of a tenant that the source's tenants name, and the service's issuer if it is one tenant's"
        }
        Denial::TokenInactive => {
            "a token that has not expired and was not taken back, of this identity provider"
        }
        Denial::TokenVersionMismatch { .. } => {
            "the other requestedAccessTokenVersion (accessTokenAcceptedVersion) in the API's manifest, or both issuers in the service's issuers_allowed"
        }
    }
}
