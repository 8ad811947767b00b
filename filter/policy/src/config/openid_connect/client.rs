//! Who the gateway is at the identity provider. Secrets and private keys are never shown, whatever they are.

use super::text_or;
use crate::config::error::{Report, quoted};
use crate::config::node::{Fields, Node, every};
use crate::config::rules::{ClientRules, OwnClient};
use crate::config::{client_secret, texts};
use crate::keys::SigningKey;
use crate::provider::{Client, ClientAuth, Secret};
use crate::signature::{Algorithm, Hash};
use crate::time::{LATEST, UnixTime};
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

pub(super) fn decode(config: &Fields<'_>, report: &mut Report) -> Option<ClientRules> {
    let ids = ids(config, report);
    let count = ids.as_ref().map_or(0, Vec::len);
    let argument = text_or(config, "client_arg", "client_id", report);
    let lists = Lists {
        secrets: match count {
            // What is there is for enable_hs_signatures, or reported there.
            0 => Some(Vec::new()),
            _ => list(config, "client_secret", count, report, client_secret::secret),
        },
        expiries: list(config, "client_secret_expires_at", count, report, expiry),
        auths: list(config, "client_auth", count, report, auth),
        algorithms: list(config, "client_alg", count, report, algorithm),
        jwks: list(config, "client_jwk", count, report, |node, _| Some(node.clone())),
    };
    let clients = every(ids?.into_iter().enumerate(), |(place, id)| lists.client(id, place, report));
    Some(ClientRules { clients: clients?, argument: argument? })
}

/// What belongs together by its place; `None` where a list cannot be read.
struct Lists<'a> {
    secrets: Option<Vec<Option<&'a str>>>,
    expiries: Option<Vec<Option<UnixTime>>>,
    auths: Option<Vec<Option<ClientAuth>>>,
    algorithms: Option<Vec<Option<Algorithm>>>,
    jwks: Option<Vec<Option<Node<'a>>>>,
}

impl Lists<'_> {
    fn client(&self, id: &str, place: usize, report: &mut Report) -> Option<OwnClient> {
        let algorithm = at(&self.algorithms, place);
        let wanted = algorithm.flatten().filter(|algorithm| !algorithm.is_symmetric());
        let key = match at(&self.jwks, place)? {
            Some(node) => Some(key(&node, wanted, report)?),
            None => None,
        };
        let secret = at(&self.secrets, place)?.map(|secret| Secret::new(secret.as_bytes()));
        let hash = algorithm?.filter(|algorithm| algorithm.is_symmetric()).and_then(Algorithm::hash);
        let client = Client { id: id.into(), secret, hash: hash.unwrap_or(Hash::Sha256), key };
        let auth = at(&self.auths, place)?.unwrap_or(ClientAuth::Basic);
        let secret_expires = at(&self.expiries, place)?.filter(|time| time.seconds() > 0);
        Some(OwnClient { client, auth, secret_expires })
    }
}

/// The item of a place. The inner `None`: the list has none there.
#[allow(clippy::option_option, reason = "as for every key: an error is no value")]
fn at<T: Clone>(list: &Option<Vec<Option<T>>>, place: usize) -> Option<Option<T>> {
    list.as_ref().map(|list| list.get(place).cloned().flatten())
}

fn ids<'a>(config: &Fields<'a>, report: &mut Report) -> Option<Vec<&'a str>> {
    let items = match config.member("client_id") {
        Some(node) => node.items(report)?,
        None => Vec::new(),
    };
    let ids = every(&items, |item| id(item, report))?;
    for (place, (id, item)) in ids.iter().zip(&items).enumerate() {
        if ids.iter().take(place).any(|earlier| earlier == id) {
            report.error(&item.path, "an id that no client before has", quoted(id), None);
        }
    }
    Some(ids)
}

fn id<'a>(node: &Node<'a>, report: &mut Report) -> Option<&'a str> {
    let text = texts::value(node, report)?;
    if client_secret::is_reference(text) {
        report.error(&node.path, "a client id", "a reference", Some(client_secret::UNRESOLVED.into()));
        return None;
    }
    Some(text)
}

