//! Metrics that guests define. One registry for the process; instances share them by name.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, PoisonError, RwLock};
use std::{error::Error, fmt};

use crate::abi::types::MetricKind;

/// All metrics of a process, by kind and name.
#[derive(Debug, Default)]
pub struct Metrics {
    registry: RwLock<BTreeMap<Key, Arc<Metric>>>,
}

impl Metrics {
    /// The metric of this kind and name, made at the first call.
    pub fn define(&self, kind: MetricKind, name: &str) -> Result<Arc<Metric>, MetricError> {
        let mut registry = self.registry.write().unwrap_or_else(PoisonError::into_inner);
        let key = Key { name: name.into(), kind };
        if let Some(metric) = registry.get(&key) {
            return Ok(Arc::clone(metric));
        }
        if registry.len() >= CAPACITY {
            return Err(MetricError::TooMany { limit: CAPACITY });
        }
        let metric = Arc::new(Metric::new(kind));
        registry.insert(key, Arc::clone(&metric));
        Ok(metric)
    }

    /// The metric of this name, whatever its kind; one of this kind if there is none.
    pub(crate) fn define_any(&self, kind: MetricKind, name: &str) -> Result<Arc<Metric>, MetricError> {
        let registry = self.registry.read().unwrap_or_else(PoisonError::into_inner);
        let known = registry.iter().find(|(key, _)| *key.name == *name).map(|(key, _)| key.kind);
        drop(registry);
        self.define(known.unwrap_or(kind), name)
    }

    /// All metrics with their present values, ordered by name.
    pub fn snapshot(&self) -> Vec<MetricSnapshot> {
        let registry = self.registry.read().unwrap_or_else(PoisonError::into_inner);
        registry
            .iter()
            .map(|(key, metric)| MetricSnapshot { name: key.name.to_string(), value: metric.snapshot() })
            .collect()
    }
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    name: Box<str>,
    kind: MetricKind,
}

/// A counter, a gauge or a histogram.
#[derive(Debug)]
pub struct Metric {
    cell: Cell,
}

impl Metric {
    fn new(kind: MetricKind) -> Self {
        let cell = match kind {
            MetricKind::Counter => Cell::Counter(AtomicU64::new(0)),
            MetricKind::Gauge => Cell::Gauge(AtomicU64::new(0)),
            MetricKind::Histogram => Cell::Histogram(Histogram::default()),
        };
        Self { cell }
    }

    pub(crate) fn kind(&self) -> MetricKind {
        match &self.cell {
            Cell::Counter(_) => MetricKind::Counter,
            Cell::Gauge(_) => MetricKind::Gauge,
            Cell::Histogram(_) => MetricKind::Histogram,
        }
    }

    /// Adds to a counter, or takes from it.
    pub(crate) fn add(&self, offset: i64) {
        match &self.cell {
            Cell::Counter(value) if offset < 0 => drop(lower(value, offset.unsigned_abs())),
            _ => self.record(offset.unsigned_abs()),
        }
    }

    /// Adds to a counter (only more than 0) or to a gauge (which a negative number lowers, to 0 at least).
    pub fn increment(&self, offset: i64) -> Result<(), MetricError> {
        let amount = offset.unsigned_abs();
        match &self.cell {
            Cell::Counter(value) if offset > 0 => value.fetch_add(amount, Relaxed),
            Cell::Gauge(value) if offset > 0 => value.fetch_add(amount, Relaxed),
            Cell::Gauge(value) => lower(value, amount),
            Cell::Counter(_) => return Err(MetricError::NotPositive { found: offset }),
            Cell::Histogram(_) => return Err(MetricError::NotForHistograms),
        };
        Ok(())
    }

    /// Sets a gauge, adds to a counter, or records a value in a histogram.
    pub fn record(&self, value: u64) {
        match &self.cell {
            Cell::Counter(sum) => {
                sum.fetch_add(value, Relaxed);
            }
            Cell::Gauge(latest) => latest.store(value, Relaxed),
            Cell::Histogram(histogram) => histogram.record(value),
        }
    }

    /// The value of a counter or gauge.
    pub fn value(&self) -> Result<u64, MetricError> {
        match &self.cell {
            Cell::Counter(value) | Cell::Gauge(value) => Ok(value.load(Relaxed)),
            Cell::Histogram(_) => Err(MetricError::NotForHistograms),
        }
    }

    fn snapshot(&self) -> MetricValue {
        match &self.cell {
            Cell::Counter(value) => MetricValue::Counter(value.load(Relaxed)),
            Cell::Gauge(value) => MetricValue::Gauge(value.load(Relaxed)),
            Cell::Histogram(histogram) => histogram.snapshot(),
        }
    }
}

#[derive(Debug)]
enum Cell {
    Counter(AtomicU64),
    Gauge(AtomicU64),
    Histogram(Histogram),
}

#[derive(Debug, Default)]
struct Histogram {
    sum: AtomicU64,
    /// One more than there are bounds: the last counts what is above them all.
    buckets: [AtomicU64; BOUNDS.len() + 1],
}

impl Histogram {
    fn record(&self, value: u64) {
        let at = BOUNDS.partition_point(|bound| *bound < value);
        if let Some(bucket) = self.buckets.get(at) {
            bucket.fetch_add(1, Relaxed);
        }
        self.sum.fetch_add(value, Relaxed);
    }

    fn snapshot(&self) -> MetricValue {
        let mut count = 0_u64;
        let mut counts = self.buckets.iter().map(|bucket| {
            count = count.wrapping_add(bucket.load(Relaxed));
            count
        });
        let buckets = BOUNDS.into_iter().zip(counts.by_ref()).collect();
        let _above = counts.next();
        MetricValue::Histogram { count, sum: self.sum.load(Relaxed), buckets }
    }
}

/// A metric as it was at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricSnapshot {
    /// The name that the guest gave. Nothing restricts its characters.
    pub name: String,
    /// Kind and value.
    pub value: MetricValue,
}

/// A metric's kind and value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MetricValue {
    /// The sum of all increments.
    Counter(u64),
    /// The latest value.
    Gauge(u64),
    /// A distribution.
    Histogram {
        /// How many values were recorded.
        count: u64,
        /// Their sum.
        sum: u64,
        /// (upper bound, how many values were not above it), bounds ascending; all values are in `count`.
        buckets: Vec<(u64, u64)>,
    },
}

/// Why a metric was not made, changed or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricError {
    /// The process has as many metrics as it may.
    TooMany {
        /// The bound.
        limit: usize,
    },
    /// A counter can only grow.
    NotPositive {
        /// The increment.
        found: i64,
    },
    /// A histogram has no single value and cannot be incremented.
    NotForHistograms,
}

impl fmt::Display for MetricError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMany { limit } => write!(f, "expected at most {limit} metrics; make fewer names"),
            Self::NotPositive { found } => write!(f, "expected an increment of more than 0, got {found}"),
            Self::NotForHistograms => f.write_str("expected a counter or a gauge, got a histogram"),
        }
    }
}

impl Error for MetricError {}

fn lower(value: &AtomicU64, amount: u64) -> u64 {
    value.fetch_update(Relaxed, Relaxed, |now| Some(now.saturating_sub(amount))).unwrap_or_default()
}

/// Metrics of a process: names live for ever, so a filter that makes them from requests must hit a wall.
const CAPACITY: usize = 10_000;

/// Envoy's default bounds, without the fractions that whole numbers cannot tell apart.
const BOUNDS: [u64; 18] = [
    1, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000, 600_000,
    1_800_000, 3_600_000,
];

#[cfg(test)]
mod tests;
