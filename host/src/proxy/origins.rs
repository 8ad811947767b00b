//! A worker's connections to the origins that filters call.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use super::upstream::{Server, Timeouts};
use crate::egress::{Address, Outbound};

/// Servers by address, made when they are first called.
#[derive(Debug)]
pub(crate) struct Origins {
    outbound: Arc<Outbound>,
    /// The one that was called last stands last.
    kept: RefCell<Vec<(Address, Rc<Server>)>>,
}

impl Origins {
    pub(crate) fn new(outbound: Arc<Outbound>) -> Self {
        Self { outbound, kept: RefCell::default() }
    }

    /// The server of an origin, if filters may call it. Where there are too many, the one that was called least lately
    /// is forgotten: its idle connections are closed, and a call that is under way ends as it would have.
    pub(crate) fn server(&self, target: &str) -> Option<Rc<Server>> {
        let address = self.outbound.rules.admits(target)?;
        let mut kept = self.kept.borrow_mut();
        let at = kept.iter().position(|(known, _)| *known == address);
        let server = match at {
            Some(at) => kept.remove(at).1,
            None => Rc::new(self.build(&address)?),
        };
        if kept.len() >= self.outbound.rules.origins_kept {
            kept.drain(..1);
        }
        kept.push((address, Rc::clone(&server)));
        Some(server)
    }

    /// Closes connections that nobody used for long.
    pub(crate) fn sweep(&self) {
        self.kept.borrow().iter().for_each(|(_, server)| server.sweep());
    }

    fn build(&self, address: &Address) -> Option<Server> {
        let Some(way) = self.outbound.way(address.clone()) else {
            tracing::warn!(%address, "no way to prove that a server is this one");
            return None;
        };
        let rules = &self.outbound.rules;
        let (connect, read) = (rules.connect_timeout, rules.read_timeout);
        let timeouts = Timeouts { connect, read, write: read };
        Some(Server::new(way, timeouts).bounded(rules.connections_per_origin))
    }
}

#[cfg(test)]
mod tests;
