//! What goes on without its guest, with nginx's quirks: there a trap is not the end of every stream of an
//! instance, and a crash is the end of more than one.

use super::{Instance, Life};
use crate::abi::types::Direction;
use crate::effect::{BodyVerdict, LocalResponse, StreamId, Verdict};
use crate::error::SandboxError;
use crate::header_map::HeaderMap;
use crate::quirks::{Crash, Quirk};
use crate::stream::Stream;

use bytes::Bytes;

impl Instance {
    /// A fault of which no callback told because its stream goes on. Only with nginx's quirks.
    pub fn take_fault(&mut self) -> Option<SandboxError> {
        self.fault.take()
    }

    /// Whether a stream goes on though the instance is dead. Only with nginx's quirks: a request that waits for
    /// a call then goes upstream with its answer, and a response passes as it comes.
    pub fn is_outlived_by(&self, stream: StreamId) -> bool {
        self.stream(stream).is_some_and(|stream| stream.adrift)
    }

    /// Whether the whole worker is gone, with every connection.
    pub fn crash(&self) -> Option<Crash> {
        match self.life {
            Life::Crashed(crash) => Some(crash),
            Life::Alive | Life::Dead => None,
        }
    }

    /// The stream, if it goes on without its guest.
    pub(super) fn adrift(&mut self, stream: StreamId) -> Option<&mut Stream> {
        self.stream_mut(stream).ok().filter(|stream| stream.adrift)
    }

    /// What a trap on headers comes to; `before`: those of a response, as they came.
    pub(super) fn outlive_headers(
        &mut self,
        stream: StreamId,
        direction: Direction,
        before: Option<HeaderMap>,
        error: SandboxError,
    ) -> Result<Verdict, SandboxError> {
        let first = self.outlive(stream, direction, error)?;
        if direction == Direction::Response {
            self.stream_mut(stream)?.half_mut(direction).headers = before;
        }
        Ok(first.map_or(Verdict::Continue, Verdict::Respond))
    }

    /// What a trap on body comes to; `before`: the body of a response, as it came.
    pub(super) fn outlive_body(
        &mut self,
        stream: StreamId,
        direction: Direction,
        before: Bytes,
        error: SandboxError,
    ) -> Result<BodyVerdict, SandboxError> {
        let first = self.outlive(stream, direction, error)?;
        Ok(first.map_or(BodyVerdict::Forward(before), BodyVerdict::Respond))
    }

    /// The answer that the guest gave before it trapped, or none where a response passes; an error where the
    /// trap is the stream's end.
    fn outlive(
        &mut self,
        stream: StreamId,
        direction: Direction,
        error: SandboxError,
    ) -> Result<Option<LocalResponse>, SandboxError> {
        if self.life != Life::Dead {
            return Err(error);
        }
        let passes = direction == Direction::Response && self.state().has(Quirk::ResponseTrapPasses);
        let gives_first = direction == Direction::Request && self.state().has(Quirk::ResponseTwiceTraps);
        let Ok(entry) = self.stream_mut(stream) else { return Err(error) };
        let first = if gives_first { entry.take_pending_answer() } else { None };
        if first.is_none() && !passes {
            return Err(error);
        }
        entry.adrift = true;
        self.fault = Some(error);
        Ok(first)
    }

    /// Lets a request go whose guest is dead.
    pub(super) fn cast_off(&mut self, owner: Option<StreamId>) {
        if let Some(stream) = owner.and_then(|stream| self.stream_mut(stream).ok()) {
            stream.cast_off();
        }
        self.let_go(owner);
    }

    /// After a trap: requests that wait for calls, and those that are on their way, go on.
    pub(super) fn cast_off_those_that_wait(&mut self) {
        if self.life != Life::Dead || !self.state().has(Quirk::TrapOpensOthers) {
            return;
        }
        let state = self.state_mut();
        for (id, stream) in &mut state.contexts.streams {
            let waits = state.calls.count(Some(StreamId(*id))) > 0;
            stream.adrift = (waits || stream.is_under_way()) && !stream.is_asked_about_its_request();
        }
    }

    /// Ends the whole worker.
    pub(super) fn crash_by(&mut self, crash: Crash) -> SandboxError {
        self.life = Life::Crashed(crash);
        self.forget();
        SandboxError::WorkerCrash(crash)
    }

    /// Notes that the worker did not survive the guest's start.
    pub(super) fn lose_worker(&mut self, error: SandboxError) {
        let crash = match error {
            SandboxError::WorkerCrash(crash) => crash,
            _ => Crash::NotConfigured,
        };
        let _told_later = self.crash_by(crash);
        self.fault = Some(error);
    }

    /// The body as it is before a callback may change it; empty where nobody would need it.
    pub(super) fn body_before(
        &mut self,
        stream: StreamId,
        direction: Direction,
    ) -> Result<Bytes, SandboxError> {
        if !self.state().has(Quirk::ResponseTrapPasses) {
            return Ok(Bytes::new());
        }
        let half = self.stream_mut(stream)?.half(direction);
        Ok(half.body().map_or_else(Bytes::new, Bytes::copy_from_slice))
    }
}
