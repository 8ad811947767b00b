//! Hostile requests, to the filter in Envoy by socket.

use crate::bootstrap;
use crate::process::Envoy;
use crate::support::hostile::{Forger, besiege};
use crate::support::upstream::Upstream;
use serde_json::{Value, json};

fn withstands(test: &str, change: impl FnOnce(&mut Value)) {
    let (forger, upstream) = (Forger::new(), Upstream::start());
    let mut bootstrap = bootstrap::example(upstream.address);
    bootstrap::edit(&mut bootstrap, |document| *document = forger.trusted(document.take()));
    bootstrap::plugin(&mut bootstrap)["allow_on_headers_stop_iteration"] = json!(true);
    change(&mut bootstrap);
    let envoy = Envoy::start(test, &bootstrap);
    let vms = || envoy.count(&VMS);
    let before = vms();
    besiege(envoy.listeners["gateway"], &upstream, &forger, 1);
    assert_eq!(vms(), before);
    assert!(before > 0);
}

#[test]
#[ignore = "needs Envoy, see scripts/test.sh"]
fn the_filter_refuses_every_hostile_request_in_envoy_with_the_vm_that_it_started_with() {
    withstands("hostile", |_| {});
}

/// Envoy refuses heads above 60 KiB or 100 fields itself, unless it is told otherwise.
#[test]
#[ignore = "needs Envoy, see scripts/test.sh"]
fn the_filter_refuses_every_hostile_request_in_an_envoy_that_takes_heads_of_megabytes() {
    withstands("hostile-large", |bootstrap| {
        let manager = bootstrap::manager(bootstrap);
        manager["max_request_headers_kb"] = json!(8192);
        manager["common_http_protocol_options"] = json!({ "max_headers_count": 20_000 });
    });
}

/// What is counted when a VM is made, at the start or after a fault.
const VMS: [&str; 5] = [
    "wasm.envoy.wasm.runtime.v8.created",
    "wasm.claimgate.vm_reload",
    "wasm.claimgate.vm_reload_backoff",
    "wasm.claimgate.vm_reload_success",
    "wasm.claimgate.vm_reload_failure",
];
