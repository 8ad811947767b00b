//! The functions of a guest, found once: a callback then costs no look-up by name.

use crate::abi::types::Direction;
use crate::module::{ALLOCATORS, MEMORY};
use crate::state::State;

use wasmtime::{Instance, Memory, Store, TypedFunc, WasmParams, WasmResults};

/// What the guest exports. All but memory and allocator may be absent; then the host goes on as if the
/// function had answered Continue, or true.
pub(super) struct Exports {
    pub(super) initialize: Option<TypedFunc<(), ()>>,
    pub(super) start: Option<TypedFunc<(), ()>>,
    pub(super) main: Option<TypedFunc<(u32, u32), u32>>,
    pub(super) main_void: Option<TypedFunc<(), u32>>,
    pub(super) context_create: Option<TypedFunc<(u32, u32), ()>>,
    pub(super) vm_start: Option<TypedFunc<(u32, u32), u32>>,
    pub(super) configure: Option<TypedFunc<(u32, u32), u32>>,
    pub(super) tick: Option<TypedFunc<u32, ()>>,
    pub(super) request: HalfExports,
    pub(super) response: HalfExports,
    pub(super) http_call_response: Option<TypedFunc<CallSizes, ()>>,
    pub(super) log: Option<TypedFunc<u32, ()>>,
    pub(super) done: Option<TypedFunc<u32, u32>>,
    pub(super) delete: Option<TypedFunc<u32, ()>>,
}

impl Exports {
    pub(super) fn find(instance: &Instance, store: &mut Store<State>) -> Self {
        Self {
            initialize: function(instance, store, "_initialize"),
            start: function(instance, store, "_start"),
            main: function(instance, store, "main"),
            main_void: function(instance, store, "__main_void"),
            context_create: function(instance, store, "proxy_on_context_create"),
            vm_start: function(instance, store, "proxy_on_vm_start"),
            configure: function(instance, store, "proxy_on_configure"),
            tick: function(instance, store, "proxy_on_tick"),
            request: HalfExports {
                headers: function(instance, store, "proxy_on_request_headers"),
                body: function(instance, store, "proxy_on_request_body"),
                trailers: function(instance, store, "proxy_on_request_trailers"),
            },
            response: HalfExports {
                headers: function(instance, store, "proxy_on_response_headers"),
                body: function(instance, store, "proxy_on_response_body"),
                trailers: function(instance, store, "proxy_on_response_trailers"),
            },
            http_call_response: function(instance, store, "proxy_on_http_call_response"),
            log: function(instance, store, "proxy_on_log"),
            done: function(instance, store, "proxy_on_done"),
            delete: function(instance, store, "proxy_on_delete"),
        }
    }

    pub(super) fn half(&self, direction: Direction) -> &HalfExports {
        match direction {
            Direction::Request => &self.request,
            Direction::Response => &self.response,
        }
    }
}

/// The callbacks of one direction.
pub(super) struct HalfExports {
    pub(super) headers: Option<TypedFunc<(u32, u32, u32), u32>>,
    pub(super) body: Option<TypedFunc<(u32, u32, u32), u32>>,
    pub(super) trailers: Option<TypedFunc<(u32, u32), u32>>,
}

/// The guest's memory.
pub(super) fn memory(instance: &Instance, store: &mut Store<State>) -> Option<Memory> {
    instance.get_memory(store, MEMORY)
}

/// The guest's allocator.
pub(super) fn allocator(instance: &Instance, store: &mut Store<State>) -> Option<TypedFunc<u32, u32>> {
    ALLOCATORS.iter().find_map(|name| function(instance, store, name))
}

/// The type was checked when the module was compiled, so a failure can only be an absence.
fn function<P: WasmParams, R: WasmResults>(
    instance: &Instance,
    store: &mut Store<State>,
    name: &str,
) -> Option<TypedFunc<P, R>> {
    instance.get_typed_func(store, name).ok()
}

/// Root context, call, number of headers, bytes of body, number of trailers.
pub(super) type CallSizes = (u32, u32, u32, u32, u32);
