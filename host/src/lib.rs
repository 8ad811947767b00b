//! An HTTP proxy that runs a chain of Proxy-Wasm filters.
//!
//! [`run`] takes a [`Config`] and returns a [`Running`] gateway: that is what the binary and the tests
//! call. The gateway knows nothing of what its filters decide about; they come as WebAssembly modules
//! and run in `claimgate-sandbox`.

/// What the gateway does: raw YAML in, a valid configuration out.
mod config;

/// Connections that the gateway opens.
pub mod egress;

/// Start, reload and shutdown.
mod running;

/// Takes connections and hands them to workers.
mod listener;

/// One thread that serves connections.
mod worker;

/// A configuration made ready for the workers.
mod plan;

/// One request, from its head to the last byte of its response.
mod proxy;

/// Which service gets a request.
mod router;

/// The chain of filters on one worker.
mod filters;

/// Metrics, health and readiness.
mod admin;

/// What the gateway counts.
mod metrics;

/// Notices that files have changed.
mod watch;

/// The real time.
mod clock;

pub use claimgate_sandbox::{Clock, Nginx, Quirks, Shared, ShmKv};
pub use clock::SystemClock;
pub use config::{
    Config, ConfigError, ConfigErrors, Filter, HostPattern, Limits, Network, Origin, Route, Secrets, Service,
    Tls, Upstream, resolve,
};
pub use plan::PlanError;
pub use running::{ReloadError, Running, StartError, run};
pub use watch::Watch;
