//! Issuers and their keys.

use super::error::{Report, describe, quoted};
use super::node::{Fields, Node};
use super::{Source, SourceKeys, members, texts};
use crate::keys::KeySet;
use crate::verified::SourceId;
use alloc::format;
use alloc::string::ToString;
use alloc::sync::Arc;
use alloc::vec::Vec;

mod issuer;

/// Reads `sources`. Their keys may be left out where state `is_pushed`.
pub(super) fn decode(document: &Fields<'_>, is_pushed: bool, report: &mut Report) -> Vec<Arc<Source>> {
    let mut sources: Vec<Arc<Source>> = Vec::new();
    let Some(list) = document.required("sources", "an array of issuers and their keys", report) else {
        return sources;
    };
    for node in list.items(report).unwrap_or_default() {
        let Some(source) = source(&node, is_pushed, report) else { continue };
        refuse_repeated(&node, &source, &sources, report);
        sources.push(Arc::new(source));
    }
    sources
}

fn source(node: &Node<'_>, is_pushed: bool, report: &mut Report) -> Option<Source> {
    let fields = node.fields(report)?;
    fields.only(&members::SOURCE, report);
    let id = fields.required("id", "a name for this source", report);
    let id = id.and_then(|node| texts::identifier(&node, report));
    let issuer = issuer::decode(&fields, report);
    let keys = match fields.member("jwks") {
        None if is_pushed => Some(SourceKeys::Pushed),
        _ => keys(&fields, report).map(SourceKeys::Given),
    };
    Some(Source { id: SourceId::new(id?), issuer: issuer?, keys: keys? })
}

fn keys(fields: &Fields<'_>, report: &mut Report) -> Option<KeySet> {
    let Some(node) = fields.member("jwks") else {
        let hint =
            "put the answer of the issuer's jwks_uri here, or push it (state); keys are not fetched yet";
        report.error(
            &fields.path_of("jwks"),
            "the issuer's key set (RFC 7517)",
            "nothing",
            Some(hint.into()),
        );
        return None;
    };
    let (keys, skipped) = match KeySet::from_value(node.value) {
        Ok(read) => read,
        Err(error) => {
            report.error(
                &node.path,
                "a key set (RFC 7517)",
                describe(node.value),
                Some(error.to_string().into()),
            );
            return None;
        }
    };
    if keys.is_empty() {
        let reasons: Vec<_> = skipped.iter().map(ToString::to_string).collect();
        report.error(
            &node.path,
            "at least one key that can be used",
            "none",
            Some(reasons.join("; ").into()),
        );
        return None;
    }
    for warning in skipped {
        report.warn(&node.path, warning.to_string());
    }
    Some(keys)
}

/// An id or an issuer that an earlier source has, or could have in a token: whose keys are meant could not be told.
fn refuse_repeated(node: &Node<'_>, source: &Source, earlier: &[Arc<Source>], report: &mut Report) {
    if earlier.iter().any(|other| other.id == source.id) {
        report.error(&format!("{}.id", node.path), UNIQUE, quoted(source.id.as_str()), None);
    }
    let own = issuer::written(&source.issuer);
    let same =
        |other: &Source| issuer::written(&other.issuer) == own || other.issuer.overlaps(&source.issuer);
    if let Some(other) = earlier.iter().find(|other| same(other)) {
        let hint = format!("source {} has {}", other.id, issuer::written(&other.issuer));
        report.error(&format!("{}.issuer", node.path), OWN, quoted(&own), Some(hint.into()));
    }
}

const UNIQUE: &str = "a value that no other source has";

const OWN: &str = "an issuer that no token of another source can have";
