//! The clock, and the timer behind `proxy_on_tick`.

use std::time::Duration;

use super::{Guest, Result, Status};
use crate::abi::memory::write_u64;
use crate::effect::Effect;
use crate::quirks::Quirk;

use wasmtime::format_err;

pub(super) fn proxy_get_current_time_nanoseconds(guest: &mut Guest<'_>, (out,): (u32,)) -> Result<Status> {
    let (memory, state) = guest.parts();
    write_u64(memory, out, state.environment.clock.unix_nanos())?;
    Ok(Status::Ok)
}

/// 0 stops the timer; another period replaces the one before. Legal in every context, as in Envoy.
pub(super) fn proxy_set_tick_period_milliseconds(guest: &mut Guest<'_>, (period,): (u32,)) -> Result<Status> {
    let state = guest.state();
    if state.has(Quirk::TickOnce) && (state.stream().is_some() || state.ticks && period != 0) {
        return Err(format_err!("expected the timer to be set once, in the root context"));
    }
    state.ticks |= period != 0;
    let period = (period != 0).then(|| Duration::from_millis(period.into()));
    guest.state().effects.push(Effect::TickEvery(period));
    Ok(Status::Ok)
}
