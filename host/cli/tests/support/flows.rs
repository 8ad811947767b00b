//! The flows of `examples/flows`, as their users run them.

use super::file::repository;
use super::{traces, wasm};
use std::process::Command;

/// The shapes of providers that the flows know.
const PROVIDERS: [&str; 4] = ["entra-v1", "entra-v2", "okta", "ping"];

/// Runs a flow through an engine, with each provider; fails with what it printed if a step was not as expected.
pub(crate) fn run(flow: &str, engine: &str) {
    for provider in PROVIDERS {
        let script = repository().join("examples/flows").join(flow).with_extension("sh");
        let mut command = Command::new("bash");
        command.arg(script).args(["--engine", engine, "--idp", provider]);
        command.env("CLAIMGATE", env!("CARGO_BIN_EXE_claimgate")).env("CLAIMGATE_WASM", wasm::path());
        let output = command.output().unwrap();
        let printed = String::from_utf8_lossy(&output.stdout);
        traces::saw(&format!("flows.{engine}"), &printed);
        let log = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{flow} through {engine} with {provider}:\n{printed}\n{log}");
    }
}
