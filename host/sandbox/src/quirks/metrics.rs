//! Metrics: one for each name, and a trap where Envoy would answer with an error.

use std::sync::Arc;

use wasmtime::{Result, format_err};

#[cfg(doc)]
use super::Quirk;
use crate::abi::types::MetricKind;
use crate::metrics::Metric;
use crate::state::State;

/// The id of the metric of this name, whatever its kind.
pub(crate) fn define(state: &mut State, kind: MetricKind, name: &str) -> Result<u32> {
    let full = name.len().saturating_add(state.plugin.name.len()).saturating_add(PREFIX.len());
    if full > LONGEST_NAME || state.metrics.len() >= state.plugin.limits.metrics {
        return Err(format_err!("expected a shorter name, or fewer metrics, got {name}"));
    }
    let metric = state.environment.shared.metrics.define_any(kind, name)?;
    let place = match state.metrics.iter().position(|known| Arc::ptr_eq(known, &metric)) {
        Some(place) => place,
        None => {
            state.metrics.push(metric);
            state.metrics.len().saturating_sub(1)
        }
    };
    Ok(u32::try_from(place.saturating_add(1))?)
}

/// Adds to a counter, which may be lowered: [`Quirk::CounterLowers`].
pub(crate) fn increment(metric: Option<&Metric>, offset: i64) -> Result<()> {
    match metric.filter(|metric| metric.kind() == MetricKind::Counter) {
        Some(counter) => {
            counter.add(offset);
            Ok(())
        }
        None => Err(format_err!("expected the id of a counter")),
    }
}

/// Records a value in a gauge or a histogram.
pub(crate) fn record(metric: Option<&Metric>, value: u64) -> Result<()> {
    match metric.filter(|metric| metric.kind() != MetricKind::Counter) {
        Some(metric) => {
            metric.record(value);
            Ok(())
        }
        None => Err(format_err!("expected the id of a gauge or a histogram")),
    }
}

/// The value of a counter or a gauge.
pub(crate) fn value(metric: Option<&Metric>) -> Result<u64> {
    let metric = metric.ok_or_else(|| format_err!("expected the id of a metric"))?;
    Ok(metric.value()?)
}

/// What stands before a name, beside the filter's own.
const PREFIX: &str = "pw::";
const LONGEST_NAME: usize = 256;
