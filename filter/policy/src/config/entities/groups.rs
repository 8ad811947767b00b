//! Groups: the consumer groups that there are, and the groups of both sorts that a consumer is in.

use crate::config::error::{Report, quoted};
use crate::config::node::{Fields, Node};
use crate::config::texts;
use crate::headers::{LONGEST_VALUE, header_value};
use crate::registry::{ConsumerFacts, ConsumerGroup};
use alloc::format;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// Reads `consumer_groups` of the document.
pub(super) fn consumer_groups(document: &Fields<'_>, report: &mut Report) -> Vec<ConsumerGroup> {
    let mut groups: Vec<ConsumerGroup> = Vec::new();
    for node in document.items("consumer_groups", report) {
        let Some(group) = consumer_group(&node, report) else { continue };
        let same_id = |other: &ConsumerGroup| group.id.is_some() && other.id == group.id;
        if groups.iter().any(|other| other.name == group.name || same_id(other)) {
            let expected = "an id and a name that no other consumer group has";
            report.error(&node.path, expected, quoted(&group.name), None);
            continue;
        }
        groups.push(group);
    }
    groups
}

fn consumer_group(node: &Node<'_>, report: &mut Report) -> Option<ConsumerGroup> {
    let fields = node.fields(report)?;
    fields.only(&["id", "name"], report);
    let id = fields.member("id").map(|node| texts::value(&node, report));
    let name = fields.required("name", "the consumer group's name", report);
    let name = name.and_then(|node| texts::group(&node, report));
    let id = match id {
        Some(id) => Some(id?.into()),
        None => None,
    };
    Some(ConsumerGroup { id, name: name?.into() })
}

/// Reads `groups` and `consumer_groups` of a consumer into its facts. `known` are the document's consumer groups: a
/// misspelt one would keep somebody out, or not keep them out.
pub(super) fn of_consumer(
    consumer: &Fields<'_>,
    known: &[ConsumerGroup],
    facts: &mut ConsumerFacts,
    report: &mut Report,
) {
    facts.groups = names(consumer, "groups", report);
    facts.consumer_groups = names(consumer, "consumer_groups", report);
    for name in &facts.consumer_groups {
        if !known.iter().any(|group| group.name == *name) {
            let path = consumer.path_of("consumer_groups");
            report.error(&path, "names of the document's consumer_groups", quoted(name), None);
        }
    }
    warn_unsendable(consumer, facts, report);
}

fn names(consumer: &Fields<'_>, member: &str, report: &mut Report) -> Vec<Arc<str>> {
    let mut names: Vec<Arc<str>> = Vec::new();
    for node in consumer.items(member, report) {
        let Some(name) = texts::group(&node, report) else { continue };
        if names.iter().any(|earlier| **earlier == *name) {
            report.error(&node.path, "each group once", quoted(name), None);
            continue;
        }
        names.push(name.into());
    }
    names
}

/// The acl plugin reads these groups, but the upstream is not told of them.
fn warn_unsendable(consumer: &Fields<'_>, facts: &ConsumerFacts, report: &mut Report) {
    for name in facts.groups.iter().filter(|name| header_value(name).is_none()) {
        let message = format!(
            "{} is no header value (visible ASCII and inner spaces, up to {LONGEST_VALUE} bytes), so \
             X-Consumer-Groups leaves it out",
            quoted(name)
        );
        report.warn(&consumer.path_of("groups"), message);
    }
}
