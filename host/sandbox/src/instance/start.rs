//! The start of an instance, in the order of the ABI: `_initialize`, `main`, the root context,
//! `proxy_on_vm_start`, `proxy_on_configure`.

use super::{Exports, Instance, Life, exports, failure};
use crate::environment::Environment;
use crate::error::{SandboxError, StartPhase};
use crate::module::Module;
use crate::plugin::Plugin;
use crate::quirks::{Quirk, imports};
use crate::state::{Phase, State, Step};

use wasmtime::Store;

impl Instance {
    /// Starts a guest and lets it configure itself. A refusal is an error, and the guest is gone.
    ///
    /// What the guest asked for meanwhile (a timer, a first HTTP call) is in
    /// [`take_effects`](Self::take_effects).
    pub fn start(module: &Module, plugin: &Plugin, environment: &Environment) -> Result<Self, SandboxError> {
        Self::prepare(module, plugin, environment, Self::wake)
    }

    /// The same for an instance that takes the place of one that was lost.
    pub fn restart(
        module: &Module,
        plugin: &Plugin,
        environment: &Environment,
    ) -> Result<Self, SandboxError> {
        let silent = plugin.quirks.has(Quirk::RestartSkipsVmStart);
        Self::prepare(module, plugin, environment, if silent { Self::wake_without_vm } else { Self::wake })
    }

    /// With nginx's quirks a guest that fails in here is no error: the server starts all the same.
    fn prepare(
        module: &Module,
        plugin: &Plugin,
        environment: &Environment,
        wake: fn(&mut Self) -> Result<(), SandboxError>,
    ) -> Result<Self, SandboxError> {
        imports::check(&plugin.quirks, module)?;
        let mut instance = instantiate(module, State::new(plugin.clone(), environment.clone()))?;
        match wake(&mut instance) {
            Err(error) if plugin.quirks.has(Quirk::NotConfigured) => instance.lose_worker(error),
            result => result?,
        }
        Ok(instance)
    }

    fn wake(&mut self) -> Result<(), SandboxError> {
        let root = self.begin_root()?;
        self.start_vm(root)?;
        self.configure(root)
    }

    fn wake_without_vm(&mut self) -> Result<(), SandboxError> {
        let root = self.begin_root()?;
        self.configure(root)
    }

    fn begin_root(&mut self) -> Result<u32, SandboxError> {
        self.initialise()?;
        self.state_mut().phase = Phase::Running;
        let root = self.root_id().get();
        let limit = self.state().plugin.limits.start_deadline;
        self.call((Step::Start, root), limit, |exports| &exports.context_create, (root, 0))?;
        Ok(root)
    }

    fn initialise(&mut self) -> Result<(), SandboxError> {
        let root = self.root_id().get();
        let limit = self.state().plugin.limits.start_deadline;
        let at = (Step::Start, root);
        if self.call(at, limit, |exports| &exports.initialize, ())?.is_none() {
            self.call(at, limit, |exports| &exports.start, ())?;
        } else if self.call(at, limit, |exports| &exports.main, (0, 0))?.is_none() {
            self.call(at, limit, |exports| &exports.main_void, ())?;
        }
        Ok(())
    }

    fn start_vm(&mut self, root: u32) -> Result<(), SandboxError> {
        let limit = self.state().plugin.limits.start_deadline;
        let size = size(&self.state().plugin.vm_configuration);
        match self.call((Step::Start, root), limit, |exports| &exports.vm_start, (root, size))? {
            Some(0) => Err(SandboxError::Refused(StartPhase::VmStart)),
            _ => Ok(()),
        }
    }

    fn configure(&mut self, root: u32) -> Result<(), SandboxError> {
        let limit = self.state().plugin.limits.start_deadline;
        let size = size(&self.state().plugin.configuration);
        self.state_mut().phase = Phase::Configuring;
        let at = (Step::Configure, root);
        let answer = self.call(at, limit, |exports| &exports.configure, (root, size))?;
        self.state_mut().phase = Phase::Running;
        match answer {
            Some(0) => Err(SandboxError::Refused(StartPhase::Configure)),
            _ => Ok(()),
        }
    }
}

fn instantiate(module: &Module, state: State) -> Result<Instance, SandboxError> {
    let engine = module.engine();
    let limits = state.plugin.limits.clone();
    let mut store = Store::new(engine.wasmtime(), state);
    store.limiter(|state| &mut state.meter);
    store.epoch_deadline_trap();
    store.set_epoch_deadline(engine.epochs(limits.start_deadline));
    let guest = module.ready().instantiate(&mut store).map_err(|error| {
        match failure::diagnose(&error, store.data().meter.exhausted, &limits, limits.start_deadline) {
            SandboxError::Trap { backtrace, .. } if backtrace.is_empty() => SandboxError::Instantiate(error),
            cause => cause,
        }
    })?;
    let memory = exports::memory(&guest, &mut store);
    let allocate = exports::allocator(&guest, &mut store);
    let exports = Exports::find(&guest, &mut store);
    let state = store.data_mut();
    (state.memory, state.allocate) = (memory, allocate);
    Ok(Instance { store, exports, engine: engine.clone(), life: Life::Alive, fault: None })
}

/// Sizes beyond 32 bits cannot be: such a configuration would not fit into the guest's memory either.
fn size(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}
