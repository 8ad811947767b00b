//! Config documents: a base with changes.

use crate::support::file::Patch;
use crate::support::values::merge;
use serde_json::{Value, json};

/// Changes a document. `service` is the name of the service whose plugins the patch is about.
pub(crate) fn change(document: &mut Value, service: &str, patch: &Patch) {
    let plugins = plugins(document, service);
    change_plugin(plugins, "openid-connect", &patch.openid);
    change_plugin(plugins, "application-registration", &patch.registration);
    change_plugin(plugins, "acl", &patch.acl);
    for (pointer, value) in &patch.set {
        set(document, pointer, value);
    }
}

fn plugins<'d>(document: &'d mut Value, service: &str) -> &'d mut Vec<Value> {
    let services = document["services"].as_array_mut().unwrap();
    let found = services.iter_mut().find(|found| found["name"] == service);
    let found = found.unwrap_or_else(|| panic!("expected a service named {service} in the document"));
    found["plugins"].as_array_mut().unwrap()
}

/// Null takes the plugin away; a change of a plugin that is not there adds it.
fn change_plugin(plugins: &mut Vec<Value>, name: &str, change: &Value) {
    if change.is_null() {
        plugins.retain(|plugin| plugin["name"] != name);
    } else if let Some(plugin) = plugins.iter_mut().find(|plugin| plugin["name"] == name) {
        merge(&mut plugin["config"], change);
    } else if change.as_object().is_some_and(|members| !members.is_empty()) {
        plugins.push(json!({ "name": name, "config": change }));
    }
}

/// Puts `value` where `pointer` (RFC 6901) leads; null takes the member away.
fn set(document: &mut Value, pointer: &str, value: &Value) {
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    let parent = document.pointer_mut(parent).unwrap_or_else(|| panic!("{pointer} leads nowhere"));
    match parent {
        Value::Array(items) => items[last.parse::<usize>().unwrap()] = value.clone(),
        Value::Object(members) if value.is_null() => drop(members.remove(last)),
        Value::Object(members) => drop(members.insert(last.to_owned(), value.clone())),
        _ => panic!("{pointer} leads to no member"),
    }
}
