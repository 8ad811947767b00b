//! The filter chain.

use std::collections::BTreeSet;

use bytes::Bytes;
use claimgate_sandbox::Quirks;
use serde_norway::Value;

use super::Filter;
use super::node::{Fields, Node};

pub(super) fn filters(fields: &Fields<'_>) -> Vec<Filter> {
    let mut names = BTreeSet::new();
    fields.list("filters").iter().filter_map(|node| filter(node, &mut names)).collect()
}

fn filter(node: &Node<'_>, names: &mut BTreeSet<String>) -> Option<Filter> {
    let fields = node.fields(KEYS)?;
    let name = fields.name(names, "filter");
    let hint = "build the module, or name it relative to this file";
    let module = fields.required("wasm").and_then(|node| node.file(hint));
    let id = |key| match fields.optional(key) {
        Some(node) => node.string().map(str::to_owned),
        None => name.clone(),
    };
    let (root_id, vm_id) = (id("root_id"), id("vm_id"));
    let configuration = configuration(&fields);
    let vm_configuration =
        fields.optional("vm_configuration").map_or(Some(Bytes::new()), |node| document(&node));
    let environment = fields.optional("environment").map_or_else(Vec::new, |node| environment(&node));
    let allow_on_headers_stop_iteration = fields.flag("allow_on_headers_stop_iteration", false);
    let (file, wasm) = module?;
    Some(Filter {
        root_id: root_id?,
        vm_id: vm_id?,
        name: name?,
        file,
        wasm,
        configuration: configuration?,
        vm_configuration: vm_configuration?,
        environment,
        allow_on_headers_stop_iteration,
        quirks: Quirks::default(),
    })
}

fn configuration(fields: &Fields<'_>) -> Option<Bytes> {
    match (fields.optional("configuration"), fields.optional("configuration_file")) {
        (Some(_), Some(file)) => {
            file.fail("configuration or configuration_file", "both", "keep one of them");
            None
        }
        (Some(node), None) => document(&node),
        (None, Some(node)) => {
            let (file, content) = node.file("name it relative to this file")?;
            node.resolved(content, file.parent())
        }
        (None, None) => Some(Bytes::new()),
    }
}

/// A string goes to the guest as it is; a map goes as JSON. References in JSON are resolved.
fn document(node: &Node<'_>) -> Option<Bytes> {
    match node.value() {
        Value::String(text) => node.resolved(Bytes::from(text.clone()), None),
        map @ Value::Mapping(_) => {
            let json = serde_json::to_vec(map);
            if json.is_err() {
                node.fail("a map that JSON can hold", "another", "its keys are strings, its numbers finite");
            }
            node.resolved(json.ok()?.into(), None)
        }
        _ => {
            node.fail("a string or a map", "another kind of value", "");
            None
        }
    }
}

fn environment(node: &Node<'_>) -> Vec<(String, String)> {
    let Value::Mapping(map) = node.value() else {
        node.fail("a map of strings", "another kind of value", "");
        return Vec::new();
    };
    let mut pairs = Vec::new();
    for (key, value) in map {
        match (key.as_str(), value.as_str()) {
            (Some(key), Some(value)) => pairs.push((key.to_owned(), value.to_owned())),
            _ => node.fail("a map of strings", "another kind of value inside", "put the values in quotes"),
        }
    }
    pairs
}

const KEYS: &[&str] = &[
    "name",
    "wasm",
    "root_id",
    "vm_id",
    "configuration",
    "configuration_file",
    "vm_configuration",
    "environment",
    "allow_on_headers_stop_iteration",
];
