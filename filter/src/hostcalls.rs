//! The engine behind `Host`: declarations of the host functions, and one safe wrapper for each.
//!
//! Statuses arrive as plain integers, since a Rust enum with a value that it does not list is undefined
//! behaviour, and engines return statuses that the SDK does not list.

#![allow(unsafe_code, reason = "host functions take raw pointers; this is the one file that calls them")]

use crate::host::{CounterId, GaugeId, HeaderMap, Host, HostError, Level};
use claimgate_policy::headers::HeaderEdit;
use claimgate_policy::step::HttpCall;
use std::env::VarError;
use std::ptr::{null, null_mut};
use std::time::Duration;

pub(crate) mod pairs;

/// The engine that runs this module.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Engine;

impl Host for Engine {
    fn log(&self, level: Level, line: &str) {
        // SAFETY: pointer and length are those of `line`, which outlives the call; the engine only reads.
        let _lost = unsafe { proxy_log(level_code(level), line.as_ptr(), line.len()) };
    }

    fn now(&self) -> Result<u64, HostError> {
        let mut nanoseconds = 0;
        // SAFETY: the engine writes eight bytes through a pointer to a `u64` that outlives the call.
        HostError::check(unsafe { proxy_get_current_time_nanoseconds(&raw mut nanoseconds) })?;
        Ok(nanoseconds)
    }

    fn plugin_configuration(&self, size: usize) -> Result<Vec<u8>, HostError> {
        // SAFETY: `returned` hands over two out pointers that live until the call is over.
        returned(|data, len| unsafe { proxy_get_buffer_bytes(PLUGIN_CONFIGURATION, 0, size, data, len) })
    }

    fn variable(&self, name: &str) -> Result<String, HostError> {
        std::env::var(name).map_err(|error| match error {
            VarError::NotPresent => HostError::NotFound,
            VarError::NotUnicode(_) => HostError::ParseFailure,
        })
    }

    fn pairs(&self, map: HeaderMap) -> Result<Vec<u8>, HostError> {
        // SAFETY: `returned` hands over two out pointers that live until the call is over.
        returned(|data, len| unsafe { proxy_get_header_map_pairs(map_code(map), data, len) })
    }

    fn edit_header(&self, map: HeaderMap, edit: &HeaderEdit) -> Result<(), HostError> {
        match edit {
            HeaderEdit::Remove(name) => remove_header(map, name),
            HeaderEdit::Set(name, value) => replace_header(map, name.as_bytes(), value),
            HeaderEdit::Append(name, value) => add_header(map, name.as_bytes(), value),
        }
    }

    fn request_body(&self, at_most: usize) -> Result<Vec<u8>, HostError> {
        // SAFETY: `returned` hands over two out pointers that live until the call is over.
        returned(|data, len| unsafe { proxy_get_buffer_bytes(REQUEST_BODY, 0, at_most, data, len) })
    }

    fn replace_request_body(&self, held: usize, body: &[u8]) -> Result<(), HostError> {
        // SAFETY: the pointer goes with the length of its slice; the engine only reads.
        HostError::check(unsafe { proxy_set_buffer_bytes(REQUEST_BODY, 0, held, body.as_ptr(), body.len()) })
    }

    fn send_local_response(&self, status: u16, headers: &[u8], body: &[u8]) -> Result<(), HostError> {
        // No details: nginx would show them to the client as the reason phrase.
        // SAFETY: each pointer goes with the length of its slice, or is null with length 0; the engine only reads.
        HostError::check(unsafe {
            proxy_send_local_response(
                u32::from(status),
                null(),
                0,
                body.as_ptr(),
                body.len(),
                headers.as_ptr(),
                headers.len(),
                NO_GRPC_STATUS,
            )
        })
    }

    fn property(&self, path: &[&str]) -> Result<Vec<u8>, HostError> {
        let path = path.join("\0");
        // SAFETY: as above; the path's pointer goes with its length and outlives the call.
        returned(|data, len| unsafe { proxy_get_property(path.as_ptr(), path.len(), data, len) })
    }

    fn define_counter(&self, name: &str) -> Result<CounterId, HostError> {
        define_metric(COUNTER, name).map(CounterId)
    }

    fn increment(&self, counter: CounterId) -> Result<(), HostError> {
        // SAFETY: no pointers.
        HostError::check(unsafe { proxy_increment_metric(counter.0, 1) })
    }

