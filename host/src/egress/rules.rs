//! Which origins filters may call, and how.

use std::time::Duration;

use rustls::pki_types::CertificateDer;

use super::{Address, Proxies};

/// Calls of filters to origins: a call's target is the name of an upstream, or an origin that these rules admit.
#[derive(Debug, Clone)]
pub struct Egress {
    /// Which targets.
    pub origins: Origins,
    /// Where connections may be without TLS.
    pub plain_http: PlainHttp,
    /// Roots to trust beside the platform's.
    pub ca_certificates: Vec<CertificateDer<'static>>,
    /// Proxies on the way.
    pub proxies: Proxies,
    /// For name, connection, tunnel and TLS handshake together. Default 10 s.
    pub connect_timeout: Duration,
    /// Between two reads, and with `connect_timeout` for calls to which a filter gave no time. Default 60 s.
    pub read_timeout: Duration,
    /// Origins whose connections a worker keeps; beyond it the one that was called least lately is forgotten. Default
    /// 32.
    pub origins_kept: usize,
    /// Connections of a worker to one origin; calls beyond it wait. Default 16.
    pub connections_per_origin: usize,
}

/// Which targets filters may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Origins {
    /// Named upstreams, and any origin.
    #[default]
    Any,
    /// Named upstreams alone.
    Named,
}

/// Where connections may be without TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PlainHttp {
    /// On this machine.
    #[default]
    Loopback,
    /// Anywhere.
    Any,
}

impl Egress {
    /// The origin that a target is, if it may be called.
    pub fn admits(&self, target: &str) -> Option<Address> {
        if self.origins == Origins::Named {
            return None;
        }
        let address = Address::parse(target)?;
        let plain = self.plain_http == PlainHttp::Any || address.is_loopback();
        (address.is_encrypted() || plain).then_some(address)
    }
}

impl Default for Egress {
    fn default() -> Self {
        Self {
            origins: Origins::default(),
            plain_http: PlainHttp::default(),
            ca_certificates: Vec::new(),
            proxies: Proxies::default(),
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(60),
            origins_kept: 32,
            connections_per_origin: 16,
        }
    }
}

#[cfg(test)]
mod tests;
