//! The Proxy-Wasm ABI as data: numbers, statuses, the encoding of header lists, guest memory.

pub(crate) mod memory;
pub mod pairs;
pub(crate) mod status;
pub(crate) mod types;
