//! The config of the openid-connect plugin, from Kong's keys to rules.

use super::error::{Report, quoted};
use super::issuer;
use super::node::{Fields, Node};
use super::rules::{AcceptedIssuer, ClaimPath, OpenIdConnect, Scope};
use super::{Source, SourceKeys, client_secret, keys, texts};
use alloc::boxed::Box;
use alloc::sync::Arc;
use people::Before;

mod client;
mod consumer;
mod cookies;
mod credential;
mod endpoints;
mod errors;
mod extras;
mod headers;
mod issuers;
mod login;
mod logout;
mod methods;
mod older;
mod people;
mod redirect;
mod requirements;
mod session;
mod token;
mod unused;

pub(super) fn decode(
    config: &Fields<'_>,
    scope: Scope,
    sources: &[Arc<Source>],
    report: &mut Report,
) -> Option<OpenIdConnect> {
    keys::check(&keys::OPENID_CONNECT, config, report);
    let (source, issuer) = source(config, sources, report).unzip();
    let hmac_key = client_secret::hmac_key(config, source.as_deref(), report);
    let credential = credential::decode(config, report);
    let methods = methods::decode(config, source.as_deref(), report);
    let provider = endpoints::decode(config, source.as_deref(), methods.as_ref(), report);
    let before = Before {
        methods: methods.as_ref(),
        source: source.as_deref(),
        provider: provider.as_ref(),
        credential: credential.as_ref(),
    };
    let people = people::decode(config, &before, report);
    if let (Some(methods), Some(provider), Some(people)) = (&methods, &provider, &people) {
        unused::warn(config, methods, provider, people, report);
    }
    let issuers = issuers::decode(config, source.as_deref(), issuer, sources, report);
    let token = token::decode(config, issuers, report);
    let requirements = requirements::decode(config, report);
    let consumer = consumer::decode(config, report);
    let headers = headers::decode(config, report);
    let errors = errors::decode(config, source.as_deref(), report);
    let people = people?;
    Some(OpenIdConnect {
        scope,
        source: source?,
        hmac_key: hmac_key?,
        credential: credential?,
        methods: methods?,
        session: people.session,
        login: people.login,
        logout: people.logout,
        provider: provider?,
        token: token?,
        requirements: requirements?,
        consumer: consumer?,
        headers: headers?,
        errors: errors?,
    })
}

/// Whether it is known without the plugin's config where a source's endpoints are.
const fn finds_endpoints(source: &Source) -> bool {
    match &source.keys {
        SourceKeys::Given(_) | SourceKeys::Pushed => false,
        SourceKeys::Discovered(discovery) => discovery.document.is_some(),
    }
}

/// A text that means something to the provider alone.
fn text_or(config: &Fields<'_>, name: &str, unset: &str, report: &mut Report) -> Option<Box<str>> {
    match config.member(name) {
        Some(node) => texts::value(&node, report).map(Into::into),
        None => Some(unset.into()),
    }
}

/// The source whose issuer the plugin names, and how much of that issuer it means.
fn source(
    config: &Fields<'_>,
    sources: &[Arc<Source>],
    report: &mut Report,
) -> Option<(Arc<Source>, AcceptedIssuer)> {
    let node = config.required("issuer", "the issuer of one of the sources", report)?;
    let written = node.text(report)?;
    let meant =
        sources.iter().find_map(|source| Some((Arc::clone(source), issuer::meant(written, &source.issuer)?)));
    if meant.is_none() {
        let hint = "add it to sources, with its jwks or without: then its keys are fetched";
        report.error(&node.path, "the issuer of one of the sources", quoted(written), Some(hint.into()));
    }
    meant
}

fn claim_path(node: &Node<'_>, report: &mut Report) -> Option<ClaimPath> {
    let items = node.items(report)?;
    let members: Option<Box<[Box<str>]>> =
        items.iter().map(|item| item.text(report).map(Box::from)).collect();
    let path = ClaimPath::new(members?);
    if path.is_none() {
        node.refuse("a claim's path with at least one name", report);
    }
    path
}
