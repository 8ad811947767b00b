//! Streams as nginx's quirks have them: bodies of requests come whole, trailers not at all, and the end at once.

use super::Instance;
use crate::abi::types::Direction;
use crate::effect::{BodyVerdict, Effect, LocalResponse, StreamId, Verdict};
use crate::error::SandboxError;
use crate::header_map::HeaderMap;
#[cfg(doc)]
use crate::quirks::Quirk;
use crate::state::Step;
use crate::stream::{Outcome, Stage};

use bytes::Bytes;

impl Instance {
    /// Keeps a request's body until all of it is there, and hands it over once, unless it is empty:
    /// [`Quirk::WholeBody`], [`Quirk::SpilledBody`], [`Quirk::BodyKeepsLength`].
    pub(super) fn gather_request_body(
        &mut self,
        stream: StreamId,
        chunk: Bytes,
        end: bool,
    ) -> Result<BodyVerdict, SandboxError> {
        let direction = Direction::Request;
        if self.adrift(stream).is_some() {
            return Ok(BodyVerdict::Forward(chunk));
        }
        let limits = &self.state().plugin.limits;
        let limit = limits.buffered_body_bytes;
        let buffer =
            self.state().plugin.quirks.settings().map_or(limit, |nginx| nginx.client_body_buffer_size);
        let half = self.begin(stream, direction, Stage::Body)?;
        half.hold(chunk);
        half.ended = end;
        let length = half.body().map_or(0, <[u8]>::len);
        half.spill_beyond(buffer);
        half.keep_length();
        let nothing = end && length == 0;
        // Held, as if the guest had said so.
        let _held = self.finish(stream, direction, (!nothing).then_some(PAUSE));
        if length > limit {
            return Ok(BodyVerdict::TooLarge);
        }
        if nothing || !end {
            return Ok(if nothing { BodyVerdict::Forward(Bytes::new()) } else { BodyVerdict::Hold });
        }
        self.on_body(stream, direction, Bytes::new(), true)
    }

    /// Trailers end a body, and are not shown. Those of requests go no further.
    pub(super) fn end_with_trailers(
        &mut self,
        stream: StreamId,
        direction: Direction,
        trailers: HeaderMap,
    ) -> Result<Verdict, SandboxError> {
        let body = match direction {
            Direction::Request => match self.gather_request_body(stream, Bytes::new(), true)? {
                BodyVerdict::Forward(body) => body,
                BodyVerdict::Hold => return Ok(Verdict::Pause),
                BodyVerdict::Respond(response) => return Ok(Verdict::Respond(response)),
                BodyVerdict::TooLarge => return Ok(Verdict::Respond(too_large())),
            },
            Direction::Response if self.adrift(stream).is_some() => Bytes::new(),
            Direction::Response => {
                self.begin(stream, direction, Stage::Trailers)?;
                match self.finish(stream, direction, None) {
                    Outcome::Released | Outcome::Held => {}
                    Outcome::Answered(response) => return Ok(Verdict::Respond(response)),
                }
                self.stream_mut(stream)?.half_mut(direction).take_body()
            }
        };
        let passed = if direction == Direction::Request { HeaderMap::new() } else { trailers };
        self.stream_mut(stream)?.half_mut(direction).trailers = Some(passed);
        if !body.is_empty() {
            self.state_mut().effects.push(Effect::Resume { stream, direction, body });
        }
        Ok(Verdict::Continue)
    }

    /// Ends a stream without waiting for anybody, its calls included.
    pub(super) fn end_at_once(&mut self, stream: StreamId) -> Result<(), SandboxError> {
        let cancelled = self.state_mut().calls.cancel(stream);
        self.state_mut().effects.extend(cancelled.into_iter().map(Effect::CancelCall));
        self.callback(Step::End, stream.0, |exports| &exports.done, stream.0)?;
        self.callback(Step::End, stream.0, |exports| &exports.log, stream.0)?;
        self.delete(stream.0)
    }
}

fn too_large() -> LocalResponse {
    LocalResponse {
        status: 413,
        details: "request body too large".to_owned(),
        headers: Vec::new(),
        body: Bytes::new(),
        grpc_status: None,
    }
}

/// What a guest answers that wants to wait.
const PAUSE: u32 = 1;
