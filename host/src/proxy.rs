//! One request, from its head to the last byte of its response.
//!
//! ```text
//! connection   reads a head, HTTP/1.1 or HTTP/2, and gives up a client
//!              that does not read its response                           (connection.rs, http2.rs, reading.rs)
//! head         refuses what is ambiguous, strips connection headers,
//!              says where the request came from                          (head.rs, path.rs)
//! filters      see the head, one after the other; each may pause, answer
//!              or change it; a pause ends by an event in the mailbox     (exchange.rs, mailbox.rs)
//! route        chosen before the filters for what they may ask about it,
//!              and again if they changed method, path or host            (../router.rs)
//! upstream     takes the head and the body, which runs through the
//!              filters piece by piece                                    (upstream.rs, body.rs, pump.rs)
//! filters      see the response in reverse order
//! respond      everything that went wrong becomes a response             (respond.rs)
//! ```
//!
//! A stream's last callback, the log, runs when its response is sent or the client is gone; not in an instance that is
//! lost, which nothing enters again.

use std::rc::Rc;
use std::sync::Arc;

use claimgate_sandbox::Clock;

use crate::config::Limits;
use crate::filters::Chain;
use crate::metrics::Stats;
use crate::plan::Plan;

pub(crate) mod body;
pub(crate) mod callout;
pub(crate) mod connection;
pub(crate) mod exchange;
pub(crate) mod head;
pub(crate) mod headers;
pub(crate) mod http2;
pub(crate) mod mailbox;
pub(crate) mod origins;
pub(crate) mod path;
pub(crate) mod pump;
pub(crate) mod reading;
pub(crate) mod respond;
pub(crate) mod upstream;

use callout::Callouts;
use upstream::Server;

/// A worker's proxy under one configuration.
#[derive(Debug)]
pub(crate) struct Proxy {
    plan: Arc<Plan>,
    servers: Vec<Rc<Server>>,
    callouts: Rc<Callouts>,
    chain: Chain,
    clock: ClockHandle,
    stats: Arc<Stats>,
}

impl Proxy {
    pub(crate) fn new(
        plan: Arc<Plan>,
        (servers, callouts): (Vec<Rc<Server>>, Rc<Callouts>),
        chain: Chain,
        clock: Arc<dyn Clock>,
        stats: Arc<Stats>,
    ) -> Self {
        Self { plan, servers, callouts, chain, clock: ClockHandle(clock), stats }
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.plan.limits
    }

    /// Closes connections to servers that nobody used for long.
    pub(crate) fn sweep(&self) {
        self.servers.iter().for_each(|server| server.sweep());
        self.callouts.sweep();
    }
}

/// A clock that can be printed.
struct ClockHandle(Arc<dyn Clock>);

impl std::fmt::Debug for ClockHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}
