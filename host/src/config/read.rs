//! The document as a whole.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::thread::available_parallelism;

use claimgate_secrets::Secrets;
use serde_norway::Value;

use super::error::{ConfigError, ConfigErrors};
use super::limits::{self, Limits};
use super::node::{Fields, Gathered, Walk};
use super::secret::Environment;
use super::{Config, Egress, Network, egress, filters, origins, routes};

pub(super) fn file(file: &Path) -> Result<Config, ConfigErrors> {
    let directory = file.parent().unwrap_or_else(|| Path::new("."));
    let content = std::fs::read_to_string(file).map_err(|error| {
        single("a file that can be read", format!("{}: {error}", file.display()), "give the file's name")
    })?;
    text(&content, directory, vec![file.to_path_buf()])
}

pub(super) fn text(text: &str, directory: &Path, files: Vec<PathBuf>) -> Result<Config, ConfigErrors> {
    text_in(text, directory, files, |name| std::env::var_os(name))
}

/// The same with other variables than the process has.
pub(super) fn text_in(
    text: &str,
    directory: &Path,
    files: Vec<PathBuf>,
    environment: Environment,
) -> Result<Config, ConfigErrors> {
    let value: Value = serde_norway::from_str(text)
        .map_err(|error| single("YAML", format!("an error: {error}"), "correct the syntax first"))?;
    let walk = Walk::new(directory, files, environment);
    let config = walk.root(&value).fields(KEYS).map(|fields| document(&fields));
    let Gathered { errors, files, secrets } = walk.finish();
    match config {
        Some(config) if errors.is_empty() => Ok(Config { files, secrets, ..config }),
        _ => Err(ConfigErrors(errors)),
    }
}

fn document(fields: &Fields<'_>) -> Config {
    Config {
        listen: listen(fields),
        admin_listen: fields.optional("admin_listen").and_then(|node| node.parse(ADDRESS, "", address)),
        workers: workers(fields),
        trusted_ips: networks(fields),
        services: routes::services(fields),
        upstreams: origins::upstreams(fields),
        egress: fields.optional("egress").map_or_else(Egress::default, |node| egress::egress(&node)),
        filters: filters::filters(fields),
        limits: fields.optional("limits").map_or_else(Limits::default, |node| limits::limits(&node)),
        files: Vec::new(),
        secrets: Secrets::default(),
    }
}

fn listen(fields: &Fields<'_>) -> Vec<SocketAddr> {
    let Some(node) = fields.optional("listen") else {
        return vec![SocketAddr::from(([127, 0, 0, 1], 8000))];
    };
    let items = node.items();
    if node.value().as_sequence().is_some_and(Vec::is_empty) {
        node.fail("at least one address", "none", "leave the key out to listen on 127.0.0.1:8000");
    }
    items.iter().filter_map(|node| node.parse(ADDRESS, "", address)).collect()
}

fn workers(fields: &Fields<'_>) -> NonZeroUsize {
    let given = fields.optional("workers").and_then(|node| node.integer(1, 1024));
    let given = given.and_then(|number| usize::try_from(number).ok()).and_then(NonZeroUsize::new);
    given.or_else(|| available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN)
}

fn networks(fields: &Fields<'_>) -> Vec<Network> {
    let expected = "an address or a network such as 10.0.0.0/8";
    fields.list("trusted_ips").iter().filter_map(|node| node.parse(expected, "", Network::parse)).collect()
}

fn address(text: &str) -> Option<SocketAddr> {
    text.parse().ok()
}

fn single(expected: &str, found: String, hint: &str) -> ConfigErrors {
    let (path, expected, hint) = (String::new(), expected.to_owned(), Some(hint.to_owned()));
    ConfigErrors(vec![ConfigError { path, expected, found, hint }])
}

const KEYS: &[&str] = &[
    "listen",
    "admin_listen",
    "workers",
    "trusted_ips",
    "services",
    "upstreams",
    "egress",
    "filters",
    "limits",
];
const ADDRESS: &str = "an IP address and a port such as 127.0.0.1:8000";
