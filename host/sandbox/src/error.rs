//! Why a guest could not be loaded, or is dead.

use std::{error::Error, fmt, time::Duration};

use crate::abi::types::{AbiVersion, Direction};
use crate::effect::{CallId, StreamId};
use crate::quirks::Crash;

/// Everything that can go wrong at the edge of the sandbox.
///
/// After a variant that comes from running the guest the instance is dead;
/// [`Instance::is_alive`](crate::Instance::is_alive) tells.
#[derive(Debug)]
#[non_exhaustive]
pub enum SandboxError {
    /// The engine could not be set up.
    Engine(wasmtime::Error),
    /// The bytes are not a WebAssembly module that this engine takes.
    Compile(wasmtime::Error),
    /// No export says which version of the ABI the module was built for.
    NoAbiVersion,
    /// The module was built for a version of the ABI that this host does not run.
    UnsupportedAbi(AbiVersion),
    /// The module lacks an export that every plugin has.
    MissingExport(&'static str),
    /// An export has another type than the ABI says.
    ExportType {
        /// The export's name.
        name: &'static str,
        /// Its type by the ABI.
        expected: String,
        /// Its type in the module.
        found: String,
    },
    /// The module imports something that this host does not have.
    UnknownImport {
        /// The import's module.
        module: String,
        /// The import's name.
        name: String,
    },
    /// The module imports a function of this host with another type, or an import is ambiguous.
    ImportType(wasmtime::Error),
    /// The module could not be instantiated.
    Instantiate(wasmtime::Error),
    /// The guest said no to its configuration.
    Refused(StartPhase),
    /// The guest trapped: it panicked, passed a bad pointer or overflowed its stack.
    Trap {
        /// What happened.
        message: String,
        /// The guest's frames, innermost first, at most 20.
        backtrace: Vec<String>,
    },
    /// The guest ran for longer than it may.
    DeadlineExceeded {
        /// The bound that it passed.
        limit: Duration,
    },
    /// The guest failed after it was refused more memory.
    OutOfMemory {
        /// The bound in bytes.
        limit: usize,
    },
    /// The guest did what crashes a worker of nginx, now or earlier. Only with nginx's quirks.
    WorkerCrash(Crash),
    /// The instance died earlier; the guest was not entered.
    Dead,
    /// No such stream is open; the guest was not entered.
    UnknownStream(StreamId),
    /// No such call is in flight; the guest was not entered.
    UnknownCall(CallId),
    /// The stream is not in a state in which this callback may come; the guest was not entered.
    OutOfOrder {
        /// The stream.
        stream: StreamId,
        /// The half of it that the callback is about.
        direction: Direction,
        /// Why not.
        state: &'static str,
    },
}

/// The start-up callback in which a guest refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartPhase {
    /// `proxy_on_vm_start` answered false.
    VmStart,
    /// `proxy_on_configure` answered false.
    Configure,
}

impl fmt::Display for SandboxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Engine(error) => write!(f, "the WebAssembly engine could not be set up: {error:#}"),
            Self::Compile(error) => write!(f, "expected a WebAssembly module, got: {error:#}"),
            Self::NoAbiVersion => f.write_str(
                "expected an export proxy_abi_version_0_2_0 or _0_2_1, found none; is this a Proxy-Wasm plugin?",
            ),
            Self::UnsupportedAbi(found) => {
                write!(f, "expected a plugin for ABI 0.2.0 or 0.2.1, got {found}; rebuild it with a newer SDK")
            }
            Self::MissingExport(name) => write!(f, "expected the module to export {name}, found nothing"),
            Self::ExportType { name, expected, found } => {
                write!(f, "expected the export {name} to be {expected}, got {found}")
            }
            Self::UnknownImport { module, name } => {
                write!(f, "expected only imports of this host, got {module}.{name}")
            }
            Self::ImportType(error) => write!(f, "an import has another type than this host's: {error:#}"),
            Self::Instantiate(error) => write!(f, "the module could not be instantiated: {error:#}"),
            Self::Refused(phase) => write!(f, "the plugin refused its configuration in {phase}; see its log"),
            Self::Trap { message, backtrace } => {
                write!(f, "the plugin trapped: {message}")?;
                backtrace.iter().try_for_each(|frame| write!(f, "\n  at {frame}"))
            }
            Self::DeadlineExceeded { limit } => write!(f, "the plugin ran for longer than {limit:?}"),
            Self::OutOfMemory { limit } => write!(f, "the plugin needed more than {limit} bytes of memory"),
            Self::WorkerCrash(crash) => write!(f, "the plugin crashed its worker: {crash}"),
            Self::Dead => f.write_str("the plugin's instance is dead; start another"),
            Self::UnknownStream(stream) => write!(f, "expected an open stream, got {stream}"),
            Self::UnknownCall(call) => write!(f, "expected a call in flight, got {call}"),
            Self::OutOfOrder { stream, direction, state } => {
                write!(f, "no {direction} callback was expected on stream {stream}: {state}")
            }
        }
    }
}

impl Error for SandboxError {}

impl fmt::Display for StartPhase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::VmStart => "proxy_on_vm_start",
            Self::Configure => "proxy_on_configure",
        })
    }
}
