//! One running plugin: its callbacks, and its death.

use std::collections::HashMap;
use std::{fmt, time::Duration};

use crate::abi::types::{Action, Direction};
use crate::effect::{BodyVerdict, CallId, CallOutcome, Effect, RootId, StreamId, Verdict};
use crate::engine::Engine;
use crate::error::SandboxError;
use crate::facts::StreamFacts;
use crate::header_map::HeaderMap;
use crate::quirks::head::Arrival;
use crate::quirks::{Crash, Quirk};
use crate::state::{State, Step};
use crate::stream::{End, Outcome, Stage, Stream};

use bytes::Bytes;
use exports::Exports;
use wasmtime::{Store, TypedFunc, WasmParams, WasmResults};

mod calls;
mod exports;
mod failure;
mod gathered;
mod outlived;
mod start;

/// One VM with one root context, and the streams in it. It can be moved between threads, but only one
/// callback runs at a time.
///
/// Take the effects after every call: they are what the guest asked for.
pub struct Instance {
    store: Store<State>,
    exports: Exports,
    engine: Engine,
    life: Life,
    /// A fault of which no callback told, because the stream goes on: see [`take_fault`](Self::take_fault).
    fault: Option<SandboxError>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Life {
    Alive,
    Dead,
    /// With nginx's quirks: its whole worker is gone.
    Crashed(Crash),
}

impl Instance {
    /// Whether the guest can still be entered. Once it trapped, ran too long or ran out of memory,
    /// every call answers [`SandboxError::Dead`].
    pub fn is_alive(&self) -> bool {
        self.life == Life::Alive
    }

    /// The root context.
    pub fn root_id(&self) -> RootId {
        RootId(self.state().contexts.root)
    }

    /// Opens a stream.
    pub fn open_stream(&mut self, facts: StreamFacts) -> Result<StreamId, SandboxError> {
        self.expect_alive()?;
        let stream = self.state_mut().contexts.open(Stream::new(facts));
        let root = self.root_id().get();
        self.callback(Step::Open, stream.0, |exports| &exports.context_create, (stream.0, root))?;
        Ok(stream)
    }

    /// Request headers, pseudo headers included. `end_of_stream`: neither body nor trailers follow.
    pub fn on_request_headers(
        &mut self,
        stream: StreamId,
        mut headers: HeaderMap,
        end_of_stream: bool,
    ) -> Result<Verdict, SandboxError> {
        if let Some(nginx) = self.state().plugin.quirks.settings() {
            let arrival = Arrival::new(headers, nginx);
            headers = arrival.shown();
            self.stream_mut(stream)?.arrival = Some(arrival);
        } else {
            headers.fold_host();
        }
        self.on_headers(stream, Direction::Request, headers, end_of_stream)
    }

    /// A piece of request body.
    pub fn on_request_body(
        &mut self,
        stream: StreamId,
        chunk: Bytes,
        end_of_stream: bool,
    ) -> Result<BodyVerdict, SandboxError> {
        if self.state().has(Quirk::WholeBody) {
            return self.gather_request_body(stream, chunk, end_of_stream);
        }
        self.on_body(stream, Direction::Request, chunk, end_of_stream)
    }

    /// Request trailers. When they are let through while body was held back, that body comes out as
    /// [`Effect::Resume`].
    pub fn on_request_trailers(
        &mut self,
        stream: StreamId,
        trailers: HeaderMap,
    ) -> Result<Verdict, SandboxError> {
        self.on_trailers(stream, Direction::Request, trailers)
    }

    /// Response headers with `:status`, of an upstream or of a local response.
    pub fn on_response_headers(
        &mut self,
        stream: StreamId,
        headers: HeaderMap,
        end_of_stream: bool,
    ) -> Result<Verdict, SandboxError> {
        self.on_headers(stream, Direction::Response, headers, end_of_stream)
    }

    /// A piece of response body.
    pub fn on_response_body(
        &mut self,
        stream: StreamId,
        chunk: Bytes,
        end_of_stream: bool,
    ) -> Result<BodyVerdict, SandboxError> {
        self.on_body(stream, Direction::Response, chunk, end_of_stream)
    }

    /// Response trailers, as [`on_request_trailers`](Self::on_request_trailers).
    pub fn on_response_trailers(
        &mut self,
        stream: StreamId,
        trailers: HeaderMap,
    ) -> Result<Verdict, SandboxError> {
        self.on_trailers(stream, Direction::Response, trailers)
    }