    fn count(&self, counter: CounterId) -> Result<u64, HostError> {
        let mut count = 0;
        // SAFETY: the engine writes eight bytes through a pointer to a `u64` that outlives the call.
        HostError::check(unsafe { proxy_get_metric(counter.0, &raw mut count) })?;
        Ok(count)
    }

    fn define_gauge(&self, name: &str) -> Result<GaugeId, HostError> {
        define_metric(GAUGE, name).map(GaugeId)
    }

    fn set_gauge(&self, gauge: GaugeId, value: u64) -> Result<(), HostError> {
        // SAFETY: no pointers.
        HostError::check(unsafe { proxy_record_metric(gauge.0, value) })
    }

    fn shared_data(&self, name: &str) -> Result<(Vec<u8>, u32), HostError> {
        let mut cas = 0;
        // SAFETY: the name's pointer goes with its length; the out pointers live until the call is over.
        let value = returned(|data, len| unsafe {
            proxy_get_shared_data(name.as_ptr(), name.len(), data, len, &raw mut cas)
        })?;
        Ok((value, cas))
    }

    fn set_shared_data(&self, name: &str, value: &[u8], cas: u32) -> Result<(), HostError> {
        // SAFETY: each pointer goes with the length of its slice; the engine only reads.
        HostError::check(unsafe {
            proxy_set_shared_data(name.as_ptr(), name.len(), value.as_ptr(), value.len(), cas)
        })
    }

    fn set_tick_period(&self, milliseconds: u32) -> Result<(), HostError> {
        // SAFETY: no pointers.
        HostError::check(unsafe { proxy_set_tick_period_milliseconds(milliseconds) })
    }

    // Through the SDK: its dispatcher panics at an outcome of which it does not know the call.
    fn http_call(&self, call: &HttpCall) -> Result<u32, HostError> {
        let text = |value: &'_ [u8]| std::str::from_utf8(value).ok().map(ToOwned::to_owned);
        let headers: Option<Vec<(&str, String)>> =
            call.headers.iter().map(|(name, value)| Some((&**name, text(value)?))).collect();
        let headers = headers.ok_or(HostError::BadArgument)?;
        let headers = headers.iter().map(|(name, value)| (*name, &**value)).collect();
        let timeout = Duration::from_millis(call.timeout_ms.into());
        proxy_wasm::hostcalls::dispatch_http_call(
            &call.target,
            headers,
            Some(&call.body),
            Vec::new(),
            timeout,
        )
        .map_err(|_| HostError::BadArgument)
    }

    fn enter(&self, context: u32) -> Result<(), HostError> {
        // SAFETY: no pointers.
        HostError::check(unsafe { proxy_set_effective_context(context) })
    }

    fn resume_request(&self) -> Result<(), HostError> {
        // SAFETY: no pointers.
        HostError::check(unsafe { proxy_continue_stream(HTTP_REQUEST) })
    }

    fn call_body(&self, at_most: usize) -> Result<Vec<u8>, HostError> {
        // SAFETY: `returned` hands over two out pointers that live until the call is over.
        returned(|data, len| unsafe { proxy_get_buffer_bytes(CALL_BODY, 0, at_most, data, len) })
    }

    fn call_foreign_function(&self, name: &str, argument: &[u8]) -> Result<Vec<u8>, HostError> {
        // SAFETY: each pointer goes with the length of its slice; the out pointers live until the call is over.
        returned(|data, len| unsafe {
            proxy_call_foreign_function(
                name.as_ptr(),
                name.len(),
                argument.as_ptr(),
                argument.len(),
                data,
                len,
            )
        })
    }
}

fn replace_header(map: HeaderMap, name: &[u8], value: &[u8]) -> Result<(), HostError> {
    // SAFETY: each pointer goes with the length of its slice; the engine only reads.
    HostError::check(unsafe {
        proxy_replace_header_map_value(map_code(map), name.as_ptr(), name.len(), value.as_ptr(), value.len())
    })
}

fn add_header(map: HeaderMap, name: &[u8], value: &[u8]) -> Result<(), HostError> {
    // SAFETY: each pointer goes with the length of its slice; the engine only reads.
    HostError::check(unsafe {
        proxy_add_header_map_value(map_code(map), name.as_ptr(), name.len(), value.as_ptr(), value.len())
    })
}

fn define_metric(kind: u32, name: &str) -> Result<u32, HostError> {
    let mut id = 0;
    // SAFETY: the name's pointer goes with its length; the engine writes four bytes to a `u32`.
    HostError::check(unsafe { proxy_define_metric(kind, name.as_ptr(), name.len(), &raw mut id) })?;
    Ok(id)
}

