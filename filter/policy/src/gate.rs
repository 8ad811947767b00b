//! The life of one request: a state machine without I/O. Events and the time go in, steps come out.
//!
//! What a decision needs of a provider, and does not find, ends it: the request is held, a call is made, and with the
//! answer the decision is made again from its beginning, with the state of that moment.

use crate::config::OpenIdConnect;
use crate::credential::LONGEST_BODY;
use crate::denial::{Audience, Denial};
use crate::permit::{Permit, Subject};
use crate::provider::{Answer, AnswerKey, Ask, Failure, Fetch};
use crate::request::RequestHead;
use crate::route::{self, Matched};
use crate::step::{Event, Step, Topic};
use crate::time::UnixTime;
use crate::world::{Entropy, World};
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;

mod decision;
mod facts;
mod held;
mod keys;
mod pending;
mod poison;
mod questions;
mod strategy;
mod tokens;
mod witness;

pub use facts::{Facts, LoggedClaims, Outcome};
use held::{Held, HeldBody, HeldHead, Until};
use pending::{Moment, Pending};
pub use witness::Witness;

/// One request's way through the gate. Copies what later phases need: engines take the headers away.
#[derive(Debug, Default)]
pub struct Gate {
    facts: Facts,
    held: Option<Box<Held>>,
    /// The strategy that the credential chose.
    rules: Option<Arc<OpenIdConnect>>,
    /// How often it was held for something at a provider.
    turns: u32,
    /// Keys were fetched for it since the token's was not among those known.
    refetched: bool,
    /// What was answered for it, whether that is kept for others or not.
    answered: Vec<(AnswerKey, Result<Answer, Failure>)>,
    /// The question whose answer came from memory last.
    from_memory: Option<AnswerKey>,
    /// The question whose answer in memory is not good any more.
    outdated: Option<AnswerKey>,
    poisoned: bool,
    /// What others may wait for, and has happened.
    announced: Option<Topic>,
}

/// What a decision starts from.
#[derive(Clone, Copy)]
struct Case<'a> {
    head: &'a RequestHead<'a>,
    body: Option<&'a [u8]>,
    /// The body is longer than what is read of one.
    too_long: bool,
    matched: &'a Matched<'a>,
    world: &'a World<'a>,
    now: UnixTime,
}

/// What a decision leads to, unless it cannot be made.
enum Verdict {
    Permit(Permit),
    NeedBody,
}

/// Why a decision ends before a verdict.
enum Stop {
    Denied(Denial),
    /// What it takes must be fetched first.
    Fetch(Box<Fetch>),
    /// What it takes must be asked first.
    Ask(Box<Ask>),
    /// Somebody else sees to it.
    Wait {
        topic: Topic,
        until: UnixTime,
    },
}

impl From<Denial> for Stop {
    fn from(denial: Denial) -> Self {
        Self::Denied(denial)
    }
}

impl Gate {
    /// For a request whose head has not been seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Decides on the head of the request.
    pub fn begin(
        &mut self,
        head: &RequestHead<'_>,
        world: &World<'_>,
        now: UnixTime,
        entropy: &mut dyn Entropy,
    ) -> Step {
        self.run(head, (None, false), &mut Moment { world, now, entropy })
    }