    /// The outcome of an [`Effect::HttpCall`], once for each. It is delivered when its stream is gone,
    /// too: the guest keeps a record of every call.
    pub fn on_call_response(&mut self, call: CallId, outcome: CallOutcome) -> Result<(), SandboxError> {
        if self.life == Life::Dead && self.state().has(Quirk::TrapOpensOthers) {
            return self.answer_without_guest(call);
        }
        self.expect_alive()?;
        let calls = &mut self.state_mut().calls;
        let owner = calls.in_flight.remove(&call).ok_or(SandboxError::UnknownCall(call))?;
        if calls.careless.remove(&call) {
            return Err(self.crash_by(Crash::ContinueAfterDispatch));
        }
        let result = self.deliver(call, owner, outcome);
        if result.is_ok() && self.state().has(Quirk::AutoResume) {
            self.let_go(owner);
        } else if result.is_err() && self.life == Life::Dead && self.state().has(Quirk::TrapInCallOpens) {
            self.cast_off(owner);
        }
        result
    }

    /// The timer that [`Effect::TickEvery`] set has run out.
    pub fn on_tick(&mut self) -> Result<(), SandboxError> {
        let root = self.root_id().get();
        self.callback(Step::Tick, root, |exports| &exports.tick, root).map(drop)
    }

    /// Ends a stream, complete or not. The guest may log it; nothing it says can change it any more.
    pub fn close_stream(&mut self, stream: StreamId) -> Result<(), SandboxError> {
        if !self.is_alive() {
            self.state_mut().contexts.streams.remove(&stream.0);
            return self.expect_alive();
        }
        self.stream_mut(stream)?.end = End::Closing;
        if self.state().has(Quirk::DoneBeforeLog) {
            return self.end_at_once(stream);
        }
        self.callback(Step::End, stream.0, |exports| &exports.log, stream.0)?;
        let done = self.callback(Step::End, stream.0, |exports| &exports.done, stream.0)?;
        if done == Some(0) {
            // Until proxy_done. It may have been called already.
            if let Ok(stream) = self.stream_mut(stream) {
                stream.end = End::AwaitsDone;
            }
            return Ok(());
        }
        self.delete(stream.0)
    }

    /// Lets the guest end, and cancels its calls. Afterwards the instance is dead.
    pub fn shutdown(&mut self) {
        let root = self.root_id().get();
        let limit = self.state().plugin.limits.start_deadline;
        self.state_mut().contexts.root_awaits_done = true;
        // A guest that fails while it ends is as gone as one that does not.
        let _done = self.call((Step::End, root), limit, |exports| &exports.done, root);
        let _deleted = self.call((Step::End, root), limit, |exports| &exports.delete, root);
        self.life = Life::Dead;
        self.forget();
    }

    /// What the guest asked for since the last time.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.state_mut().effects)
    }

    /// The streams that are open, and those that the guest keeps after their end.
    pub fn live_streams(&self) -> usize {
        self.state().contexts.streams.len()
    }

    /// Request headers as the guest left them: what goes upstream.
    pub fn request_headers(&self, stream: StreamId) -> Option<&HeaderMap> {
        let stream = self.stream(stream)?;
        match &stream.arrival {
            Some(arrival) => Some(arrival.upstream()),
            None => stream.half(Direction::Request).headers.as_ref(),
        }
    }

    /// Request trailers as the guest left them.
    pub fn request_trailers(&self, stream: StreamId) -> Option<&HeaderMap> {
        self.stream(stream)?.half(Direction::Request).trailers.as_ref()
    }

    /// Response headers as the guest left them: what goes downstream.
    pub fn response_headers(&self, stream: StreamId) -> Option<&HeaderMap> {
        self.stream(stream)?.half(Direction::Response).headers.as_ref()
    }

    /// Response trailers as the guest left them.
    pub fn response_trailers(&self, stream: StreamId) -> Option<&HeaderMap> {
        self.stream(stream)?.half(Direction::Response).trailers.as_ref()
    }

    /// What the guest stored on the stream under a property path of one part.
    pub fn property(&self, stream: StreamId, name: &str) -> Option<&[u8]> {
        self.stream(stream)?.property(name.as_bytes()).map(Bytes::as_ref)
    }

