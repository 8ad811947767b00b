//! Envoy's configuration: the examples of `examples/envoy`, with free ports.

use crate::support::file::repository;
use crate::support::provider::Provider;
use crate::support::table::Setting;
use crate::support::wasm;
use serde_json::{Value, json};
use std::fs;
use std::net::SocketAddr;
use std::path::Path;

/// The example, with the filter and the upstream of this run, and every port a free one.
pub(crate) fn example(upstream: SocketAddr) -> Value {
    with_free_ports("envoy.yaml", &[upstream])
}

/// The example with a publisher, likewise.
pub(crate) fn pushed(upstream: SocketAddr, feed: SocketAddr) -> Value {
    let mut bootstrap = with_free_ports("pushed.yaml", &[upstream, feed]);
    *at(&mut bootstrap, &format!("{PUBLISHER}/vm_config/code/local/filename")) = json!(wasm::path());
    bootstrap
}

/// The example with a provider that is asked for its keys, likewise.
pub(crate) fn provider(upstream: SocketAddr, provider: &Provider) -> Value {
    let mut bootstrap = asking(upstream, provider.address());
    let text = document(&mut bootstrap);
    *text = json!(provider.in_document(text.as_str().unwrap()));
    bootstrap
}

/// The same, whoever the provider is and whatever the document says of it.
pub(crate) fn asking(upstream: SocketAddr, provider: SocketAddr) -> Value {
    with_free_ports("provider.yaml", &[upstream, provider])
}

/// An example; its clusters lead to these addresses, in their order.
fn with_free_ports(example: &str, clusters: &[SocketAddr]) -> Value {
    let text = fs::read_to_string(repository().join("examples/envoy").join(example)).unwrap();
    let mut bootstrap: Value = serde_norway::from_str(&text).unwrap();
    *port(&mut bootstrap, "/admin/address") = json!(0);
    *port(&mut bootstrap, "/static_resources/listeners/0/address") = json!(0);
    for (number, address) in clusters.iter().enumerate() {
        let endpoint = format!(
            "/static_resources/clusters/{number}/load_assignment/endpoints/0/lb_endpoints/0/endpoint/address"
        );
        *port(&mut bootstrap, &endpoint) = json!(address.port());
    }
    set_module(&mut bootstrap, wasm::path());
    bootstrap
}

/// Another module in the place of the filter.
pub(crate) fn set_module(bootstrap: &mut Value, path: &Path) {
    *at(bootstrap, &format!("{FILTER}/vm_config/code/local/filename")) = json!(path);
}

/// What Envoy is told about the filter, in the example.
pub(crate) fn plugin(bootstrap: &mut Value) -> &mut Value {
    at(bootstrap, FILTER)
}

/// What terminates HTTP, in the example.
pub(crate) fn manager(bootstrap: &mut Value) -> &mut Value {
    at(bootstrap, MANAGER)
}

/// The functions that Envoy lets the filter, and its publisher, import and export.
pub(crate) fn lists(bootstrap: &mut Value) -> [&mut Value; 2] {
    let Value::Object(members) = bootstrap else { panic!("expected an object") };
    let mut parts = members.iter_mut();
    let mut part = |name: &str, pointer: &str| {
        let (_, value) = parts.find(|(found, _)| *found == name).unwrap();
        let below = pointer.strip_prefix(&format!("/{name}")).unwrap();
        at(value, &format!("{below}/capability_restriction_config/allowed_capabilities"))
    };
    [part("bootstrap_extensions", PUBLISHER), part("static_resources", FILTER)]
}

/// Adds a listener like the first, with another name and another config of the filter.
pub(crate) fn add_listener(bootstrap: &mut Value, name: &str, change: impl FnOnce(&mut Value)) {
    let mut one = bootstrap.clone();
    change(at(&mut one, FILTER));
    let mut listener = at(&mut one, LISTENER).take();
    listener["name"] = json!(name);
    at(bootstrap, "/static_resources/listeners").as_array_mut().unwrap().push(listener);
}

/// The filter's config document in the example.
pub(crate) fn document(bootstrap: &mut Value) -> &mut Value {
    at(bootstrap, &format!("{FILTER}/configuration/value"))
}

/// Changes the filter's config document in the example.
pub(crate) fn edit(bootstrap: &mut Value, change: impl FnOnce(&mut Value)) {
    let text = document(bootstrap);
    let mut config: Value = serde_json::from_str(text.as_str().unwrap()).unwrap();
    change(&mut config);
    *text = json!(config.to_string());
}

/// A listener for each setting, named by its number; every path goes to the upstream as it is.
pub(crate) fn listeners(upstream: SocketAddr, settings: &[&Setting]) -> Value {
    let mut bootstrap = example(upstream);
    let listeners = settings.iter().enumerate().map(|(number, setting)| {
        let mut one = bootstrap.clone();
        *document(&mut one) = json!(setting.document);
        if setting.takes_bodies() {
            plugin(&mut one)["allow_on_headers_stop_iteration"] = json!(true);
        }
        route_everything(&mut one);
        let mut listener = at(&mut one, LISTENER).take();
        listener["name"] = json!(number.to_string());
        listener
    });
    let listeners: Value = listeners.collect();
    *at(&mut bootstrap, "/static_resources/listeners") = listeners;
    bootstrap
}

/// Every path goes to the upstream as it is.
pub(crate) fn route_everything(bootstrap: &mut Value) {
    manager(bootstrap)["route_config"]["virtual_hosts"][0]["routes"] =
        json!([{ "match": { "prefix": "/" }, "route": { "cluster": "echo" } }]);
}

fn port<'v>(bootstrap: &'v mut Value, address: &str) -> &'v mut Value {
    at(bootstrap, &format!("{address}/socket_address/port_value"))
}

fn at<'v>(bootstrap: &'v mut Value, pointer: &str) -> &'v mut Value {
    bootstrap.pointer_mut(pointer).unwrap_or_else(|| panic!("the example has nothing at {pointer}"))
}

const PUBLISHER: &str = "/bootstrap_extensions/0/typed_config/config";
const LISTENER: &str = "/static_resources/listeners/0";
const MANAGER: &str = "/static_resources/listeners/0/filter_chains/0/filters/0/typed_config";
const FILTER: &str =
    "/static_resources/listeners/0/filter_chains/0/filters/0/typed_config/http_filters/0/typed_config/config";
