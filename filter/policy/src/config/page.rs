//! A page of a feed: callers and keys that came, changed or went.

use super::entities::Pages;
use super::error::{ConfigErrors, Report, describe};
use super::node::{Fields, Node};
use super::{Config, ConfigError, members, texts};
use crate::json::{Limits, Value};
use crate::keys::{KeySet, MAX_JWKS};
use crate::shared::Edit;
use crate::verified::SourceId;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// What a page says, in the order in which it is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// What becomes of which keys.
    pub edits: Vec<Edit>,
    /// Where the feed goes on.
    pub next: Box<str>,
    /// Whether the load is whole with this page.
    pub complete: bool,
    /// What could not be read. The callers are in the edits all the same, as nobody's; keys are not.
    pub errors: Vec<ConfigError>,
}

impl Page {
    /// Reads a page for the realm of `config`.
    ///
    /// A caller that is wrong in any way becomes nobody's, as far as its names can be read: what an earlier page said of
    /// it may be what the change takes away.
    ///
    /// # Errors
    /// Text that is too long or not strict JSON, another version, an unknown member, or no `next`: nothing of it is
    /// written.
    pub fn parse(bytes: &[u8], config: &Config) -> Result<Self, ConfigErrors> {
        if bytes.len() > LONGEST {
            return Err(ConfigErrors::of_document(
                format!("at most {LONGEST} bytes"),
                format!("{} bytes", bytes.len()),
            ));
        }
        let value = Value::parse(bytes, &Limits::CONFIG).map_err(|error| ConfigErrors::syntax(&error))?;
        let mut report = Report::default();
        let root = Node { path: String::new(), value: &value };
        let fields = root.fields(&mut report);
        let frame = fields.as_ref().and_then(|page| frame(page, &mut report));
        report.finish()?;
        let (Some(page), Some((next, complete))) = (fields, frame) else {
            return Err(ConfigErrors::unexplained());
        };
        let mut report = Report::default();
        let edits = edits(&page, config, &mut report);
        let errors = report.finish().err().map(|errors| errors.iter().cloned().collect());
        Ok(Self { edits, next: next.into(), complete, errors: errors.unwrap_or_default() })
    }
}

/// What makes it a page: without that, nothing in it can be believed.
fn frame<'a>(page: &Fields<'a>, report: &mut Report) -> Option<(&'a str, bool)> {
    page.only(&members::PAGE, report);
    super::document::version(page, report);
    let complete = page.flag("complete", false, report);
    let next = page.required("next", "the name of the page that comes next", report)?;
    for (name, node) in lists(page, report) {
        let count = node.items(report).map_or(0, |items| items.len());
        if count > MOST {
            report.error(&node.path, format!("at most {MOST} {name}"), count.to_string(), None);
        }
    }
    Some((texts::value(&next, report)?, complete))
}

fn lists<'a>(page: &Fields<'a>, report: &mut Report) -> Vec<(&'static str, Node<'a>)> {
    let removed = page.member("removed").and_then(|node| node.fields(report));
    if let Some(removed) = &removed {
        removed.only(&members::REMOVED, report);
    }
    let callers = [Some(page), removed.as_ref()];
    let callers = callers
        .into_iter()
        .flatten()
        .flat_map(|fields| ["consumers", "applications"].map(|name| (name, fields.member(name))));
    let lists = callers.chain([("keys", page.member("keys"))]);
    lists.filter_map(|(name, node)| Some((name, node?))).collect()
}

/// What goes comes first, so that a name can pass from one caller to another in one page.
fn edits(page: &Fields<'_>, config: &Config, report: &mut Report) -> Vec<Edit> {
    let mut pages = Pages::new(config);
    if let Some(removed) = page.member("removed").and_then(|node| node.fields(report)) {
        pages.read(&removed, Edit::Remove, report);
    }
    pages.read(page, Edit::Put, report);
    let keys = page.items("keys", report).into_iter().filter_map(|node| keys(&node, config, report));
    let keys: Vec<Edit> = keys.collect();
    pages.edits.into_iter().chain(keys).collect()
}

/// A key set as it is, if one of its keys can be used.
fn keys(node: &Node<'_>, config: &Config, report: &mut Report) -> Option<Edit> {
    let fields = node.fields(report)?;
    fields.only(&members::PAGE_KEYS, report);
    let source = fields.required("source", "the id of a source", report)?;
    let written = source.text(report)?;
    if !config.sources.iter().any(|source| source.id.as_str() == written) {
        source.refuse("the id of a source", report);
        return None;
    }
    let jwks = fields.required("jwks", "a key set (RFC 7517)", report)?;
    let text = serde_json::to_vec(jwks.value).ok().filter(|text| text.len() <= MAX_JWKS);
    let usable = KeySet::from_value(jwks.value).is_ok_and(|(keys, _)| !keys.is_empty());
    match text.filter(|_| usable) {
        Some(text) => Some(Edit::Keys { source: SourceId::new(written), jwks: text.into() }),
        None => {
            let expected =
                format!("a key set (RFC 7517) of at most {MAX_JWKS} bytes with a key that can be used");
            report.error(&jwks.path, expected, describe(jwks.value), None);
            None
        }
    }
}

/// Bytes of a page.
pub const LONGEST: usize = 1 << 20;

/// Callers of each kind, or keys, in a page.
const MOST: usize = 1_000;

#[cfg(test)]
mod tests;