fn remove_header(map: HeaderMap, name: &[u8]) -> Result<(), HostError> {
    // SAFETY: the pointer goes with the length of its slice; the engine only reads.
    HostError::check(unsafe { proxy_remove_header_map_value(map_code(map), name.as_ptr(), name.len()) })
}

/// A buffer that the engine gives away: `call` gets the two out pointers and returns the status.
fn returned(call: impl FnOnce(*mut *mut u8, *mut usize) -> i32) -> Result<Vec<u8>, HostError> {
    let mut data: *mut u8 = null_mut();
    let mut len = 0;
    HostError::check(call(&raw mut data, &raw mut len))?;
    if data.is_null() || len == 0 {
        return Ok(Vec::new());
    }
    // SAFETY: on success the engine has allocated `len` bytes by calling this module's
    // `proxy_on_memory_allocate`, whose block is a boxed slice of exactly `len` bytes from the global allocator,
    // has written all of them, and has passed the ownership on (Proxy-Wasm ABI 0.2.1, memory management).
    Ok(unsafe { Vec::from_raw_parts(data, len, len) })
}

const fn level_code(level: Level) -> u32 {
    match level {
        Level::Info => 2,
        Level::Warn => 3,
        Level::Error => 4,
    }
}

const fn map_code(map: HeaderMap) -> u32 {
    match map {
        HeaderMap::Request => 0,
        HeaderMap::RequestTrailers => 1,
        HeaderMap::Response => 2,
        HeaderMap::CallResponse => 6,
    }
}

const REQUEST_BODY: u32 = 0;
const CALL_BODY: u32 = 4;
const PLUGIN_CONFIGURATION: u32 = 7;
const COUNTER: u32 = 0;
const GAUGE: u32 = 1;
const NO_GRPC_STATUS: i32 = -1;
const HTTP_REQUEST: u32 = 0;

#[cfg_attr(target_family = "wasm", link(wasm_import_module = "env"))]
unsafe extern "C" {
    fn proxy_log(level: u32, line: *const u8, line_len: usize) -> i32;

    fn proxy_get_current_time_nanoseconds(nanoseconds: *mut u64) -> i32;

    fn proxy_get_buffer_bytes(
        buffer: u32,
        start: usize,
        at_most: usize,
        data: *mut *mut u8,
        len: *mut usize,
    ) -> i32;

    fn proxy_set_buffer_bytes(buffer: u32, start: usize, replaced: usize, data: *const u8, len: usize)
    -> i32;

    fn proxy_get_header_map_pairs(map: u32, data: *mut *mut u8, len: *mut usize) -> i32;

    fn proxy_add_header_map_value(
        map: u32,
        name: *const u8,
        name_len: usize,
        value: *const u8,
        value_len: usize,
    ) -> i32;

    fn proxy_replace_header_map_value(
        map: u32,
        name: *const u8,
        name_len: usize,
        value: *const u8,
        value_len: usize,
    ) -> i32;

    fn proxy_remove_header_map_value(map: u32, name: *const u8, name_len: usize) -> i32;

    fn proxy_send_local_response(
        status: u32,
        details: *const u8,
        details_len: usize,
        body: *const u8,
        body_len: usize,
        headers: *const u8,
        headers_len: usize,
        grpc_status: i32,
    ) -> i32;

    fn proxy_get_property(path: *const u8, path_len: usize, data: *mut *mut u8, len: *mut usize) -> i32;

    fn proxy_define_metric(kind: u32, name: *const u8, name_len: usize, id: *mut u32) -> i32;

    fn proxy_increment_metric(id: u32, by: i64) -> i32;

    fn proxy_record_metric(id: u32, value: u64) -> i32;

    fn proxy_get_metric(id: u32, count: *mut u64) -> i32;

    fn proxy_get_shared_data(
        name: *const u8,
        name_len: usize,
        data: *mut *mut u8,
        len: *mut usize,
        cas: *mut u32,
    ) -> i32;

    fn proxy_set_shared_data(
        name: *const u8,
        name_len: usize,
        value: *const u8,
        value_len: usize,
        cas: u32,
    ) -> i32;

    fn proxy_set_tick_period_milliseconds(period: u32) -> i32;

    fn proxy_set_effective_context(context: u32) -> i32;

    fn proxy_continue_stream(stream: u32) -> i32;

    fn proxy_call_foreign_function(
        name: *const u8,
        name_len: usize,
        argument: *const u8,
        argument_len: usize,
        data: *mut *mut u8,
        len: *mut usize,
    ) -> i32;
}
