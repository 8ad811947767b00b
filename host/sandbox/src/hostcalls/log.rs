//! Log lines of the guest.

use super::{Guest, Result, Status, read, write_u32};
use crate::abi::types::LogLevel;

pub(super) fn proxy_log(guest: &mut Guest<'_>, (level, message, length): (u32, u32, u32)) -> Result<Status> {
    let (memory, state) = guest.parts();
    let message = read(memory, message, length)?;
    let Some(level) = LogLevel::from_abi(level) else {
        return Ok(Status::BadArgument);
    };
    state.log(level, message);
    Ok(Status::Ok)
}

pub(super) fn proxy_get_log_level(guest: &mut Guest<'_>, (out,): (u32,)) -> Result<Status> {
    let (memory, state) = guest.parts();
    write_u32(memory, out, state.environment.logs.level() as u32)?;
    Ok(Status::Ok)
}
