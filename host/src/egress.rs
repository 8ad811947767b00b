//! Connections that the gateway opens: to services, to named upstreams, and to the origins that filters call.
//!
//! ```text
//! address      scheme, host and port out of a URL                        (address.rs)
//! rules        which origins filters may call, and how                   (rules.rs)
//! outbound     the rules, ready to be followed                           (outbound.rs)
//! proxies      the proxy on the way to an address, if there is one       (proxies.rs, exception.rs)
//! way          name, connection, tunnel, TLS: one step after the other   (way.rs, tunnel.rs, tls.rs)
//! failure      why there is no connection, for the person who reads it   (failure.rs)
//! fetch        one GET over such a connection                            (fetch.rs)
//! ```
//!
//! Connections that are kept for the next request are the business of the worker's servers.

mod address;
mod exception;
mod failure;
mod fetch;
mod outbound;
mod proxies;
mod rules;
mod tls;
mod tunnel;
mod way;

pub use address::Address;
pub use exception::Exception;
pub use failure::{CertificateProblem, ConnectError};
pub use fetch::{Answer, FetchError, fetch};
pub use outbound::Outbound;
pub use proxies::{Proxies, Proxy};
pub use rules::{Egress, Origins, PlainHttp};
pub use tls::certificates;
pub(crate) use tls::{Roots, client};
pub use way::{Stream, Way};
