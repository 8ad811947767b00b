//! Servers: the part that services and named upstreams have in common.

use std::collections::BTreeSet;
use std::time::Duration;

use http::Uri;
use rustls::pki_types::{CertificateDer, ServerName};

use super::node::{Fields, Node};
use super::{Origin, Tls, Upstream};
use crate::egress::{self, Address};
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

fn parts(fields: &Fields<'_>) -> Option<(Address, String)> {
    let https =
        fields.optional("protocol").and_then(|node| node.parse("http or https", "", Address::is_https));
    let port = fields.optional("port").and_then(|node| node.integer(1, u16::MAX.into()));
    let port = port.and_then(|port| u16::try_from(port).ok());
    let path = fields.optional("path").map_or(Some(String::new()), |node| node.parse(PATH, "", base_path));
    let Some(host) = fields.optional("host") else {
        fields.node().fail("the key url, or the key host", "neither", "");
        return None;
    };
    let https = https.unwrap_or_default();
    let address = host.parse("a host name or address", "", |text| Address::new(https, text, port));
    Some((address?, path?))
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
        let (address, _) = Address::split(text).filter(|_| !text.contains(['?', '#']))?;
        Some((address, base_path(uri.path())?))
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
        let Self { connect_timeout, read_timeout, write_timeout, verify, ca_certificates } = self;
        if address.is_encrypted() && ServerName::try_from(address.host()).is_err() {
            let found = format_args!("{:?}", address.host());
            fields.node().fail("a host name that TLS can verify", found, "");
            return None;
        }
        let tls = address.is_encrypted().then_some(Tls { verify, ca_certificates });
        Some(Origin { address, tls, connect_timeout, read_timeout, write_timeout })
    }
}

fn timeout(fields: &Fields<'_>, key: &str) -> Duration {
    let given = fields.optional(key).and_then(|node| node.integer(1, MOST_MILLIS));
    Duration::from_millis(given.unwrap_or(60_000))
}

pub(super) fn certificates(node: &Node<'_>) -> Vec<CertificateDer<'static>> {
    let Some((name, content)) = node.file("name a PEM file, relative to this one") else {
        return Vec::new();
    };
    let found = egress::certificates(&content);
    if found.is_empty() {
        let found = format_args!("none in {}", name.display());
        node.fail("a PEM file with certificates", found, "each starts with -----BEGIN CERTIFICATE-----");
    }
    found
}

fn base_path(text: &str) -> Option<String> {
    let sound = text.starts_with('/') && path::is_unambiguous(text);
    sound.then(|| if text == "/" { String::new() } else { text.to_owned() })
}

const UPSTREAM_KEYS: &[&str] =
    &["name", "url", "connect_timeout", "read_timeout", "write_timeout", "tls_verify", "ca_certificates"];
const PATH: &str = "a path that starts with /";
/// Kong's bound: 2^31 - 2.
pub(super) const MOST_MILLIS: u64 = 2_147_483_646;
