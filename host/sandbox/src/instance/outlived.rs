//! What goes on without its guest, with nginx's quirks: there a trap is not the end of every stream of an
//! instance, and a crash is the end of more than one.

use super::{Instance, Life, count};
use crate::abi::types::Direction;
use crate::effect::{BodyVerdict, CallId, CallOutcome, Effect, LocalResponse, StreamId, Verdict};
use crate::error::SandboxError;
use crate::header_map::HeaderMap;
use crate::quirks::{Crash, Quirk, dispatch};
use crate::state::{CallAnswer, Step};
use crate::stream::{Outcome, Stage, Stream};

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

    /// The outcome of a call that a lost instance made, for its successor, which does not know it. Nothing to
    /// do but with nginx's quirks.
    pub fn on_stray_answer(&mut self, call: CallId, outcome: CallOutcome) -> Result<(), SandboxError> {
        if !self.state().has(Quirk::StrayAnswers) {
            return Ok(());
        }
        self.expect_alive()?;
        // No call that it made itself gets so far.
        self.deliver(CallId(!call.0), None, outcome)
    }

    /// Hands an answer to the guest.
    pub(super) fn deliver(
        &mut self,
        call: CallId,
        owner: Option<StreamId>,
        outcome: CallOutcome,
    ) -> Result<(), SandboxError> {
        let says_status = self.state().has(Quirk::DispatchStatus);
        let answer = match outcome {
            CallOutcome::Answer { headers, body, trailers } if says_status => {
                CallAnswer { headers: dispatch::with_status(Some(headers)), body, trailers }
            }
            CallOutcome::Answer { headers, body, trailers } => CallAnswer { headers, body, trailers },
            CallOutcome::Failed if says_status => {
                CallAnswer { headers: dispatch::with_status(None), ..CallAnswer::default() }
            }
            CallOutcome::Failed => CallAnswer::default(),
        };
        let headers = if says_status { dispatch::count(&answer.headers) } else { answer.headers.len() };
        let sizes = (count(headers), count(answer.body.len()), count(answer.trailers.len()));
        self.state_mut().calls.answer = Some(answer);
        let root = self.root_id().get();
        let fixed = owner.filter(|_| self.state().has(Quirk::EffectiveContextFixed));
        let context = fixed.map_or(root, |stream| stream.0);
        let parameters = (root, call.0, sizes.0, sizes.1, sizes.2);
        let result =
            self.callback(Step::CallResponse, context, |exports| &exports.http_call_response, parameters);
        self.state_mut().calls.answer = None;
        result.map(drop)
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

    /// Lets a request go that waits for no more calls.
    pub(super) fn let_go(&mut self, owner: Option<StreamId>) {
        let Some(stream) = owner.filter(|_| self.state().calls.count(owner) == 0) else { return };
        let resumed = self.stream_mut(stream).ok().and_then(|stream| stream.resume(Direction::Request));
        if let Some(body) = resumed {
            self.state_mut().effects.push(Effect::Resume { stream, direction: Direction::Request, body });
        }
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

    /// The answer of a call whose guest is dead: its request goes upstream.
    pub(super) fn answer_without_guest(&mut self, call: CallId) -> Result<(), SandboxError> {
        let owner = self.state_mut().calls.in_flight.remove(&call).ok_or(SandboxError::Dead)?;
        self.let_go(owner);
        Ok(())
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
        if length > limit {
            return Ok(BodyVerdict::TooLarge);
        }
        if !end || length == 0 {
            let _held = self.finish(stream, direction, (!end).then_some(PAUSE));
            return Ok(if end { BodyVerdict::Forward(Bytes::new()) } else { BodyVerdict::Hold });
        }
        // All of it is held; the callback begins anew with nothing to add.
        let _held = self.finish(stream, direction, Some(PAUSE));
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
