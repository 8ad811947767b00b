//! Issuers and their keys.

use super::error::{Report, describe, quoted};
use super::node::{Fields, Node};
use super::{AcceptedIssuer, Discovery, Source, SourceKeys, members, texts};
use crate::keys::KeySet;
use crate::provider::{Targets, without_slash};
use crate::verified::SourceId;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;

mod discovery;
mod issuer;
mod plugins;

use plugins::Wish;

/// Reads `sources`. Their keys may be left out where state `is_pushed`; else they are fetched. A document without
/// sources has one for each issuer that a plugin names.
pub(super) fn decode(
    document: &Fields<'_>,
    is_pushed: bool,
    targets: &Targets,
    report: &mut Report,
) -> Vec<Arc<Source>> {
    let wishes = plugins::wishes(document);
    let reader = Reader { wishes: &wishes, is_pushed, targets };
    let mut sources: Vec<Arc<Source>> = Vec::new();
    let mut add = |node: &Node<'_>, source: Option<Source>, report: &mut Report| {
        let Some(source) = source else { return };
        refuse_repeated(node, &source, &sources, report);
        sources.push(Arc::new(source));
    };
    match document.member("sources") {
        Some(list) => {
            for node in list.items(report).unwrap_or_default() {
                let source = reader.written(&node, report);
                add(&node, source, report);
            }
        }
        None => {
            for wish in plugins::first_of_each(&wishes) {
                let source = reader.implied(wish, report);
                add(&wish.issuer, source, report);
            }
        }
    }
    sources
}

/// What every source is read with.
struct Reader<'a> {
    wishes: &'a [Wish<'a>],
    is_pushed: bool,
    targets: &'a Targets,
}

impl Reader<'_> {
    fn written(&self, node: &Node<'_>, report: &mut Report) -> Option<Source> {
        let fields = node.fields(report)?;
        fields.only(&members::SOURCE, report);
        let id = fields.required("id", "a name for this source", report);
        let id = id.and_then(|node| texts::identifier(&node, report));
        let issuer = issuer::decode(&fields, report);
        let keys = self.keys(&fields, issuer.as_ref(), report);
        Some(Source { id: SourceId::new(id?), issuer: issuer?, keys: keys? })
    }

    fn keys(
        &self,
        fields: &Fields<'_>,
        issuer: Option<&AcceptedIssuer>,
        report: &mut Report,
    ) -> Option<SourceKeys> {
        let wishes = self.wishes.iter().filter(|wish| issuer.is_some_and(|issuer| wish.means(issuer)));
        let wishes: Vec<&Wish<'_>> = wishes.collect();
        let fetches = discovery::MEMBERS.iter().any(|member| fields.member(member).is_some());
        let keys = match fields.member("jwks") {
            None if !self.is_pushed || fetches => {
                let place = fields.path_of("issuer");
                let issuer = (issuer?, &*place);
                let fetched = discovery::decode(Some(fields), issuer, &wishes, self.targets, report);
                return fetched.map(SourceKeys::Discovered);
            }
            None => SourceKeys::Pushed,
            Some(node) => SourceKeys::Given(keys(&node, report)?),
        };
        discovery::refuse(fields, &wishes, report);
        Some(keys)
    }

    /// The source of an issuer that stands in a plugin's config alone.
    fn implied(&self, wish: &Wish<'_>, report: &mut Report) -> Option<Source> {
        let issuer = issuer::implied(&wish.issuer, report)?;
        let wishes: Vec<&Wish<'_>> = self.wishes.iter().filter(|other| other.means(&issuer)).collect();
        let place = (&issuer, &*wish.issuer.path);
        let discovery: Discovery = discovery::decode(None, place, &wishes, self.targets, report)?;
        let id = SourceId::new(&identifier(&issuer::written(&issuer)));
        Some(Source { id, issuer, keys: SourceKeys::Discovered(discovery) })
    }
}

/// A name for a source that has none: the end of its issuer, with hyphens for what no name has.
fn identifier(issuer: &str) -> String {
    let rest = issuer.split_once("://").map_or(issuer, |(_, rest)| rest);
    let plain = |one: char| if one.is_ascii_alphanumeric() || "._~".contains(one) { one } else { '-' };
    let plain: String = without_slash(rest).chars().map(plain).collect();
    let start = plain.len().saturating_sub(LONGEST_ID);
    plain.get(start..).unwrap_or_default().trim_start_matches('-').into()
}

fn keys(node: &Node<'_>, report: &mut Report) -> Option<KeySet> {
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
    let same = |other: &Source| {
        without_slash(&issuer::written(&other.issuer)) == without_slash(&own)
            || other.issuer.overlaps(&source.issuer)
    };
    if let Some(other) = earlier.iter().find(|other| same(other)) {
        let hint = format!("source {} has {}", other.id, issuer::written(&other.issuer));
        report.error(&format!("{}.issuer", node.path), OWN, quoted(&own), Some(hint.into()));
    }
}

const UNIQUE: &str = "a value that no other source has";

const OWN: &str = "an issuer that no token of another source can have";

/// Bytes of an identifier, at most.
const LONGEST_ID: usize = 64;
