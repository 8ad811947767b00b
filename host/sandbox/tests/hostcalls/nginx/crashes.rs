//! What crashes a worker, and how one starts.

use super::{HEAD, Row, done, facts, fault, probe, request, told};
use crate::embedder::{self, Embedder};
use crate::probe::{Arg::*, call, configure_with, plugin};

use bytes::Bytes;
use claimgate_sandbox::{Instance, Plugin, Quirk, Quirks, SandboxError};

pub(super) const ROWS: &[Row] = &[
    Row {
        quirk: Quirk::LogInStart,
        seen: "C1 any log call inside proxy_wasm::main!/_initialize -> endless crash loop.",
        act: |quirks| serves(start("nginx/log_in_start", "", quirks).0),
        nginx: "crash LogInStart",
        envoy: "serves",
    },
    Row {
        quirk: Quirk::PluginNameInConfigure,
        seen: "C2 get_property([\"plugin_name\"]) in on_configure; header getters in on_configure or on_tick.",
        act: |quirks| {
            let (instance, report) = configure_with(
                Plugin { quirks, ..plugin() },
                call("proxy_get_property", &[Text(b"plugin_name"), Out]).given(),
            );
            told(&report) + &serves(Ok(instance))
        },
        nginx: "crash PluginNameInConfigure",
        envoy: "0 \"test\"serves",
    },
    Row {
        quirk: Quirk::HeadersWithoutRequest,
        seen: "header getters in on_configure or on_tick.",
        act: |quirks| {
            let getters = [
                call("proxy_get_header_map_value", &[Number(0), Text(b":path"), Out]),
                call("proxy_get_header_map_pairs", &[Number(0), Out]),
            ];
            let each = getters.map(|getter| {
                let configured =
                    configure_with(Plugin { quirks: quirks.clone(), ..plugin() }, getter.clone()).0;
                let mut ticking = probe(quirks.clone());
                let ticked = ticking.during(getter, |probe, _| probe.on_tick()).0;
                format!("{}, {}", serves(Ok(configured)), done(ticked))
            });
            each.join("; ")
        },
        nginx: "crash HeadersWithoutRequest, crash HeadersWithoutRequest; crash HeadersWithoutRequest, crash HeadersWithoutRequest",
        envoy: "serves, fine; serves, fine",
    },
    Row {
        quirk: Quirk::PathRemoved,
        seen: "C4 remove/None on \":path\" -> segfault.",
        act: |quirks| {
            let remove = call("proxy_remove_header_map_value", &[Number(0), Text(b":path")]);
            request(&mut probe(quirks), remove, &HEAD).0
        },
        nginx: "crash PathRemoved",
        envoy: "goes on",
    },
    Row {
        quirk: Quirk::NotConfigured,
        seen: "C5 on_configure returning false, panicking, or trapping -> worker \"exited with fatal code 2 and cannot be respawned\": master stays, port accepts, requests hang/reset.",
        act: |quirks| {
            let [refuses, traps] = ["x", "xx"].map(|config| start("nginx/start", config, quirks.clone()).0);
            let survived = |instance: &Result<Instance, SandboxError>| {
                instance
                    .as_ref()
                    .is_ok_and(|instance| instance.crash().is_none_or(|crash| crash.is_survived()))
            };
            let survived = survived(&refuses);
            format!("{}; {}; another worker serves {survived}", serves(refuses), serves(traps))
        },
        nginx: "crash NotConfigured; crash NotConfigured; another worker serves false",
        envoy: "the plugin refused its configuration in proxy_on_configure; see its log; trap; another worker serves false",
    },
    Row {
        quirk: Quirk::RestartSkipsVmStart,
        seen: "After a trap a new instance runs on_configure again (not on_vm_start) and all Rust state is lost.",
        act: |quirks| {
            let (embedder, plugin) = (Embedder::default(), Plugin { quirks, ..plugin() });
            let module = embedder::module("nginx/start");
            Instance::restart(&module, &plugin, &embedder.environment()).unwrap();
            said(&embedder)
        },
        nginx: "configure",
        envoy: "vm configure",
    },
    Row {
        quirk: Quirk::MissingImports,
        seen: "Importing proxy_get_log_level (hostcalls::get_log_level) -> the module cannot be instantiated (\"incompatible import type\").",
        act: |quirks| imports(quirks, "env", &[("proxy_get_log_level", "(param i32) (result i32)")]),
        nginx: "expected only imports of this host, got env.proxy_get_log_level",
        envoy: "serves",
    },
    Row {
        quirk: Quirk::MissingImports,
        seen: "Kong's pin a376e67c lacks fd_fdstat_set_flags, sched_yield, poll_oneoff (added 49735f59, after the pin): a module importing those cannot be instantiated on it",
        act: |quirks| {
            let all = [
                ("fd_fdstat_set_flags", "(param i32 i32) (result i32)"),
                ("sched_yield", "(result i32)"),
                ("poll_oneoff", "(param i32 i32 i32 i32) (result i32)"),
            ];
            imports(quirks, "wasi_snapshot_preview1", &all)
        },
        nginx: "expected only imports of this host, got wasi_snapshot_preview1.fd_fdstat_set_flags; expected only imports of this host, got wasi_snapshot_preview1.sched_yield; expected only imports of this host, got wasi_snapshot_preview1.poll_oneoff",
        envoy: "serves; serves; serves",
    },
];

fn start(guest: &str, config: &'static str, quirks: Quirks) -> (Result<Instance, SandboxError>, Embedder) {
    let embedder = Embedder::default();
    let configuration = Bytes::from_static(config.as_bytes());
    let instance = embedder.start(guest, &Plugin { quirks, configuration, ..plugin() });
    (instance, embedder)
}

/// Whether an instance takes requests.
fn serves(instance: Result<Instance, SandboxError>) -> String {
    let opened = instance.and_then(|mut instance| instance.open_stream(facts()));
    opened.map_or_else(|error| fault(&error), |_| "serves".to_owned())
}

/// Starts a guest for each of these imports.
fn imports(quirks: Quirks, from: &str, functions: &[(&str, &str)]) -> String {
    let plugin = Plugin { quirks, ..plugin() };
    let started = |(name, kind): &(&str, &str)| {
        let text = format!(
            "(module (import \"{from}\" \"{name}\" (func {kind})) (memory (export \"memory\") 1)
             (func (export \"proxy_abi_version_0_2_1\")) (func (export \"proxy_on_context_create\") (param i32 i32))
             (func (export \"malloc\") (param i32) (result i32) (i32.const 0)))"
        );
        serves(Instance::start(&embedder::compiled(name, &text), &plugin, &Embedder::default().environment()))
    };
    functions.iter().map(started).collect::<Vec<_>>().join("; ")
}

fn said(embedder: &Embedder) -> String {
    embedder.logs.take().into_iter().map(|(_, line)| line).collect::<Vec<_>>().join(" ")
}
