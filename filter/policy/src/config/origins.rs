//! By which names the engine calls identity providers.

use super::error::{Report, quoted};
use super::node::{Fields, Node};
use super::{members, texts};
use crate::provider::{Target, Targets, Url};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// Reads `origins`.
pub(super) fn decode(document: &Fields<'_>, report: &mut Report) -> Targets {
    let mut targets: Vec<Target> = Vec::new();
    for node in document.items("origins", report) {
        let Some(target) = target(&node, report) else { continue };
        if targets.iter().any(|earlier| earlier.origin == target.origin) {
            let found = quoted(target.origin.as_deref().unwrap_or(EVERY));
            report.error(&node.path, "an origin that no entry before has", found, None);
        }
        targets.push(target);
    }
    Targets::new(targets)
}

fn target(node: &Node<'_>, report: &mut Report) -> Option<Target> {
    let fields = node.fields(report)?;
    fields.only(&members::ORIGIN, report);
    let origin = fields.required("url", ORIGIN, report).and_then(|node| origin(&node, report));
    let upstream = fields.required("upstream", "the engine's name for it", report);
    let upstream = upstream.and_then(|node| texts::value(&node, report));
    Some(Target { origin: origin?, upstream: upstream?.into() })
}

fn origin(node: &Node<'_>, report: &mut Report) -> Option<Option<Box<str>>> {
    let written = node.text(report)?;
    if written == EVERY {
        return Some(None);
    }
    let origin = Url::parse(written).ok().filter(|url| url.target() == "/").map(|url| url.origin());
    if origin.is_none() {
        report.error(&node.path, ORIGIN, quoted(written), None);
    }
    origin.map(|origin: String| Some(origin.into()))
}

/// Reads a URL to which nothing is sent that others on the way must not read or change: https, or http to this very
/// machine, or to an origin that `targets` name.
pub(super) fn url(node: &Node<'_>, targets: &Targets, report: &mut Report) -> Option<Url> {
    let written = node.text(report)?;
    match Url::parse(written) {
        Ok(url) if is_private(&url, targets) => Some(url),
        Ok(_) => {
            let hint = "who can change what comes from there can let anybody in; where nobody can, name the origin in \
                        origins";
            report.error(&node.path, "an https URL, or http to this machine", "http", Some(hint.into()));
            None
        }
        Err(error) => {
            report.error(&node.path, "a URL", "another text", Some(alloc::format!("{error}").into()));
            None
        }
    }
}

fn is_private(url: &Url, targets: &Targets) -> bool {
    let named = |target: &Target| target.origin.as_deref() == Some(&*url.origin());
    url.is_https() || url.is_loopback() || targets.iter().any(named)
}

const EVERY: &str = "*";
const ORIGIN: &str = "an origin such as https://login.example.com, or * for every other";
