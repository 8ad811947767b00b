//! Configs to start from: one document for each identity provider, in the frame of what runs the filter.
//!
//! The texts lie beside the code, with `{{names}}` where something goes in. What is put in is quoted, and the
//! document is checked as the filter will check it, before anything is printed.

use claimgate_policy::config::{Config, ConfigErrors, ConfigWarning};
use serde_json::Value;
use std::fmt;

use keys::Keys;
use login::{Login, Secrets};
pub use provider::Provider;
pub use upstream::{Upstream, UpstreamError};

/// The identity providers.
mod provider;

/// Where the issuer's keys come from.
mod keys;

/// What people's logins need.
mod login;

/// Servers by their URL.
mod upstream;

/// Texts with places to fill.
mod template;

/// What runs the filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Target {
    /// This project's gateway: its YAML, with the document in it.
    Host,
    /// Envoy, with the document as JSON.
    Envoy,
    /// Kong 3.5 to 3.10, declarative.
    Kong,
}

/// How callers say who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Callers {
    /// With a token of the provider's.
    Tokens,
    /// With a token, or their client id and secret.
    Secrets,
    /// With a token, or as a person who logs in with a browser.
    People,
}

/// What goes into the texts; what is absent is a placeholder, with which no token passes.
#[derive(Debug, Clone)]
pub struct Starter {
    /// Whose tokens.
    pub provider: Provider,
    /// `iss` of the tokens.
    pub issuer: Option<String>,
    /// `aud` of the tokens.
    pub audience: Option<String>,
    /// The client id of the first approved application; where people log in, that of the gateway itself.
    pub client_id: Option<String>,
    /// The issuer's key set (RFC 7517), public keys only; fetched, if absent.
    pub jwks: Option<Value>,
    /// How callers say who they are.
    pub callers: Callers,
    /// The scope that the gateway asks for, where it asks for tokens.
    pub scope: Option<String>,
    /// Where the provider sends people back to who log in; this machine, if absent.
    pub redirect_uri: Option<String>,
    /// Where requests go that pass.
    pub upstream: Upstream,
}

/// A config, ready to be printed.
#[derive(Debug)]
pub struct Printed {
    /// The whole file.
    pub text: String,
    /// What the filter will warn of.
    pub warnings: Vec<ConfigWarning>,
}

/// Why no config was printed.
#[derive(Debug)]
pub enum InitError {
    /// The filter would refuse the document.
    Refused(ConfigErrors),
    /// A text of this program is no YAML, or YAML that JSON cannot hold.
    Text(serde_norway::Error),
}

impl Starter {
    /// The file for `target`.
    ///
    /// # Errors
    /// [`InitError::Refused`] if one of the values cannot stand in a config.
    pub fn print(&self, target: Target) -> Result<Printed, InitError> {
        let keys = Keys::of(self, target);
        let checked = json(&self.document(&keys, target, Secrets::STAND_INS))?;
        let config = Config::parse(checked.as_bytes()).map_err(InitError::Refused)?;
        let document = self.document(&keys, target, Secrets::REFERENCES);
        let inside = if target == Target::Envoy { json(&document)? } else { document };
        Ok(Printed { text: self.frame(&keys, target, &inside), warnings: config.warnings })
    }

    /// The filter's document as YAML.
    fn document(&self, keys: &Keys, target: Target, secrets: Secrets) -> String {
        let issuer = quoted(self.issuer());
        let audience = quoted(self.audience());
        let client_id = quoted(self.client_id());
        let values = [
            ("engine", target.engine()),
            ("origins", &keys.origins),
            ("source", self.provider.source()),
            ("issuer", &issuer),
            ("keys", &keys.source),
            ("methods", &self.methods(secrets)),
            ("audience", &audience),
            ("claims", self.texts().claims),
            ("client_id", &client_id),
        ];
        template::fill(DOCUMENT, &values)
    }

    /// How callers authenticate, and what the gateway asks the provider for.
    fn methods(&self, secrets: Secrets) -> String {
        match self.callers {
            Callers::Tokens => include_str!("init/methods/bearer.yaml").to_owned(),
            Callers::Secrets => self.client_credentials(),
            Callers::People => self.login(secrets),
        }
    }

