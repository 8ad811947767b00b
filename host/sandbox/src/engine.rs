//! The WebAssembly engine: what it compiles, and the clock behind deadlines.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::{fmt, sync::Arc, time::Duration};

use crate::error::SandboxError;
use crate::state::State;
use crate::{hostcalls, wasi};

use wasmtime::{Cache, Config, Linker};

/// Compiles modules, holds the host functions, and drives deadlines. One per process; cheap to clone.
///
/// A thread of its own advances the engine's epoch, by which guests that run too long are stopped. It
/// ends with the last clone, module and instance.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

impl Engine {
    /// Sets up the engine and starts its thread.
    pub fn new(options: EngineOptions) -> Result<Self, SandboxError> {
        let tick = options.epoch_tick.max(Duration::from_millis(1));
        let config = config(&options).map_err(SandboxError::Engine)?;
        let engine = wasmtime::Engine::new(&config).map_err(SandboxError::Engine)?;
        let linker = linker(&engine).map_err(SandboxError::Engine)?;
        let ticker = Ticker::start(engine, tick).map_err(|error| SandboxError::Engine(error.into()))?;
        Ok(Self { inner: Arc::new(Inner { linker, tick, _ticker: ticker }) })
    }

    pub(crate) fn wasmtime(&self) -> &wasmtime::Engine {
        self.inner.linker.engine()
    }

    pub(crate) fn linker(&self) -> &Linker<State> {
        &self.inner.linker
    }

    /// How many epochs a guest may see pass before `limit` has surely passed.
    pub(crate) fn epochs(&self, limit: Duration) -> u64 {
        let tick = self.inner.tick.as_nanos().max(1);
        let epochs = limit.as_nanos().div_ceil(tick).saturating_add(1);
        u64::try_from(epochs).unwrap_or(u64::MAX)
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("epoch_tick", &self.inner.tick).finish_non_exhaustive()
    }
}

/// How an [`Engine`] is set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineOptions {
    /// Keeps compiled modules in the user's cache directory. Default off.
    pub cache: bool,
    /// How exact deadlines are; at least 1 ms. Default 2 ms.
    pub epoch_tick: Duration,
    /// Bytes of stack that a guest may use. Default 512 KiB.
    pub wasm_stack_bytes: usize,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self { cache: false, epoch_tick: Duration::from_millis(2), wasm_stack_bytes: 512 << 10 }
    }
}

struct Inner {
    linker: Linker<State>,
    tick: Duration,
    _ticker: Ticker,
}

fn config(options: &EngineOptions) -> wasmtime::Result<Config> {
    let mut config = Config::new();
    config.epoch_interruption(true);
    config.max_wasm_stack(options.wasm_stack_bytes);
    // The ABI's pointers have 32 bits.
    config.wasm_memory64(false);
    if options.cache {
        config.cache(Some(Cache::from_file(None)?));
    }
    Ok(config)
}

fn linker(engine: &wasmtime::Engine) -> wasmtime::Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    hostcalls::define(&mut linker)?;
    wasi::define(&mut linker)?;
    Ok(linker)
}

/// Advances the epoch until it is dropped.
struct Ticker {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Ticker {
    fn start(engine: wasmtime::Engine, tick: Duration) -> std::io::Result<Self> {
        let (stop, stopped) = mpsc::channel();
        let thread = thread::Builder::new().name("wasm-epoch".into()).spawn(move || {
            while stopped.recv_timeout(tick) == Err(RecvTimeoutError::Timeout) {
                engine.increment_epoch();
            }
        })?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        // The closed channel wakes the thread.
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            // It has nothing to panic about, and a drop cannot answer.
            let _ended = thread.join();
        }
    }
}
