//! What one guest may use.

use std::time::Duration;

use crate::abi::pairs::PairLimits;

use wasmtime::ResourceLimiter;

/// Bounds for one instance. Each is generous for an honest filter and small for the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of linear memory. Default 256 MiB.
    pub memory_bytes: usize,
    /// Elements of all tables. Default 10,000.
    pub table_elements: usize,
    /// Wall-clock time of one callback; the instance is dead beyond it. Default 100 ms.
    pub callback_deadline: Duration,
    /// Wall-clock time of each start-up call, and of the last calls at shutdown. Default 5 s.
    pub start_deadline: Duration,
    /// Bytes of body held back in each direction of a stream. Default 1 MiB.
    pub buffered_body_bytes: usize,
    /// Bytes of one header list, encoded. Default 1 MiB.
    pub map_bytes: usize,
    /// Pairs in one header list. Default 1,024.
    pub map_pairs: usize,
    /// HTTP calls in flight for one stream. Default 4.
    pub calls_in_flight: usize,
    /// HTTP calls in flight that the root context started. Default 16.
    pub root_calls_in_flight: usize,
    /// Bytes of one log message; the rest is cut off. Default 8 KiB.
    pub log_message_bytes: usize,
    /// Metrics that one instance may define. Default 10,000.
    pub metrics: usize,
    /// Bytes of a metric's name. Default 256.
    pub metric_name_bytes: usize,
    /// Properties that a guest may set on one stream. Default 64.
    pub properties: usize,
    /// Bytes of a property with its path. Default 64 KiB.
    pub property_bytes: usize,
    /// Bytes of one value in shared data, with its key. Default 1 MiB.
    pub shared_value_bytes: usize,
}

impl Limits {
    pub(crate) fn pairs(&self) -> PairLimits {
        PairLimits { bytes: self.map_bytes, pairs: self.map_pairs }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory_bytes: 256 << 20,
            table_elements: 10_000,
            callback_deadline: Duration::from_millis(100),
            start_deadline: Duration::from_secs(5),
            buffered_body_bytes: 1 << 20,
            map_bytes: 1 << 20,
            map_pairs: 1_024,
            calls_in_flight: 4,
            root_calls_in_flight: 16,
            log_message_bytes: 8 << 10,
            metrics: 10_000,
            metric_name_bytes: 256,
            properties: 64,
            property_bytes: 64 << 10,
            shared_value_bytes: 1 << 20,
        }
    }
}

/// Enforces the memory bounds inside wasmtime, and remembers that it refused.
#[derive(Debug)]
pub(crate) struct Meter {
    memory_bytes: usize,
    table_elements: usize,
    /// The guest wanted more memory than it may have.
    pub(crate) exhausted: bool,
}

impl Meter {
    pub(crate) fn new(limits: &Limits) -> Self {
        let Limits { memory_bytes, table_elements, .. } = *limits;
        Self { memory_bytes, table_elements, exhausted: false }
    }
}

impl ResourceLimiter for Meter {
    fn memory_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let allowed = desired <= self.memory_bytes;
        self.exhausted |= !allowed;
        Ok(allowed)
    }

    fn table_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(desired <= self.table_elements)
    }

    fn instances(&self) -> usize {
        1
    }

    fn tables(&self) -> usize {
        // Toolchains emit one; a second is harmless.
        2
    }

    fn memories(&self) -> usize {
        1
    }
}
