//! Runs Proxy-Wasm plugins in wasmtime, for ABI 0.2.0 and 0.2.1, with Envoy's semantics. Tests can have those
//! of nginx instead, see [`Quirks`].
//!
//! There is no socket, no clock and no event loop here. The embedder hands in what happened on a
//! stream, gets a [`Verdict`], and performs the [`Effect`]s that the guest asked for:
//!
//! ```text
//! Engine -> Module -> Instance::start -> open_stream -> on_request_headers -> ... -> close_stream
//!                                              |                 |
//!                                          StreamFacts       Verdict, take_effects()
//! ```
//!
//! What a guest can do is bounded by [`Limits`]. A guest that traps, runs too long or needs too much
//! memory is dead: its [`Instance`] never enters it again, and whatever it had asked for in the
//! callback that failed is forgotten. A guest is never entered while it runs.

/// Compiles modules; one per process.
mod engine;

/// A compiled plugin: its ABI version, imports and exports are checked.
mod module;

/// What the embedder lends to plugins: clock, log, upstreams, shared data.
mod environment;

/// What one plugin is: names, configuration, limits.
mod plugin;

/// One running plugin: start, callbacks, death.
mod instance;

/// One HTTP stream inside an instance: what was paused, held back or answered.
mod stream;

/// What is known of a stream before its first header.
mod facts;

/// Everything that host functions can reach.
mod state;

/// The functions that a guest imports.
mod hostcalls;

/// WASI preview1, as far as a plugin may have it.
mod wasi;

/// The ABI as data.
mod abi;

/// Which header names and values a guest may write.
mod field;

/// Native functions that a guest may call by name.
pub mod foreign;

/// What comes out: verdicts and effects.
mod effect;

/// An ordered list of headers.
mod header_map;

/// Data that instances share.
mod shared;

/// Metrics that instances share.
mod metrics;

/// Another engine's behaviour, for tests.
mod quirks;

/// What one guest may use.
mod limits;

/// Why a guest could not be loaded, or is dead.
mod error;

pub use abi::pairs;
pub use abi::types::{AbiVersion, Direction, LogLevel, MetricKind};
pub use effect::{BodyVerdict, CallId, CallOutcome, Effect, LocalResponse, RootId, StreamId, Verdict};
pub use engine::{Engine, EngineOptions};
pub use environment::{Clock, Environment, LogSink, Upstreams};
pub use error::{SandboxError, StartPhase};
pub use facts::{StreamFacts, TlsFacts};
pub use foreign::{ForeignError, ForeignFunctions};
pub use header_map::{HeaderMap, Pair};
pub use hostcalls::{HOSTCALLS, Hostcall, Support};
pub use instance::Instance;
pub use limits::Limits;
pub use metrics::{Metric, MetricError, MetricSnapshot, MetricValue, Metrics};
pub use module::Module;
pub use plugin::Plugin;
pub use quirks::{Crash, Nginx, Quirk, Quirks, ShmKv, ZoneError, Zones};
pub use shared::{Shared, SharedData, SharedDataError};
