//! What the sandbox costs: a callback that does nothing, and one that makes a hundred calls to the host.
#![allow(missing_docs, reason = "criterion's macros make items without docs")]
#![allow(clippy::expect_used, reason = "a bench without its guest has nothing to measure")]

use bytes::Bytes;
use claimgate_benches::embedder::{self, NoNative};
use claimgate_sandbox::StreamFacts;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::sync::Arc;

fn host_call(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("host_call");
    for (name, call) in [
        ("none", ""),
        ("get_current_time", "(drop (call $time (i32.const 0)))"),
        (
            "get_header",
            "(drop (call $value (i32.const 0) (i32.const 32) (i32.const 10) (i32.const 0) (i32.const 4)))",
        ),
        ("get_all_pairs", "(drop (call $pairs (i32.const 0) (i32.const 0) (i32.const 4)))"),
    ] {
        let mut instance = embedder::instance(&guest(call), "", Arc::new(NoNative));
        let stream = instance.open_stream(StreamFacts::default()).expect("a stream");
        instance
            .on_request_headers(stream, embedder::headers("cookie", Bytes::from_static(b"a=b")), false)
            .expect("a verdict");
        group.throughput(Throughput::Elements(CALLS));
        group.bench_function(format!("{CALLS} x {name}"), |bencher| {
            bencher.iter(|| instance.on_tick().expect("a tick"));
        });
    }
    group.finish();
}

/// A guest whose timer callback makes `call` [`CALLS`] times on the stream that was opened first. Memory that
/// the host asks for is always the same page.
fn guest(call: &str) -> Vec<u8> {
    let source = format!(
        r#"(module
          (import "env" "proxy_get_current_time_nanoseconds" (func $time (param i32) (result i32)))
          (import "env" "proxy_get_header_map_value" (func $value (param i32 i32 i32 i32 i32) (result i32)))
          (import "env" "proxy_get_header_map_pairs" (func $pairs (param i32 i32 i32) (result i32)))
          (import "env" "proxy_set_effective_context" (func $enter (param i32) (result i32)))
          (memory (export "memory") 2)
          (data (i32.const 32) "user-agent")
          (global $stream (mut i32) (i32.const 0))
          (func (export "proxy_abi_version_0_2_1"))
          (func (export "malloc") (param i32) (result i32) (i32.const 65536))
          (func (export "proxy_on_context_create") (param i32 i32) (global.set $stream (local.get 0)))
          (func (export "proxy_on_vm_start") (param i32 i32) (result i32) (i32.const 1))
          (func (export "proxy_on_configure") (param i32 i32) (result i32) (i32.const 1))
          (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32) (i32.const 0))
          (func (export "proxy_on_tick") (param i32) (local $left i32)
            (drop (call $enter (global.get $stream)))
            (local.set $left (i32.const {CALLS}))
            (loop $again {call}
              (local.set $left (i32.sub (local.get $left) (i32.const 1)))
              (br_if $again (local.get $left)))))"#
    );
    wat::parse_str(source).expect("a guest")
}

/// Calls per callback.
const CALLS: u64 = 100;

criterion_group!(benches, host_call);
criterion_main!(benches);
