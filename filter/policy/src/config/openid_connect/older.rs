//! Keys that Kong renamed, and takes under both names.

use crate::config::error::{Report, describe};
use crate::config::node::{Fields, Node};
use alloc::format;

/// The member of the first name, or of the older one; where both say something, it must be the same.
pub(super) fn either<'a>(
    config: &Fields<'a>,
    (name, older): (&str, &str),
    report: &mut Report,
) -> Option<Node<'a>> {
    match (config.member(name), config.member(older)) {
        (Some(one), Some(other)) if one.value != other.value => {
            let expected = format!("no value beside {name}, or the same one");
            let hint = format!("{older} is the older name of {name}");
            report.error(&other.path, expected, describe(other.value), Some(hint.into()));
            None
        }
        (Some(one), _) => Some(one),
        (None, other) => other,
    }
}
