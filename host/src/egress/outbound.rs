//! The rules for calls to origins, with what it takes to follow them.

use std::sync::Arc;

use rustls::{ClientConfig, Error};

use super::tls::{self, Roots};
use super::{Address, Egress, Way};

/// Shared by all workers.
#[derive(Debug)]
pub struct Outbound {
    pub(crate) rules: Egress,
    /// None on a system without roots, where no certificate can be verified.
    client: Option<Arc<ClientConfig>>,
}

impl Outbound {
    /// Reads the platform's roots. Takes a while.
    pub fn new(rules: &Egress) -> Result<Self, Error> {
        let client = match tls::client(&Roots::PlatformAnd(&rules.ca_certificates)) {
            Ok(client) => Some(client),
            // A gateway that calls nothing over https needs none.
            Err(error) if rules.ca_certificates.is_empty() => {
                tracing::warn!(%error, "filters cannot call https origins");
                None
            }
            Err(error) => return Err(error),
        };
        Ok(Self { rules: rules.clone(), client })
    }

    /// The way to an address; `None` if nothing could prove that it leads there.
    pub fn way(&self, address: Address) -> Option<Way> {
        let proxy = self.rules.proxies.towards(&address).cloned();
        let way = match &self.client {
            Some(client) => Way::to(address, client),
            None if address.is_encrypted() => None,
            None => Some(Way::plain(address)),
        };
        way.map(|way| way.through(proxy))
    }
}
