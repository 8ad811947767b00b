//! Functions that trap or crash the worker where they are called, whatever their arguments.

use wasmtime::{Result, format_err};

use super::{Crash, Quirk};
use crate::state::{Phase, State, Step};

/// Lets a host function run, or not.
pub(crate) fn admit(state: &State, function: &str) -> Result<()> {
    if state.has(Quirk::UnbuiltTraps) && UNBUILT.contains(&function) {
        return Err(format_err!("this engine has not built it"));
    }
    if state.has(Quirk::LogInStart) && function == "proxy_log" && state.phase == Phase::Initialising {
        return Err(Crash::LogInStart.into());
    }
    if state.has(Quirk::HeadersWithoutRequest) && is_header_getter(function) && has_no_request(state.step) {
        return Err(Crash::HeadersWithoutRequest.into());
    }
    if state.has(Quirk::DispatchPhases) && function == "proxy_http_call" && !may_call(state.step) {
        return Err(format_err!("no call can be made in {:?}", state.step));
    }
    Ok(())
}

fn is_header_getter(function: &str) -> bool {
    matches!(function, "proxy_get_header_map_pairs" | "proxy_get_header_map_value")
}

fn has_no_request(step: Step) -> bool {
    matches!(step, Step::Configure | Step::Tick)
}

fn may_call(step: Step) -> bool {
    matches!(step, Step::RequestHeaders | Step::RequestBody | Step::Tick | Step::CallResponse)
}

/// Linked, and not built. Queues are built, but need a `shm_queue`, which Kong never has.
const UNBUILT: [&str; 12] = [
    "proxy_close_stream",
    "proxy_dequeue_shared_queue",
    "proxy_done",
    "proxy_enqueue_shared_queue",
    "proxy_get_status",
    "proxy_grpc_call",
    "proxy_grpc_cancel",
    "proxy_grpc_close",
    "proxy_grpc_send",
    "proxy_grpc_stream",
    "proxy_register_shared_queue",
    "proxy_resolve_shared_queue",
];
