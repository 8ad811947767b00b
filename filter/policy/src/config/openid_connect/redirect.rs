//! Where browsers are sent: a text that stands in `Location` as it is.

use crate::config::error::Report;
use crate::config::node::{Fields, Node, every};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

/// An absolute URL, or an absolute path.
pub(super) fn uri<'a>(node: &Node<'a>, report: &mut Report) -> Option<&'a str> {
    let uri = node.text(report)?;
    let absolute = ["https://", "http://", "/"].iter().any(|start| uri.starts_with(start));
    if absolute
        && !uri.starts_with("//")
        && uri.len() <= LONGEST
        && uri.bytes().all(|byte| byte.is_ascii_graphic())
    {
        return Some(uri);
    }
    node.refuse("an http or https URL, or a path that starts with one slash, of visible ASCII", report);
    None
}

/// The same for each client, or one for all of them; none where nothing is written.
pub(super) fn uris(
    config: &Fields<'_>,
    name: &str,
    clients: Option<usize>,
    report: &mut Report,
) -> Option<Vec<Box<str>>> {
    per_client(config, name, clients, report, |node, report| uri(node, report).map(Box::from))
}

/// One item for all clients, one for each, or none. `clients`: how many there are, if that is known.
pub(super) fn per_client<'a, T>(
    config: &Fields<'a>,
    name: &str,
    clients: Option<usize>,
    report: &mut Report,
    mut read: impl FnMut(&Node<'a>, &mut Report) -> Option<T>,
) -> Option<Vec<T>> {
    let Some(node) = config.member(name) else { return Some(Vec::new()) };
    let items = node.items(report)?;
    if items.len() > 1 && clients.is_some_and(|clients| clients != items.len()) {
        let expected = format!("one for all clients, or one for each client_id: {}", clients.unwrap_or(0));
        report.error(&node.path, expected, items.len().to_string(), None);
        return None;
    }
    every(&items, |item| read(item, report))
}

const LONGEST: usize = 1024;
