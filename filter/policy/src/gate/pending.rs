//! What a held request waits for at a provider, and the call that is made for it.

use super::held::{Held, HeldBody, HeldHead, Until};
use super::poison::poison;
use super::{Case, Gate};
use crate::provider::{Ask, Fetch, Progress, Request, Signing};
use crate::request::RequestHead;
use crate::step::{CallError, CallId, HttpCall, HttpResponse, Step, Topic};
use crate::time::UnixTime;
use crate::world::{Entropy, World};
use alloc::boxed::Box;

/// What is asked of a provider.
#[derive(Debug)]
pub(super) enum Pending {
    /// What it says of itself, and its keys.
    Fetch(Box<Fetch>),
    /// A question.
    Ask(Box<Ask>),
}

/// The present, to hold a request in.
pub(super) struct Moment<'a, 'w> {
    pub(super) world: &'a World<'w>,
    pub(super) now: UnixTime,
    pub(super) entropy: &'a mut dyn Entropy,
}

impl Gate {
    /// Holds the request for the next call. `None` if there is nothing left to call for: the decision can be made.
    pub(super) fn call(
        &mut self,
        mut pending: Pending,
        head: &RequestHead<'_>,
        body: Option<&HeldBody>,
        moment: &mut Moment<'_, '_>,
    ) -> Option<Step> {
        loop {
            let id = CallId(self.turns);
            self.turns = self.turns.saturating_add(1);
            match pending.call(id, moment) {
                Ok(call) => {
                    let engine = &moment.world.engine;
                    let poisons = engine.poison_before_pause && !self.poisoned;
                    self.poisoned |= poisons;
                    let before = if poisons { poison(head) } else { Default::default() };
                    let until = Until::Answer(id, pending);
                    let (head, body) = (HeldHead::copy(head), body.cloned());
                    self.held = Some(Box::new(Held { head, body, until }));
                    return Some(Step::Call { call, before });
                }
                Err(error) => pending = self.take_answer(pending, Err(error), moment.world, moment.now)?,
            }
        }
    }

    /// Takes the answer to a call. What is left to call for, if anything.
    pub(super) fn take_answer(
        &mut self,
        pending: Pending,
        answer: Result<HttpResponse<'_>, CallError>,
        world: &World<'_>,
        now: UnixTime,
    ) -> Option<Pending> {
        match pending {
            Pending::Fetch(fetch) => match fetch.answer(answer, now) {
                Progress::More(fetch) => return Some(Pending::Fetch(fetch)),
                Progress::Done(fetched, source) => {
                    world.memory.providers.settle(&source, fetched, now);
                    self.announced = Some(Topic::Keys(source.id.clone()));
                }
            },
            Pending::Ask(ask) => {
                let read = ask.read(answer, &world.memory.answers, now);
                world.memory.out.settle(&ask.key, read.as_ref().err(), now);
                self.answered.push((ask.key, read));
                self.announced = Some(Topic::Answer(ask.key));
            }
        }
        None
    }
}

impl Pending {
    fn call(&self, id: CallId, moment: &mut Moment<'_, '_>) -> Result<HttpCall, CallError> {
        let (targets, kind) = (&moment.world.policy.config().targets, moment.world.engine.callout_target);
        let (request, timeout_ms): (Request, u32) = match self {
            Self::Fetch(fetch) => {
                return fetch.call(targets, &moment.world.engine, id).ok_or(CallError::NotSent);
            }
            Self::Ask(ask) => {
                let Moment { world, now, entropy } = moment;
                let signing = Signing { now: *now, entropy: &mut **entropy, native: world.signer };
                // Config and client were checked; what is left is an engine that does not sign.
                (ask.request(signing).map_err(|_| CallError::NotSent)?, ask.timeout_ms)
            }
        };
        targets.call(request, kind, id, timeout_ms).ok_or(CallError::NotSent)
    }

    /// Nobody will ever take the answer. What others may wait for.
    pub(super) fn abandon(&self, world: &World<'_>) -> Topic {
        match self {
            Self::Fetch(fetch) => {
                let source = &fetch.source().id;
                if let Some(provider) = world.memory.providers.of(source) {
                    provider.abandon();
                }
                Topic::Keys(source.clone())
            }
            Self::Ask(ask) => {
                world.memory.out.abandon(&ask.key);
                Topic::Answer(ask.key)
            }
        }
    }
}

impl Case<'_> {
    /// The body that was read, to be held.
    pub(super) fn held_body(&self) -> Option<HeldBody> {
        self.body.map(|body| HeldBody { bytes: body.into(), too_long: self.too_long })
    }
}