    fn on_headers(
        &mut self,
        stream: StreamId,
        direction: Direction,
        headers: HeaderMap,
        end_of_stream: bool,
    ) -> Result<Verdict, SandboxError> {
        if let Some(entry) = self.adrift(stream) {
            entry.half_mut(direction).headers = Some(headers);
            return Ok(Verdict::Continue);
        }
        let pairs = count(headers.len());
        let before = self.state().has(Quirk::ResponseTrapPasses).then(|| headers.clone());
        let half = self.begin(stream, direction, Stage::Headers)?;
        half.headers = Some(headers);
        half.ended = end_of_stream;
        let told_end = end_of_stream && !self.state().has(Quirk::NoEndOfStream);
        let (step, parameters) = (Step::of(direction, Stage::Headers), (stream.0, pairs, told_end.into()));
        let action =
            match self.callback(step, stream.0, |exports| &exports.half(direction).headers, parameters) {
                Ok(action) => action,
                Err(error) => return self.outlive_headers(stream, direction, before, error),
            };
        Ok(match self.finish(stream, direction, action) {
            Outcome::Released => Verdict::Continue,
            Outcome::Held => Verdict::Pause,
            Outcome::Answered(response) => Verdict::Respond(response),
        })
    }

    fn on_body(
        &mut self,
        stream: StreamId,
        direction: Direction,
        chunk: Bytes,
        end_of_stream: bool,
    ) -> Result<BodyVerdict, SandboxError> {
        if self.adrift(stream).is_some() {
            return Ok(BodyVerdict::Forward(chunk));
        }
        let half = self.begin(stream, direction, Stage::Body)?;
        half.hold(chunk);
        half.ended = end_of_stream;
        let size = count(half.body().map_or(0, <[u8]>::len));
        let before = self.body_before(stream, direction)?;
        let (step, parameters) = (Step::of(direction, Stage::Body), (stream.0, size, end_of_stream.into()));
        let action = match self.callback(step, stream.0, |exports| &exports.half(direction).body, parameters)
        {
            Ok(action) => action,
            Err(error) => return self.outlive_body(stream, direction, before, error),
        };
        let outcome = self.finish(stream, direction, action);
        let limit = self.state().plugin.limits.buffered_body_bytes;
        let half = self.stream_mut(stream)?.half_mut(direction);
        Ok(match outcome {
            Outcome::Released => BodyVerdict::Forward(half.take_body()),
            Outcome::Held if half.body().is_some_and(|body| body.len() > limit) => BodyVerdict::TooLarge,
            Outcome::Held => BodyVerdict::Hold,
            Outcome::Answered(response) => BodyVerdict::Respond(response),
        })
    }

    fn on_trailers(
        &mut self,
        stream: StreamId,
        direction: Direction,
        trailers: HeaderMap,
    ) -> Result<Verdict, SandboxError> {
        if self.state().has(Quirk::NoTrailers) {
            return self.end_with_trailers(stream, direction, trailers);
        }
        let pairs = count(trailers.len());
        self.begin(stream, direction, Stage::Trailers)?.trailers = Some(trailers);
        let (step, parameters) = (Step::of(direction, Stage::Trailers), (stream.0, pairs));
        let action =
            self.callback(step, stream.0, |exports| &exports.half(direction).trailers, parameters)?;
        Ok(match self.finish(stream, direction, action) {
            Outcome::Released => {
                let body = self.stream_mut(stream)?.half_mut(direction).take_body();
                if !body.is_empty() {
                    self.state_mut().effects.push(Effect::Resume { stream, direction, body });
                }
                Verdict::Continue
            }
            Outcome::Held => Verdict::Pause,
            Outcome::Answered(response) => Verdict::Respond(response),
        })
    }

    fn begin(
        &mut self,
        stream: StreamId,
        direction: Direction,
        stage: Stage,
    ) -> Result<&mut crate::stream::Half, SandboxError> {
        self.expect_alive()?;
        let may_pass_headers = self.state().plugin.allow_on_headers_stop_iteration;
        let entry = self.stream_mut(stream)?;
        entry.begin(direction, stage, may_pass_headers).map_err(|state| SandboxError::OutOfOrder {
            stream,
            direction,
            state,
        })?;
        Ok(entry.half_mut(direction))
    }

