//! The functions that a guest imports from `env`.
//!
//! [`HOSTCALLS`] is the table from which they are registered, so it cannot differ from what is there.

use std::fmt;

use crate::abi::memory::{GuestRange, write_u32};
use crate::abi::status::Status;
use crate::abi::types::AbiVersion;
use crate::quirks;
use crate::state::{Phase, State};

use wasmtime::{Caller, Linker, Memory, Result, format_err};

mod buffers;
mod done;
mod foreign;
mod grpc;
mod http_call;
mod local_response;
mod log;
mod maps;
mod metrics;
mod properties;
mod shared_data;
mod shared_queue;
mod stream;
mod time;

/// One host function.
pub struct Hostcall {
    /// The name that guests import from the module `env`.
    pub name: &'static str,
    /// Its parameters, as `name: type`.
    pub parameters: &'static [&'static str],
    /// The ABI version that brought it.
    pub since: AbiVersion,
    /// How much of it there is.
    pub support: Support,
    define: fn(&mut Linker<State>) -> Result<()>,
}

impl fmt::Display for Hostcall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({}), since {}: {}", self.name, self.parameters.join(", "), self.since, self.support)
    }
}

impl fmt::Debug for Hostcall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// How much of a host function there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Support {
    /// Does what it does in Envoy.
    Complete,
    /// Links, and always answers as said.
    Answers(&'static str),
}

impl fmt::Display for Support {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Complete => f.write_str("complete"),
            Self::Answers(status) => write!(f, "answers {status}"),
        }
    }
}

macro_rules! hostcalls {
    ($($module:ident::$name:ident($($parameter:ident: $type:ty),*) $when:ident $since:ident $support:expr;)*) => {
        /// Every Proxy-Wasm function of this host, with what it does.
        pub static HOSTCALLS: &[Hostcall] = &[$(Hostcall {
            name: stringify!($name),
            parameters: &[$(concat!(stringify!($parameter), ": ", stringify!($type))),*],
            since: AbiVersion::$since,
            support: $support,
            define: |linker| {
                let function = |caller: Caller<'_, State>, $($parameter: $type),*| {
                    enter(caller, stringify!($name), When::$when, |guest| {
                        $module::$name(guest, ($($parameter,)*))
                    })
                };
                linker.func_wrap("env", stringify!($name), function).map(drop)
            },
        }),*];
    };
}

const NO_GRPC: &str = "as Envoy does for an upstream or a call that does not exist";
const NO_QUEUES: &str = "that there is no such queue; registering one fails";

