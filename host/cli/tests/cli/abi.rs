//! `claimgate abi`.

use crate::process::claimgate;
use claimgate_sandbox::HOSTCALLS;
use serde_json::Value;

#[test]
fn prints_every_host_call() {
    let plain = claimgate(["abi"]).stdout;
    let json: Value = serde_json::from_str(&claimgate(["abi", "--json"]).stdout).unwrap();
    assert_eq!(json.as_array().unwrap().len(), HOSTCALLS.len());
    for (call, line) in HOSTCALLS.iter().zip(plain.lines()) {
        assert!(line.starts_with(call.name), "{line}");
    }
}