    /// A callback that the guest does not export is one that lets everything through.
    fn finish(&mut self, stream: StreamId, direction: Direction, action: Option<u32>) -> Outcome {
        let paused_in_vain = direction == Direction::Response
            && self.state().step == Step::ResponseHeaders
            && self.state().has(Quirk::ResponsePauseIgnored);
        let action = action.filter(|_| !paused_in_vain).map_or(Action::Continue, Action::from_abi);
        let outcome = self.stream_mut(stream).map_or(Outcome::Held, |entry| entry.finish(direction, action));
        let released = direction == Direction::Request && outcome == Outcome::Released;
        if released && self.state().has(Quirk::ContinueAfterDispatch) {
            self.state_mut().calls.abandon(stream);
        }
        outcome
    }

    fn delete(&mut self, stream: u32) -> Result<(), SandboxError> {
        let limit = self.state().plugin.limits.callback_deadline;
        let result = self.call((Step::End, stream), limit, |exports| &exports.delete, stream);
        self.state_mut().contexts.streams.remove(&stream);
        result.map(drop)
    }

    /// Runs a callback, and then ends the streams for which it called proxy_done.
    fn callback<P: WasmParams, R: WasmResults>(
        &mut self,
        step: Step,
        context: u32,
        function: impl FnOnce(&Exports) -> &Option<TypedFunc<P, R>>,
        parameters: P,
    ) -> Result<Option<R>, SandboxError> {
        let limit = self.state().plugin.limits.callback_deadline;
        let result = self.call((step, context), limit, function, parameters)?;
        while let Some(stream) = self.state_mut().contexts.done.pop() {
            self.delete(stream)?;
        }
        Ok(result)
    }

    /// The only way into the guest.
    fn call<P: WasmParams, R: WasmResults>(
        &mut self,
        (step, context): (Step, u32),
        limit: Duration,
        function: impl FnOnce(&Exports) -> &Option<TypedFunc<P, R>>,
        parameters: P,
    ) -> Result<Option<R>, SandboxError> {
        self.expect_alive()?;
        let Some(function) = function(&self.exports) else {
            return Ok(None);
        };
        self.store.set_epoch_deadline(self.engine.epochs(limit));
        let state = self.store.data_mut();
        state.contexts.effective = context;
        (state.step, state.answered_now) = (step, false);
        match function.call(&mut self.store, parameters) {
            Ok(result) => Ok(Some(result)),
            Err(error) => Err(self.die(&error, limit)),
        }
    }

    fn die(&mut self, error: &wasmtime::Error, limit: Duration) -> SandboxError {
        let state = self.state();
        let error = failure::diagnose(error, state.meter.exhausted, &state.plugin.limits, limit);
        self.life = match error {
            SandboxError::WorkerCrash(crash) => Life::Crashed(crash),
            _ => Life::Dead,
        };
        self.cast_off_those_that_wait();
        self.forget();
        error
    }

    /// Drops what the guest asked for and nobody has taken: a dead guest opens no gate.
    fn forget(&mut self) {
        let state = self.state_mut();
        state.effects.clear();
        let streams = &state.contexts.streams;
        let adrift = |owner: &Option<StreamId>| {
            owner.and_then(|stream| streams.get(&stream.0)).is_some_and(|stream| stream.adrift)
        };
        let (kept, cancelled) =
            std::mem::take(&mut state.calls.in_flight).into_iter().partition(|(_, owner)| adrift(owner));
        let cancelled: HashMap<CallId, Option<StreamId>> = cancelled;
        state.calls.in_flight = kept;
        state.effects.extend(cancelled.into_keys().map(Effect::CancelCall));
    }

    fn expect_alive(&self) -> Result<(), SandboxError> {
        match self.life {
            Life::Alive => Ok(()),
            Life::Dead => Err(SandboxError::Dead),
            Life::Crashed(crash) => Err(SandboxError::WorkerCrash(crash)),
        }
    }

    fn stream(&self, stream: StreamId) -> Option<&Stream> {
        self.state().contexts.streams.get(&stream.0)
    }

    fn stream_mut(&mut self, stream: StreamId) -> Result<&mut Stream, SandboxError> {
        self.state_mut().contexts.streams.get_mut(&stream.0).ok_or(SandboxError::UnknownStream(stream))
    }

    fn state(&self) -> &State {
        self.store.data()
    }

    fn state_mut(&mut self) -> &mut State {
        self.store.data_mut()
    }
}

impl fmt::Debug for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instance")
            .field("plugin", &self.state().plugin)
            .field("life", &self.life)
            .field("live_streams", &self.live_streams())
            .finish_non_exhaustive()
    }
}

/// A count in the ABI's 32 bits. It only informs the guest, which reads the real thing.
fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
