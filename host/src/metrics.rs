//! What the gateway counts of itself. One for the process; no locks.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use http::StatusCode;

/// All counters.
#[derive(Debug, Default)]
pub(crate) struct Stats {
    /// Responses by the first digit of the status, from 1 on.
    responses: [AtomicU64; 5],
    connections: AtomicUsize,
    refused_connections: AtomicU64,
    upstream: Latencies,
    instances_started: AtomicU64,
    instances_lost: AtomicU64,
    empty_seats: AtomicUsize,
    spares: AtomicUsize,
    reloads: AtomicU64,
    refused_reloads: AtomicU64,
}

impl Stats {
    pub(crate) fn response(&self, status: StatusCode) {
        let class = usize::from(status.as_u16() / 100).checked_sub(1);
        if let Some(counter) = class.and_then(|class| self.responses.get(class)) {
            counter.fetch_add(1, Relaxed);
        }
    }

    pub(crate) fn connection_opened(&self) {
        self.connections.fetch_add(1, Relaxed);
    }

    pub(crate) fn connection_closed(&self) {
        self.connections.fetch_sub(1, Relaxed);
    }

    pub(crate) fn connection_refused(&self) {
        self.refused_connections.fetch_add(1, Relaxed);
    }

    pub(crate) fn upstream_answered(&self, after: Duration) {
        self.upstream.record(after);
    }

    pub(crate) fn instance_started(&self) {
        self.instances_started.fetch_add(1, Relaxed);
    }

    pub(crate) fn instance_lost(&self) {
        self.instances_lost.fetch_add(1, Relaxed);
    }

    pub(crate) fn seat_emptied(&self) {
        self.empty_seats.fetch_add(1, Relaxed);
    }

    pub(crate) fn seat_filled(&self) {
        self.empty_seats.fetch_sub(1, Relaxed);
    }

    pub(crate) fn spare_added(&self) {
        self.spares.fetch_add(1, Relaxed);
    }

    pub(crate) fn spare_gone(&self) {
        self.spares.fetch_sub(1, Relaxed);
    }

    pub(crate) fn reloaded(&self, accepted: bool) {
        let counter = if accepted { &self.reloads } else { &self.refused_reloads };
        counter.fetch_add(1, Relaxed);
    }

    /// Whether every filter of every worker has an instance.
    pub(crate) fn is_ready(&self) -> bool {
        self.empty_seats.load(Relaxed) == 0
    }

    /// All numbers, as they are now.
    pub(crate) fn snapshot(&self) -> Snapshot {
        let (latency_buckets, latency_sum) = self.upstream.snapshot();
        Snapshot {
            responses: self.responses.each_ref().map(|counter| counter.load(Relaxed)),
            connections: self.connections.load(Relaxed),
            refused_connections: self.refused_connections.load(Relaxed),
            latency_buckets,
            latency_sum,
            instances_started: self.instances_started.load(Relaxed),
            instances_lost: self.instances_lost.load(Relaxed),
            empty_seats: self.empty_seats.load(Relaxed),
            spares: self.spares.load(Relaxed),
            reloads: self.reloads.load(Relaxed),
            refused_reloads: self.refused_reloads.load(Relaxed),
        }
    }
}

/// See [`Stats`].
#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(crate) responses: [u64; 5],
    pub(crate) connections: usize,
    pub(crate) refused_connections: u64,
    /// Counts, not yet added up; the last is above all bounds.
    pub(crate) latency_buckets: [u64; LATENCY_BOUNDS.len() + 1],
    pub(crate) latency_sum: Duration,
    pub(crate) instances_started: u64,
    pub(crate) instances_lost: u64,
    pub(crate) empty_seats: usize,
    pub(crate) spares: usize,
    pub(crate) reloads: u64,
    pub(crate) refused_reloads: u64,
}

#[derive(Debug, Default)]
struct Latencies {
    buckets: [AtomicU64; LATENCY_BOUNDS.len() + 1],
    sum_micros: AtomicU64,
}

impl Latencies {
    fn record(&self, latency: Duration) {
        let micros = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
        let at = LATENCY_BOUNDS.partition_point(|bound| *bound < micros);
        if let Some(bucket) = self.buckets.get(at) {
            bucket.fetch_add(1, Relaxed);
        }
        self.sum_micros.fetch_add(micros, Relaxed);
    }

    fn snapshot(&self) -> ([u64; LATENCY_BOUNDS.len() + 1], Duration) {
        let sum = Duration::from_micros(self.sum_micros.load(Relaxed));
        (self.buckets.each_ref().map(|bucket| bucket.load(Relaxed)), sum)
    }
}

/// Upper bounds in microseconds.
pub(crate) const LATENCY_BOUNDS: [u64; 14] = [
    500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000,
    5_000_000, 10_000_000,
];
