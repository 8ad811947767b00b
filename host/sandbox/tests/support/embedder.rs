//! An embedder for tests: it lends fixed things to guests and remembers what they log.

use std::sync::{Arc, Mutex};

use claimgate_sandbox::foreign::{ForeignError, ForeignFunctions, Native};
use claimgate_sandbox::{
    Clock, Engine, EngineOptions, Environment, HeaderMap, Instance, LogLevel, LogSink, Module, Plugin,
    SandboxError, Shared, Upstreams,
};

/// What outlives an instance.
#[derive(Default)]
pub(crate) struct Embedder {
    pub(crate) shared: Arc<Shared>,
    pub(crate) logs: Arc<Logs>,
}

impl Embedder {
    /// Starts the guest of this name from testdata/guests.
    pub(crate) fn start(&self, guest: &str, plugin: &Plugin) -> Result<Instance, SandboxError> {
        Instance::start(&module(guest), plugin, &self.environment())
    }

    pub(crate) fn environment(&self) -> Environment {
        Environment {
            shared: Arc::clone(&self.shared),
            clock: Arc::new(FixedClock),
            foreign: Arc::new(TestFunctions),
            upstreams: Arc::new(OneUpstream),
            logs: Arc::clone(&self.logs) as Arc<dyn LogSink>,
        }
    }
}

/// Compiles a guest of testdata/guests.
pub(crate) fn module(guest: &str) -> Module {
    let (path, text) = text(guest);
    compiled(&path, &text)
}

/// The path and the text of a guest of testdata/guests.
pub(crate) fn text(guest: &str) -> (String, String) {
    let path = format!("{}/../../testdata/guests/{guest}.wat", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    (path, text)
}

/// Compiles a guest from its text.
pub(crate) fn compiled(path: &str, text: &str) -> Module {
    let wasm = wat::parse_str(text).unwrap_or_else(|error| panic!("{path}: {error}"));
    Module::compile(&Engine::new(EngineOptions::default()).unwrap(), &wasm).unwrap()
}

/// Headers from text.
pub(crate) fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
}

/// What guests logged, oldest first.
#[derive(Default)]
pub(crate) struct Logs(Mutex<Vec<(LogLevel, String)>>);

impl Logs {
    pub(crate) fn take(&self) -> Vec<(LogLevel, String)> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl LogSink for Logs {
    fn log(&self, plugin: &str, level: LogLevel, message: &str) {
        assert_eq!(plugin, "test");
        self.0.lock().unwrap().push((level, message.to_owned()));
    }

    fn level(&self) -> LogLevel {
        LogLevel::Debug
    }
}

struct FixedClock;

impl Clock for FixedClock {
    fn unix_nanos(&self) -> u64 {
        NOW
    }
}

struct OneUpstream;

impl Upstreams for OneUpstream {
    fn is_known(&self, name: &str) -> bool {
        name == "known"
    }
}

struct TestFunctions;

impl ForeignFunctions for TestFunctions {
    fn call(&self, name: &str, argument: &[u8]) -> Option<Result<Vec<u8>, ForeignError>> {
        match name {
            "echo" => Some(Ok(argument.to_vec())),
            "fail" => Some(Err(ForeignError::InternalFailure)),
            _ => Native.call(name, argument),
        }
    }
}

/// The time that guests see, in nanoseconds.
pub(crate) const NOW: u64 = 1_700_000_000_000_000_005;
