//! The edge of Claimgate inside the sandbox: translates between Proxy-Wasm and [`claimgate_policy`], and decides
//! nothing.
//!
//! Modules stand in the order in which they take part: the engine starts a plugin, a request arrives, the gate
//! decides, its step is applied, the outcome is counted and recorded.

/// What the filter asks of the engine.
mod host;

/// The engine behind [`host::Host`]: the one place with unsafe code.
mod hostcalls;

/// Which engine it is.
mod engine;

/// Random bytes.
mod entropy;

/// Signature code of the engine.
mod native;

/// The root context: the config arrives.
mod root;

/// References to secrets in the config.
mod references;

/// What all requests of one root context share.
mod plugin;

/// The HTTP context: what the engine tells of one request.
mod http;

/// One request: what the gate says is carried out.
mod request;

/// The head of a request as the engine tells it.
mod arrival;

/// A step, carried out.
mod apply;

/// Requests that are held for something at a provider.
mod held;

/// Fetches that no request waits for.
mod fetches;

/// What operators should see to, whether requests come or not.
mod upkeep;

/// What a call was answered with.
mod answer;

/// The engine's shared data.
mod shared;

/// The publisher's root context.
mod publisher;

/// Requests, counted by service, outcome and reason.
mod metrics;

/// One line per request for the log.
mod audit;

#[cfg(test)]
mod fixtures;

#[cfg(test)]
#[path = "../../host/cli/tests/support/traces.rs"]
mod traces;

#[allow(missing_docs, reason = "what the macro exports has no place for a comment")]
mod start {
    use crate::{hostcalls::Engine, root::Root};
    use std::rc::Rc;

    // Nothing in here may log: it crashes nginx workers.
    proxy_wasm::main! {{
        proxy_wasm::set_root_context(|_| Box::new(Root::new(Rc::new(Engine))));
    }}
}
