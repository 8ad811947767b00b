//! The table of host functions itself.

use std::collections::BTreeSet;

use claimgate_sandbox::{AbiVersion, HOSTCALLS, Support};

/// What every filter built with the Rust SDK imports, used or not.
const SDK: [&str; 32] = [
    "proxy_log",
    "proxy_get_current_time_nanoseconds",
    "proxy_set_tick_period_milliseconds",
    "proxy_get_buffer_bytes",
    "proxy_set_buffer_bytes",
    "proxy_get_header_map_pairs",
    "proxy_set_header_map_pairs",
    "proxy_get_header_map_value",
    "proxy_add_header_map_value",
    "proxy_replace_header_map_value",
    "proxy_remove_header_map_value",
    "proxy_continue_stream",
    "proxy_close_stream",
    "proxy_get_status",
    "proxy_send_local_response",
    "proxy_http_call",
    "proxy_grpc_call",
    "proxy_grpc_stream",
    "proxy_grpc_send",
    "proxy_grpc_cancel",
    "proxy_grpc_close",
    "proxy_get_shared_data",
    "proxy_set_shared_data",
    "proxy_register_shared_queue",
    "proxy_resolve_shared_queue",
    "proxy_enqueue_shared_queue",
    "proxy_dequeue_shared_queue",
    "proxy_get_property",
    "proxy_set_property",
    "proxy_set_effective_context",
    "proxy_done",
    "proxy_call_foreign_function",
];

#[test]
fn has_every_function_that_the_rust_sdk_links() {
    let names: BTreeSet<_> = HOSTCALLS.iter().map(|hostcall| hostcall.name).collect();
    let missing: Vec<_> = SDK.into_iter().filter(|name| !names.contains(name)).collect();
    assert_eq!(missing, [""; 0]);
}

#[test]
fn names_each_function_once() {
    let names: BTreeSet<_> = HOSTCALLS.iter().map(|hostcall| hostcall.name).collect();
    assert_eq!(names.len(), HOSTCALLS.len());
}

#[test]
fn only_queues_and_grpc_are_not_complete() {
    for hostcall in HOSTCALLS {
        let absent = ["queue", "grpc", "proxy_get_status"].iter().any(|part| hostcall.name.contains(part));
        assert_eq!(hostcall.support != Support::Complete, absent, "{hostcall}");
    }
}

#[test]
fn a_row_reads_as_a_signature() {
    let row = HOSTCALLS.iter().find(|hostcall| hostcall.since == AbiVersion::V0_2_1).unwrap();
    assert_eq!(row.to_string(), "proxy_get_log_level(out_level: u32), since 0.2.1: complete");
}