hostcalls! {
    log::proxy_log(level: u32, message: u32, message_len: u32) Always V0_1_0 Support::Complete;
    log::proxy_get_log_level(out_level: u32) Always V0_2_1 Support::Complete;
    time::proxy_get_current_time_nanoseconds(out_time: u32) Always V0_1_0 Support::Complete;
    time::proxy_set_tick_period_milliseconds(period: u32) Started V0_1_0 Support::Complete;

    buffers::proxy_get_buffer_bytes(buffer: u32, start: u32, max: u32, out: u32, out_len: u32)
        Started V0_1_0 Support::Complete;
    buffers::proxy_set_buffer_bytes(buffer: u32, start: u32, size: u32, data: u32, data_len: u32)
        Started V0_1_0 Support::Complete;
    buffers::proxy_get_buffer_status(buffer: u32, out_len: u32, out_flags: u32)
        Started V0_1_0 Support::Complete;

    maps::proxy_get_header_map_size(map: u32, out_size: u32) Started V0_1_0 Support::Complete;
    maps::proxy_get_header_map_pairs(map: u32, out: u32, out_len: u32) Started V0_1_0 Support::Complete;
    maps::proxy_set_header_map_pairs(map: u32, pairs: u32, pairs_len: u32) Started V0_1_0 Support::Complete;
    maps::proxy_get_header_map_value(map: u32, name: u32, name_len: u32, out: u32, out_len: u32)
        Started V0_1_0 Support::Complete;
    maps::proxy_add_header_map_value(map: u32, name: u32, name_len: u32, value: u32, value_len: u32)
        Started V0_1_0 Support::Complete;
    maps::proxy_replace_header_map_value(map: u32, name: u32, name_len: u32, value: u32, value_len: u32)
        Started V0_1_0 Support::Complete;
    maps::proxy_remove_header_map_value(map: u32, name: u32, name_len: u32)
        Started V0_1_0 Support::Complete;

    stream::proxy_continue_stream(stream: u32) Started V0_2_0 Support::Complete;
    stream::proxy_close_stream(stream: u32) Started V0_2_0 Support::Complete;
    local_response::proxy_send_local_response(
        status: u32, details: u32, details_len: u32, body: u32, body_len: u32, headers: u32,
        headers_len: u32, grpc_status: i32
    ) Started V0_1_0 Support::Complete;

    http_call::proxy_http_call(
        upstream: u32, upstream_len: u32, headers: u32, headers_len: u32, body: u32, body_len: u32,
        trailers: u32, trailers_len: u32, timeout: i32, out_call: u32
    ) Started V0_1_0 Support::Complete;

    properties::proxy_get_property(path: u32, path_len: u32, out: u32, out_len: u32)
        Started V0_1_0 Support::Complete;
    properties::proxy_set_property(path: u32, path_len: u32, value: u32, value_len: u32)
        Started V0_1_0 Support::Complete;

    shared_data::proxy_get_shared_data(key: u32, key_len: u32, out: u32, out_len: u32, out_cas: u32)
        Started V0_1_0 Support::Complete;
    shared_data::proxy_set_shared_data(key: u32, key_len: u32, value: u32, value_len: u32, cas: u32)
        Started V0_1_0 Support::Complete;

    metrics::proxy_define_metric(kind: u32, name: u32, name_len: u32, out_id: u32)
        Started V0_1_0 Support::Complete;
    metrics::proxy_increment_metric(id: u32, offset: i64) Started V0_1_0 Support::Complete;
    metrics::proxy_record_metric(id: u32, value: u64) Started V0_1_0 Support::Complete;
    metrics::proxy_get_metric(id: u32, out_value: u32) Started V0_1_0 Support::Complete;

    foreign::proxy_call_foreign_function(
        name: u32, name_len: u32, argument: u32, argument_len: u32, out: u32, out_len: u32
    ) Started V0_1_0 Support::Complete;
    done::proxy_set_effective_context(context: u32) Started V0_1_0 Support::Complete;
    done::proxy_done() Started V0_1_0 Support::Complete;

    shared_queue::proxy_register_shared_queue(name: u32, name_len: u32, out_id: u32)
        Started V0_1_0 Support::Answers(NO_QUEUES);
    shared_queue::proxy_resolve_shared_queue(vm: u32, vm_len: u32, name: u32, name_len: u32, out_id: u32)
        Started V0_1_0 Support::Answers(NO_QUEUES);
    shared_queue::proxy_enqueue_shared_queue(id: u32, value: u32, value_len: u32)
        Started V0_1_0 Support::Answers(NO_QUEUES);
    shared_queue::proxy_dequeue_shared_queue(id: u32, out: u32, out_len: u32)
        Started V0_1_0 Support::Answers(NO_QUEUES);

    grpc::proxy_grpc_call(
        upstream: u32, upstream_len: u32, service: u32, service_len: u32, method: u32, method_len: u32,
        metadata: u32, metadata_len: u32, message: u32, message_len: u32, timeout: u32, out_call: u32
    ) Started V0_1_0 Support::Answers(NO_GRPC);
    grpc::proxy_grpc_stream(
        upstream: u32, upstream_len: u32, service: u32, service_len: u32, method: u32, method_len: u32,
        metadata: u32, metadata_len: u32, out_stream: u32
    ) Started V0_1_0 Support::Answers(NO_GRPC);
    grpc::proxy_grpc_send(id: u32, message: u32, message_len: u32, end: u32)
        Started V0_1_0 Support::Answers(NO_GRPC);
    grpc::proxy_grpc_cancel(id: u32) Started V0_1_0 Support::Answers(NO_GRPC);
    grpc::proxy_grpc_close(id: u32) Started V0_1_0 Support::Answers(NO_GRPC);
    grpc::proxy_get_status(out_code: u32, out: u32, out_len: u32) Started V0_1_0 Support::Answers(NO_GRPC);
}

