//! The engine's shared data, as the core reads and writes it.

use crate::host::{CounterId, Host, HostError, Level};
use claimgate_policy::shared::{CHANGES, Found, SharedData, SharedDataMut, Unavailable};
use std::rc::Rc;

/// Shared data, and the counter of its changes.
pub(crate) struct EngineData {
    host: Rc<dyn Host>,
    /// `None` where the engine does not define it: shared data is then read at each request.
    changes: Option<CounterId>,
}

impl EngineData {
    /// Without the counter, for what is looked at each time. Only where the engine has shared data: Kong's traps without.
    pub(crate) fn uncounted(host: Rc<dyn Host>) -> Self {
        Self { host, changes: None }
    }

    /// Only where the config says that the engine has shared data.
    pub(crate) fn new(host: Rc<dyn Host>) -> Self {
        let counted = |counter| host.count(counter).map(|_| counter);
        let changes = host
            .define_counter(CHANGES)
            .and_then(counted)
            .inspect_err(|error| {
                let line =
                    format!("claimgate: no counter {CHANGES}, shared data is read at each request: {error}");
                host.log(Level::Warn, &line);
            })
            .ok();
        Self { host, changes }
    }

    fn failed(&self, what: &str, error: HostError) -> Unavailable {
        self.host.log(Level::Error, &format!("claimgate: {what}: {error}"));
        Unavailable
    }
}

impl SharedData for EngineData {
    fn get(&self, name: &str) -> Result<Option<Found>, Unavailable> {
        match self.host.shared_data(name) {
            Ok((bytes, cas)) => Ok(Some(Found { bytes, cas })),
            Err(HostError::NotFound) => Ok(None),
            Err(error) => Err(self.failed("shared data could not be read", error)),
        }
    }

    fn changes(&self) -> Option<u64> {
        self.host.count(self.changes?).ok()
    }
}

impl SharedDataMut for EngineData {
    fn set(&self, name: &str, value: &[u8], cas: u32) -> Result<bool, Unavailable> {
        match self.host.set_shared_data(name, value, cas) {
            Ok(()) => Ok(true),
            Err(HostError::CasMismatch) => Ok(false),
            Err(error) => Err(self.failed("shared data could not be written", error)),
        }
    }

    fn announce(&self) -> Result<(), Unavailable> {
        let changes = self.changes.ok_or(HostError::NotFound);
        changes
            .and_then(|changes| self.host.increment(changes))
            .map_err(|error| self.failed("a change of shared data could not be announced", error))
    }
}

#[cfg(test)]
mod tests;
