//! A compiled plugin, checked before any of its code runs.

use std::fmt;

use crate::abi::types::AbiVersion;
use crate::engine::Engine;
use crate::error::SandboxError;
use crate::state::State;

use wasmtime::{ExternType, FuncType, InstancePre, UnknownImportError, ValType};

/// A compiled plugin whose ABI version is known and whose imports and exports have the right types.
/// Cheap to clone; any number of instances can be started from it, on any thread.
#[derive(Clone)]
pub struct Module {
    engine: Engine,
    version: AbiVersion,
    ready: InstancePre<State>,
}

impl Module {
    /// Compiles `wasm` (the binary format) and checks it.
    pub fn compile(engine: &Engine, wasm: &[u8]) -> Result<Self, SandboxError> {
        let module = wasmtime::Module::from_binary(engine.wasmtime(), wasm).map_err(SandboxError::Compile)?;
        let version = version(&module)?;
        check_exports(&module)?;
        let ready = engine.linker().instantiate_pre(&module).map_err(import_error)?;
        Ok(Self { engine: engine.clone(), version, ready })
    }

    /// The version of the ABI that the module was built for.
    pub fn abi_version(&self) -> AbiVersion {
        self.version
    }

    /// The module and the name of every import.
    pub(crate) fn imports(&self) -> impl Iterator<Item = (&str, &str)> {
        self.ready.module().imports().map(|import| (import.module(), import.name()))
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    pub(crate) fn ready(&self) -> &InstancePre<State> {
        &self.ready
    }
}

impl fmt::Debug for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Module").field("version", &self.version).finish_non_exhaustive()
    }
}

fn version(module: &wasmtime::Module) -> Result<AbiVersion, SandboxError> {
    let versions = module.exports().filter_map(|export| AbiVersion::from_marker(export.name()));
    match versions.max() {
        None => Err(SandboxError::NoAbiVersion),
        Some(AbiVersion::V0_1_0) => Err(SandboxError::UnsupportedAbi(AbiVersion::V0_1_0)),
        Some(version) => Ok(version),
    }
}

fn check_exports(module: &wasmtime::Module) -> Result<(), SandboxError> {
    match module.get_export(MEMORY) {
        Some(ExternType::Memory(memory)) if !memory.is_64() && !memory.is_shared() => {}
        Some(_) => return Err(export_type(MEMORY, "a memory of 32 bits", "something else".into())),
        None => return Err(SandboxError::MissingExport(MEMORY)),
    }
    let exported = |name: &&str| module.get_export(name).is_some();
    if !ALLOCATORS.iter().any(exported) {
        return Err(SandboxError::MissingExport("proxy_on_memory_allocate or malloc"));
    }
    if !exported(&CONTEXT_CREATE) {
        return Err(SandboxError::MissingExport(CONTEXT_CREATE));
    }
    EXPORTS.iter().try_for_each(|&(name, parameters, results)| match module.get_export(name) {
        None => Ok(()),
        Some(ExternType::Func(found)) if is_integers(&found, parameters, results) => Ok(()),
        Some(ExternType::Func(found)) => {
            Err(export_type(name, &integers(parameters, results), found.to_string()))
        }
        Some(_) => Err(export_type(name, &integers(parameters, results), "no function".into())),
    })
}

fn is_integers(function: &FuncType, parameters: usize, results: usize) -> bool {
    let is_i32 = |value: &ValType| value.is_i32();
    function.params().len() == parameters
        && function.results().len() == results
        && function.params().all(|value| is_i32(&value))
        && function.results().all(|value| is_i32(&value))
}

fn integers(parameters: usize, results: usize) -> String {
    format!("a function of {parameters} x i32 that returns {results} x i32")
}

fn export_type(name: &'static str, expected: &str, found: String) -> SandboxError {
    SandboxError::ExportType { name, expected: expected.into(), found }
}

fn import_error(error: wasmtime::Error) -> SandboxError {
    match error.downcast_ref::<UnknownImportError>() {
        Some(unknown) => {
            SandboxError::UnknownImport { module: unknown.module().into(), name: unknown.name().into() }
        }
        None => SandboxError::ImportType(error),
    }
}

/// The export that is the guest's memory.
pub(crate) const MEMORY: &str = "memory";
/// The exports that allocate in the guest, in the order in which they are preferred.
pub(crate) const ALLOCATORS: [&str; 2] = ["malloc", "proxy_on_memory_allocate"];
const CONTEXT_CREATE: &str = "proxy_on_context_create";

/// Every function that the host may call: name, number of parameters, number of results; all `i32`.
const EXPORTS: [(&str, usize, usize); 22] = [
    ("_initialize", 0, 0),
    ("_start", 0, 0),
    ("main", 2, 1),
    ("__main_void", 0, 1),
    ("malloc", 1, 1),
    ("proxy_on_memory_allocate", 1, 1),
    (CONTEXT_CREATE, 2, 0),
    ("proxy_on_vm_start", 2, 1),
    ("proxy_on_configure", 2, 1),
    ("proxy_on_tick", 1, 0),
    ("proxy_on_request_headers", 3, 1),
    ("proxy_on_request_body", 3, 1),
    ("proxy_on_request_trailers", 2, 1),
    ("proxy_on_response_headers", 3, 1),
    ("proxy_on_response_body", 3, 1),
    ("proxy_on_response_trailers", 2, 1),
    ("proxy_on_http_call_response", 5, 0),
    ("proxy_on_log", 1, 0),
    ("proxy_on_done", 1, 1),
    ("proxy_on_delete", 1, 0),
    ("proxy_on_queue_ready", 2, 0),
    ("proxy_on_foreign_function", 3, 0),
];
