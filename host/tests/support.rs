//! Peers for the gateway: clients, origins and filters. Every port is chosen by the system.

pub(crate) mod client;
pub(crate) mod gateway;
pub(crate) mod origin;
