//! Whose tokens are accepted: `issuers_allowed`, or else the issuer that the plugin names.

use crate::config::error::{Report, quoted};
use crate::config::node::{Fields, Node, every};
use crate::config::rules::{AcceptedIssuer, AcceptedIssuers};
use crate::config::{Source, issuer, texts};
use crate::tenant::{IssuerTemplate, Tenants};
use alloc::boxed::Box;
use alloc::format;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// `meant` is what the plugin's own `issuer` means of the source's.
pub(super) fn decode(
    config: &Fields<'_>,
    source: Option<&Source>,
    meant: Option<AcceptedIssuer>,
    sources: &[Arc<Source>],
    report: &mut Report,
) -> Option<AcceptedIssuers> {
    let Some(node) = config.member("issuers_allowed") else {
        return AcceptedIssuers::new(as_discovered(meant?, source?));
    };
    let items = node.items(report)?;
    if items.is_empty() {
        node.refuse("at least one issuer, or no value", report);
        return None;
    }
    let (source, meant) = (source?, meant?);
    let entries = every(&items, |item| {
        entry(item, &meant, report).filter(|entry| own(entry, item, source, sources, report))
    });
    AcceptedIssuers::new(entries?)
}

/// A document that is fetched says whether its issuer ends in a slash; before it is there either may be meant. Keys and
/// provider are the same.
fn as_discovered(meant: AcceptedIssuer, source: &Source) -> Vec<AcceptedIssuer> {
    let AcceptedIssuer::Exactly(written) = &meant else { return Vec::from([meant]) };
    let discovered = source.keys.discovery().is_some_and(|discovery| discovery.document.is_some());
    let other = match written.strip_suffix('/') {
        Some(without) => Box::from(without),
        None => format!("{written}/").into_boxed_str(),
    };
    let other = discovered.then_some(AcceptedIssuer::Exactly(other));
    core::iter::once(meant).chain(other).collect()
}

/// A source without tenants has plain issuers; one with tenants only such as name one of them, or have a place for it.
fn entry(node: &Node<'_>, meant: &AcceptedIssuer, report: &mut Report) -> Option<AcceptedIssuer> {
    let written = texts::value(node, report)?;
    if issuer::is_discovery(written) {
        node.refuse("an issuer as it stands in iss, not the URL of its discovery document", report);
        return None;
    }
    let entry = match meant {
        AcceptedIssuer::Exactly(_) if IssuerTemplate::looks_like_one(written) => Err(NO_TENANTS),
        AcceptedIssuer::Exactly(_) => Ok(AcceptedIssuer::Exactly(written.into())),
        AcceptedIssuer::OfTenants { tenants, .. } => of_tenants(written, tenants).ok_or(NO_TENANT),
    };
    match entry {
        Ok(entry) => Some(entry),
        Err((expected, hint)) => {
            report.error(&node.path, expected, quoted(written), Some(hint.into()));
            None
        }
    }
}

/// A template, or the issuer of one of these tenants.
fn of_tenants(written: &str, tenants: &Tenants) -> Option<AcceptedIssuer> {
    if let Some(template) = IssuerTemplate::parse(written) {
        return Some(AcceptedIssuer::OfTenants { template, tenants: tenants.clone() });
    }
    let tenant = written.split('/').find(|part| tenants.contains(part))?;
    let template = IssuerTemplate::parse(&written.replacen(tenant, "{tenantid}", 1))?;
    Some(AcceptedIssuer::OfTenants { template, tenants: Tenants::new([tenant]) })
}

/// Whether no other source has this issuer: its tokens are signed with that source's keys.
fn own(
    entry: &AcceptedIssuer,
    node: &Node<'_>,
    source: &Source,
    sources: &[Arc<Source>],
    report: &mut Report,
) -> bool {
    let other = sources.iter().find(|other| other.id != source.id && other.issuer.overlaps(entry));
    if let Some(other) = other {
        let hint = format!(
            "tokens are verified with the keys of source {} only; where it has the keys of {} too, leave that one out",
            source.id, other.id
        );
        let found = format!("the issuer of source {}", other.id);
        report.error(&node.path, "an issuer that is no other source's", found, Some(hint.into()));
    }
    other.is_none()
}

const NO_TENANTS: (&str, &str) =
    ("an issuer without braces", "only a source whose issuer has {tenantid} knows its tenants");

const NO_TENANT: (&str, &str) = (
    "an issuer with {tenantid}, or of one of the tenants that issuer means",
    "a token's tid is held against the tenant that its iss names",
);
