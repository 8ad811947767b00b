//! The issuer of a source, with its tenants where it has a name for each.

use crate::config::error::{Report, quoted};
use crate::config::issuer::{self, Issuer};
use crate::config::node::{Fields, Node, every};
use crate::config::rules::AcceptedIssuer;
use crate::json::Value;
use crate::tenant::{IssuerTemplate, Tenants, is_guid};
use alloc::string::{String, ToString};

pub(super) fn decode(fields: &Fields<'_>, report: &mut Report) -> Option<AcceptedIssuer> {
    let node = fields.required("issuer", "the issuer's URL, as it stands in iss", report)?;
    let issuer = Issuer::read(&node, report)?;
    match (IssuerTemplate::parse(issuer.url), fields.member("tenants")) {
        (None, None) => Some(AcceptedIssuer::Exactly(issuer.url.into())),
        (None, Some(node)) => {
            let hint = "only an issuer with {tenantid} in its path has tenants";
            report.error(&node.path, "no value", "a value", Some(hint.into()));
            None
        }
        (Some(_), None) => {
            let hint = "everybody can have a tenant, and its tokens have good signatures";
            report.error(&fields.path_of("tenants"), GUIDS, "nothing", Some(hint.into()));
            None
        }
        (Some(template), Some(node)) => {
            Some(AcceptedIssuer::OfTenants { template, tenants: tenants(&node, report)? })
        }
    }
}

/// The issuer that a plugin names, itself or by the URL of its discovery document.
pub(super) fn implied(node: &Node<'_>, report: &mut Report) -> Option<AcceptedIssuer> {
    let written = node.text(report)?;
    let base = Value::String(issuer::of_discovery(written).into());
    let issuer = Issuer::read(&Node { path: node.path.clone(), value: &base }, report)?;
    if IssuerTemplate::looks_like_one(issuer.url) {
        let hint = "name the issuer in sources, with its tenants: everybody can have one";
        report.error(&node.path, "an issuer without braces", quoted(written), Some(hint.into()));
        return None;
    }
    Some(AcceptedIssuer::Exactly(issuer.url.into()))
}

/// The issuer as the document has it: a template stays one, also of a lone tenant.
pub(super) fn written(issuer: &AcceptedIssuer) -> String {
    match issuer {
        AcceptedIssuer::Exactly(url) => url.to_string(),
        AcceptedIssuer::OfTenants { template, .. } => template.to_string(),
    }
}

fn tenants(node: &Node<'_>, report: &mut Report) -> Option<Tenants> {
    let items = node.items(report)?;
    if items.is_empty() {
        node.refuse(GUIDS, report);
        return None;
    }
    every(&items, |item| guid(item, report)).map(Tenants::new)
}

fn guid<'a>(node: &Node<'a>, report: &mut Report) -> Option<&'a str> {
    let text = node.text(report)?;
    if is_guid(text) {
        return Some(text);
    }
    node.refuse("a tenant's GUID, as it stands in tid", report);
    None
}

const GUIDS: &str = "the GUIDs of the tenants whose tokens are accepted, at least one";