    /// The same for a request whose body is known, if it has one, and that belongs to `matched`, without a call to any
    /// provider; `witness` sees each proof. What people are told of a decision comes from here, so that it is the decision.
    pub fn explain(
        &mut self,
        head: &RequestHead<'_>,
        body: Option<&[u8]>,
        matched: &Matched<'_>,
        (world, now): (&World<'_>, UnixTime),
        witness: &mut dyn Witness,
    ) -> Step {
        self.facts.matched(matched);
        let mut moment = Moment { world, now, entropy: &mut NoCalls };
        let case = Case { head, body: None, too_long: false, matched, world, now };
        let step = match self.settle(case, &mut moment, witness) {
            Step::NeedBody { at_most } => {
                let body = body.unwrap_or_default();
                let too_long = body.len() > at_most;
                self.settle(Case { body: Some(body), too_long, ..case }, &mut moment, witness)
            }
            step => step,
        };
        match step {
            Step::Call { .. } | Step::Wait { .. } => {
                self.abandon(world);
                let (what, why) = ("what is asked of it", "no call is made here");
                let source =
                    self.rules.as_ref().map(|rules| rules.source.id.as_str().into()).unwrap_or_default();
                let denial = Denial::ProviderUnavailable { source, what, why: why.into(), retry_after: 1 };
                self.refuse(denial, head, Some(matched))
            }
            step => step,
        }
    }

    /// Goes on with a request that was held. An event that answers no question of the gate's is refused.
    pub fn on(
        &mut self,
        event: Event<'_>,
        world: &World<'_>,
        now: UnixTime,
        entropy: &mut dyn Entropy,
    ) -> Step {
        let Some(held) = self.held.take() else { return self.refuse_event(&event) };
        let Held { head, body, until } = *held;
        let mut moment = Moment { world, now, entropy };
        let body = match (event, until) {
            (Event::Body(bytes, last), Until::Body) => {
                Some(HeldBody { bytes: bytes.into(), too_long: !last || bytes.len() > LONGEST_BODY })
            }
            (Event::Answer(id, answer), Until::Answer(call, pending)) if id == call => {
                if let Some(pending) = self.take_answer(pending, answer, world, now) {
                    let step = head.with(|head| self.call(pending, head, body.as_ref(), &mut moment));
                    if let Some(step) = step {
                        return step;
                    }
                }
                body
            }
            (Event::Woken, Until::Woken) => body,
            (event, _) => return self.refuse_event(&event),
        };
        let read = body.as_ref().map_or((None, false), |body| (Some(&*body.bytes), body.too_long));
        head.with(|head| self.run(head, read, &mut moment))
    }

    /// The request is over, whatever it waited for. What others may wait for that it would have brought: they must not
    /// wait for it any longer.
    pub fn abandon(&mut self, world: &World<'_>) -> Option<Topic> {
        match self.held.take()?.until {
            Until::Answer(_, pending) => Some(pending.abandon(world)),
            Until::Body | Until::Woken => None,
        }
    }

    /// What has happened that others may wait for; once.
    pub fn announcement(&mut self) -> Option<Topic> {
        self.announced.take()
    }

    /// What is known of the request, for the audit line and the metrics.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    fn run(
        &mut self,
        head: &RequestHead<'_>,
        (body, too_long): (Option<&[u8]>, bool),
        moment: &mut Moment<'_, '_>,
    ) -> Step {
        let Moment { world, now, .. } = *moment;
        let matched = match route::find(world.policy.config(), head, &world.engine) {
            Ok(matched) => matched,
            Err(denial) => return self.refuse(denial, head, None),
        };
        self.facts.matched(&matched);
        self.settle(Case { head, body, too_long, matched: &matched, world, now }, moment, &mut ())
    }

    fn settle(&mut self, case: Case<'_>, moment: &mut Moment<'_, '_>, witness: &mut dyn Witness) -> Step {
        loop {
            let pending = match self.decide(case, witness) {
                Ok(Verdict::Permit(permit)) => {
                    self.facts.permitted(permit.grounds());
                    let undo = self.poisoned.then(|| poison::antidote(case.head));
                    return Step::Forward(Box::new(permit.after(undo.unwrap_or_default())));
                }
                Ok(Verdict::NeedBody) => {
                    self.hold(case.head, None, Until::Body);
                    return Step::NeedBody { at_most: LONGEST_BODY };
                }
                Err(Stop::Denied(denial)) => return self.refuse(denial, case.head, Some(case.matched)),
                Err(Stop::Wait { topic, until }) => {
                    self.turns = self.turns.saturating_add(1);
                    self.hold(case.head, case.held_body(), Until::Woken);
                    return Step::Wait { topic, until };
                }
                Err(Stop::Fetch(fetch)) => Pending::Fetch(fetch),
                Err(Stop::Ask(ask)) => Pending::Ask(ask),
            };
            if let Some(step) = self.call(pending, case.head, case.held_body().as_ref(), moment) {
                return step;
            }
        }
    }

    fn hold(&mut self, head: &RequestHead<'_>, body: Option<HeldBody>, until: Until) {
        self.held = Some(Box::new(Held { head: HeldHead::copy(head), body, until }));
    }

    fn refuse(&mut self, denial: Denial, head: &RequestHead<'_>, matched: Option<&Matched<'_>>) -> Step {
        let chosen = self.rules.as_ref().map(|rules| &rules.errors);
        let rules = chosen.or_else(|| matched.map(|matched| matched.rules.authentication.errors()));
        self.facts.outcome = Outcome::Denied(denial.clone());
        Step::Reply(Box::new(denial.into_response(Audience { rules, grpc: head.is_grpc() })))
    }

    fn refuse_event(&mut self, event: &Event<'_>) -> Step {
        let what = match event {
            Event::Body(..) => "a body for a request that waits for none",
            Event::Answer(..) | Event::Woken => "an event for a request that waits for none",
        };
        self.facts.outcome = Outcome::Denied(Denial::Internal { what });
        Step::Reply(Box::new(Denial::Internal { what }.into_response(Audience::default())))
    }
}

impl<'a> Case<'a> {
    fn subject(&self) -> Subject<'a> {
        Subject { head: self.head, body: self.body, engine: &self.world.engine }
    }
}

/// Stands where randomness would for calls that are not made.
struct NoCalls;

impl Entropy for NoCalls {
    fn fill(&mut self, out: &mut [u8]) {
        out.fill(0);
    }
}

/// How often a request is held for a provider, at most: it must end.
const MOST_TURNS: u32 = 16;

#[cfg(test)]
mod scene;
#[cfg(test)]
mod storm;
#[cfg(test)]
mod tests;
