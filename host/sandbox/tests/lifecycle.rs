//! From module to death: what is refused, in which order guests are called, and what kills them.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test may fail")]

use std::time::{Duration, Instant};

use bytes::Bytes;
use claimgate_sandbox::{
    AbiVersion, CallOutcome, Effect, Engine, EngineOptions, HeaderMap, Instance, Limits, Module, Plugin,
    SandboxError, StartPhase, StreamFacts, Verdict,
};
use embedder::{Embedder, headers, module};

#[path = "support/embedder.rs"]
mod embedder;

#[test]
fn a_guest_is_called_in_the_order_of_the_abi() {
    let embedder = Embedder::default();
    let mut instance = embedder.start("order", &plugin()).unwrap();
    let start = ["_initialize", "too early", "main", "context_create", "vm_start", "configure"];
    assert_eq!(said(&embedder), start);

    let stream = instance.open_stream(StreamFacts::default()).unwrap();
    instance.on_request_headers(stream, headers(&[(":method", "GET")]), true).unwrap();
    instance.on_response_headers(stream, headers(&[(":status", "200")]), true).unwrap();
    instance.on_tick().unwrap();
    instance.close_stream(stream).unwrap();
    let life = ["context_create", "request_headers", "response_headers", "tick", "log", "done", "delete"];
    assert_eq!(said(&embedder), life);

    instance.shutdown();
    assert_eq!(said(&embedder), ["done", "delete"]);
    assert!(!instance.is_alive());
}

#[test]
fn a_guest_can_refuse_its_configuration() {
    let one_byte = || Bytes::from_static(b"x");
    let refuses_vm = Plugin { vm_configuration: one_byte(), ..plugin() };
    let refuses_plugin = Plugin { configuration: one_byte(), ..plugin() };
    for (plugin, phase) in [(refuses_vm, StartPhase::VmStart), (refuses_plugin, StartPhase::Configure)] {
        match Embedder::default().start("order", &plugin) {
            Err(SandboxError::Refused(found)) => assert_eq!(found, phase),
            other => panic!("expected a refusal in {phase}, got {other:?}"),
        }
    }
}

#[test]
fn a_callback_that_is_not_exported_lets_everything_through() {
    let embedder = Embedder::default();
    let mut instance = embedder.start("order", &plugin()).unwrap();
    let stream = instance.open_stream(StreamFacts::default()).unwrap();
    let trailers = instance.on_request_trailers(stream, headers(&[("a", "1")])).unwrap();
    assert_eq!(trailers, Verdict::Continue);
    instance.on_response_body(stream, "body".into(), true).unwrap();
}

#[test]
fn every_way_to_fail_is_named_and_final() {
    let cases = [
        (1, "the plugin trapped: wasm trap: wasm `unreachable` instruction executed"),
        (2, "the plugin ran for longer than 60ms"),
        (3, "the plugin needed more than 8388608 bytes of memory"),
        (4, "the plugin trapped: wasm trap: call stack exhausted"),
        (5, "expected a range inside 65536 bytes of guest memory, got 100 bytes at 65530"),
        (6, "called proc_exit(3)"),
    ];
    for (fault, expected) in cases {
        let (mut instance, error) = fail(fault);
        let error = error.to_string();
        assert!(error.contains(expected), "expected {expected}, got {error}");
        assert!(!instance.is_alive());
        assert_eq!(instance.take_effects(), []);
        assert!(matches!(instance.on_tick(), Err(SandboxError::Dead)));
        assert!(matches!(instance.open_stream(StreamFacts::default()), Err(SandboxError::Dead)));
    }
}

#[test]
fn a_trap_has_a_backtrace() {
    let (_, error) = fail(1);
    let SandboxError::Trap { backtrace, .. } = error else { panic!("expected a trap, got {error}") };
    assert_eq!(backtrace.len(), 2, "{backtrace:?}");
    assert_eq!(backtrace[0], "trap");
}

