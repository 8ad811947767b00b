//! The JSON Schema (draft 2020-12) of a filter's document.
//!
//! What it refuses, the filter refuses; the filter refuses more, since a schema cannot say that an id is taken or
//! that a key cannot be used. `null` counts as left out, and an empty array may be written `{}` and an empty object
//! `[]`, as by Kong's encoder.

use claimgate_policy::config::keys::{PLUGINS, Plugin, Status};
use claimgate_policy::config::members::{DOCUMENT, Holds, Member, Need, Object};
use serde_json::{Map, Value, json};

mod keys;

/// The schema.
pub(crate) fn schema() -> Value {
    let mut schema = object(&DOCUMENT, false);
    let definitions: Map<String, Value> =
        working().map(|plugin| (plugin.name.to_owned(), keys::config(plugin))).collect();
    insert(&mut schema, "$schema", "https://json-schema.org/draft/2020-12/schema".into());
    insert(&mut schema, "title", "Claimgate filter configuration".into());
    insert(&mut schema, "$defs", definitions.into());
    schema
}

fn working() -> impl Iterator<Item = &'static Plugin> {
    PLUGINS.iter().filter(|plugin| plugin.status == Status::Works)
}

/// An object; `optional` admits what counts as left out too.
fn object(object: &Object, optional: bool) -> Value {
    let required: Vec<&str> = object
        .members
        .iter()
        .filter(|member| member.need == Need::Required)
        .map(|member| member.name)
        .collect();
    let properties: Map<String, Value> =
        object.members.iter().map(|member| (member.name.to_owned(), documented(member))).collect();
    let mut schema = json!({
        "description": object.doc,
        "properties": properties,
        "additionalProperties": false,
        "required": required,
    });
    if !object.one_of.is_empty() {
        let alternatives = object.one_of.iter().map(|name| json!({ "required": [name] }));
        insert(&mut schema, "anyOf", alternatives.collect());
    }
    if optional {
        insert(&mut schema, "type", json!(["object", "array", "null"]));
        insert(&mut schema, "maxItems", 0.into());
    } else {
        insert(&mut schema, "type", "object".into());
    }
    if object.names().any(|name| name == "config") {
        insert(&mut schema, "allOf", working().map(config_by_name).collect());
    }
    schema
}

/// A plugin's config is read by its name.
fn config_by_name(plugin: &Plugin) -> Value {
    json!({
        "if": { "properties": { "name": { "const": plugin.name } }, "required": ["name"] },
        "then": { "properties": { "config": { "$ref": format!("#/$defs/{}", plugin.name) } } },
    })
}

fn documented(member: &Member) -> Value {
    let mut schema = value(&member.holds, member.need != Need::Required);
    insert(&mut schema, "description", member.doc.into());
    schema
}

fn value(holds: &Holds, optional: bool) -> Value {
    let typed = |name: &str| if optional { json!([name, "null"]) } else { name.into() };
    match holds {
        Holds::One => json!({ "const": 1 }),
        Holds::Flag => json!({ "type": typed("boolean") }),
        Holds::Choice(names) => one_of(names.iter().map(|name| json!(name)), optional),
        Holds::Numbered(names) => {
            let numbers = names.iter().enumerate().map(|(number, _)| json!(number));
            one_of(names.iter().map(|name| json!(name)).chain(numbers), optional)
        }
        Holds::Identifier => json!({ "type": typed("string"), "pattern": "^[A-Za-z0-9._~-]{1,64}$" }),
        Holds::Text => json!({ "type": typed("string"), "minLength": 1, "maxLength": 512 }),
        Holds::Count { least, most } => {
            json!({ "type": typed("integer"), "minimum": least, "maximum": most })
        }
        Holds::Time => json!({ "type": typed("integer"), "minimum": 0 }),
        Holds::KeySet => json!({
            "type": typed("object"), "required": ["keys"], "properties": { "keys": { "type": "array" } },
        }),
        Holds::Texts => array(&text(), optional),
        Holds::TextsByName => json!({
            "type": ["object", "array", "null"], "maxItems": 0, "additionalProperties": array(&text(), false),
        }),
        Holds::Object(inner) => object(inner, optional),
        Holds::Objects(inner) => array(&object(inner, false), optional),
        Holds::SomeObjects(inner) => {
            json!({ "type": "array", "items": object(inner, false), "minItems": 1 })
        }
        Holds::PluginName => one_of(working().map(|plugin| json!(plugin.name)), optional),
        Holds::PluginConfig => json!({}),
        Holds::Nothing => json!({ "type": "null" }),
    }
}

/// An array; an empty one may be `{}`.
fn array(items: &Value, optional: bool) -> Value {
    let types = if optional { json!(["array", "object", "null"]) } else { json!(["array", "object"]) };
    json!({ "type": types, "items": items, "maxProperties": 0 })
}

fn one_of(values: impl Iterator<Item = Value>, optional: bool) -> Value {
    let none = optional.then_some(Value::Null);
    json!({ "enum": values.chain(none).collect::<Vec<_>>() })
}

fn text() -> Value {
    json!({ "type": "string", "minLength": 1 })
}

fn insert(schema: &mut Value, name: &str, value: Value) {
    if let Value::Object(members) = schema {
        members.insert(name.to_owned(), value);
    }
}
