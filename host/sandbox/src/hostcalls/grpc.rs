//! gRPC calls: this host has none.
//!
//! The functions link, because every filter that is built with the Rust SDK imports them. They answer
//! what Envoy answers for an upstream that does not exist.

use super::{Guest, Out, Result, Status, write_u32};

pub(super) fn proxy_grpc_call<T>(_guest: &mut Guest<'_>, _arguments: T) -> Result<Status> {
    Ok(Status::ParseFailure)
}

pub(super) fn proxy_grpc_stream<T>(_guest: &mut Guest<'_>, _arguments: T) -> Result<Status> {
    Ok(Status::ParseFailure)
}

pub(super) fn proxy_grpc_send<T>(_guest: &mut Guest<'_>, _arguments: T) -> Result<Status> {
    Ok(Status::NotFound)
}

pub(super) fn proxy_grpc_cancel<T>(_guest: &mut Guest<'_>, _arguments: T) -> Result<Status> {
    Ok(Status::NotFound)
}

pub(super) fn proxy_grpc_close<T>(_guest: &mut Guest<'_>, _arguments: T) -> Result<Status> {
    Ok(Status::NotFound)
}

/// Outside of a gRPC callback the status is 0 without a message.
pub(super) fn proxy_get_status(
    guest: &mut Guest<'_>,
    (out_code, out, out_len): (u32, u32, u32),
) -> Result<Status> {
    let (memory, _) = guest.parts();
    write_u32(memory, out_code, 0)?;
    guest.give(b"", Out::new(out, out_len))
}
