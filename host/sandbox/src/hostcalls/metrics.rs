//! Counters, gauges and histograms.

use std::sync::Arc;

use super::{Guest, Result, Status, read, write_u32};
use crate::abi::memory::write_u64;
use crate::abi::types::MetricKind;
use crate::metrics::Metric;
use crate::quirks::{self, Quirk};
use crate::state::State;

/// Each call answers another id, also for a name that was defined before: both mean the same metric.
pub(super) fn proxy_define_metric(
    guest: &mut Guest<'_>,
    (kind, name, name_len, out): (u32, u32, u32, u32),
) -> Result<Status> {
    let (memory, state) = guest.parts();
    let name = std::str::from_utf8(read(memory, name, name_len)?);
    let limits = &state.plugin.limits;
    let longest = if state.has(Quirk::MetricTraps) { usize::MAX } else { limits.metric_name_bytes };
    let name = name.ok().filter(|name| !name.is_empty() && name.len() <= longest);
    let (Some(kind), Some(name)) = (MetricKind::from_abi(kind), name) else {
        return Ok(Status::BadArgument);
    };
    if state.has(Quirk::MetricByName) {
        let id = quirks::metrics::define(state, kind, name)?;
        write_u32(memory, out, id)?;
        return Ok(Status::Ok);
    }
    if state.metrics.len() >= limits.metrics {
        return Ok(Status::InternalFailure);
    }
    let Ok(metric) = state.environment.shared.metrics.define(kind, name) else {
        return Ok(Status::InternalFailure);
    };
    state.metrics.push(metric);
    write_u32(memory, out, u32::try_from(state.metrics.len())?)?;
    Ok(Status::Ok)
}

pub(super) fn proxy_increment_metric(guest: &mut Guest<'_>, (id, offset): (u32, i64)) -> Result<Status> {
    let state = guest.state();
    if state.has(Quirk::MetricTraps) {
        quirks::metrics::increment(metric(state, id), offset)?;
        return Ok(Status::Ok);
    }
    Ok(match metric(state, id).map(|metric| metric.increment(offset)) {
        None => Status::NotFound,
        Some(Err(_)) => Status::BadArgument,
        Some(Ok(())) => Status::Ok,
    })
}

pub(super) fn proxy_record_metric(guest: &mut Guest<'_>, (id, value): (u32, u64)) -> Result<Status> {
    let state = guest.state();
    if state.has(Quirk::MetricTraps) {
        quirks::metrics::record(metric(state, id), value)?;
        return Ok(Status::Ok);
    }
    let Some(metric) = metric(state, id) else {
        return Ok(Status::NotFound);
    };
    metric.record(value);
    Ok(Status::Ok)
}

pub(super) fn proxy_get_metric(guest: &mut Guest<'_>, (id, out): (u32, u32)) -> Result<Status> {
    let (memory, state) = guest.parts();
    if state.has(Quirk::MetricTraps) {
        write_u64(memory, out, quirks::metrics::value(metric(state, id))?)?;
        return Ok(Status::Ok);
    }
    let Some(metric) = metric(state, id) else {
        return Ok(Status::NotFound);
    };
    let Ok(value) = metric.value() else {
        return Ok(Status::BadArgument);
    };
    write_u64(memory, out, value)?;
    Ok(Status::Ok)
}

fn metric(state: &State, id: u32) -> Option<&Metric> {
    let place = usize::try_from(id.checked_sub(1)?).ok()?;
    state.metrics.get(place).map(Arc::as_ref)
}
