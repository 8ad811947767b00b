//! What instances get lent while they are measured: the time of the scene, no upstreams, no log.

use crate::scene::NOW;
use bytes::Bytes;
use claimgate_sandbox::foreign::{ForeignError, ForeignFunctions};
use claimgate_sandbox::{
    Clock, Engine, EngineOptions, Environment, HeaderMap, Instance, LogLevel, LogSink, Module, Plugin,
    Shared, Upstreams,
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
    let configuration = Bytes::copy_from_slice(configuration.as_bytes());
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

/// The head of an ordinary request of eleven fields, of which the last is given.
#[must_use]
pub fn headers(name: &'static str, value: Bytes) -> HeaderMap {
    let fixed: [(&'static str, &'static str); 10] = [
        (":method", "GET"),
        (":path", "/orders/17"),
        (":scheme", "http"),
        (":authority", "api.example"),
        ("user-agent", "curl/8.5.0"),
        ("accept", "*/*"),
        ("x-forwarded-for", "10.0.0.1"),
        ("x-forwarded-proto", "https"),
        ("x-request-id", "6e74172b-be56-4843-9ff4-e66a39bb12e3"),
        ("accept-encoding", "gzip"),
    ];
    let fixed = fixed.into_iter().map(|(name, value)| (name.into(), value.into()));
    fixed.chain([(name.into(), value)]).collect()
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
