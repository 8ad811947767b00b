//! What types cannot say about a file.

use super::{Api, Client, Config, ConfigError, ConfigErrors, Realm};
use crate::mint::Signer;
use crate::shape::Shape;
use claimgate_policy::keys::KeySet;
use claimgate_policy::tenant::is_guid;
use std::collections::BTreeSet;

/// All mistakes at once.
pub(super) fn check(config: &Config) -> Result<(), ConfigErrors> {
    let mut errors = Errors(Vec::new());
    if config.realms.is_empty() {
        errors.add("realms", "at least one realm", "none");
    }
    if let Some(url) = &config.base_url
        && (!url.starts_with("http") || url.ends_with('/'))
    {
        errors.add("base_url", "a URL without a slash at its end", url);
    }
    errors.unique("realms", "name", config.realms.iter().map(|realm| realm.name.clone()));
    errors.unique("realms", "id", config.realms.iter().map(|realm| realm.shape.base(realm.path_id())));
    for (at, realm) in config.realms.iter().enumerate() {
        let known = |name: &String| config.realms.iter().any(|other| other.name == *name);
        for (index, name) in realm.trusted_realms.iter().enumerate().filter(|(_, name)| !known(name)) {
            errors.add(&format!("realms[{at}].trusted_realms[{index}]"), "the name of a realm", name);
        }
        errors.realm(&format!("realms[{at}]"), realm);
    }
    if errors.0.is_empty() { Ok(()) } else { Err(ConfigErrors(errors.0)) }
}

struct Errors(Vec<ConfigError>);

impl Errors {
    fn add(&mut self, path: &str, expected: &'static str, found: &str) {
        self.0.push(ConfigError { path: path.to_owned(), expected, found: format!("{found:?}") });
    }

    fn realm(&mut self, at: &str, realm: &Realm) {
        for (key, id) in [("name", &*realm.name), ("id", realm.path_id())] {
            if !is_path_segment(id) {
                self.add(&format!("{at}.{key}"), "letters, digits, hyphens and underscores", id);
            }
        }
        if matches!(realm.shape, Shape::Auth0 | Shape::Plain) && RESERVED.contains(&realm.path_id()) {
            self.add(&format!("{at}.id"), "a name that is no path of its own here", realm.path_id());
        }
        if realm.shape == Shape::Okta && realm.path_id() == "v1" {
            self.add(&format!("{at}.id"), "another name: the organisation's own paths begin so", "v1");
        }
        if realm.registration.is_some() && realm.shape.registration(realm.path_id()).is_none() {
            self.add(
                &format!("{at}.registration"),
                "nothing: this shape registers clients in another way",
                "a map",
            );
        }
        if matches!(realm.shape, Shape::Entra | Shape::Ping) && !is_guid(realm.path_id()) {
            self.add(
                &format!("{at}.id"),
                "a GUID, as this shape's tenants and environments have",
                realm.path_id(),
            );
        }
        if realm.issuer_v1.is_some() && realm.shape != Shape::Entra {
            self.add(&format!("{at}.issuer_v1"), "nothing: Entra alone has two issuers", "a text");
        }
        if realm.apis.is_empty() && realm.shape != Shape::Entra {
            self.add(&format!("{at}.apis"), "at least one API, which tokens are for", "none");
        }
        if realm.algorithms.is_empty() {
            self.add(&format!("{at}.algorithms"), "at least one algorithm", "none");
        }
        for (index, jwk) in realm.keys.iter().enumerate() {
            let path = format!("{at}.keys[{index}]");
            match Signer::from_jwk(jwk.0.to_string().as_bytes()) {
                Ok(signer) if signer.algorithm().hmac().is_none() => {}
                Ok(_) => self.add(&path, "a key pair", "a shared secret"),
                Err(error) => self.add(&path, "a private JWK", &error.to_string()),
            }
        }
        self.names(at, realm);
        realm
            .apis
            .iter()
            .enumerate()
            .for_each(|(index, api)| self.api(&format!("{at}.apis[{index}]"), api, realm));
        for (index, client) in realm.clients.iter().enumerate() {
            self.client(&format!("{at}.clients[{index}]"), client);
        }
    }

    fn names(&mut self, at: &str, realm: &Realm) {
        self.unique(&format!("{at}.apis"), "identifier", realm.apis.iter().map(|api| api.identifier.clone()));
        self.unique(
            &format!("{at}.clients"),
            "client_id",
            realm.clients.iter().map(|client| client.client_id.clone()),
        );
        self.unique(
            &format!("{at}.users"),
            "username",
            realm.users.iter().map(|user| user.username.to_lowercase()),
        );
    }

    fn api(&mut self, at: &str, api: &Api, realm: &Realm) {
        if api.client_id.is_none() && realm.shape == Shape::Entra {
            self.add(&format!("{at}.client_id"), "the id of the API's app registration", "none");
        }
        if api.own_keys && realm.shape != Shape::Entra {
            self.add(&format!("{at}.own_keys"), "nothing: Entra alone has keys of apps", "true");
        }
        if let Some(version) = api.access_token_version.filter(|version| !matches!(version, 1 | 2)) {
            self.add(&format!("{at}.access_token_version"), "null, 1 or 2", &version.to_string());
        }
    }

    fn client(&mut self, at: &str, client: &Client) {
        if let Some(jwks) = &client.jwks
            && let Err(error) = KeySet::from_jwks(jwks.to_string().as_bytes())
        {
            self.add(&format!("{at}.jwks"), "a JWKS", &error.to_string());
        }
        for (list, uris) in [
            ("redirect_uris", &client.redirect_uris),
            ("post_logout_redirect_uris", &client.post_logout_redirect_uris),
        ] {
            for (index, uri) in uris.iter().enumerate().filter(|(_, uri)| !is_redirect_uri(uri)) {
                self.add(&format!("{at}.{list}[{index}]"), "an absolute URI without a fragment", uri);
            }
        }
    }

    fn unique(&mut self, list: &str, key: &str, names: impl Iterator<Item = String>) {
        let mut seen = BTreeSet::new();
        for (index, name) in names.enumerate() {
            if !seen.insert(name.clone()) {
                self.add(&format!("{list}[{index}].{key}"), "a value that no other has", &name);
            }
        }
    }
}

impl Realm {
    /// What stands in its paths.
    #[must_use]
    pub fn path_id(&self) -> &str {
        match (&self.id, self.shape) {
            (Some(id), _) => id,
            (None, Shape::Okta) => "default",
            (None, _) => &self.name,
        }
    }
}

/// Whether it can stand in a path as it is.
fn is_path_segment(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// RFC 6749 3.1.2. What browsers run instead of opening it is none.
pub(crate) fn is_redirect_uri(uri: &str) -> bool {
    let visible = uri.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#');
    let scheme = uri.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase()).unwrap_or_default();
    visible && !scheme.is_empty() && !matches!(&*scheme, "javascript" | "data" | "vbscript")
}

/// First segments of paths that other things have.
const RESERVED: [&str; 10] =
    ["_idp", "_interact", "common", "oauth2", "oidc", "organizations", "sts", "v1", "v1.0", "api"];
