//! Bounds in bytes and time.

use std::time::Duration;

use super::node::{Fields, Node};

/// How much a client, a filter and the gateway itself may take. Times are milliseconds in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// A request's head; 431 beyond it. Default 64 KiB, at least 8 KiB.
    pub request_header_bytes: usize,
    /// A request's body; 413 beyond it. Default: none, since bodies are streamed and never gathered.
    pub request_body_bytes: Option<u64>,
    /// From a complete request head to a complete response head, filters included; 504 beyond it.
    /// Default: none, the bounds below and the service's own hold.
    pub request_timeout: Option<Duration>,
    /// How long a client may send nothing: between requests, inside a head (the connection is closed)
    /// or inside a body (408); and how long it may read nothing of a response (the connection is closed,
    /// or the stream of HTTP/2 reset). The last, and the end of an HTTP/2 connection without requests,
    /// may come late, after up to twice the time. Default 60 s.
    pub idle_timeout: Duration,
    /// Clients' connections of the process; one beyond it is closed at once. Default 10,000.
    pub connections: usize,
    /// How long a filter may pause a request or response; 504 beyond it. Default 30 s.
    pub pause_timeout: Duration,
    /// How long requests may go on once a shutdown has begun. Default 30 s.
    pub shutdown_timeout: Duration,
    /// One callback of a filter; its instance is dead beyond it. Default 100 ms.
    pub callback_timeout: Duration,
    /// Memory of one instance of a filter. Default 256 MiB.
    pub filter_memory_bytes: usize,
    /// Body that a filter may hold back (413 beyond it), and the body of a call's answer. Default 1 MiB.
    pub buffered_body_bytes: usize,
    /// Shared data of all filters, with about 100 bytes more for each entry. Default 256 MiB. Read at the start only.
    pub shared_data_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            request_header_bytes: 64 << 10,
            request_body_bytes: None,
            request_timeout: None,
            idle_timeout: Duration::from_secs(60),
            connections: 10_000,
            pause_timeout: Duration::from_secs(30),
            shutdown_timeout: Duration::from_secs(30),
            callback_timeout: Duration::from_millis(100),
            filter_memory_bytes: 256 << 20,
            buffered_body_bytes: 1 << 20,
            shared_data_bytes: 256 << 20,
        }
    }
}

pub(super) fn limits(node: &Node<'_>) -> Limits {
    let default = Limits::default();
    let Some(fields) = node.fields(KEYS) else { return default };
    Limits {
        request_header_bytes: number(&fields, "request_header_bytes", 8 << 10, 1 << 20)
            .unwrap_or(default.request_header_bytes),
        request_body_bytes: fields.optional("request_body_bytes").and_then(|node| node.integer(0, u64::MAX)),
        request_timeout: time(&fields, "request_timeout"),
        idle_timeout: time(&fields, "idle_timeout").unwrap_or(default.idle_timeout),
        connections: number(&fields, "connections", 1, 1_000_000).unwrap_or(default.connections),
        pause_timeout: time(&fields, "pause_timeout").unwrap_or(default.pause_timeout),
        shutdown_timeout: time(&fields, "shutdown_timeout").unwrap_or(default.shutdown_timeout),
        callback_timeout: time(&fields, "callback_timeout").unwrap_or(default.callback_timeout),
        filter_memory_bytes: number(&fields, "filter_memory_bytes", 1 << 20, 1 << 30)
            .unwrap_or(default.filter_memory_bytes),
        buffered_body_bytes: number(&fields, "buffered_body_bytes", 1 << 10, 1 << 30)
            .unwrap_or(default.buffered_body_bytes),
        shared_data_bytes: number(&fields, "shared_data_bytes", 1 << 20, 1 << 40)
            .unwrap_or(default.shared_data_bytes),
    }
}

fn number(fields: &Fields<'_>, key: &str, least: u64, most: u64) -> Option<usize> {
    let number = fields.optional(key).and_then(|node| node.integer(least, most))?;
    usize::try_from(number).ok()
}

fn time(fields: &Fields<'_>, key: &str) -> Option<Duration> {
    let millis = fields.optional(key).and_then(|node| node.integer(1, DAY_MILLIS))?;
    Some(Duration::from_millis(millis))
}

const KEYS: &[&str] = &[
    "request_header_bytes",
    "request_body_bytes",
    "request_timeout",
    "idle_timeout",
    "connections",
    "pause_timeout",
    "shutdown_timeout",
    "callback_timeout",
    "filter_memory_bytes",
    "buffered_body_bytes",
    "shared_data_bytes",
];
const DAY_MILLIS: u64 = 86_400_000;
