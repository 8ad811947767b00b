//! What an issuer says of itself (OpenID Connect Discovery 1.0, 3; RFC 8414 2).

use super::asked::Asked;
use super::check::{Check, shown};
use claimgate_host::egress::{Address, Egress};
use claimgate_policy::json::{Limits, Value};
use claimgate_policy::signature::Algorithm;

/// The members that matter here.
#[derive(Debug)]
pub(super) struct Metadata {
    pub(super) issuer: String,
    jwks_uri: String,
    algorithms: Option<Vec<String>>,
    grants: Option<Vec<String>>,
    response_types: Option<Vec<String>>,
    challenges: Option<Vec<String>>,
}

impl Metadata {
    pub(super) fn read(document: &[u8]) -> Result<Self, Check> {
        let value = Value::parse(document, &Limits::CONFIG).map_err(|error| {
            let found = format!("expected a discovery document in JSON, found another: {error}");
            Check::bad("discovery", found, "check the issuer: a page for people often has status 200 too")
        })?;
        let text = |name: &str| {
            value.get(name).and_then(Value::as_str).map(str::to_owned).ok_or_else(|| {
                let found = format!("expected a member {name} in the discovery document, found none");
                Check::bad("discovery", found, "the issuer has to say it")
            })
        };
        let list = |name: &str| {
            let items = value.get(name)?.as_array()?.iter();
            Some(items.filter_map(Value::as_str).map(str::to_owned).collect())
        };
        Ok(Self {
            issuer: text("issuer")?,
            jwks_uri: text("jwks_uri")?,
            algorithms: list("id_token_signing_alg_values_supported"),
            grants: list("grant_types_supported"),
            response_types: list("response_types_supported"),
            challenges: list("code_challenge_methods_supported"),
        })
    }

    pub(super) fn judge(&self, asked: &Asked) -> Vec<Check> {
        vec![
            Check::good("discovery", format!("a document at {}{}", asked.address, asked.discovery_path())),
            self.judge_issuer(asked),
            self.judge_algorithms(),
            said("grants", self.grants.as_ref()),
            said("responses", self.response_types.as_ref()),
            self.judge_challenges(),
        ]
    }

    /// Where the keys are.
    pub(super) fn keys_at(&self) -> Result<(Address, String), Check> {
        let refused = |advice: &str| {
            let found = format!("expected the URL of a key set in jwks_uri, found {}", shown(&self.jwks_uri));
            Check::bad("keys", found, advice)
        };
        let (address, path) = Address::split(&self.jwks_uri)
            .filter(|(_, path)| !path.contains('#'))
            .ok_or_else(|| refused("it has scheme, host and path, and no user"))?;
        if Egress::default().admits(&address.to_string()).is_none() {
            return Err(refused(
                "keys that come without TLS prove nothing; the issuer has to serve them over https",
            ));
        }
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        Ok((address, path))
    }

    fn judge_issuer(&self, asked: &Asked) -> Check {
        let issuer = shown(&self.issuer);
        if asked.is(&self.issuer) {
            return Check::good("issuer", format!("{issuer}, byte for byte what tokens have in iss"));
        }
        let found = format!("expected the issuer {}, found {issuer}", asked.issuer);
        let advice = if self.issuer.contains('{') {
            "the document is for every tenant: ask for the issuer of your own, as its tokens have it in iss"
                .to_owned()
        } else {
            format!("tokens have the other text in iss; if it is yours, configure it byte for byte: {issuer}")
        };
        Check::bad("issuer", found, advice)
    }

    fn judge_algorithms(&self) -> Check {
        let Some(algorithms) = &self.algorithms else { return said("algorithms", None) };
        let usable = |name: &String| Algorithm::from_name(name).is_some_and(|found| !found.is_symmetric());
        let (usable, others): (Vec<_>, Vec<_>) = algorithms.iter().cloned().partition(usable);
        let others =
            if others.is_empty() { String::new() } else { format!("; not used: {}", joined(&others)) };
        if usable.is_empty() {
            let found = format!(
                "expected one that keys are published for, such as RS256 or ES256, found none{others}"
            );
            return Check::bad("algorithms", found, "let the issuer sign with a key pair");
        }
        Check::good("algorithms", format!("{}{others}", joined(&usable)))
    }

    /// RFC 7636: needed for logins, not for bearer tokens.
    fn judge_challenges(&self) -> Check {
        match &self.challenges {
            Some(methods) if methods.iter().any(|method| method == "S256") => {
                Check::good("PKCE", joined(methods))
            }
            methods => {
                let found = methods.as_ref().map_or_else(|| "nothing".to_owned(), |methods| joined(methods));
                let found = format!("expected S256 in code_challenge_methods_supported, found {found}");
                Check::warning(
                    "PKCE",
                    found,
                    "bearer tokens need none of it; logins may work without saying so",
                )
            }
        }
    }
}

fn said(name: &'static str, list: Option<&Vec<String>>) -> Check {
    match list {
        Some(list) => Check::good(name, joined(list)),
        None => Check::warning(name, "the document does not say", "bearer tokens do not need it"),
    }
}

fn joined(texts: &[String]) -> String {
    shown(&texts.join(", ")).into()
}
