//! What the gateway does, valid by construction.
//!
//! A file is YAML. It is read by hand instead of by derive, so that a person sees every mistake at
//! once, each with its path, what was expected, what was found and what to do. Keys have Kong's
//! names where Kong has them; unknown keys are mistakes.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use claimgate_sandbox::Quirks;
use http::Method;
use rustls::pki_types::CertificateDer;

use crate::egress::{Address, Egress};

mod egress;
mod error;
mod filters;
mod limits;
mod node;
mod origins;
mod read;
mod routes;
mod secret;

pub use claimgate_secrets::Secrets;
pub use error::{ConfigError, ConfigErrors};
pub use limits::Limits;
pub use secret::resolve;

/// A configuration that has passed every check which needs no network and no guest.
#[derive(Debug, Clone)]
pub struct Config {
    /// Addresses that take requests; port 0 lets the system choose.
    pub listen: Vec<SocketAddr>,
    /// Address of `/metrics`, `/healthz` and `/readyz`; nowhere if absent.
    pub admin_listen: Option<SocketAddr>,
    /// Threads that serve connections. Default: one per core.
    pub workers: NonZeroUsize,
    /// Networks whose `X-Forwarded-*` headers are believed. Default: none.
    pub trusted_ips: Vec<Network>,
    /// Where requests go.
    pub services: Vec<Service>,
    /// Names that filters may call.
    pub upstreams: Vec<Upstream>,
    /// What else filters may call.
    pub egress: Egress,
    /// Filters, in the order in which a request meets them.
    pub filters: Vec<Filter>,
    /// Bounds in bytes and time.
    pub limits: Limits,
    files: Vec<PathBuf>,
    secrets: Secrets,
}

impl Config {
    /// Reads a YAML file and the files that it names; relative names start at its directory.
    pub fn load(file: &Path) -> Result<Self, ConfigErrors> {
        read::file(file)
    }

    /// Reads YAML text; relative file names start at `directory`.
    pub fn parse(text: &str, directory: &Path) -> Result<Self, ConfigErrors> {
        read::text(text, directory, Vec::new())
    }

    /// The same, on other addresses.
    #[must_use]
    pub fn with_listen(mut self, listen: Vec<SocketAddr>) -> Self {
        self.listen = listen;
        self
    }

    /// Every file that was read: a change to one of them calls for a reload.
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// What references led to, and must not be shown.
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }
}

/// An upstream service and the routes that lead to it.
#[derive(Debug, Clone)]
pub struct Service {
    /// Unique name.
    pub name: String,
    /// Where its requests go.
    pub origin: Origin,
    /// Put before the rest of the request's path; empty, or starts with a slash.
    pub path: String,
    /// At least one.
    pub routes: Vec<Route>,
}

/// Which requests belong to a service. At least one of hosts, paths and methods has entries.
#[derive(Debug, Clone)]
pub struct Route {
    /// Unique name.
    pub name: String,
    /// Hosts; any if empty.
    pub hosts: Vec<HostPattern>,
    /// Path prefixes; any path if empty.
    pub paths: Vec<String>,
    /// Methods; any if empty.
    pub methods: Vec<Method>,
    /// Whether the matched prefix is cut off before the request goes upstream. Default true.
    pub strip_path: bool,
    /// Whether the upstream sees the client's host instead of its own. Default false.
    pub preserve_host: bool,
}

/// A host that a route names, in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostPattern {
    /// This name, on this port if there is one.
    Exact(String),
    /// `*.` at the start: any name that ends so.
    Suffix(String),
    /// `.*` at the end: any name that starts so.
    Prefix(String),
}

/// A name for an origin that filters call.
#[derive(Debug, Clone)]
pub struct Upstream {
    /// Unique name: a cluster, in Envoy's words.
    pub name: String,
    /// Where calls go.
    pub origin: Origin,
}

/// A server: where it is, and how long to wait for it.
#[derive(Debug, Clone)]
pub struct Origin {
    /// Scheme, host and port.
    pub address: Address,
    /// TLS, if the scheme is https.
    pub tls: Option<Tls>,
    /// For name, connection and TLS handshake together. Default 60 s.
    pub connect_timeout: Duration,
    /// Between two reads. Default 60 s.
    pub read_timeout: Duration,
    /// Between two writes. Default 60 s.
    pub write_timeout: Duration,
}

/// How an origin proves who it is: by a certificate for its name.
#[derive(Debug, Clone)]
pub struct Tls {
    /// Whether the certificate is verified. Default true.
    pub verify: bool,
    /// Roots to trust beside the platform's.
    pub ca_certificates: Vec<CertificateDer<'static>>,
}

/// A filter: a module and what it is told at its start.
#[derive(Clone)]
pub struct Filter {
    /// Unique name, for logs and metrics.
    pub name: String,
    /// Which of the module's root contexts. Default: the name.
    pub root_id: String,
    /// Filters with the same id share data. Default: the name.
    pub vm_id: String,
    /// The file that the module came from.
    pub file: PathBuf,
    /// The module.
    pub wasm: Bytes,
    /// What `proxy_on_configure` reads; references in it are resolved.
    pub configuration: Bytes,
    /// What `proxy_on_vm_start` reads.
    pub vm_configuration: Bytes,
    /// Environment variables; nothing of the process's own environment is seen.
    pub environment: Vec<(String, String)>,
    /// Whether body callbacks run while the request's headers are paused, as Envoy's flag of that
    /// name. Default false.
    pub allow_on_headers_stop_iteration: bool,
    /// Whose behaviour it sees. For tests only: with another engine's quirks the gateway fails open as that engine
    /// does. No file can say it, so that nobody can come to serve with it by a configuration.
    pub quirks: Quirks,
}

/// Without configuration and environment: both may hold secrets.
impl fmt::Debug for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filter")
            .field("name", &self.name)
            .field("root_id", &self.root_id)
            .field("vm_id", &self.vm_id)
            .field("file", &self.file)
            .finish_non_exhaustive()
    }
}

/// An IP network in CIDR form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// `address` or `address/prefix`.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(a, p)| (a, Some(p)));
        let address: IpAddr = address.parse().ok()?;
        let widest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Some(widest), |prefix| prefix.parse().ok())?;
        (prefix <= widest).then_some(Self { address, prefix })
    }

    /// Whether its addresses are IPv6.
    pub(crate) fn is_ipv6(&self) -> bool {
        self.address.is_ipv6()
    }

    /// Whether the address lies in the network. An IPv4 address inside IPv6 counts as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let shift = 32_u32.saturating_sub(self.prefix.into());
                (network.to_bits() ^ address.to_bits()).checked_shr(shift).unwrap_or(0) == 0
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let shift = 128_u32.saturating_sub(self.prefix.into());
                (network.to_bits() ^ address.to_bits()).checked_shr(shift).unwrap_or(0) == 0
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

/// `address/prefix`.
impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

#[cfg(test)]
mod tests;
