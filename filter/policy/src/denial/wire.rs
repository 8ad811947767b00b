//! The one map from reason to wire: total, without a catch-all arm.

use super::Denial;

/// An HTTP status code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status(u16);

impl Status {
    /// `200 OK`: what a gRPC refusal has, which says the rest in `grpc-status`.
    pub(crate) const OK: Self = Self(200);

    /// `302 Found`: what a redirect has.
    pub(crate) const FOUND: Self = Self(302);

    /// The code, 400 to 599 for refusals that are neither redirects nor gRPC's.
    #[must_use]
    pub const fn code(self) -> u16 {
        self.0
    }
}

/// What a refusal looks like to the client, before a service's own messages are put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wire {
    /// The status.
    pub status: Status,
    /// The `message` member of the body.
    pub message: Message,
    /// The `WWW-Authenticate` challenge, if there is one.
    pub challenge: Option<Challenge>,
    /// What a gRPC client gets as `grpc-status`.
    pub grpc_status: u8,
    /// Whether the request may go on as the anonymous consumer's, where there is one: the caller did not prove who it
    /// is, and did nothing else wrong.
    pub leaves_to_anonymous: bool,
}

/// The `message` member of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Message {
    /// The service's `unauthorized_error_message`.
    Unauthorized,
    /// The service's `forbidden_error_message`.
    Forbidden,
    /// A text that no config changes.
    Fixed(&'static str),
}

/// The `error` of a Bearer challenge (RFC 6750 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Challenge {
    /// `realm` alone: the token is good, the caller is not.
    Plain,
    /// `error="invalid_request"`.
    InvalidRequest,
    /// `error="invalid_token"`; Kong sends it for a missing token too.
    InvalidToken,
    /// `error="insufficient_scope"`; Kong sends it for audiences and consumers too.
    InsufficientScope,
}

impl Challenge {
    /// The `error` parameter's value.
    #[must_use]
    pub const fn error(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::InvalidRequest => Some("invalid_request"),
            Self::InvalidToken => Some("invalid_token"),
            Self::InsufficientScope => Some("insufficient_scope"),
        }
    }
}

impl Denial {
    /// Status, message and challenge of this refusal.
    #[must_use]
    pub const fn wire(&self) -> Wire {
        match self {
            Self::AccessTokenHash
            | Self::AlgorithmMismatch { .. }
            | Self::AlgorithmNotAllowed { .. }
            | Self::AuthTimeInFuture { .. }
            | Self::AuthTimeMissing
            | Self::AuthTimeTooOld { .. }
            | Self::CredentialMissing
            | Self::CredentialRejected { .. }
            | Self::CriticalHeader
            | Self::DomainMismatch { .. }
            | Self::EncryptedToken
            | Self::Expired { .. }
            | Self::ExpiryMissing
            | Self::GraphToken
            | Self::IdTokenAudience { .. }
            | Self::IdTokenParty { .. }
            | Self::IssuedInFuture { .. }
            | Self::IssuerMismatch { .. }
            | Self::KeyIssuerMismatch { .. }
            | Self::KeyUnknown { .. }
            | Self::LifetimeTooLong { .. }
            | Self::LoginIssuerMismatch { .. }
            | Self::LoginRefused { .. }
            | Self::LoginUnknown
            | Self::MalformedClaim { .. }
            | Self::MalformedToken { .. }
            | Self::NonceMismatch
            | Self::NotYetValid { .. }
            | Self::SessionEnded { .. }
            | Self::SessionInvalid { .. }
            | Self::SignatureInvalid
            | Self::TenantMismatch { .. }
            | Self::TenantNotAllowed { .. }
            | Self::TokenInactive
            | Self::TokenVersionMismatch { .. } => UNAUTHORIZED,
            Self::ApiKeyMissing => NO_API_KEY,
            Self::ApiKeyUnknown => UNKNOWN_API_KEY,
            Self::DuplicateApiKey => DUPLICATE_API_KEY,
            Self::AclUnauthenticated { .. } | Self::NotAnApplication => NOT_ADMITTED,
            Self::AudienceMismatch { .. }
            | Self::ClaimForbidden { .. }
            | Self::ConsumerClaimNotCaller { .. }
            | Self::ConsumerContested { .. }
            | Self::ConsumerGroupUnknown { .. }
            | Self::GroupMissing { .. }
            | Self::PushedValueInvalid { .. }
            | Self::RoleMissing { .. }
            | Self::ScopeMissing { .. } => FORBIDDEN,
            Self::ConsumerClaimMissing { .. } | Self::ConsumerUnknown { .. } => NO_CONSUMER,
            Self::AclDenied { .. }
            | Self::ApplicationPending
            | Self::ApplicationRejected
            | Self::ApplicationRevoked
            | Self::ApplicationSuspended
            | Self::ApplicationUnregistered
            | Self::RegistrationExpired { .. } => CANNOT_CONSUME,
            Self::MultipleCredentials => MULTIPLE_CREDENTIALS,
            Self::AmbiguousHeader { .. } => AMBIGUOUS_HEADER,
            Self::AmbiguousHost => AMBIGUOUS_HOST,
            Self::AmbiguousPath => AMBIGUOUS_PATH,
            Self::CrossSiteLogout => CROSS_SITE_LOGOUT,
            Self::OwnedHeader { .. } => OWNED_HEADER,
            Self::RouteUnknown => ROUTE_UNKNOWN,
            Self::BodyTooLong { .. } => BODY_TOO_LONG,
            Self::UnhideableCredential { .. } => UNHIDEABLE_CREDENTIAL,
            Self::ConfigInvalid | Self::ProviderUnavailable { .. } | Self::StateUnavailable { .. } => {
                UNAVAILABLE
            }
            Self::Internal { .. } | Self::ProviderMisconfigured { .. } => INTERNAL,
        }
    }
}

