//! The config of the openid-connect plugin, from Kong's keys to rules.

use super::error::{Report, quoted};
use super::issuer;
use super::node::{Fields, Node};
use super::rules::{AcceptedIssuer, ClaimPath, OpenIdConnect, Scope};
use super::{Source, client_secret, keys};
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::sync::Arc;

mod consumer;
mod credential;
mod errors;
mod headers;
mod issuers;
mod requirements;
mod token;

pub(super) fn decode(
    config: &Fields<'_>,
    scope: Scope,
    sources: &[Arc<Source>],
    report: &mut Report,
) -> Option<OpenIdConnect> {
    keys::check(&keys::OPENID_CONNECT, config, report);
    only_value(config, "auth_methods", "bearer", report);
    let (source, issuer) = source(config, sources, report).unzip();
    let hmac_key = client_secret::hmac_key(config, source.as_deref(), report);
    let credential = credential::decode(config, report);
    let issuers = issuers::decode(config, source.as_deref(), issuer, sources, report);
    let token = token::decode(config, issuers, report);
    let requirements = requirements::decode(config, report);
    let consumer = consumer::decode(config, report);
    let headers = headers::decode(config, report);
    let errors = errors::decode(config, source.as_deref(), report);
    Some(OpenIdConnect {
        scope,
        source: source?,
        hmac_key: hmac_key?,
        credential: credential?,
        token: token?,
        requirements: requirements?,
        consumer: consumer?,
        headers: headers?,
        errors: errors?,
    })
}

/// Refuses an array that holds anything but `value`, of which only that much works.
fn only_value(config: &Fields<'_>, name: &str, value: &str, report: &mut Report) {
    let Some(node) = config.member(name) else { return };
    let Some(items) = config.texts(name, report) else { return };
    let expected = || alloc::format!("[\"{value}\"] or no value");
    if items.is_empty() {
        node.refuse(expected(), report);
    }
    for item in items.into_iter().filter(|item| *item != value) {
        report.error(&node.path, expected(), quoted(item), Some(NOT_YET));
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

const NOT_YET: Cow<'static, str> = Cow::Borrowed("not supported yet");
