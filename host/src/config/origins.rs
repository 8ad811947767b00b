//! Servers: the part that services and named upstreams have in common.

use std::collections::BTreeSet;
use std::time::Duration;

use bytes::Bytes;
use http::Uri;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};

use super::node::{Fields, Node};
use super::{Origin, Tls, Upstream};
use crate::proxy::path;

/// A service's origin and path: from `url`, or from `protocol`, `host`, `port` and `path`.
pub(super) fn service(fields: &Fields<'_>) -> Option<(Origin, String)> {
    let manners = Manners::read(fields);
    let Some(node) = fields.optional("url") else {
        let (address, path) = parts(fields)?;
        return Some((manners.origin(fields, address)?, path));
    };
    for key in ["protocol", "host", "port", "path"] {
        if let Some(part) = fields.optional(key) {
            part.fail("nothing beside url", key, "use url, or protocol, host, port and path");
        }
    }
    let (address, path) = url(&node)?;
    Some((manners.origin(fields, address)?, path))
}

pub(super) fn upstreams(fields: &Fields<'_>) -> Vec<Upstream> {
    let mut names = BTreeSet::new();
    fields.list("upstreams").iter().filter_map(|node| upstream(node, &mut names)).collect()
}

fn upstream(node: &Node<'_>, names: &mut BTreeSet<String>) -> Option<Upstream> {
    let fields = node.fields(UPSTREAM_KEYS)?;
    let name = fields.name(names, "upstream");
    let manners = Manners::read(&fields);
    let node = fields.required("url")?;
    let (address, path) = url(&node)?;
    if !path.is_empty() {
        let hint = "the filter gives the path with each call";
        node.fail("a URL without a path", format_args!("{path:?}"), hint);
    }
    Some(Upstream { name: name?, origin: manners.origin(&fields, address)? })
}

/// Where a server is.
struct Address {
    https: bool,
    host: String,
    port: u16,
}

fn parts(fields: &Fields<'_>) -> Option<(Address, String)> {
    let https = fields.optional("protocol").and_then(|node| node.parse("http or https", "", is_https));
    let https = https.unwrap_or_default();
    let port = fields.optional("port").and_then(|node| node.integer(1, u16::MAX.into()));
    let port = port.and_then(|port| u16::try_from(port).ok()).unwrap_or_else(|| default_port(https));
    let path = fields.optional("path").map_or(Some(String::new()), |node| node.parse(PATH, "", base_path));
    let Some(host) = fields.optional("host") else {
        fields.node().fail("the key url, or the key host", "neither", "");
        return None;
    };
    let host = host.parse("a host name or address", "", |text| is_host(text).then(|| text.to_owned()));
    Some((Address { https, host: host?, port }, path?))
}

fn url(node: &Node<'_>) -> Option<(Address, String)> {
    let expected = "a URL such as http://127.0.0.1:9000/base";
    if node.string()?.contains('@') {
        // What stands before it may be a password.
        node.fail(expected, "one with a user name", "the server has to trust the gateway in another way");
        return None;
    }
    node.parse(expected, "no query and no fragment", |text| {
        let uri: Uri = text.parse().ok()?;
        let https = is_https(uri.scheme_str()?)?;
        let host = uri.host().filter(|host| is_host(host) && !text.contains(['?', '#']))?.to_owned();
        let port = match uri.port() {
            Some(port) => Some(port.as_u16()).filter(|port| *port != 0)?,
            None => default_port(https),
        };
        Some((Address { https, host, port }, base_path(uri.path())?))
    })
}

/// How to deal with a server, wherever it is.
struct Manners {
    connect_timeout: Duration,
    read_timeout: Duration,
    write_timeout: Duration,
    verify: bool,
    ca_certificates: Vec<CertificateDer<'static>>,
}

impl Manners {
    fn read(fields: &Fields<'_>) -> Self {
        Self {
            connect_timeout: timeout(fields, "connect_timeout"),
            read_timeout: timeout(fields, "read_timeout"),
            write_timeout: timeout(fields, "write_timeout"),
            verify: fields.flag("tls_verify", true),
            ca_certificates: fields
                .optional("ca_certificates")
                .map_or_else(Vec::new, |node| certificates(&node)),
        }
    }

    fn origin(self, fields: &Fields<'_>, address: Address) -> Option<Origin> {
        let Address { https, host, port } = address;
        let authority = if port == default_port(https) { host.clone() } else { format!("{host}:{port}") };
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let tls = if https {
            let Ok(server_name) = ServerName::try_from(host.clone()) else {
                fields.node().fail("a host name that TLS can verify", format_args!("{host:?}"), "");
                return None;
            };
            Some(Tls { server_name, verify: self.verify, ca_certificates: self.ca_certificates })
        } else {
            None
        };
        let Self { connect_timeout, read_timeout, write_timeout, .. } = self;
        Some(Origin { tls, host, port, authority, connect_timeout, read_timeout, write_timeout })
    }
}

fn timeout(fields: &Fields<'_>, key: &str) -> Duration {
    let given = fields.optional(key).and_then(|node| node.integer(1, MOST_MILLIS));
    Duration::from_millis(given.unwrap_or(60_000))
}

fn certificates(node: &Node<'_>) -> Vec<CertificateDer<'static>> {
    let Some((name, content)) = node.file("name a PEM file, relative to this one") else {
        return Vec::new();
    };
    let found = parse_certificates(&content);
    if found.is_empty() {
        let found = format_args!("none in {}", name.display());
        node.fail("a PEM file with certificates", found, "each starts with -----BEGIN CERTIFICATE-----");
    }
    found
}

fn parse_certificates(pem: &Bytes) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().unwrap_or_default()
}

fn base_path(text: &str) -> Option<String> {
    let sound = text.starts_with('/') && path::is_unambiguous(text);
    sound.then(|| if text == "/" { String::new() } else { text.to_owned() })
}

fn is_host(text: &str) -> bool {
    let authority = text.parse::<http::uri::Authority>();
    authority.is_ok_and(|authority| authority.port().is_none() && authority.host() == text)
}

fn is_https(scheme: &str) -> Option<bool> {
    match scheme {
        "http" => Some(false),
        "https" => Some(true),
        _ => None,
    }
}

fn default_port(https: bool) -> u16 {
    if https { 443 } else { 80 }
}

const UPSTREAM_KEYS: &[&str] =
    &["name", "url", "connect_timeout", "read_timeout", "write_timeout", "tls_verify", "ca_certificates"];
const PATH: &str = "a path that starts with /";
/// Kong's bound: 2^31 - 2.
const MOST_MILLIS: u64 = 2_147_483_646;
