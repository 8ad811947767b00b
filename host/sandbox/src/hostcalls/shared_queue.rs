//! Queues between plugins: this host has none.
//!
//! The functions link, because every filter that is built with the Rust SDK imports them.

use super::{Guest, Result, Status};
use crate::abi::types::LogLevel;

/// An honest failure: a queue that was registered and delivers nothing would be worse.
pub(super) fn proxy_register_shared_queue<T>(guest: &mut Guest<'_>, _arguments: T) -> Result<Status> {
    guest.state().log(LogLevel::Error, b"shared queues are not offered by this host; use shared data");
    Ok(Status::InternalFailure)
}

pub(super) fn proxy_resolve_shared_queue<T>(_guest: &mut Guest<'_>, _arguments: T) -> Result<Status> {
    Ok(Status::NotFound)
}

pub(super) fn proxy_enqueue_shared_queue<T>(_guest: &mut Guest<'_>, _arguments: T) -> Result<Status> {
    Ok(Status::NotFound)
}

pub(super) fn proxy_dequeue_shared_queue<T>(_guest: &mut Guest<'_>, _arguments: T) -> Result<Status> {
    Ok(Status::NotFound)
}
