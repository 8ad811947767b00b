//! Requests, counted by service, outcome and reason:
//! `claimgate.requests.service.<service>.outcome.<permitted|reported|denied|answered>.reason.<reason|none>`. The reason
//! of a request that was permitted without a token is its grounds, `anonymous` or `preflight`, and of one that the gateway
//! answered itself what it did, such as `logged_in`.
//!
//! The engine keeps every name for ever, so names come from the config and from the list of reasons alone, never
//! from a client. A request that no service claims counts as service `none`.

use crate::host::{CounterId, Host, Level};
use claimgate_policy::gate::Outcome;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Counters by service and reason. Each is defined when it is first needed; then a count is two look-ups, without
/// an allocation.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    services: RefCell<BTreeMap<Option<Arc<str>>, Reasons>>,
}

/// By reason. `None`: the engine would not define the counter, and is not asked again.
type Reasons = BTreeMap<&'static str, Option<CounterId>>;

impl Metrics {
    /// Counts one request. Never fails: a lost count is no reason to refuse, and none to forward.
    pub(crate) fn count(&self, host: &dyn Host, service: &Option<Arc<str>>, outcome: &Outcome) {
        let Some(counter) = self.counter(host, service, outcome) else { return };
        // Lost if it fails; the engine defined the counter itself.
        let _lost = host.increment(counter);
    }

    fn counter(&self, host: &dyn Host, service: &Option<Arc<str>>, outcome: &Outcome) -> Option<CounterId> {
        let reason = outcome.label().unwrap_or(NONE);
        let mut services = self.services.try_borrow_mut().ok()?;
        if let Some(known) = services.get(service).and_then(|reasons| reasons.get(reason)) {
            return *known;
        }
        let counter = define(host, &name(service.as_deref(), outcome.name(), reason));
        services.entry(service.clone()).or_default().insert(reason, counter);
        counter
    }
}

fn define(host: &dyn Host, name: &str) -> Option<CounterId> {
    host.define_counter(name)
        .inspect_err(|error| host.log(Level::Warn, &format!("claimgate: no counter {name}: {error}")))
        .ok()
}

fn name(service: Option<&str>, outcome: &str, reason: &str) -> String {
    let service = part(service.unwrap_or(NONE));
    format!("claimgate.requests.service.{service}.outcome.{outcome}.reason.{reason}")
}

/// A name of the config as a part of a metric's.
pub(crate) fn part(name: &str) -> String {
    name.chars().take(LONGEST_PART).map(plain).collect()
}

/// Dots separate the parts of a name, and engines turn names into paths and labels. No config has two services whose
/// names would become one here.
fn plain(character: char) -> char {
    if character.is_ascii_alphanumeric() || matches!(character, '_' | '-') { character } else { '_' }
}

/// What stands for an absent service or reason.
const NONE: &str = "none";

/// Characters of a name of the config in a metric's: Kong's engine traps on names above 256.
const LONGEST_PART: usize = 100;

#[cfg(test)]
mod tests;
