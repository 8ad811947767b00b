//! Imports that this engine cannot link: of the ABI, and of WASI in the revision that Kong pins.

use super::{Quirk, Quirks};
use crate::error::SandboxError;
use crate::module::Module;

/// The first import that cannot be linked.
pub(crate) fn check(quirks: &Quirks, module: &Module) -> Result<(), SandboxError> {
    if !quirks.has(Quirk::MissingImports) {
        return Ok(());
    }
    match module.imports().find(|(_, name)| MISSING.contains(name)) {
        Some((module, name)) => Err(SandboxError::UnknownImport { module: module.into(), name: name.into() }),
        None => Ok(()),
    }
}

/// `proxy_get_log_level` is there with another type; the others are not.
const MISSING: [&str; 8] = [
    "emscripten_notify_memory_growth",
    "fd_fdstat_set_flags",
    "poll_oneoff",
    "proxy_get_buffer_status",
    "proxy_get_header_map_size",
    "proxy_get_log_level",
    "pthread_equal",
    "sched_yield",
];