const UNAUTHORIZED: Wire = Wire {
    message: Message::Unauthorized,
    challenge: Some(Challenge::InvalidToken),
    leaves_to_anonymous: true,
    ..fixed(401, "")
};
const NOT_ADMITTED: Wire =
    Wire { message: Message::Unauthorized, challenge: Some(Challenge::Plain), ..fixed(401, "") };
const NO_API_KEY: Wire = Wire { leaves_to_anonymous: true, ..by_key("No API key found in request") };
const UNKNOWN_API_KEY: Wire = Wire { leaves_to_anonymous: true, ..by_key("Unauthorized") };
const DUPLICATE_API_KEY: Wire = by_key("Duplicate API key found");
const FORBIDDEN: Wire =
    Wire { message: Message::Forbidden, challenge: Some(Challenge::InsufficientScope), ..fixed(403, "") };
const NO_CONSUMER: Wire = Wire { leaves_to_anonymous: true, ..FORBIDDEN };
const CANNOT_CONSUME: Wire = fixed(403, "You cannot consume this service");
const MULTIPLE_CREDENTIALS: Wire = bad_credential(400, "Multiple tokens provided");
const UNHIDEABLE_CREDENTIAL: Wire = bad_credential(400, "Token not accepted outside of a header");
const BODY_TOO_LONG: Wire = bad_credential(413, "Request body too large");
const AMBIGUOUS_HEADER: Wire = fixed(400, "Ambiguous request header");
const AMBIGUOUS_HOST: Wire = fixed(400, "Ambiguous request host");
const AMBIGUOUS_PATH: Wire = fixed(400, "Ambiguous request path");
const CROSS_SITE_LOGOUT: Wire = fixed(403, "Logout is not accepted from another site");
const OWNED_HEADER: Wire = fixed(400, "Reserved request header");
const ROUTE_UNKNOWN: Wire = fixed(404, "no Route matched with those values");
const UNAVAILABLE: Wire = fixed(503, "Service Unavailable");
const INTERNAL: Wire = fixed(500, "An unexpected error occurred");

const fn by_key(message: &'static str) -> Wire {
    Wire { challenge: Some(Challenge::Plain), ..fixed(401, message) }
}

const fn bad_credential(status: u16, message: &'static str) -> Wire {
    Wire { challenge: Some(Challenge::InvalidRequest), ..fixed(status, message) }
}

const fn fixed(status: u16, message: &'static str) -> Wire {
    Wire {
        status: Status(status),
        message: Message::Fixed(message),
        challenge: None,
        grpc_status: grpc_status(status),
        leaves_to_anonymous: false,
    }
}

/// The code of gRPC's list that means the same, as Kong maps them.
const fn grpc_status(status: u16) -> u8 {
    match status {
        400 => 3,
        401 => 16,
        403 => 7,
        404 => 5,
        413 => 8,
        500 => 13,
        503 => 14,
        _ => 2,
    }
}
