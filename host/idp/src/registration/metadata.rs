//! What a client says of itself: RFC 7591 2. Members that are not known are passed over, as the RFC wants it.

use crate::claims::Members;
use crate::config::{AuthMethod, Client, GrantType, is_redirect_uri};
use crate::form::shown as safe;
use crate::problem::Problem;
use claimgate_policy::keys::KeySet;
use serde::Deserialize;
use serde_json::{Value, json};

/// Valid metadata.
pub(super) struct Metadata {
    name: Option<String>,
    redirect_uris: Vec<String>,
    post_logout_redirect_uris: Vec<String>,
    method: AuthMethod,
    grants: Vec<GrantType>,
    jwks: Option<Value>,
}

#[derive(Deserialize)]
struct Raw {
    client_name: Option<String>,
    #[serde(default)]
    redirect_uris: Vec<String>,
    #[serde(default)]
    post_logout_redirect_uris: Vec<String>,
    token_endpoint_auth_method: Option<String>,
    grant_types: Option<Vec<String>>,
    response_types: Option<Vec<String>>,
    jwks: Option<Value>,
    jwks_uri: Option<String>,
    software_statement: Option<String>,
}

impl Metadata {
    pub(super) fn read(body: &[u8]) -> Result<Self, Problem> {
        let expected = "a JSON object with members of the types that RFC 7591 gives them";
        let raw: Raw = serde_json::from_slice(body)
            .map_err(|_| Problem::MetadataInvalid { member: "the body", expected })?;
        for (member, given) in [("jwks_uri", &raw.jwks_uri), ("software_statement", &raw.software_statement)]
        {
            if given.is_some() {
                return Err(Problem::MetadataInvalid { member, expected: "none; keys go into jwks" });
            }
        }
        let grants = grants(raw.grant_types)?;
        response_types(raw.response_types.as_deref(), &grants)?;
        let method = method(raw.token_endpoint_auth_method.as_deref())?;
        keys(method, raw.jwks.as_ref())?;
        let redirects =
            grants.iter().any(|grant| matches!(grant, GrantType::AuthorizationCode | GrantType::Implicit));
        if redirects && raw.redirect_uris.is_empty() {
            return Err(Problem::RedirectInvalid { found: "none".to_owned() });
        }
        let uris = raw.redirect_uris.iter().chain(&raw.post_logout_redirect_uris);
        if let Some(wrong) = uris.into_iter().find(|uri| !is_redirect_uri(uri)) {
            return Err(Problem::RedirectInvalid { found: safe(wrong) });
        }
        Ok(Self {
            name: raw.client_name,
            redirect_uris: raw.redirect_uris,
            post_logout_redirect_uris: raw.post_logout_redirect_uris,
            method,
            grants,
            jwks: raw.jwks,
        })
    }

    /// Whether it needs a secret.
    pub(super) fn wants_secret(&self) -> bool {
        !matches!(self.method, AuthMethod::None | AuthMethod::PrivateKeyJwt)
    }

    /// The client of these, without a secret.
    pub(super) fn client(self, id: &str) -> Client {
        Client {
            client_id: id.to_owned(),
            name: self.name,
            redirect_uris: self.redirect_uris,
            post_logout_redirect_uris: self.post_logout_redirect_uris,
            auth_methods: vec![self.method],
            grants: self.grants,
            jwks: self.jwks,
            ..Client::default()
        }
    }
}

/// What is in force for a client, in the RFC's words.
pub(super) fn shown(client: &Client) -> Members {
    let method = client.auth_methods.first().copied().unwrap_or(AuthMethod::ClientSecretBasic);
    let grants: Vec<&str> = client.grants.iter().map(|grant| grant.name()).collect();
    let may = |grant| client.may(grant);
    let types = [("code", may(GrantType::AuthorizationCode)), ("token", may(GrantType::Implicit))];
    let types: Vec<&str> = types.into_iter().filter(|(_, may)| *may).map(|(name, _)| name).collect();
    let members = [
        ("client_id", json!(client.client_id)),
        ("client_name", json!(client.name)),
        ("redirect_uris", json!(client.redirect_uris)),
        ("post_logout_redirect_uris", json!(client.post_logout_redirect_uris)),
        ("token_endpoint_auth_method", json!(method.name())),
        ("grant_types", json!(grants)),
        ("response_types", json!(types)),
        ("jwks", json!(client.jwks)),
    ];
    members
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// RFC 7591 2: `authorization_code` if absent.
fn grants(names: Option<Vec<String>>) -> Result<Vec<GrantType>, Problem> {
    let Some(names) = names else { return Ok(vec![GrantType::AuthorizationCode]) };
    let known: Option<Vec<GrantType>> = names.iter().map(|name| GrantType::from_name(name)).collect();
    let known = known.filter(|known| !known.is_empty() && known.len() <= GrantType::ALL.len());
    known.ok_or(Problem::MetadataInvalid {
        member: "grant_types",
        expected: "grants of the discovery document",
    })
}

/// RFC 7591 2.1: each goes with a grant.
fn response_types(names: Option<&[String]>, grants: &[GrantType]) -> Result<(), Problem> {
    let fits = |name: &String| {
        name.split(' ').all(|word| match word {
            "code" => grants.contains(&GrantType::AuthorizationCode),
            "token" | "id_token" => grants.contains(&GrantType::Implicit),
            "none" => true,
            _ => false,
        })
    };
    if names.unwrap_or_default().iter().all(fits) {
        Ok(())
    } else {
        Err(Problem::MetadataInvalid {
            member: "response_types",
            expected: "those that go with the grant_types",
        })
    }
}

/// RFC 7591 2: `client_secret_basic` if absent.
fn method(name: Option<&str>) -> Result<AuthMethod, Problem> {
    let method = name.map_or(Some(AuthMethod::ClientSecretBasic), AuthMethod::from_name);
    let expected = "a method of the discovery document";
    method.ok_or(Problem::MetadataInvalid { member: "token_endpoint_auth_method", expected })
}

fn keys(method: AuthMethod, jwks: Option<&Value>) -> Result<(), Problem> {
    let sound = jwks.is_none_or(|jwks| {
        KeySet::from_jwks(jwks.to_string().as_bytes()).is_ok_and(|(_, warnings)| warnings.is_empty())
    });
    if !sound || (method == AuthMethod::PrivateKeyJwt && jwks.is_none()) {
        return Err(Problem::MetadataInvalid {
            member: "jwks",
            expected: "a JWKS with the client's public keys",
        });
    }
    Ok(())
}
