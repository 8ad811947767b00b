//! What goes around a proxy.

use std::fmt;
use std::net::IpAddr;

use super::Address;
use crate::config::Network;

/// One entry of `no_proxy`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    whom: Whom,
    port: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Whom {
    Everybody,
    Addresses(Network),
    /// The name and everything below it.
    Name(String),
    /// Everything below the name, not the name itself.
    Below(String),
}

impl Exception {
    /// `*`, an address or a network, a name (with all names below it) or `.name` (only those below it), each but the
    /// first with a port if it is meant for that port alone.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        if text == "*" {
            return Some(Self { whom: Whom::Everybody, port: None });
        }
        if let Some(network) = Network::parse(text.trim_start_matches('[').trim_end_matches(']')) {
            return Some(Self { whom: Whom::Addresses(network), port: None });
        }
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse().ok().filter(|port| *port != 0)?)),
            None => (text.as_str(), None),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let whom = match Network::parse(host) {
            Some(network) => Whom::Addresses(network),
            None => name(host)?,
        };
        Some(Self { whom, port })
    }

    /// Whether an address is meant.
    pub fn is_for(&self, address: &Address) -> bool {
        self.port.is_none_or(|port| port == address.port()) && self.is_for_host(address.host())
    }

    fn is_for_host(&self, host: &str) -> bool {
        let literal: Option<IpAddr> = host.parse().ok();
        match (&self.whom, literal) {
            (Whom::Everybody, _) => true,
            (Whom::Addresses(network), Some(address)) => network.contains(address),
            (Whom::Addresses(_), None) | (Whom::Name(_) | Whom::Below(_), Some(_)) => false,
            (Whom::Name(name), None) => host == name || is_below(host, name),
            (Whom::Below(name), None) => is_below(host, name),
        }
    }
}

/// As it is parsed.
impl fmt::Display for Exception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.whom, self.port) {
            (Whom::Everybody, _) => f.write_str("*")?,
            (Whom::Addresses(network), Some(_)) if network.is_ipv6() => write!(f, "[{network}]")?,
            (Whom::Addresses(network), _) => network.fmt(f)?,
            (Whom::Name(name), _) => f.write_str(name)?,
            (Whom::Below(name), _) => write!(f, ".{name}")?,
        }
        self.port.iter().try_for_each(|port| write!(f, ":{port}"))
    }
}

fn name(text: &str) -> Option<Whom> {
    let below = text.strip_prefix("*.").or_else(|| text.strip_prefix('.'));
    let name = below.unwrap_or(text);
    Address::new(true, name, None).filter(|_| !name.contains('*'))?;
    let name = name.to_owned();
    Some(if below.is_some() { Whom::Below(name) } else { Whom::Name(name) })
}

fn is_below(host: &str, name: &str) -> bool {
    host.strip_suffix(name).is_some_and(|front| front.ends_with('.'))
}

#[cfg(test)]
mod tests;
