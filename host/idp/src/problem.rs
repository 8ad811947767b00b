//! Why a request is refused, and what its answer says: the error codes of the RFCs, with Entra's numbers for Entra.

use crate::mint::MintError;
use crate::reply;
use bytes::Bytes;
use http::{Response, StatusCode, header};
use serde_json::json;
use std::fmt;

mod entra;

/// What is wrong with a request.
#[derive(Debug)]
pub(crate) enum Problem {
    /// Not a form.
    NotAForm,
    /// A parameter that must be there is not.
    Missing { parameter: &'static str },
    /// A parameter came twice.
    Repeated { parameter: String },
    /// A parameter has a value that it cannot have.
    Invalid { parameter: &'static str, expected: &'static str },
    /// The client authenticated in two ways at once (RFC 6749 2.3).
    TwoAuthentications,
    /// No such client.
    ClientUnknown { client: String },
    /// The client has no service principal in Entra's directory.
    PrincipalMissing { client: String },
    /// The client did not authenticate, and it is none that need not.
    ClientNotAuthenticated,
    /// The client may not authenticate so.
    AuthMethodNotAllowed { found: &'static str },
    /// Credentials in HTTP Basic cannot be read.
    BasicMalformed,
    /// The secret is not the client's.
    SecretWrong { client: String },
    /// The secret was one of the client's.
    SecretExpired { client: String },
    /// The client's JWT does not prove it.
    AssertionRefused { why: &'static str },
    /// The client may not use this grant.
    GrantNotAllowed { grant: &'static str },
    /// No such grant.
    GrantUnknown { found: String },
    /// Name or password is wrong.
    PasswordWrong,
    /// No such refresh token, or one whose time is over.
    RefreshTokenInvalid,
    /// The refresh token was used before; all that came of it is revoked.
    RefreshTokenUsed,
    /// No such code, or one whose time is over.
    CodeInvalid,
    /// The code was used before; all that came of it is revoked.
    CodeUsed,
    /// The redirect URI is not the one that the code was given for.
    RedirectDiffers,
    /// The verifier is not that of the challenge (RFC 7636 4.6).
    VerifierWrong { expected: &'static str },
    /// The token that is to be exchanged is not good.
    SubjectTokenInvalid,
    /// The client has not registered this redirect URI.
    RedirectUnknown { found: String },
    /// No such response type.
    ResponseTypeUnknown { found: String },
    /// Request objects (OpenID Connect Core 6) are not read.
    RequestObject { error: &'static str },
    /// The client wants no page, and a login is needed.
    LoginRequired,
    /// The client wants no page, and consent is needed.
    ConsentRequired,
    /// The user said no.
    AccessDenied,
    /// What a page was for has expired, or it was shown in another browser.
    InteractionExpired,
    /// A scope that does not exist, or that this grant does not give.
    ScopeInvalid { expected: &'static str, found: String },
    /// The resource or audience does not exist.
    ResourceUnknown { found: String },
    /// The client has no grant for this API.
    ApiNotGranted { api: String },
    /// Scopes of several resources.
    ResourcesMany,
    /// No token, in a place that wants one.
    TokenMissing,
    /// A token that is not good.
    TokenInvalid,
    /// A token without a scope that is needed.
    TokenScope { expected: &'static str },
    /// What a client says of itself when it registers.
    MetadataInvalid { member: &'static str, expected: &'static str },
    /// A redirect URI that cannot be one.
    RedirectInvalid { found: String },
    /// No room for one client more.
    ClientsMany,
    /// Nothing is there.
    NotFound,
    /// A key could not sign.
    Signing(MintError),
}

/// How the request came, as far as its answer depends on it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Manner<'a> {
    /// The client used HTTP Basic, so the answer names it too (RFC 6749 5.2).
    pub(crate) basic: bool,
    /// The realm's name.
    pub(crate) realm: &'a str,
    /// Whether it is Entra's.
    pub(crate) entra: bool,
    /// Now.
    pub(crate) now: i64,
}

impl Problem {
    /// Status and `error`: RFC 6749 4.1.2.1 and 5.2, RFC 6750 3.1, RFC 8693 2.2.2, RFC 8707 2,
    /// RFC 7591 3.2.2, OpenID Connect Core 3.1.2.6.
    pub(crate) const fn code(&self) -> (StatusCode, &'static str) {
        match self {
            Self::NotAForm
            | Self::Missing { .. }
            | Self::Repeated { .. }
            | Self::Invalid { .. }
            | Self::TwoAuthentications
            | Self::ResourcesMany
            | Self::SubjectTokenInvalid
            | Self::RedirectUnknown { .. }
            | Self::InteractionExpired => (StatusCode::BAD_REQUEST, "invalid_request"),
            Self::ClientUnknown { .. }
            | Self::ClientNotAuthenticated
            | Self::AuthMethodNotAllowed { .. }
            | Self::BasicMalformed
            | Self::SecretWrong { .. }
            | Self::SecretExpired { .. }
            | Self::AssertionRefused { .. } => (StatusCode::UNAUTHORIZED, "invalid_client"),
            Self::GrantNotAllowed { .. } | Self::PrincipalMissing { .. } => {
                (StatusCode::BAD_REQUEST, "unauthorized_client")
            }
            Self::GrantUnknown { .. } => (StatusCode::BAD_REQUEST, "unsupported_grant_type"),
            Self::PasswordWrong
            | Self::RefreshTokenInvalid
            | Self::RefreshTokenUsed
            | Self::CodeInvalid
            | Self::CodeUsed
            | Self::RedirectDiffers
            | Self::VerifierWrong { .. } => (StatusCode::BAD_REQUEST, "invalid_grant"),
            Self::ResponseTypeUnknown { .. } => (StatusCode::BAD_REQUEST, "unsupported_response_type"),
            Self::RequestObject { error } => (StatusCode::BAD_REQUEST, error),
            Self::LoginRequired => (StatusCode::BAD_REQUEST, "login_required"),
            Self::ConsentRequired => (StatusCode::BAD_REQUEST, "consent_required"),
            Self::ApiNotGranted { .. } => (StatusCode::FORBIDDEN, "access_denied"),
            Self::AccessDenied => (StatusCode::BAD_REQUEST, "access_denied"),
            Self::ScopeInvalid { .. } => (StatusCode::BAD_REQUEST, "invalid_scope"),
            Self::ResourceUnknown { .. } => (StatusCode::BAD_REQUEST, "invalid_target"),
            Self::TokenMissing | Self::TokenInvalid => (StatusCode::UNAUTHORIZED, "invalid_token"),
            Self::TokenScope { .. } => (StatusCode::FORBIDDEN, "insufficient_scope"),
            Self::MetadataInvalid { .. } => (StatusCode::BAD_REQUEST, "invalid_client_metadata"),
            Self::RedirectInvalid { .. } => (StatusCode::BAD_REQUEST, "invalid_redirect_uri"),
            Self::ClientsMany => (StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found"),
            Self::Signing(_) => (StatusCode::INTERNAL_SERVER_ERROR, "server_error"),
        }
    }

    /// `error` and `error_description` for a client whose answer a browser carries.
    pub(crate) fn told(&self, entra: bool) -> (&'static str, String) {
        if entra { entra::told(self) } else { (self.code().1, self.to_string()) }
    }

    /// The answer.
    pub(crate) fn reply(&self, manner: Manner<'_>) -> Response<Bytes> {
        let (status, error) = self.code();
        let reply = if manner.entra {
            reply::secret_json(entra::status(self), &entra::body(self, manner.now))
        } else {
            reply::secret_json(status, &json!({ "error": error, "error_description": self.to_string() }))
        };
        match self.challenge(manner) {
            Some(challenge) => reply::with_header(reply, header::WWW_AUTHENTICATE, &challenge),
            None => reply,
        }
    }

    fn challenge(&self, manner: Manner<'_>) -> Option<String> {
        let realm = manner.realm;
        match self {
            // RFC 6750 3: a request without a token is told no error.
            Self::TokenMissing => Some(format!("Bearer realm=\"{realm}\"")),
            Self::TokenInvalid => Some(format!(
                "Bearer realm=\"{realm}\", error=\"invalid_token\", error_description=\"{self}\""
            )),
            Self::TokenScope { expected } => {
                Some(format!("Bearer realm=\"{realm}\", error=\"insufficient_scope\", scope=\"{expected}\""))
            }
            _ if manner.basic && self.code().1 == "invalid_client" => {
                Some(format!("Basic realm=\"{realm}\""))
            }
            _ => None,
        }
    }
}

/// What is wrong; never a secret, a password or a token.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAForm => f.write_str("expected a body of type application/x-www-form-urlencoded"),
            Self::Missing { parameter } => write!(f, "expected the parameter {parameter}, found none"),
            Self::Repeated { parameter } => {
                write!(f, "expected the parameter {parameter} once, found it twice")
            }
            Self::Invalid { parameter, expected } => write!(f, "{parameter}: expected {expected}"),
            Self::TwoAuthentications => f.write_str("expected one way of client authentication, found two"),
            Self::ClientUnknown { client } => write!(f, "no client has the id {client}"),
            Self::PrincipalMissing { client } => {
                write!(f, "the app {client} has no service principal in this tenant; create one first")
            }
            Self::ClientNotAuthenticated => f.write_str("expected client authentication, found none"),
            Self::AuthMethodNotAllowed { found } => write!(f, "this client may not authenticate by {found}"),
            Self::BasicMalformed => {
                f.write_str("expected id and secret in HTTP Basic, each form-encoded (RFC 6749 2.3.1)")
            }
            Self::SecretWrong { client } => write!(f, "the secret is not one of client {client}"),
            Self::SecretExpired { client } => write!(f, "the secret of client {client} has expired"),
            Self::AssertionRefused { why } => write!(f, "client_assertion: {why}"),
            Self::GrantNotAllowed { grant } => write!(f, "this client may not use the grant {grant}"),
            Self::GrantUnknown { found } => write!(f, "no grant is named {found} here"),
            Self::PasswordWrong => f.write_str("username or password is wrong"),
            Self::RefreshTokenInvalid => f.write_str("the refresh token is unknown, expired or revoked"),
            Self::RefreshTokenUsed => {
                f.write_str("the refresh token was used before; every token that came of it is revoked")
            }
            Self::CodeInvalid => f.write_str("the code is unknown or expired"),
            Self::CodeUsed => f.write_str("the code was used before; every token that came of it is revoked"),
            Self::RedirectDiffers => {
                f.write_str("expected the redirect_uri of the authorization request, found another one")
            }
            Self::VerifierWrong { expected } => write!(f, "code_verifier: expected {expected}"),
            Self::SubjectTokenInvalid => f.write_str("the subject_token is unknown, expired or revoked"),
            Self::RedirectUnknown { found } => {
                write!(
                    f,
                    "the client has not registered the redirect URI {found}; they are compared byte for byte"
                )
            }
            Self::ResponseTypeUnknown { found } => {
                write!(f, "response_type: expected code, token, id_token or id_token token, found {found}")
            }
            Self::RequestObject { .. } => f.write_str("expected parameters, found a request object"),
            Self::LoginRequired => f.write_str("the user is not logged in, and prompt=none allows no page"),
            Self::ConsentRequired => {
                f.write_str("the user has not consented, and prompt=none allows no page")
            }
            Self::AccessDenied => f.write_str("the user said no"),
            Self::InteractionExpired => {
                f.write_str("this page has expired, or was opened in another browser; begin again at the app")
            }
            Self::ScopeInvalid { expected, found } => write!(f, "scope: expected {expected}, found {found}"),
            Self::ResourceUnknown { found } => write!(f, "no API is named {found}"),
            Self::ApiNotGranted { api } => {
                write!(
                    f,
                    "the client is not authorized to access {api}; it needs a client grant for this API"
                )
            }
            Self::ResourcesMany => f.write_str("expected scopes of one API, found those of several"),
            Self::TokenMissing => f.write_str("expected an access token, found none"),
            Self::TokenInvalid => f.write_str("the access token is unknown, expired or revoked"),
            Self::TokenScope { expected } => write!(f, "expected an access token with the scope {expected}"),
            Self::MetadataInvalid { member, expected } => write!(f, "{member}: expected {expected}"),
            Self::RedirectInvalid { found } => {
                write!(f, "redirect_uris: expected absolute URIs without a fragment, found {found}")
            }
            Self::ClientsMany => f.write_str("no room for one client more; delete some"),
            Self::NotFound => f.write_str("nothing is there"),
            Self::Signing(error) => fmt::Display::fmt(error, f),
        }
    }
}

impl From<MintError> for Problem {
    fn from(error: MintError) -> Self {
        Self::Signing(error)
    }
}
