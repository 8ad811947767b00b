//! What filters may call beside named upstreams, and how.

use std::ffi::OsString;
use std::sync::Arc;
use std::time::Duration;

use super::node::{Fields, Node};
use super::origins::{MOST_MILLIS, certificates};
use crate::egress::{Egress, Exception, Origins, PlainHttp, Proxies, Proxy};

pub(super) fn egress(node: &Node<'_>) -> Egress {
    let default = Egress::default();
    let Some(fields) = node.fields(KEYS) else { return default };
    Egress {
        origins: fields
            .optional("origins")
            .and_then(|node| node.parse("any or named", "", origins))
            .unwrap_or_default(),
        plain_http: fields
            .optional("plain_http")
            .and_then(|node| node.parse("loopback or any", "", plain_http))
            .unwrap_or_default(),
        ca_certificates: fields.optional("ca_certificates").map_or_else(Vec::new, |node| certificates(&node)),
        proxies: proxies(&fields),
        connect_timeout: time(&fields, "connect_timeout").unwrap_or(default.connect_timeout),
        read_timeout: time(&fields, "read_timeout").unwrap_or(default.read_timeout),
        origins_kept: number(&fields, "origins_kept", 4_096).unwrap_or(default.origins_kept),
        connections_per_origin: number(&fields, "connections_per_origin", 10_000)
            .unwrap_or(default.connections_per_origin),
    }
}

fn origins(text: &str) -> Option<Origins> {
    match text {
        "any" => Some(Origins::Any),
        "named" => Some(Origins::Named),
        _ => None,
    }
}

fn plain_http(text: &str) -> Option<PlainHttp> {
    match text {
        "loopback" => Some(PlainHttp::Loopback),
        "any" => Some(PlainHttp::Any),
        _ => None,
    }
}

/// What the file says of proxies; where it says nothing of one, and says so, the environment.
fn proxies(fields: &Fields<'_>) -> Proxies {
    let (https, http) = (proxy(fields, "https_proxy"), proxy(fields, "http_proxy"));
    let exceptions = fields.optional("no_proxy").map(|node| exceptions(&node));
    let Some(node) = fields.optional("proxy_from_environment").filter(|node| node.boolean() == Some(true))
    else {
        return Proxies { https, http, exceptions: exceptions.unwrap_or_default() };
    };
    let around = Around(&node);
    Proxies {
        https: https.or_else(|| around.proxy("HTTPS_PROXY")),
        http: http.or_else(|| around.proxy("HTTP_PROXY")),
        exceptions: exceptions.unwrap_or_else(|| around.exceptions("NO_PROXY")),
    }
}

fn proxy(fields: &Fields<'_>, key: &str) -> Option<Arc<Proxy>> {
    let node = fields.optional(key)?;
    if !node.is_reference() && node.string()?.contains('@') {
        // What stands before it may be a password, and this file is no place for one.
        let hint = "write the URL into an environment variable or a file and refer to it: {vault://env/NAME} or {file:PATH}";
        node.fail(PROXY, "one with a user name", hint);
        return None;
    }
    let url = node.secret()?;
    let proxy = Proxy::parse(&url);
    if proxy.is_none() {
        node.fail(
            PROXY,
            "another text",
            "proxies are reached over http; https goes through them in a tunnel",
        );
    }
    proxy.map(Arc::new)
}

fn exceptions(node: &Node<'_>) -> Vec<Exception> {
    let items = node.items();
    items.iter().filter_map(|node| node.parse(EXCEPTION, "", Exception::parse)).collect()
}

/// The variables that many programs heed, in either case.
struct Around<'a, 'b>(&'a Node<'b>);

impl Around<'_, '_> {
    fn variable(&self, name: &str) -> Option<String> {
        let found = self.0.variable(name).or_else(|| self.0.variable(&name.to_ascii_lowercase()));
        found.and_then(|value| OsString::into_string(value).ok()).filter(|value| !value.is_empty())
    }

    fn proxy(&self, name: &str) -> Option<Arc<Proxy>> {
        let proxy = Proxy::parse(&self.variable(name)?);
        if proxy.is_none() {
            self.0.fail(format_args!("{PROXY} in {name}"), "another text", "");
        }
        proxy.map(Arc::new)
    }

    fn exceptions(&self, name: &str) -> Vec<Exception> {
        let list = self.variable(name).unwrap_or_default();
        let entries = list.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        let parsed = entries.map(|entry| {
            let exception = Exception::parse(entry);
            if exception.is_none() {
                self.0.fail(format_args!("{EXCEPTION} in {name}"), format_args!("{entry:?}"), "");
            }
            exception
        });
        parsed.flatten().collect()
    }
}

fn number(fields: &Fields<'_>, key: &str, most: u64) -> Option<usize> {
    let number = fields.optional(key).and_then(|node| node.integer(1, most))?;
    usize::try_from(number).ok()
}

fn time(fields: &Fields<'_>, key: &str) -> Option<Duration> {
    fields.optional(key).and_then(|node| node.integer(1, MOST_MILLIS)).map(Duration::from_millis)
}

const KEYS: &[&str] = &[
    "origins",
    "plain_http",
    "ca_certificates",
    "https_proxy",
    "http_proxy",
    "no_proxy",
    "proxy_from_environment",
    "connect_timeout",
    "read_timeout",
    "origins_kept",
    "connections_per_origin",
];
const PROXY: &str = "a proxy's URL such as http://proxy.example:3128";
const EXCEPTION: &str = "a name, .name, an address, a network or *";

#[cfg(test)]
mod tests;
