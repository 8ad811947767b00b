//! The schema of a plugin's config.
//!
//! Keys that do not work are in it, and admit their default alone, as in the filter: a config that was dumped from
//! Kong names every key.

use super::{array, insert, one_of, text};
use claimgate_policy::config::keys::{Default, Key, Kind, Plugin, Status};
use serde_json::{Map, Value, json};

/// The config of one plugin.
pub(super) fn config(plugin: &Plugin) -> Value {
    let optional = |key: &Key| !plugin.required.contains(&key.name);
    let properties: Map<String, Value> =
        plugin.keys.iter().map(|key| (key.name.to_owned(), property(key, optional(key)))).collect();
    json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
        "required": plugin.required,
    })
}

fn property(key: &Key, optional: bool) -> Value {
    let (mut schema, description) = match key.status {
        Status::Works => (value(key.kind, optional), key.doc.to_owned()),
        Status::Inert(reason) => {
            (value(key.kind, optional), format!("{}; without effect: {reason}", key.doc))
        }
        Status::Planned => (only_default(key.default), format!("{}; not supported yet", key.doc)),
        Status::Refused(reason) => (only_default(key.default), format!("{}; refused: {reason}", key.doc)),
    };
    if key.status == Status::Works && key.default != Default::Unset {
        insert(&mut schema, "default", written(key.default));
    }
    if key.status != Status::Works {
        // An editor's word for a key that it knows and does not offer; a validator passes over it.
        insert(&mut schema, "doNotSuggest", true.into());
    }
    insert(&mut schema, "description", description.into());
    schema
}

fn value(kind: Kind, optional: bool) -> Value {
    let typed = |name: &str| if optional { json!([name, "null"]) } else { name.into() };
    match kind {
        Kind::Flag => json!({ "type": typed("boolean") }),
        Kind::Number => json!({ "type": typed("number") }),
        Kind::Text => json!({ "type": typed("string"), "minLength": 1 }),
        Kind::Texts => array(&text(), optional),
        Kind::TextOrTexts => json!({ "anyOf": [text(), array(&text(), optional)] }),
        Kind::Paths => array(&array(&text(), false), optional),
        Kind::Choice(names) => one_of(names.iter().map(|name| json!(name)), optional),
        Kind::Choices(names) => array(&json!({ "enum": names }), optional),
        Kind::Record => json!({ "type": typed("object") }),
        Kind::Records => array(&json!({ "type": "object" }), optional),
        Kind::PerClient(item) => array(&value(*item, true), optional),
    }
}

/// The default or nothing.
fn only_default(default: Default) -> Value {
    match default {
        Default::Unset => json!({ "type": ["null", "array", "object"], "maxItems": 0, "maxProperties": 0 }),
        // In any order.
        Default::Texts(texts) => json!({
            "type": ["array", "null"],
            "items": { "enum": texts },
            "uniqueItems": true,
            "minItems": texts.len(),
            "maxItems": texts.len(),
        }),
        _ => json!({ "enum": [written(default), null] }),
    }
}

/// A default writes itself as JSON.
fn written(default: Default) -> Value {
    serde_json::from_str(&default.to_string()).unwrap_or_default()
}
