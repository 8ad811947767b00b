//! `claimgate init`.

use super::failure::Failure;
use super::{Answer, file};
use crate::init::{Callers, InitError, Printed, Provider, Starter, Target, Upstream};
use crate::output;
use clap::Args;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Print a commented config to start from.
///
/// One API for approved applications of one identity provider. What is not given is a placeholder, with which no
/// token passes.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  claimgate init entra --for host > gateway.yaml
  claimgate init okta --for envoy --client-id 0oa1b2c3 --client-credentials --scope orders > envoy.yaml
  claimgate init keycloak --for host --login --client-id orders-website > gateway.yaml
  claimgate init keycloak --for kong --upstream https://orders.example/v1 > kong.yaml")]
pub(super) struct Init {
    /// The identity provider
    #[arg(value_name = "PROVIDER", value_enum)]
    provider: Provider,
    /// What runs the filter
    #[arg(long = "for", value_name = "ENGINE", value_enum)]
    target: Target,
    /// The issuer, exactly as in the tokens' iss
    #[arg(long, value_name = "URL")]
    issuer: Option<String>,
    /// The audience of the tokens: the API
    #[arg(long, value_name = "TEXT")]
    audience: Option<String>,
    /// The client id of the first approved application; with --login the gateway's own
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
    /// The issuer's key set, as its jwks_uri answers it; without it the filter fetches it
    #[arg(long, value_name = "FILE")]
    jwks: Option<PathBuf>,
    /// Take a caller's client id and secret too, in Authorization: Basic, and get a token with them
    #[arg(long, group = "asks", conflicts_with = "jwks")]
    client_credentials: bool,
    /// Have people log in with their browsers, by a client of the gateway's own
    #[arg(long, group = "asks", conflicts_with = "jwks")]
    login: bool,
    /// The scope to get tokens with
    #[arg(long, value_name = "TEXT", requires = "asks")]
    scope: Option<String>,
    /// Where the provider sends people back to; otherwise http://127.0.0.1:8000/callback
    #[arg(long, value_name = "URL", requires = "login")]
    redirect_uri: Option<String>,
    /// Where requests go that pass
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:9000")]
    upstream: Upstream,
}

impl Init {
    pub(super) fn perform(&self) -> Result<Answer, Failure> {
        let starter = Starter {
            provider: self.provider,
            issuer: self.issuer.clone(),
            audience: self.audience.clone(),
            client_id: self.client_id.clone(),
            jwks: self.jwks.as_deref().map(public_keys).transpose()?,
            callers: match (self.client_credentials, self.login) {
                (true, _) => Callers::Secrets,
                (false, true) => Callers::People,
                (false, false) => Callers::Tokens,
            },
            scope: self.scope.clone(),
            redirect_uri: self.redirect_uri.clone(),
            upstream: self.upstream.clone(),
        };
        let Printed { text, warnings } = starter.print(self.target).map_err(failure)?;
        for warning in warnings {
            output::progress(&format!("warning: {warning}"));
        }
        output::line(text.trim_end())?;
        Ok(Answer::Yes)
    }
}

/// The key set of a file. A private key in it would go into a config that many can read.
fn public_keys(path: &Path) -> Result<Value, Failure> {
    let refused = |what: &str| Failure::Jwks { path: path.into(), what: what.to_owned() };
    let jwks: Value = serde_json::from_slice(&file::read(path)?).unwrap_or_default();
    let Some(keys) = jwks.get("keys").and_then(Value::as_array) else {
        return Err(refused("expected {\"keys\":[...]}, found something else"));
    };
    // RFC 7518 6: `d` is of every private key, `k` of a shared secret.
    if keys.iter().any(|key| key.get("d").or_else(|| key.get("k")).is_some()) {
        return Err(refused(
            "expected public keys, found a private one; take the answer of the issuer's jwks_uri",
        ));
    }
    Ok(jwks)
}

fn failure(error: InitError) -> Failure {
    let InitError::Refused(errors) = &error else { return Failure::Template(error.to_string()) };
    // The first one explains the others: of a source that is refused, the plugin's issuer is unknown.
    match errors.iter().next() {
        Some(found) => Failure::Argument {
            option: option(&found.path),
            expected: found.expected.clone(),
            found: found
                .hint
                .as_ref()
                .map_or_else(|| found.found.to_string(), |hint| format!("{} ({hint})", found.found)),
        },
        None => Failure::Template(error.to_string()),
    }
}

/// The option whose value stands at a place of the document.
fn option(path: &str) -> &'static str {
    let options = [
        ("jwks", "--jwks"),
        ("scopes", "--scope"),
        ("audience", "--audience"),
        ("authorization_query_args", "--audience"),
        ("redirect_uri", "--redirect-uri"),
        ("client_id", "--client-id"),
        ("custom_id", "--client-id"),
        ("issuer", "--issuer"),
    ];
    options.iter().find(|(member, _)| path.contains(member)).map_or("init", |(_, option)| option)
}