#[test]
fn an_endless_loop_ends_soon_after_its_deadline() {
    let begin = Instant::now();
    let (_, error) = fail(2);
    assert!(matches!(error, SandboxError::DeadlineExceeded { .. }), "{error}");
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
}

#[test]
fn an_endless_start_ends_too() {
    let wasm = wat(r#"(func (export "_initialize") (loop $again (br $again)))"#);
    let limits = Limits { start_deadline: Duration::from_millis(30), ..Limits::default() };
    let result = start(&wasm, &Plugin { limits, ..plugin() });
    assert!(matches!(result, Err(SandboxError::DeadlineExceeded { .. })), "{result:?}");
}

#[test]
fn a_guest_that_is_too_large_does_not_start() {
    let limits = Limits { memory_bytes: 1 << 16, ..Limits::default() };
    let result = Embedder::default().start("probe", &Plugin { limits, ..plugin() });
    assert!(matches!(result, Err(SandboxError::OutOfMemory { limit: 65_536 })), "{result:?}");
}

#[test]
fn instances_do_not_see_each_other_and_one_death_is_one_death() {
    let embedder = Embedder::default();
    let module = module("faults");
    let start = || Instance::start(&module, &plugin(), &embedder.environment()).unwrap();
    let (mut first, mut second) = (start(), start());
    let stream = first.open_stream(StreamFacts::default()).unwrap();
    assert!(first.on_request_headers(stream, head(1), true).is_err());
    let stream = second.open_stream(StreamFacts::default()).unwrap();
    assert_eq!(second.on_request_headers(stream, head(0), true).unwrap(), Verdict::Continue);
    assert!(!first.is_alive() && second.is_alive());
}

#[test]
fn a_dead_instance_lets_go_of_its_streams() {
    let embedder = Embedder::default();
    let mut instance = embedder.start("faults", &plugin()).unwrap();
    let stream = instance.open_stream(StreamFacts::default()).unwrap();
    instance.on_request_headers(stream, head(1), true).unwrap_err();
    assert_eq!(instance.live_streams(), 1);
    assert!(matches!(instance.close_stream(stream), Err(SandboxError::Dead)));
    assert_eq!(instance.live_streams(), 0);
}

#[test]
fn an_instance_can_move_to_another_thread() {
    let embedder = Embedder::default();
    let mut instance = embedder.start("order", &plugin()).unwrap();
    std::thread::spawn(move || instance.on_tick().unwrap()).join().unwrap();
}

#[test]
fn host_functions_refuse_while_the_guest_allocates_for_one() {
    let mut instance = Embedder::default().start("allocator", &plugin()).unwrap();
    let stream = instance.open_stream(StreamFacts::default()).unwrap();
    let verdict = instance.on_request_headers(stream, head(1), true).unwrap();
    assert_eq!(verdict, Verdict::Continue);
}

#[test]
fn an_unknown_stream_or_call_does_not_enter_the_guest() {
    let embedder = Embedder::default();
    let mut instance = embedder.start("order", &plugin()).unwrap();
    let stream = instance.open_stream(StreamFacts::default()).unwrap();
    instance.close_stream(stream).unwrap();
    said(&embedder);
    let headers = instance.on_request_headers(stream, head(1), true);
    assert!(matches!(headers, Err(SandboxError::UnknownStream(found)) if found == stream));
    assert_eq!(said(&embedder), [""; 0]);
    assert!(instance.is_alive());
}

#[test]
fn modules_that_are_no_plugins_are_refused_with_the_reason() {
    let memory = r#"(memory (export "memory") 1)"#;
    let malloc = r#"(func (export "malloc") (param i32) (result i32) (i32.const 0))"#;
    let marker = r#"(func (export "proxy_abi_version_0_2_1"))"#;
    let create = r#"(func (export "proxy_on_context_create") (param i32 i32))"#;
    let old = r#"(func (export "proxy_abi_version_0_1_0"))"#;
    let strange = r#"(import "env" "proxy_invented" (func))"#;
    let mistyped = r#"(import "env" "proxy_log" (func (param i64)))"#;
    let tick = r#"(func (export "proxy_on_tick") (param i64))"#;
    let cases: [(&[&str], &str); 9] = [
        (&[memory, malloc, create], "expected an export proxy_abi_version_0_2_0 or _0_2_1, found none"),
        (&[old, memory, malloc, create], "expected a plugin for ABI 0.2.0 or 0.2.1, got 0.1.0"),
        (&[marker, malloc, create], "to export memory"),
        (&[marker, memory, create], "to export proxy_on_memory_allocate or malloc"),
        (&[marker, memory, malloc], "to export proxy_on_context_create"),
        (&[strange, marker, memory, malloc, create], "got env.proxy_invented"),
        (&[mistyped, marker, memory, malloc, create], "another type than this host's"),
        (
            &[marker, memory, malloc, create, tick],
            "expected the export proxy_on_tick to be a function of 1 x i32",
        ),
        (&[marker, r#"(memory (export "memory") i64 1)"#, malloc, create], "expected a WebAssembly module"),
    ];
    let engine = Engine::new(EngineOptions::default()).unwrap();
    for (parts, expected) in cases {
        let wasm = wat::parse_str(format!("(module {})", parts.concat())).unwrap();
        let error = Module::compile(&engine, &wasm).unwrap_err().to_string();
        assert!(error.contains(expected), "expected {expected}, got {error}");
    }
    let error = Module::compile(&engine, b"not wasm").unwrap_err();
    assert!(matches!(error, SandboxError::Compile(_)), "{error}");
}

#[test]
fn both_versions_of_the_abi_are_told() {
    assert_eq!(module("faults").abi_version(), AbiVersion::V0_2_0);
    assert_eq!(module("order").abi_version(), AbiVersion::V0_2_1);
}

#[test]
fn errors_and_instances_can_cross_threads() {
    fn crosses<T: Send>() {}
    fn shared<T: Send + Sync>() {}
    crosses::<Instance>();
    shared::<(Module, Engine, SandboxError, Effect, CallOutcome)>();
}

/// Starts the guest that fails as told, and lets it fail.
fn fail(fault: usize) -> (Instance, SandboxError) {
    let limits =
        Limits { callback_deadline: Duration::from_millis(60), memory_bytes: 8 << 20, ..Limits::default() };
    let mut instance = Embedder::default().start("faults", &Plugin { limits, ..plugin() }).unwrap();
    let stream = instance.open_stream(StreamFacts::default()).unwrap();
    let error = instance.on_request_headers(stream, head(fault), true).unwrap_err();
    assert!(instance.request_headers(stream).is_some());
    (instance, error)
}

fn head(pairs: usize) -> HeaderMap {
    (0..pairs).map(|_| ("a".into(), "1".into())).collect()
}

fn said(embedder: &Embedder) -> Vec<String> {
    embedder.logs.take().into_iter().map(|(_, message)| message.trim_end().to_owned()).collect()
}

fn start(wasm: &[u8], plugin: &Plugin) -> Result<Instance, SandboxError> {
    let module = Module::compile(&Engine::new(EngineOptions::default())?, wasm)?;
    Instance::start(&module, plugin, &Embedder::default().environment())
}

/// A plugin that exports what it must, and `more`.
fn wat(more: &str) -> Vec<u8> {
    let least = r#"
        (memory (export "memory") 1)
        (func (export "proxy_abi_version_0_2_1"))
        (func (export "malloc") (param i32) (result i32) (i32.const 0))
        (func (export "proxy_on_context_create") (param i32 i32))"#;
    wat::parse_str(format!("(module {least} {more})")).unwrap()
}

fn plugin() -> Plugin {
    Plugin { name: "test".into(), ..Plugin::default() }
}
