//! Answers of calls, on their way to the guest or past it.

use super::{Instance, count};
use crate::abi::types::Direction;
use crate::effect::{CallId, CallOutcome, Effect, StreamId};
use crate::error::SandboxError;
use crate::quirks::{Quirk, dispatch};
use crate::state::{CallAnswer, Step};

impl Instance {
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

    /// Lets a request go that waits for no more calls.
    pub(super) fn let_go(&mut self, owner: Option<StreamId>) {
        let Some(stream) = owner.filter(|_| self.state().calls.count(owner) == 0) else { return };
        let resumed = self.stream_mut(stream).ok().and_then(|stream| stream.resume(Direction::Request));
        if let Some(body) = resumed {
            self.state_mut().effects.push(Effect::Resume { stream, direction: Direction::Request, body });
        }
    }

    /// The answer of a call whose guest is dead: its request goes upstream.
    pub(super) fn answer_without_guest(&mut self, call: CallId) -> Result<(), SandboxError> {
        let owner = self.state_mut().calls.in_flight.remove(&call).ok_or(SandboxError::Dead)?;
        self.let_go(owner);
        Ok(())
    }
}
