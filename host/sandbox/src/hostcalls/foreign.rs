//! Native functions by name.

use super::{Guest, Out, Result, Status, read};
use crate::foreign::ForeignError;
use crate::quirks::Quirk;

use wasmtime::format_err;

pub(super) fn proxy_call_foreign_function(
    guest: &mut Guest<'_>,
    (name, name_len, argument, argument_len, out, out_len): (u32, u32, u32, u32, u32, u32),
) -> Result<Status> {
    let (memory, state) = guest.parts();
    let name = std::str::from_utf8(read(memory, name, name_len)?).unwrap_or_default();
    let argument = read(memory, argument, argument_len)?;
    if state.has(Quirk::ForeignTraps) {
        return Err(format_err!("expected a foreign function of this engine, got {name:?}"));
    }
    match state.environment.foreign.call(name, argument) {
        None => Ok(Status::NotFound),
        Some(Err(ForeignError::BadArgument)) => Ok(Status::BadArgument),
        Some(Err(ForeignError::SerializationFailure)) => Ok(Status::SerializationFailure),
        Some(Err(ForeignError::InternalFailure)) => Ok(Status::InternalFailure),
        Some(Ok(answer)) => guest.give(&answer, Out::new(out, out_len)),
    }
}
