//! What instances get lent while they are measured: the time of the scene, no upstreams, no log.

use crate::scene::NOW;
use claimgate_sandbox::foreign::{ForeignError, ForeignFunctions};
use claimgate_sandbox::{
    Clock, Engine, EngineOptions, Environment, Instance, LogLevel, LogSink, Module, Plugin, Shared, Upstreams,
};
use std::path::PathBuf;
use std::sync::Arc;

/// A fresh instance of this module, which may call these native functions.
///
/// # Panics
/// If the module or its config is refused: then there is nothing to measure.
#[must_use]
#[allow(clippy::expect_used, reason = "a bench without its scene has nothing to measure")]
pub fn instance(wasm: &[u8], configuration: &str, foreign: Arc<dyn ForeignFunctions>) -> Instance {
    let engine = Engine::new(EngineOptions::default()).expect("an engine");
    let module = Module::compile(&engine, wasm).expect("a module");
    let configuration = bytes::Bytes::copy_from_slice(configuration.as_bytes());
    let plugin = Plugin { name: "bench".into(), configuration, ..Plugin::default() };
    let environment = Environment {
        shared: Arc::new(Shared::default()),
        clock: Arc::new(SceneClock),
        foreign,
        upstreams: Arc::new(NoUpstreams),
        logs: Arc::new(NoLogs),
    };
    Instance::start(&module, &plugin, &environment).expect("an instance")
}

/// Where the filter's module lies: `CLAIMGATE_WASM`, or where `scripts/build-filter.sh` leaves it.
#[must_use]
pub fn filter_path() -> PathBuf {
    std::env::var_os("CLAIMGATE_WASM").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../dist/claimgate.wasm")),
        Into::into,
    )
}

/// The clock of the scene: always [`NOW`].
pub struct SceneClock;

impl Clock for SceneClock {
    fn unix_nanos(&self) -> u64 {
        NOW.unsigned_abs().saturating_mul(1_000_000_000)
    }
}

/// An engine without native functions: the filter verifies signatures in its own code.
pub struct NoNative;

impl ForeignFunctions for NoNative {
    fn call(&self, _name: &str, _argument: &[u8]) -> Option<Result<Vec<u8>, ForeignError>> {
        None
    }
}

struct NoUpstreams;

impl Upstreams for NoUpstreams {
    fn is_known(&self, _name: &str) -> bool {
        false
    }
}

struct NoLogs;

impl LogSink for NoLogs {
    fn log(&self, _plugin: &str, _level: LogLevel, _message: &str) {}

    fn level(&self) -> LogLevel {
        LogLevel::Critical
    }
}
