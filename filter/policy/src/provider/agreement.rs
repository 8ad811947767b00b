//! `verify_parameters`: whether the config and the provider's discovery document agree about what is asked of it.
//!
//! Where the document has no such endpoint or list, it says nothing against the config (RFC 8414 2: most members are
//! optional).

use super::{ClientAuth, Metadata, Url};
use crate::config::{LoginRules, Methods, OpenIdConnect, ProviderRules};
use crate::denial::shown;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// Something that they do not agree about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disagreement {
    /// The key of the config.
    pub key: &'static str,
    /// What the document says.
    pub expected: String,
    /// What the config says.
    pub found: String,
}

/// The first thing about which they do not agree; only what the methods that are on make use of is compared.
#[must_use]
pub fn disagreement(rules: &ProviderRules, methods: &Methods, metadata: &Metadata) -> Option<Disagreement> {
    endpoints(rules, metadata)
        .or_else(|| grants(methods, metadata))
        .or_else(|| scopes(rules, metadata))
        .or_else(|| at_token_endpoint(rules, methods, metadata))
        .or_else(|| at_introspection_endpoint(rules, metadata))
}

/// The same for what is asked of people's browsers, and of the provider when they leave.
#[must_use]
pub fn about_people(rules: &OpenIdConnect, metadata: &Metadata) -> Option<Disagreement> {
    let logout = rules.logout.as_ref();
    let revocation = logout.and_then(|logout| logout.revocation.as_ref());
    let authorization = rules.login.as_ref().and_then(|login| login.authorization_endpoint.as_ref());
    let endpoints = [
        ("authorization_endpoint", authorization, &metadata.authorization_endpoint),
        (
            "end_session_endpoint",
            logout.and_then(|logout| logout.end_session_endpoint.as_ref()),
            &metadata.end_session_endpoint,
        ),
        (
            "revocation_endpoint",
            revocation.and_then(|revocation| revocation.url.as_ref()),
            &metadata.revocation_endpoint,
        ),
    ];
    first_other(&endpoints).or_else(|| at_authorization_endpoint(rules.login.as_ref()?, metadata))
}

fn at_authorization_endpoint(login: &LoginRules, metadata: &Metadata) -> Option<Disagreement> {
    let mode = login.response_mode.name();
    among(metadata, "response_modes_supported", "response_mode", core::iter::once(mode)).or_else(|| {
        let key = "require_proof_key_for_code_exchange";
        among(metadata, "code_challenge_methods_supported", key, core::iter::once("S256"))
    })
}

fn endpoints(rules: &ProviderRules, metadata: &Metadata) -> Option<Disagreement> {
    let token = rules.token.as_ref().and_then(|endpoint| endpoint.url.as_ref());
    let introspection = rules.introspection.as_ref().and_then(|endpoint| endpoint.url.as_ref());
    let userinfo = rules.userinfo.as_ref().and_then(|endpoint| endpoint.url.as_ref());
    first_other(&[
        ("token_endpoint", token, &metadata.token_endpoint),
        ("introspection_endpoint", introspection, &metadata.introspection_endpoint),
        ("userinfo_endpoint", userinfo, &metadata.userinfo_endpoint),
    ])
}

/// A key, what it says, and what the document does.
type Endpoint<'a> = (&'static str, Option<&'a Url>, &'a Option<Url>);

/// The first that is another in the document.
fn first_other(endpoints: &[Endpoint<'_>]) -> Option<Disagreement> {
    endpoints.iter().find_map(|(key, written, said)| {
        let (found, expected) = ((*written)?, said.as_ref()?);
        (found != expected).then(|| Disagreement { key, expected: place(expected), found: place(found) })
    })
}

/// Without a query, which may hold a key.
fn place(url: &Url) -> String {
    let text = format!("{url}");
    shown(text.split('?').next().unwrap_or_default()).into()
}

fn grants(methods: &Methods, metadata: &Metadata) -> Option<Disagreement> {
    let all = [
        ("client_credentials", methods.client_credentials.is_some()),
        ("password", methods.password.is_some()),
        ("refresh_token", methods.refresh_token.is_some()),
        ("authorization_code", methods.authorization_code),
    ];
    let found = all.into_iter().filter(|(_, on)| *on).map(|(grant, _)| grant);
    among(metadata, "grant_types_supported", "auth_methods", found)
}

fn scopes(rules: &ProviderRules, metadata: &Metadata) -> Option<Disagreement> {
    let scopes = rules.token.as_ref()?.scopes.as_deref()?;
    among(metadata, "scopes_supported", "scopes", scopes.iter().map(|scope| &**scope))
}

fn at_token_endpoint(rules: &ProviderRules, methods: &Methods, metadata: &Metadata) -> Option<Disagreement> {
    let token = rules.token.as_ref()?;
    let callers = methods.client_credentials.map(|_| token.callers_auth);
    let own = rules.clients.clients.iter().filter(|_| methods.asks_as_its_own_client());
    let own = own.map(|own| token.auth.unwrap_or(own.auth));
    let key = if token.auth.is_some() { "token_endpoint_auth_method" } else { "client_auth" };
    let found = callers.into_iter().chain(own).map(ClientAuth::name);
    among(metadata, "token_endpoint_auth_methods_supported", key, found)
}

fn at_introspection_endpoint(rules: &ProviderRules, metadata: &Metadata) -> Option<Disagreement> {
    let introspection = rules.introspection.as_ref()?;
    let own = rules.clients.clients.iter().map(|own| introspection.auth.unwrap_or(own.auth));
    let key = if introspection.auth.is_some() { "introspection_endpoint_auth_method" } else { "client_auth" };
    among(metadata, "introspection_endpoint_auth_methods_supported", key, own.map(ClientAuth::name))
}

/// The first of the texts that is not in a list of the document's.
fn among<'a>(
    metadata: &Metadata,
    list: &str,
    key: &'static str,
    mut found: impl Iterator<Item = &'a str>,
) -> Option<Disagreement> {
    let supported = metadata.supported(list)?;
    let found = found.find(|text| !supported.iter().any(|known| **known == **text))?;
    let known: Vec<Box<str>> = supported.iter().take(MOST_SHOWN).map(|text| shown(text)).collect();
    let more = if supported.len() > MOST_SHOWN { ", ..." } else { "" };
    let expected = format!("one of {list}: {}{more}", known.join(", "));
    Some(Disagreement { key, expected, found: shown(found).into() })
}

/// Why a request is refused for it; without the key.
impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { expected, found, .. } = self;
        write!(f, "verify_parameters: by the discovery document expected {expected}, found {found}")
    }
}

/// Items of a list that are shown.
const MOST_SHOWN: usize = 16;

#[cfg(test)]
mod tests;
