//! What the embedder lends to the plugins of a process.

use std::sync::Arc;

use crate::abi::types::LogLevel;
use crate::foreign::ForeignFunctions;
use crate::shared::Shared;

/// Everything outside of an instance that its guest can reach. Cheap to clone.
#[derive(Clone)]
pub struct Environment {
    /// Shared data and metrics.
    pub shared: Arc<Shared>,
    /// The time that guests see.
    pub clock: Arc<dyn Clock>,
    /// Native functions that guests may call.
    pub foreign: Arc<dyn ForeignFunctions>,
    /// Where guests may send HTTP calls.
    pub upstreams: Arc<dyn Upstreams>,
    /// Where guests' log lines go.
    pub logs: Arc<dyn LogSink>,
}

/// The time that guests see.
pub trait Clock: Send + Sync {
    /// Nanoseconds since the Unix epoch.
    fn unix_nanos(&self) -> u64;
}

/// Where guests may send HTTP calls.
pub trait Upstreams: Send + Sync {
    /// Whether a call to this target can be performed: the name of an upstream, or whatever else the embedder can call.
    fn is_known(&self, target: &str) -> bool;
}

/// Where guests' log lines go.
pub trait LogSink: Send + Sync {
    /// Takes one message, cut to the plugin's limit. It may hold any text, line breaks included.
    fn log(&self, plugin: &str, level: LogLevel, message: &str);

    /// The lowest level that is wanted. Messages below it are dropped unread.
    fn level(&self) -> LogLevel {
        LogLevel::Trace
    }
}
