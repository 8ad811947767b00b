//! A decision, carried out on the engine. Whatever the engine does not do ends in an error, and the caller
//! refuses the request: half of the edits are no leave to forward.

use crate::host::{self, HeaderMap, Host, Level};
use crate::hostcalls::pairs::{self, Pairs};
use claimgate_policy::capabilities::Capabilities;
use claimgate_policy::headers::HeaderEdit;
use claimgate_policy::step::Response;
use claimgate_policy::world::Policy;
use claimgate_policy::{Denial, Permit};

/// Edits the request as the permit says. `held` is how many bytes of its body are held.
pub(crate) fn request_edits(host: &dyn Host, permit: &Permit, held: usize) -> Result<(), Denial> {
    edit(host, HeaderMap::Request, permit.request_edits())
        .map_err(|error| host::failed(host, "a request header could not be edited", error))?;
    match permit.request_body() {
        Some(body) => host
            .replace_request_body(held, body)
            .map_err(|error| host::failed(host, "the request's body could not be replaced", error)),
        None => Ok(()),
    }
}

/// Edits the request before a call for which it is held.
pub(crate) fn before_a_call(host: &dyn Host, edits: &[HeaderEdit]) -> Result<(), Denial> {
    edit(host, HeaderMap::Request, edits)
        .map_err(|error| host::failed(host, "a request could not be made safe to hold", error))
}

/// The whole body of a request that is held, or the first byte more than `at_most` of a longer one.
pub(crate) fn held_body(host: &dyn Host, at_most: usize) -> Result<Vec<u8>, Denial> {
    match host.request_body(at_most.saturating_add(1)) {
        // An empty body is no buffer at all on some engines.
        Err(host::HostError::NotFound) => Ok(Vec::new()),
        read => read.map_err(|error| host::failed(host, "no request body", error)),
    }
}

/// Removes from the request's trailers what may not come from the client.
pub(crate) fn trailer_edits(host: &dyn Host, policy: &Policy) -> Result<(), Denial> {
    let map = host
        .pairs(HeaderMap::RequestTrailers)
        .map_err(|error| host::failed(host, "no request trailers", error))?;
    let pairs = Pairs::new(&map).map_err(|_| MALFORMED)?;
    for pair in pairs {
        let (name, _) = pair.map_err(|_| MALFORMED)?;
        if let Some(edit) = policy.edit_of_trailer(name) {
            host.edit_header(HeaderMap::RequestTrailers, &edit)
                .map_err(|error| host::failed(host, "a request trailer could not be removed", error))?;
        }
    }
    Ok(())
}

/// Edits the response as the permit says.
pub(crate) fn response_edits(host: &dyn Host, permit: &Permit) -> Result<(), Denial> {
    edit(host, HeaderMap::Response, permit.response_edits())
        .map_err(|error| host::failed(host, "a response header could not be edited", error))
}

/// Answers the client. Returns what is still to be added to the answer, by [`late_copies`].
pub(crate) fn reply(
    host: &dyn Host,
    engine: &Capabilities,
    response: &Response,
) -> Result<Vec<HeaderEdit>, Denial> {
    let (fields, late) = fields(&response.headers, engine);
    let headers =
        pairs::encode(&fields).ok_or(Denial::Internal { what: "an answer too long for the engine" })?;
    host.send_local_response(response.status.code(), &headers, &response.body)
        .map_err(|error| host::failed(host, "the engine did not take the answer", error))?;
    Ok(late)
}

/// Adds to an answer what could not go with it. The answer is on its way whether the engine does that or not.
pub(crate) fn late_copies(host: &dyn Host, edits: &[HeaderEdit]) {
    for edit in edits {
        if let Err(error) = host.edit_header(HeaderMap::Response, edit) {
            host.log(Level::Error, &format!("claimgate: an answer lacks {edit:?}: {error}"));
        }
    }
}

fn edit(host: &dyn Host, map: HeaderMap, edits: &[HeaderEdit]) -> Result<(), host::HostError> {
    edits.iter().try_for_each(|edit| host.edit_header(map, edit))
}

type Field<'a> = (&'a [u8], &'a [u8]);

/// The fields that go with an answer, and the copies that have to come later: those behind the first of their name, on
/// an engine that would send the last alone.
fn fields<'a>(headers: &'a [HeaderEdit], engine: &Capabilities) -> (Vec<Field<'a>>, Vec<HeaderEdit>) {
    let mut fields: Vec<Field<'a>> = Vec::with_capacity(headers.len());
    let mut late = Vec::new();
    for edit in headers {
        let Some((name, value)) = field(edit) else { continue };
        let repeats = || fields.iter().any(|(sent, _)| sent.eq_ignore_ascii_case(name));
        if !engine.replies_keep_copies && matches!(edit, HeaderEdit::Append(..)) && repeats() {
            late.push(edit.clone());
        } else {
            fields.push((name, value));
        }
    }
    (fields, late)
}

/// A field of an answer. An answer starts out empty, so that there is nothing to remove from it.
fn field(edit: &HeaderEdit) -> Option<Field<'_>> {
    match edit {
        HeaderEdit::Set(name, value) | HeaderEdit::Append(name, value) => Some((name.as_bytes(), value)),
        HeaderEdit::Remove(_) => None,
    }
}

const MALFORMED: Denial = Denial::Internal { what: "malformed trailers from the engine" };
