//! What operators should see to in time, whether requests come or not: secrets that run out, and clocks that differ.
//!
//! | gauge | value |
//! |---|---|
//! | `claimgate.client.<id>.secret_days_left` | whole days, the fewest where several sources have such a client; 0 also where it is too late |
//! | `claimgate.provider.<source>.clock_ahead_seconds` | how far the provider's clock is ahead of the engine's, 0 where it is not |
//! | `claimgate.provider.<source>.clock_behind_seconds` | the same for one that is behind |
//!
//! Names come from the config. A gauge holds no number below 0, so there are two for a clock.

use crate::host::{GaugeId, Host, Level};
use crate::metrics::part;
use crate::request::now;
use claimgate_policy::World;
use claimgate_policy::time::UnixTime;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

/// What was done about it so far.
#[derive(Debug, Default)]
pub(crate) struct Upkeep {
    next: Cell<Option<UnixTime>>,
    /// By name. `None`: the engine would not define it, and is not asked again.
    gauges: RefCell<BTreeMap<String, Option<GaugeId>>>,
}

impl Upkeep {
    /// Looks after everything, at the first call and then once a minute.
    pub(crate) fn tick(&self, host: &dyn Host, world: &World<'_>) {
        let Ok(now) = now(host) else { return };
        if self.next.get().is_some_and(|next| now < next) {
            return;
        }
        self.next.set(Some(now.plus(MINUTE)));
        for expiry in world.memory.reminders.due(world.policy.config(), now) {
            host.log(Level::Warn, &format!("claimgate: {expiry}"));
        }
        if world.engine.gauges {
            values(world, now).iter().for_each(|(name, value)| self.set(host, name, *value));
        }
    }

    fn set(&self, host: &dyn Host, name: &str, value: u64) {
        let Ok(mut gauges) = self.gauges.try_borrow_mut() else { return };
        let gauge = *gauges.entry(name.to_owned()).or_insert_with(|| {
            host.define_gauge(name)
                .inspect_err(|error| host.log(Level::Warn, &format!("claimgate: no gauge {name}: {error}")))
                .ok()
        });
        if let Some(gauge) = gauge {
            // Lost if it fails; the next one comes in a minute.
            let _lost = host.set_gauge(gauge, value);
        }
    }
}

/// Names that would become one have the value that is worse.
fn values(world: &World<'_>, now: UnixTime) -> BTreeMap<String, u64> {
    let mut values = BTreeMap::new();
    for expiry in world.policy.config().secret_expiries(now) {
        let days = u64::try_from(expiry.days).unwrap_or(0);
        let least = values.entry(format!("claimgate.client.{}.secret_days_left", part(expiry.client)));
        least.and_modify(|least: &mut u64| *least = days.min(*least)).or_insert(days);
    }
    for provider in world.memory.providers.iter() {
        let Some(offset) = provider.offset() else { continue };
        let source = part(provider.source().id.as_str());
        for (side, seconds) in [("ahead", offset), ("behind", offset.saturating_neg())] {
            let seconds = u64::try_from(seconds).unwrap_or(0);
            let most = values.entry(format!("claimgate.provider.{source}.clock_{side}_seconds"));
            most.and_modify(|most| *most = seconds.max(*most)).or_insert(seconds);
        }
    }
    values
}

const MINUTE: i64 = 60;

#[cfg(test)]
mod tests;
