//! What killed a guest.

use std::time::Duration;

use crate::error::SandboxError;
use crate::limits::Limits;
use crate::quirks::Crash;

use wasmtime::{Error, Trap, WasmBacktrace};

/// Names the cause. `exhausted`: the guest had been refused memory before it failed.
pub(super) fn diagnose(error: &Error, exhausted: bool, limits: &Limits, deadline: Duration) -> SandboxError {
    let trap = error.downcast_ref::<Trap>();
    if trap == Some(&Trap::Interrupt) {
        return SandboxError::DeadlineExceeded { limit: deadline };
    }
    if let Some(crash) = error.downcast_ref::<Crash>() {
        return SandboxError::WorkerCrash(*crash);
    }
    if exhausted {
        return SandboxError::OutOfMemory { limit: limits.memory_bytes };
    }
    SandboxError::Trap { message: message(error), backtrace: backtrace(error) }
}

/// The causes without the backtrace, which wasmtime attaches as one of them.
fn message(error: &Error) -> String {
    let causes = error.chain().map(ToString::to_string);
    let causes: Vec<_> = causes.filter(|cause| !cause.contains("wasm backtrace:")).collect();
    causes.join(": ")
}

fn backtrace(error: &Error) -> Vec<String> {
    let Some(backtrace) = error.downcast_ref::<WasmBacktrace>() else {
        return Vec::new();
    };
    let name = |frame: &wasmtime::FrameInfo| match frame.func_name() {
        Some(name) => name.to_owned(),
        None => format!("function {}", frame.func_index()),
    };
    backtrace.frames().iter().take(MAX_FRAMES).map(name).collect()
}

const MAX_FRAMES: usize = 20;
