//! Services and routes.

use std::collections::BTreeSet;

use http::Method;

use super::node::{Fields, Node};
use super::{HostPattern, Route, Service, origins};
use crate::proxy::path;

pub(super) fn services(fields: &Fields<'_>) -> Vec<Service> {
    let (mut names, mut routes) = (BTreeSet::new(), BTreeSet::new());
    let services = fields.list("services");
    services.iter().filter_map(|node| service(node, &mut names, &mut routes)).collect()
}

fn service(
    node: &Node<'_>,
    names: &mut BTreeSet<String>,
    route_names: &mut BTreeSet<String>,
) -> Option<Service> {
    let fields = node.fields(SERVICE_KEYS)?;
    let name = fields.name(names, "service");
    let origin = origins::service(&fields);
    let routes: Vec<_> = fields.list("routes").iter().filter_map(|node| route(node, route_names)).collect();
    if fields.optional("routes").is_none() {
        fields.node().fail("the key routes", "none", "a service without a route gets no request");
    }
    let (origin, path) = origin?;
    Some(Service { name: name?, origin, path, routes })
}

fn route(node: &Node<'_>, names: &mut BTreeSet<String>) -> Option<Route> {
    let fields = node.fields(ROUTE_KEYS)?;
    let name = fields.name(names, "route");
    let hosts = fields.list("hosts");
    let paths = fields.list("paths");
    let methods = fields.list("methods");
    if hosts.is_empty() && paths.is_empty() && methods.is_empty() {
        fields.node().fail("hosts, paths or methods", "none of them", "paths: [/] takes every request");
    }
    Some(Route {
        name: name?,
        hosts: hosts.iter().filter_map(host).collect(),
        paths: paths.iter().filter_map(prefix).collect(),
        methods: methods.iter().filter_map(method).collect(),
        strip_path: fields.flag("strip_path", true),
        preserve_host: fields.flag("preserve_host", false),
    })
}

fn host(node: &Node<'_>) -> Option<HostPattern> {
    let hint = "a wildcard stands alone at one end";
    node.parse("a host such as api.example.com, *.example.com or example.*", hint, |text| {
        let text = text.to_ascii_lowercase();
        let plain = |part: &str| !part.is_empty() && !part.contains(['*', '/', ' ', '@']);
        match (text.strip_prefix('*'), text.strip_suffix('*')) {
            (Some(end), _) => {
                (end.starts_with('.') && plain(end)).then(|| HostPattern::Suffix(end.to_owned()))
            }
            (_, Some(start)) => {
                (start.ends_with('.') && plain(start)).then(|| HostPattern::Prefix(start.to_owned()))
            }
            (None, None) => plain(&text).then_some(HostPattern::Exact(text)),
        }
    })
}

fn prefix(node: &Node<'_>) -> Option<String> {
    let text = node.string()?;
    if text.starts_with('~') {
        let hint =
            "regular expressions are not supported: two readers of one path may differ about what it matches";
        node.fail("a path prefix that starts with /", format_args!("{text:?}"), hint);
        return None;
    }
    let hint = "write the path as clients send it, without //, dot segments, encoded slashes or spaces";
    node.parse("a path prefix that starts with /", hint, |text| {
        let sound = text.starts_with('/') && !text.contains(['?', '#', ' ']) && path::is_unambiguous(text);
        sound.then(|| text.to_owned())
    })
}

fn method(node: &Node<'_>) -> Option<Method> {
    node.parse("a method in upper case", "", |text| {
        let upper = !text.contains(|c: char| c.is_ascii_lowercase());
        Method::from_bytes(text.as_bytes()).ok().filter(|_| upper)
    })
}

const SERVICE_KEYS: &[&str] = &[
    "name",
    "url",
    "protocol",
    "host",
    "port",
    "path",
    "connect_timeout",
    "read_timeout",
    "write_timeout",
    "tls_verify",
    "ca_certificates",
    "routes",
];
const ROUTE_KEYS: &[&str] = &["name", "hosts", "paths", "methods", "strip_path", "preserve_host"];
