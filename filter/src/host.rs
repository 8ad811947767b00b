//! What the filter asks of the engine, as safe functions.
//!
//! Every status of the engine becomes a [`Result`]. The SDK's own getters panic on a status that they do not
//! expect and on names that are not UTF-8, and a panic kills the VM with all of its requests.

use claimgate_policy::Denial;
use claimgate_policy::headers::HeaderEdit;
use claimgate_policy::step::HttpCall;
use std::fmt;

/// The host functions that this filter uses (Proxy-Wasm ABI 0.2.1).
pub(crate) trait Host {
    /// Writes one line to the engine's log. A line that the engine does not take is lost.
    fn log(&self, level: Level, line: &str);

    /// Nanoseconds since 1970-01-01T00:00:00Z.
    fn now(&self) -> Result<u64, HostError>;

    /// The plugin's config, `size` bytes; valid while the engine configures the plugin.
    fn plugin_configuration(&self, size: usize) -> Result<Vec<u8>, HostError>;

    /// A variable of the environment that the engine gives to the filter: its own on Kong's engine, and on Envoy those
    /// that `vm_config` names.
    fn variable(&self, name: &str) -> Result<String, HostError>;

    /// A header map in the engine's encoding, see [`crate::hostcalls::pairs`].
    fn pairs(&self, map: HeaderMap) -> Result<Vec<u8>, HostError>;

    /// Performs one edit of a header map.
    fn edit_header(&self, map: HeaderMap, edit: &HeaderEdit) -> Result<(), HostError>;

    /// The first `at_most` bytes of the request's body, as far as the engine has it; only right while a body or
    /// trailers are handed over.
    fn request_body(&self, at_most: usize) -> Result<Vec<u8>, HostError>;

    /// Puts `body` in the place of the request's first `held` bytes of body.
    fn replace_request_body(&self, held: usize, body: &[u8]) -> Result<(), HostError>;

    /// Answers the client. `headers` is an encoded map.
    fn send_local_response(&self, status: u16, headers: &[u8], body: &[u8]) -> Result<(), HostError>;

    /// A property of the request, the connection or the engine.
    fn property(&self, path: &[&str]) -> Result<Vec<u8>, HostError>;

    /// Defines a counter, or finds it if it exists.
    fn define_counter(&self, name: &str) -> Result<CounterId, HostError>;

    /// Adds one to a counter.
    fn increment(&self, counter: CounterId) -> Result<(), HostError>;

    /// What a counter has come to, in all workers together.
    fn count(&self, counter: CounterId) -> Result<u64, HostError>;

    /// Defines a gauge, or finds it if it exists. Not on every engine: see [`Capabilities::gauges`].
    ///
    /// [`Capabilities::gauges`]: claimgate_policy::capabilities::Capabilities::gauges
    fn define_gauge(&self, name: &str) -> Result<GaugeId, HostError>;

    /// Sets a gauge.
    fn set_gauge(&self, gauge: GaugeId, value: u64) -> Result<(), HostError>;

    /// A value in shared data, and the number that its next write has to know. Kong's engine traps if it has no room for
    /// shared data.
    fn shared_data(&self, name: &str) -> Result<(Vec<u8>, u32), HostError>;

    /// Writes a value into shared data if the present one has the number `cas`; with 0, if there is none, or, on Envoy,
    /// in any case.
    fn set_shared_data(&self, name: &str, value: &[u8], cas: u32) -> Result<(), HostError>;

    /// Has `on_tick` called this often, milliseconds. Kong's engine takes it once for each root context.
    fn set_tick_period(&self, milliseconds: u32) -> Result<(), HostError>;

    /// Makes a call; its outcome comes back to the context that is active, under the number that is returned.
    fn http_call(&self, call: &HttpCall) -> Result<u32, HostError>;

    /// Makes the context with this number the one that the other functions act on, up to the end of the callback.
    fn enter(&self, context: u32) -> Result<(), HostError>;

    /// Lets the request go on that the active context holds.
    fn resume_request(&self) -> Result<(), HostError>;

    /// The first `at_most` bytes of the body that a call was answered with; only right while the outcome is handed over.
    fn call_body(&self, at_most: usize) -> Result<Vec<u8>, HostError>;

    /// Calls a function that this engine offers beside the ABI. Kong's engine traps if it does not know the name.
    fn call_foreign_function(&self, name: &str, argument: &[u8]) -> Result<Vec<u8>, HostError>;
}

/// How grave a log line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    Info,
    Warn,
    Error,
}

/// The header maps that this filter reads and edits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HeaderMap {
    Request,
    RequestTrailers,
    Response,
    /// Of the answer to a call.
    CallResponse,
}

/// A counter's id, as the engine gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CounterId(pub(crate) u32);

/// A gauge's id, likewise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct GaugeId(pub(crate) u32);

/// Why the engine did not do what it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HostError {
    NotFound,
    BadArgument,
    SerializationFailure,
    ParseFailure,
    Empty,
    CasMismatch,
    InternalFailure,
    /// A status that the ABI's text names for no function that is used here.
    Other(i32),
}

impl HostError {
    /// From a status; `Ok` for 0.
    pub(crate) fn check(status: i32) -> Result<(), Self> {
        match status {
            0 => Ok(()),
            1 => Err(Self::NotFound),
            2 => Err(Self::BadArgument),
            3 => Err(Self::SerializationFailure),
            4 => Err(Self::ParseFailure),
            7 => Err(Self::Empty),
            8 => Err(Self::CasMismatch),
            10 => Err(Self::InternalFailure),
            other => Err(Self::Other(other)),
        }
    }
}

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => f.write_str("not found"),
            Self::BadArgument => f.write_str("bad argument"),
            Self::SerializationFailure => f.write_str("serialization failure"),
            Self::ParseFailure => f.write_str("parse failure"),
            Self::Empty => f.write_str("empty"),
            Self::CasMismatch => f.write_str("cas mismatch"),
            Self::InternalFailure => f.write_str("internal failure"),
            Self::Other(status) => write!(f, "status {status}"),
        }
    }
}

/// The refusal of a request for which the engine did not do its part. `what` is the reason that is recorded; the
/// engine's own word goes to the log.
pub(crate) fn failed(host: &dyn Host, what: &'static str, error: impl fmt::Display) -> Denial {
    host.log(Level::Error, &format!("claimgate: {what}: {error}"));
    Denial::Internal { what }
}

#[cfg(test)]
pub(crate) mod double;
#[cfg(test)]
mod tests;
