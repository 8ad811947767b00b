//! Acting for another context, and ending one late.

use super::{Guest, Result, Status};
use crate::quirks::Quirk;
use crate::stream::End;

/// For the rest of the present callback, host functions act on this context.
pub(super) fn proxy_set_effective_context(guest: &mut Guest<'_>, (context,): (u32,)) -> Result<Status> {
    if guest.state().has(Quirk::EffectiveContextFixed) {
        return Ok(Status::Ok);
    }
    let contexts = &mut guest.state().contexts;
    if !contexts.exists(context) {
        return Ok(Status::BadArgument);
    }
    contexts.effective = context;
    Ok(Status::Ok)
}

/// Ends a context whose `proxy_on_done` answered false.
pub(super) fn proxy_done(guest: &mut Guest<'_>, (): ()) -> Result<Status> {
    let contexts = &mut guest.state().contexts;
    let context = contexts.effective;
    if context == contexts.root {
        let awaited = std::mem::take(&mut contexts.root_awaits_done);
        return Ok(if awaited { Status::Ok } else { Status::NotFound });
    }
    match contexts.streams.get_mut(&context) {
        Some(stream) if stream.end == End::AwaitsDone => {
            stream.end = End::Closing;
            contexts.done.push(context);
            Ok(Status::Ok)
        }
        _ => Ok(Status::NotFound),
    }
}