    /// What the gateway asks the provider for with a caller's id and secret.
    fn client_credentials(&self) -> String {
        let scope = self.scope.clone().or_else(|| self.provider.scope(self.audience()));
        let scopes = match scope {
            Some(scope) => format!("scopes: [{}]", quoted(&scope)),
            None => "# scopes: [\"orders:read\"]".to_owned(),
        };
        let token_endpoint = self.provider.token_endpoint(self.issuer()).unwrap_or_default();
        let values = [
            ("scopes", &*scopes),
            ("audience", &*quoted(self.audience())),
            ("token_endpoint", &*quoted(&token_endpoint)),
        ];
        let asked = template::fill(self.texts().credentials, &values);
        [include_str!("init/methods/client-credentials.yaml"), &asked].concat()
    }

    /// The file around the document.
    fn frame(&self, keys: &Keys, target: Target, document: &str) -> String {
        let (url, port) = (quoted(&self.upstream.url()), self.upstream.port.to_string());
        let host = quoted(self.upstream.bare_host());
        let prefix = quoted(&self.upstream.prefix());
        let asks = self.jwks.is_none();
        let login = Login::of(self, target);
        let values = [
            ("notes", self.texts().notes),
            ("keys", &*[&*keys.notes, &*login.notes].concat()),
            ("login_environment", &login.environment),
            ("login_members", &login.members),
            ("login_route", &login.route),
            ("document", document),
            ("upstream", &url),
            ("upstream_host", &host),
            ("upstream_port", &port),
            ("upstream_prefix", &prefix),
            ("upstream_tls", &self.upstream.envoy_tls()),
            ("idp", &keys.cluster),
            ("idp_capabilities", if asks { IDP_CAPABILITIES } else { "" }),
        ];
        template::fill(target.frame(), &values)
    }

    fn issuer(&self) -> &str {
        self.issuer.as_deref().unwrap_or_else(|| self.provider.issuer())
    }

    fn audience(&self) -> &str {
        self.audience.as_deref().unwrap_or_else(|| self.provider.audience())
    }

    fn client_id(&self) -> &str {
        self.client_id.as_deref().unwrap_or(CLIENT_ID)
    }

    fn redirect_uri(&self) -> &str {
        self.redirect_uri.as_deref().unwrap_or(REDIRECT_URI)
    }

    fn texts(&self) -> provider::Texts {
        self.provider.texts(self.issuer())
    }
}

impl Target {
    /// The member `engine` of the document.
    const fn engine(self) -> &'static str {
        match self {
            Self::Host => "claimgate",
            Self::Envoy => "envoy",
            Self::Kong => "nginx",
        }
    }

    const fn frame(self) -> &'static str {
        match self {
            Self::Host => include_str!("init/target/host.yaml"),
            Self::Envoy => include_str!("init/target/envoy.yaml"),
            Self::Kong => include_str!("init/target/kong.yaml"),
        }
    }
}

impl fmt::Display for InitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(errors) => fmt::Display::fmt(errors, f),
            Self::Text(error) => write!(f, "a text of this program is no config, please report it: {error}"),
        }
    }
}

/// A document in YAML as JSON.
fn json(document: &str) -> Result<String, InitError> {
    let value: serde_norway::Value = serde_norway::from_str(document).map_err(InitError::Text)?;
    serde_json::to_string_pretty(&value).map_err(|error| InitError::Text(serde::de::Error::custom(error)))
}

/// A JSON string, which is a YAML string too, whatever it holds.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

const DOCUMENT: &str = include_str!("init/document.yaml");
const IDP_CAPABILITIES: &str = include_str!("init/target/envoy-idp-capabilities.yaml");

/// Names no client, so that nobody is approved by mistake.
const CLIENT_ID: &str = "replace-with-a-client-id";

/// Where people come back to that log in on this machine.
const REDIRECT_URI: &str = "http://127.0.0.1:8000/callback";

#[cfg(test)]
mod tests;
