//! Texts that become part of keys, labels or headers, and what they may hold.

use super::error::Report;
use super::node::Node;

/// An id or name of a service, route or source, or a realm: it stands in metric labels, shared-data keys and
/// group lists, so it holds nothing that would need an escape there.
pub(super) fn identifier<'a>(node: &Node<'a>, report: &mut Report) -> Option<&'a str> {
    checked(node, "1 to 64 of A-Z a-z 0-9 . _ ~ -", report, |text| {
        text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._~-".contains(&byte))
    })
}

/// A consumer's name or a value that a claim is compared with: any text without control characters.
pub(super) fn value<'a>(node: &Node<'a>, report: &mut Report) -> Option<&'a str> {
    checked(node, "1 to 512 bytes of text without control characters", report, |text| {
        text.len() <= 512 && !text.chars().any(char::is_control)
    })
}

/// A group's name. Groups stand in one header with commas between them, so none holds one.
pub(super) fn group<'a>(node: &Node<'a>, report: &mut Report) -> Option<&'a str> {
    checked(
        node,
        "1 to 512 bytes of text without commas, control characters and outer spaces",
        report,
        |text| {
            text.len() <= 512
                && text.trim() == text
                && !text.chars().any(|one| one == ',' || one.is_control())
        },
    )
}

/// A message for clients.
pub(super) fn message<'a>(node: &Node<'a>, report: &mut Report) -> Option<&'a str> {
    checked(node, "1 to 1024 bytes of text without control characters", report, |text| {
        text.len() <= 1024 && !text.chars().any(char::is_control)
    })
}

fn checked<'a>(
    node: &Node<'a>,
    expected: &'static str,
    report: &mut Report,
    fits: impl Fn(&str) -> bool,
) -> Option<&'a str> {
    let text = node.text(report)?;
    if fits(text) {
        return Some(text);
    }
    node.refuse(expected, report);
    None
}
