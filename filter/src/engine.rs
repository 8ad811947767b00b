//! Which engine it is, found without help from the config.

use crate::host::{Host, HostError};
use claimgate_policy::capabilities::Probed;

/// Asks the engine two questions whose answers tell engines apart; only right in a root context.
///
/// There is no client in a root context. Envoy, and hosts with its semantics, say that they do not find the
/// client's address; Kong's engine calls the question a failure, and any further one would put an error into its
/// log. Whatever answers otherwise is unknown, and gets the strictest rules.
pub(crate) fn probe(host: &dyn Host) -> Probed {
    match host.property(&["source", "address"]) {
        Err(HostError::NotFound) if host.property(&["claimgate", "host"]).is_ok() => Probed::Claimgate,
        Err(HostError::NotFound) => Probed::Envoy,
        Ok(_) | Err(_) => Probed::Other,
    }
}

#[cfg(test)]
mod tests;
