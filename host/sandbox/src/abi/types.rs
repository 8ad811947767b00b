//! The ABI's enumerations. A number that is not listed is `None`, which becomes BAD_ARGUMENT.

use std::fmt;

/// A version of the Proxy-Wasm ABI, as a guest marks it with an exported function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AbiVersion {
    /// 0.1.0: known only to refuse it with a clear error.
    V0_1_0,
    /// 0.2.0.
    V0_2_0,
    /// 0.2.1, which adds `proxy_get_log_level`.
    V0_2_1,
}

impl AbiVersion {
    /// The version that an export called `name` announces.
    pub(crate) fn from_marker(name: &str) -> Option<Self> {
        match name {
            "proxy_abi_version_0_1_0" => Some(Self::V0_1_0),
            "proxy_abi_version_0_2_0" => Some(Self::V0_2_0),
            "proxy_abi_version_0_2_1" => Some(Self::V0_2_1),
            _ => None,
        }
    }
}

impl fmt::Display for AbiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V0_1_0 => "0.1.0",
            Self::V0_2_0 => "0.2.0",
            Self::V0_2_1 => "0.2.1",
        })
    }
}

/// How important a guest's log line is, least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LogLevel {
    /// Level 0.
    Trace,
    /// Level 1.
    Debug,
    /// Level 2.
    Info,
    /// Level 3.
    Warn,
    /// Level 4.
    Error,
    /// Level 5.
    Critical,
}

impl LogLevel {
    pub(crate) fn from_abi(level: u32) -> Option<Self> {
        [Self::Trace, Self::Debug, Self::Info, Self::Warn, Self::Error, Self::Critical]
            .get(usize::try_from(level).ok()?)
            .copied()
    }

    /// The level's name in lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Trace => "trace",
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for LogLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One of the two halves of an HTTP stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From the client to the upstream.
    Request,
    /// From the upstream, or from a local response, to the client.
    Response,
}

impl Direction {
    pub(crate) fn from_stream_type(number: u32) -> Option<Self> {
        match number {
            0 => Some(Self::Request),
            1 => Some(Self::Response),
            _ => None,
        }
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Request => "request",
            Self::Response => "response",
        })
    }
}

/// Which list of headers a map function means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MapType {
    Headers(Direction),
    Trailers(Direction),
    GrpcMetadata,
    CallHeaders,
    CallTrailers,
}

impl MapType {
    pub(crate) fn from_abi(number: u32) -> Option<Self> {
        Some(match number {
            0 => Self::Headers(Direction::Request),
            1 => Self::Trailers(Direction::Request),
            2 => Self::Headers(Direction::Response),
            3 => Self::Trailers(Direction::Response),
            4 | 5 => Self::GrpcMetadata,
            6 => Self::CallHeaders,
            7 => Self::CallTrailers,
            _ => return None,
        })
    }
}

/// Which bytes a buffer function means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BufferType {
    Body(Direction),
    CallBody,
    VmConfiguration,
    PluginConfiguration,
    /// Connection data, gRPC messages and foreign calls into the guest: this host never has them.
    Absent,
}

impl BufferType {
    pub(crate) fn from_abi(number: u32) -> Option<Self> {
        Some(match number {
            0 => Self::Body(Direction::Request),
            1 => Self::Body(Direction::Response),
            4 => Self::CallBody,
            6 => Self::VmConfiguration,
            7 => Self::PluginConfiguration,
            2 | 3 | 5 | 8 => Self::Absent,
            _ => return None,
        })
    }
}

/// What the guest answers to a callback on a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    Continue,
    Pause,
}

impl Action {
    /// Only 0 opens the gate; every other number pauses.
    pub(crate) fn from_abi(number: u32) -> Self {
        if number == 0 { Self::Continue } else { Self::Pause }
    }
}

/// What a metric measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MetricKind {
    /// Only grows.
    Counter,
    /// The latest value.
    Gauge,
    /// A distribution of values.
    Histogram,
}

impl MetricKind {
    pub(crate) fn from_abi(number: u32) -> Option<Self> {
        match number {
            0 => Some(Self::Counter),
            1 => Some(Self::Gauge),
            2 => Some(Self::Histogram),
            _ => None,
        }
    }
}