/// A list with one item for each client, or with none; `null` stands for no item. Nothing of it is shown.
fn list<'a, T>(
    config: &Fields<'a>,
    name: &str,
    clients: usize,
    report: &mut Report,
    mut read: impl FnMut(&Node<'a>, &mut Report) -> Option<T>,
) -> Option<Vec<Option<T>>> {
    let Some(node) = config.member(name).filter(|node| !node.is_empty()) else { return Some(Vec::new()) };
    let Some(items) = node.value.as_array() else {
        report.error(&node.path, "an array", "a value that is no array", None);
        return None;
    };
    if items.len() != clients {
        let expected = format!("one for each client_id: {clients}");
        report.error(&node.path, expected, items.len().to_string(), None);
        return None;
    }
    every(items.iter().enumerate(), |(place, value)| match value {
        crate::json::Value::Null => Some(None),
        value => read(&Node { path: format!("{}[{place}]", node.path), value }, report).map(Some),
    })
}

/// When a secret is good no longer; 0: never (RFC 7591 3.2.1).
fn expiry(node: &Node<'_>, report: &mut Report) -> Option<UnixTime> {
    node.whole(" of seconds", 0, LATEST, report).map(UnixTime::from_seconds)
}

/// One of those that are here; those with certificates are not.
pub(super) fn auth(node: &Node<'_>, report: &mut Report) -> Option<ClientAuth> {
    match node.value.as_str() {
        Some("tls_client_auth" | "self_signed_tls_client_auth") => {
            report.error(&node.path, "a way without a certificate", "one with", Some(CERTIFICATES.into()));
            None
        }
        _ => node.choice(&ClientAuth::NAMES, report),
    }
}

fn algorithm(node: &Node<'_>, report: &mut Report) -> Option<Algorithm> {
    let written = node.value.as_str();
    let found = written.and_then(Algorithm::from_name);
    let hint = match found {
        Some(Algorithm::Ps256 | Algorithm::Ps384 | Algorithm::Ps512) => "engines sign RS* with RSA keys",
        Some(Algorithm::Es512) => "keys on P-521 do not sign here",
        Some(algorithm) => return Some(algorithm),
        None => "RS256, RS384, RS512, ES256, ES384 or EdDSA with a key, HS256, HS384 or HS512 with a secret",
    };
    report.error(&node.path, "an algorithm that signs here", "another text", Some(hint.into()));
    None
}

fn key(node: &Node<'_>, algorithm: Option<Algorithm>, report: &mut Report) -> Option<SigningKey> {
    match SigningKey::from_jwk(node.value, algorithm) {
        Ok(key) => Some(key),
        Err(problem) => {
            let hint = problem.to_string();
            report.error(&node.path, "a private key (RFC 7517)", "one that does not sign", Some(hint.into()));
            None
        }
    }
}

/// Whether every client has what it says who it is with.
pub(super) fn check(
    config: &Fields<'_>,
    clients: &ClientRules,
    at_endpoint: (&str, Option<ClientAuth>),
    report: &mut Report,
) {
    let (purpose, of_endpoint) = at_endpoint;
    if clients.clients.is_empty() {
        let expected = "a client of the gateway's own";
        report.error(&config.path_of("client_id"), expected, "nothing", Some(purpose.to_string().into()));
    }
    for own in &clients.clients {
        let auth = of_endpoint.unwrap_or(own.auth);
        let Client { id, secret, hash, key } = &own.client;
        let hint = || Some(format!("client {} says who it is by {}", quoted(id), auth.name()).into());
        match (secret, key) {
            (None, _) if auth.takes_secret() => {
                report.error(&config.path_of("client_secret"), "a secret", "nothing", hint());
            }
            (_, None) if auth == ClientAuth::PrivateKeyJwt => {
                report.error(&config.path_of("client_jwk"), "a private key", "nothing", hint());
            }
            (Some(secret), _) if auth == ClientAuth::SecretJwt && secret.reveal().len() < hash.length() => {
                let expected = format!("a secret of at least {} bytes (RFC 7518 3.2)", hash.length());
                report.error(&config.path_of("client_secret"), expected, "a shorter one", hint());
            }
            _ => {}
        }
    }
}

const CERTIFICATES: &str =
    "client certificates belong to the engine's cluster or upstream, as all of TLS does";
