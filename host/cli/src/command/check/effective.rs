//! The gateway's config with every default filled in, as JSON under the names of its YAML. What a filter is
//! configured with is shown only where it is a document that this program can read: anything else may hold
//! secrets.

use claimgate_host::egress::{Egress, Origins, PlainHttp, Proxy};
use claimgate_host::{Config, Filter, HostPattern, Limits, Origin, Route, Service, Upstream};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

pub(super) fn gateway(config: &Config) -> Value {
    json!({
        "listen": config.listen,
        "admin_listen": config.admin_listen,
        "workers": config.workers,
        "trusted_ips": config.trusted_ips.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "services": config.services.iter().map(service).collect::<Vec<_>>(),
        "upstreams": config.upstreams.iter().map(upstream).collect::<Vec<_>>(),
        "egress": egress(&config.egress),
        "filters": config.filters.iter().map(filter).collect::<Vec<_>>(),
        "limits": limits(&config.limits),
    })
}

/// Puts a filter's own effective document where its configuration is.
pub(super) fn insert_configuration(gateway: &mut Value, filter: &str, configuration: Value) {
    let filters = gateway.get_mut("filters").and_then(Value::as_array_mut);
    let mut entries = filters.into_iter().flatten().filter_map(Value::as_object_mut);
    if let Some(entry) = entries.find(|entry| entry.get("name").and_then(Value::as_str) == Some(filter)) {
        entry.insert("configuration".to_owned(), configuration);
    }
}

fn service(service: &Service) -> Value {
    let mut value = origin(&service.origin, &service.path);
    if let Value::Object(members) = &mut value {
        members.insert("name".to_owned(), service.name.as_str().into());
        members.insert("routes".to_owned(), service.routes.iter().map(route).collect());
    }
    value
}

fn upstream(upstream: &Upstream) -> Value {
    let mut value = origin(&upstream.origin, "");
    if let Value::Object(members) = &mut value {
        members.insert("name".to_owned(), upstream.name.as_str().into());
    }
    value
}

fn origin(origin: &Origin, path: &str) -> Value {
    json!({
        "url": format!("{}{path}", origin.address),
        "connect_timeout": millis(origin.connect_timeout),
        "read_timeout": millis(origin.read_timeout),
        "write_timeout": millis(origin.write_timeout),
        "tls_verify": origin.tls.as_ref().map(|tls| tls.verify),
    })
}

/// Proxies without their credentials.
fn egress(egress: &Egress) -> Value {
    let proxy = |proxy: &Option<Arc<Proxy>>| proxy.as_ref().map(ToString::to_string);
    json!({
        "origins": match egress.origins {
            Origins::Any => "any",
            Origins::Named => "named",
        },
        "plain_http": match egress.plain_http {
            PlainHttp::Loopback => "loopback",
            PlainHttp::Any => "any",
        },
        "https_proxy": proxy(&egress.proxies.https),
        "http_proxy": proxy(&egress.proxies.http),
        "no_proxy": egress.proxies.exceptions.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "connect_timeout": millis(egress.connect_timeout),
        "read_timeout": millis(egress.read_timeout),
        "origins_kept": egress.origins_kept,
        "connections_per_origin": egress.connections_per_origin,
    })
}

fn route(route: &Route) -> Value {
    json!({
        "name": route.name,
        "hosts": route.hosts.iter().map(host).collect::<Vec<_>>(),
        "paths": route.paths,
        "methods": route.methods.iter().map(http::Method::as_str).collect::<Vec<_>>(),
        "strip_path": route.strip_path,
        "preserve_host": route.preserve_host,
    })
}

fn host(pattern: &HostPattern) -> String {
    match pattern {
        HostPattern::Exact(name) => name.clone(),
        HostPattern::Suffix(end) => format!("*{end}"),
        HostPattern::Prefix(start) => format!("{start}*"),
    }
}

fn filter(filter: &Filter) -> Value {
    json!({
        "name": filter.name,
        "wasm": filter.file,
        "root_id": filter.root_id,
        "vm_id": filter.vm_id,
        "allow_on_headers_stop_iteration": filter.allow_on_headers_stop_iteration,
    })
}

fn limits(limits: &Limits) -> Value {
    json!({
        "request_header_bytes": limits.request_header_bytes,
        "request_body_bytes": limits.request_body_bytes,
        "request_timeout": limits.request_timeout.map(millis),
        "idle_timeout": millis(limits.idle_timeout),
        "connections": limits.connections,
        "pause_timeout": millis(limits.pause_timeout),
        "shutdown_timeout": millis(limits.shutdown_timeout),
        "callback_timeout": millis(limits.callback_timeout),
        "filter_memory_bytes": limits.filter_memory_bytes,
        "buffered_body_bytes": limits.buffered_body_bytes,
    })
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
