//! The snapshot that a request is decided against. A request that was held is decided against the snapshot of
//! the moment in which it goes on.

use crate::cache::TokenCache;
use crate::capabilities::Capabilities;
use crate::config::{AccessTokenHeader, Config, Rules};
use crate::headers::OwnedHeaders;
use crate::signature::NativeSignatures;
use core::fmt;

/// Everything outside of the request that a decision depends on, but for the time.
#[derive(Clone, Copy)]
pub struct World<'a> {
    /// Services, keys and registrations.
    pub policy: &'a Policy,
    /// What the engine can do.
    pub engine: Capabilities,
    /// Tokens whose signature was proven before.
    pub cache: &'a TokenCache,
    /// The engine's own signature code, if it passed its known-answer probe.
    pub native: Option<&'a dyn NativeSignatures>,
}

/// Where nonces, states and verifiers come from: the edge's random source.
pub trait Entropy {
    /// Fills `out` with random bytes.
    fn fill(&mut self, out: &mut [u8]);
}

/// A valid config and what follows from it.
#[derive(Debug)]
pub struct Policy {
    config: Config,
    owned: OwnedHeaders,
}

impl Policy {
    /// From a valid config.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let owned = OwnedHeaders::new(every_rule(&config).filter_map(configured_name));
        Self { config, owned }
    }

    /// The config.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The headers that the gateway owns under this config, on every service: a header that one service sets is
    /// not to be believed on another.
    #[must_use]
    pub fn owned(&self) -> &OwnedHeaders {
        &self.owned
    }
}

fn every_rule(config: &Config) -> impl Iterator<Item = &Rules> {
    config
        .services
        .iter()
        .flat_map(|service| service.routes.iter().map(|route| &route.rules).chain(service.rules.as_ref()))
}

fn configured_name(rules: &Rules) -> Option<&str> {
    match &rules.openid_connect.upstream_access_token_header {
        AccessTokenHeader::Raw(name) => Some(name.as_str()),
        AccessTokenHeader::Bearer | AccessTokenHeader::Off => None,
    }
}

impl fmt::Debug for World<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World")
            .field("engine", &self.engine)
            .field("native", &self.native.is_some())
            .finish_non_exhaustive()
    }
}