/// Registers every host function, and the two that Emscripten's toolchain imports beside them.
pub(crate) fn define(linker: &mut Linker<State>) -> Result<()> {
    HOSTCALLS.iter().try_for_each(|hostcall| (hostcall.define)(linker))?;
    linker.func_wrap("env", "pthread_equal", |left: u32, right: u32| u32::from(left == right))?;
    linker.func_wrap("env", "emscripten_notify_memory_growth", |_memory: u32| {})?;
    Ok(())
}

/// When a host function answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    Always,
    /// Not while the guest initialises or allocates: it has no context there.
    Started,
}

fn enter(
    caller: Caller<'_, State>,
    name: &'static str,
    when: When,
    body: impl FnOnce(&mut Guest<'_>) -> Result<Status>,
) -> Result<u32> {
    let started = matches!(caller.data().phase, Phase::Running | Phase::Configuring);
    if when == When::Started && !started {
        return Ok(Status::InternalFailure.code());
    }
    let admitted = quirks::gate::admit(caller.data(), name);
    let answer = admitted.and_then(|()| Guest::new(caller)).and_then(|mut guest| body(&mut guest));
    answer.map(Status::code).map_err(|error| error.context(name))
}

/// A guest that waits for a host function.
pub(crate) struct Guest<'a> {
    caller: Caller<'a, State>,
    memory: Memory,
}

impl<'a> Guest<'a> {
    pub(crate) fn new(mut caller: Caller<'a, State>) -> Result<Self> {
        let known = caller.data().memory;
        // A start section runs before the instance is bound.
        let memory = known
            .or_else(|| caller.get_export(crate::module::MEMORY)?.into_memory())
            .ok_or_else(|| format_err!("expected the guest to have a memory"))?;
        Ok(Self { caller, memory })
    }

    pub(crate) fn state(&mut self) -> &mut State {
        self.caller.data_mut()
    }

    /// The guest's memory, and everything else, at the same time.
    pub(crate) fn parts(&mut self) -> (&mut [u8], &mut State) {
        self.memory.data_and_store_mut(&mut self.caller)
    }

    /// Gives `bytes` to the guest: in memory that it allocates, and then owns.
    fn give(&mut self, bytes: &[u8], out: Out) -> Result<Status> {
        self.give_with(bytes.len(), out, |target, _| {
            target.copy_from_slice(bytes);
            Some(())
        })
    }

    /// Lets `write` fill `length` bytes of the guest's memory. No bytes are the null pointer.
    fn give_with(
        &mut self,
        length: usize,
        out: Out,
        write: impl FnOnce(&mut [u8], &State) -> Option<()>,
    ) -> Result<Status> {
        let length = u32::try_from(length)?;
        let pointer = if length == 0 { 0 } else { self.allocate(length)? };
        let (memory, state) = self.parts();
        let target = GuestRange::new(pointer, length).write(memory)?;
        write(target, state).ok_or_else(|| format_err!("expected {length} bytes to give"))?;
        write_u32(memory, out.pointer, pointer)?;
        write_u32(memory, out.length, length)?;
        Ok(Status::Ok)
    }

    /// Runs the guest's allocator. Other host functions refuse meanwhile, so nothing is re-entered.
    fn allocate(&mut self, length: u32) -> Result<u32> {
        let state = self.caller.data_mut();
        let phase = std::mem::replace(&mut state.phase, Phase::Allocating);
        let allocate = state.allocate.take();
        let allocate = allocate.ok_or_else(|| format_err!("expected an allocator that does not run"))?;
        let answer = allocate.call(&mut self.caller, length);
        let state = self.caller.data_mut();
        state.allocate = Some(allocate);
        state.phase = phase;
        match answer? {
            0 => Err(format_err!("expected the guest to allocate {length} bytes, got the null pointer")),
            pointer => Ok(pointer),
        }
    }
}

/// Where the guest wants the pointer and the length of what it is given.
#[derive(Debug, Clone, Copy)]
struct Out {
    pointer: u32,
    length: u32,
}

impl Out {
    fn new(pointer: u32, length: u32) -> Self {
        Self { pointer, length }
    }
}

/// The bytes that the guest points at.
fn read(memory: &[u8], pointer: u32, length: u32) -> Result<&[u8]> {
    Ok(GuestRange::new(pointer, length).read(memory)?)
}
