//! Errors as Entra words them, with their AADSTS numbers.

use super::Problem;
use chrono::DateTime;
use http::StatusCode;
use serde_json::{Value, json};

/// The body of an error.
pub(super) fn body(problem: &Problem, now: i64) -> Value {
    let number = number(problem);
    let timestamp = timestamp(now);
    let text = text(problem);
    json!({
        "error": error(problem),
        "error_description": format!("AADSTS{number}: {text} Timestamp: {timestamp}"),
        "error_codes": [number],
        "timestamp": timestamp,
        "error_uri": format!("https://login.microsoftonline.com/error?code={number}"),
    })
}

/// `error` and `error_description`.
pub(super) fn told(problem: &Problem) -> (&'static str, String) {
    (error(problem), format!("AADSTS{}: {}", number(problem), text(problem)))
}

/// An app that is not in the directory is a bad request there.
pub(super) const fn status(problem: &Problem) -> StatusCode {
    match problem {
        Problem::ClientUnknown { .. } => StatusCode::BAD_REQUEST,
        other => other.code().0,
    }
}

/// What Entra calls otherwise than the RFC does.
fn error(problem: &Problem) -> &'static str {
    match problem {
        Problem::ClientUnknown { .. } => "unauthorized_client",
        Problem::ResourceUnknown { .. } => "invalid_resource",
        Problem::ConsentRequired => "interaction_required",
        other => other.code().1,
    }
}

/// Microsoft's list of AADSTS error codes.
const fn number(problem: &Problem) -> u32 {
    match problem {
        Problem::NotAForm | Problem::Missing { .. } => 900_144,
        Problem::Repeated { .. } | Problem::Invalid { .. } | Problem::TwoAuthentications => 90_014,
        Problem::ClientUnknown { .. } => 700_016,
        Problem::PrincipalMissing { .. } => 7_000_229,
        Problem::ClientNotAuthenticated | Problem::AuthMethodNotAllowed { .. } | Problem::BasicMalformed => {
            7_000_218
        }
        Problem::SecretWrong { .. } => 7_000_215,
        Problem::SecretExpired { .. } => 7_000_222,
        Problem::AssertionRefused { .. } => 700_027,
        Problem::GrantNotAllowed { .. } => 700_025,
        Problem::GrantUnknown { .. } => 70_003,
        Problem::PasswordWrong => 50_126,
        Problem::RefreshTokenInvalid | Problem::RefreshTokenUsed => 700_082,
        Problem::CodeInvalid => 70_008,
        Problem::CodeUsed => 54_005,
        Problem::RedirectDiffers => 500_112,
        Problem::VerifierWrong { .. } => 501_481,
        Problem::SubjectTokenInvalid => 50_013,
        Problem::RedirectUnknown { .. } => 50_011,
        Problem::ResponseTypeUnknown { .. } => 70_005,
        Problem::RequestObject { .. } => 90_015,
        Problem::LoginRequired => 50_058,
        Problem::ConsentRequired => 65_001,
        Problem::AccessDenied => 65_004,
        Problem::InteractionExpired => 165_900,
        Problem::ScopeInvalid { .. } => 70_011,
        Problem::ResourceUnknown { .. } => 500_011,
        Problem::ResourcesMany => 28_000,
        Problem::TokenMissing | Problem::TokenInvalid | Problem::TokenScope { .. } => 50_027,
        // Not asked of Entra's own endpoints: Graph has errors of another form.
        Problem::MetadataInvalid { .. }
        | Problem::RedirectInvalid { .. }
        | Problem::ClientsMany
        | Problem::NotFound
        | Problem::ApiNotGranted { .. }
        | Problem::Signing(_) => 90_033,
    }
}

fn text(problem: &Problem) -> String {
    match problem {
        Problem::Missing { parameter } => {
            format!("The request body must contain the following parameter: '{parameter}'.")
        }
        Problem::ClientUnknown { client } => {
            format!("Application with identifier '{client}' was not found in the directory.")
        }
        Problem::ClientNotAuthenticated => {
            "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."
                .to_owned()
        }
        Problem::SecretWrong { client } => format!(
            "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, \
             not the client secret ID, for a secret added to app '{client}'."
        ),
        Problem::PasswordWrong => {
            "Error validating credentials due to invalid username or password.".to_owned()
        }
        Problem::ScopeInvalid { expected, found } => {
            format!(
                "The provided value for the input parameter 'scope' is not valid. Expected {expected}, found {found}."
            )
        }
        Problem::ResourceUnknown { found } => {
            format!("The resource principal named {found} was not found in the tenant.")
        }
        other => {
            let text = other.to_string();
            let mut letters = text.chars();
            let first = letters.next().map(|letter| letter.to_ascii_uppercase());
            first.into_iter().chain(letters).chain(['.']).collect()
        }
    }
}

/// `2026-02-29 23:38:00Z`.
fn timestamp(now: i64) -> String {
    DateTime::from_timestamp(now, 0).unwrap_or_default().to_string().replace(" UTC", "Z")
}
