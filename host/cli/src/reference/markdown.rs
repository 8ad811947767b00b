//! The reference of a filter's document, as the README has it.

use claimgate_policy::config::keys::{Default, Group, Key, Kind, PLUGINS, Plugin, Status};
use std::fmt::Display;

mod document;
mod table;

use table::{Table, code, either};

/// Tables of every member of the document and of every key of its plugins.
pub(crate) fn markdown() -> String {
    let mut text = String::new();
    push(&mut text, LEGEND);
    text.push_str(&document::tables());
    for plugin in &PLUGINS {
        write_plugin(&mut text, plugin);
    }
    text
}

fn write_plugin(text: &mut String, plugin: &Plugin) {
    let title = match plugin.status {
        Status::Works => String::new(),
        Status::Planned => String::from(" (not supported yet)"),
        Status::Inert(reason) | Status::Refused(reason) => format!(" ({reason})"),
    };
    push(text, &format!("### {}{title}", plugin.name));
    let mut working = keys(plugin, |status| status == Status::Works);
    working.sort_by_key(|key| !plugin.required.contains(&key.name));
    for (group, keys) in grouped(&working) {
        if let Some(group) = group {
            push(text, &format!("**{group}**"));
        }
        push(text, &works(plugin, &keys));
    }
    let planned = keys(plugin, |status| status == Status::Planned);
    fold(text, planned.len(), &format!("of {} that do not work yet", plugin.name), || {
        purposes(&grouped(&planned))
    });
    let inert = keys(plugin, |status| matches!(status, Status::Inert(_)));
    fold(
        text,
        inert.len(),
        &format!("of {} that may say anything, for they act on nothing", plugin.name),
        || purposes(&by_reason(&inert)),
    );
    let refused = keys(plugin, |status| matches!(status, Status::Refused(_)));
    fold(text, refused.len(), &format!("of {} that are refused, and why", plugin.name), || {
        purposes(&by_reason(&refused))
    });
}

fn works(plugin: &Plugin, keys: &[&Key]) -> String {
    let mut table = Table::new(&["key", "value", "default", "what it does"]);
    for key in keys {
        let default = match key.default {
            _ if plugin.required.contains(&key.name) => String::from("required"),
            default => default_text(default),
        };
        table.row(&[&code(key.name), &kind(key.kind), &default, key.doc]);
    }
    table.finish()
}

/// Keys that are shown on demand; nothing without keys.
fn fold(text: &mut String, keys: usize, which: &str, tables: impl FnOnce() -> String) {
    if keys > 0 {
        let noun = if keys == 1 { "key" } else { "keys" };
        push(text, &format!("<details><summary>{keys} {noun} {which}</summary>"));
        push(text, &tables());
        push(text, "</details>");
    }
}

/// What keys are for that do nothing here, in parts with a heading each.
fn purposes(parts: &[(Option<impl Display>, Vec<&Key>)]) -> String {
    let mut text = String::new();
    for (heading, keys) in parts {
        if let Some(heading) = heading {
            push(&mut text, &format!("**{heading}**"));
        }
        let mut table = Table::new(&["key", "value", "default", "what it is for"]);
        for key in keys {
            table.row(&[&code(key.name), &kind(key.kind), &default_text(key.default), key.doc]);
        }
        push(&mut text, &table.finish());
    }
    text
}

/// Those that do nothing for the same reason together.
fn by_reason<'k>(keys: &[&'k Key]) -> Vec<(Option<String>, Vec<&'k Key>)> {
    let mut parts: Vec<(Option<String>, Vec<&Key>)> = Vec::new();
    for key in keys {
        let heading = match key.status {
            Status::Inert(reason) => Some(format!("Without effect: {reason}")),
            Status::Refused(reason) => Some(format!("Refused: {reason}")),
            Status::Works | Status::Planned => None,
        };
        match parts.iter_mut().find(|(other, _)| *other == heading) {
            Some((_, keys)) => keys.push(key),
            None => parts.push((heading, vec![key])),
        }
    }
    parts
}

fn keys(plugin: &Plugin, wanted: impl Fn(Status) -> bool) -> Vec<&'static Key> {
    plugin.keys.iter().filter(|key| wanted(key.status)).collect()
}

/// By group, in the order of the groups; what has none stands alone. Few keys need no groups.
fn grouped<'k>(keys: &[&'k Key]) -> Vec<(Option<Group>, Vec<&'k Key>)> {
    let of = |key: &Key| if keys.len() > FEW { Group::of(key.name) } else { None };
    let groups = std::iter::once(None).chain(Group::ALL.map(Some));
    let members = |group| keys.iter().copied().filter(|key| of(key) == group).collect();
    let parts = groups.map(|group| (group, members(group)));
    parts.filter(|(_, keys): &(_, Vec<&Key>)| !keys.is_empty()).collect()
}

fn kind(kind: Kind) -> String {
    match kind {
        Kind::Flag => "flag".into(),
        Kind::Number => "number".into(),
        Kind::Text => "text".into(),
        Kind::Texts => "texts".into(),
        Kind::TextOrTexts => "text or texts".into(),
        Kind::Paths => "lists of texts".into(),
        Kind::Choice(names) => either(names),
        Kind::Choices(names) => format!("list of {}", either(names)),
        Kind::Record => "object".into(),
        Kind::Records => "objects".into(),
        Kind::PerClient(item) => format!("per client id: {}", self::kind(*item)),
    }
}

fn default_text(default: Default) -> String {
    match default {
        Default::Unset => "unset".into(),
        Default::Text(text) => code(text),
        other => code(&other.to_string()),
    }
}

/// A block, with an empty line behind it.
fn push(text: &mut String, block: &str) {
    text.push_str(block.trim_end());
    text.push_str("\n\n");
}

/// As many keys are read in one go.
const FEW: usize = 15;

const LEGEND: &str = "A flag is `true` or `false`, texts are an array of texts, and a number is of seconds unless its \
                      line says otherwise.";
