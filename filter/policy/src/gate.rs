//! The life of one request: a state machine without I/O. Events and the time go in, steps come out.
//!
//! What a decision needs of a provider, and does not find, ends it: the request is held, a call is made, and with the
//! answer the decision is made again from its beginning, with the state of that moment.

use crate::config::OpenIdConnect;
use crate::cookies::{OwnCookies, TooLong};
use crate::credential::LONGEST_BODY;
use crate::denial::{Audience, Denial};
use crate::login::Callback;
use crate::permit::{Permit, Subject};
use crate::provider::{Answer, AnswerKey, Ask, Failure, Fetch};
use crate::request::RequestHead;
use crate::route::{self, Matched};
use crate::session::handover::Claim;
use crate::step::{Event, Step, Topic};
use crate::time::UnixTime;
use crate::world::{Entropy, NoEntropy, World};
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;

mod arrival;
mod callback;
mod cookies;
mod decision;
mod facts;
mod handover;
mod held;
mod keys;
mod login;
mod logins;
mod logout;
mod pending;
mod poison;
mod questions;
mod reply;
mod session;
mod strategy;
mod tokens;
mod witness;

use callback::Early;
use cookies::{Keep, beside_the_upstreams};
pub use facts::{Answered, Facts, LoggedClaims, Outcome};
use held::{Held, HeldBody, HeldHead, Until};
use login::Departure;
use logins::Logins;
use pending::{Moment, Pending};
use reply::Reply;
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
    /// The token of its session is not good any more, and another one is to be got for it.
    wants_fresh_token: bool,
    /// Its turn to use the refresh token of its session.
    turn: Option<Box<Claim>>,
    /// It is judged by a session, or by what it brings instead of one.
    by_session: bool,
    /// What its answer does with the session's cookie.
    session: Keep,
    /// And with those of logins that are under way.
    logins: Logins,
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
    /// What a provider sends a person back with, to a place that is reserved for that.
    callback: Option<&'a Callback>,
    world: &'a World<'a>,
    now: UnixTime,
}

/// What a decision leads to, unless it cannot be made.
enum Verdict {
    Permit(Permit),
    NeedBody,
    /// The person is sent to the identity provider.
    Login(Box<Departure>),
    /// The gateway answers itself, and refuses nothing.
    Reply(Box<Reply>),
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
        // For calls that are not made.
        let mut moment = Moment { world, now, entropy: &mut NoEntropy };
        let case = Case { head, body: None, too_long: false, matched, callback: None, world, now };
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
        if let (Some(turn), Some(data)) = (self.turn.take(), world.handover) {
            turn.give_back(data);
        }
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
        let returned = match self.returned(head, body, world, now) {
            Ok(returned) => returned,
            Err(Early::NeedBody) => {
                self.hold(head, None, Until::Body);
                return Step::NeedBody { at_most: LONGEST_BODY };
            }
            Err(Early::Denied(denial, matched)) => return self.refuse(denial, head, Some(&matched)),
        };
        let (matched, callback) = match returned {
            Some((matched, callback)) => (matched, Some(callback)),
            None => match route::find(world.policy.config(), head, &world.engine) {
                Ok(matched) => (matched, None),
                Err(denial) => return self.refuse(denial, head, None),
            },
        };
        self.facts.matched(&matched);
        let callback = callback.as_ref();
        let case = Case { head, body, too_long, matched: &matched, callback, world, now };
        self.settle(case, moment, &mut ())
    }

    fn settle(&mut self, case: Case<'_>, moment: &mut Moment<'_, '_>, witness: &mut dyn Witness) -> Step {
        loop {
            let pending = match self.decide(case, witness) {
                Ok(Verdict::Permit(permit)) => return self.forward(permit, case, moment),
                Ok(Verdict::Login(departure)) => return self.send_to_log_in(&departure, case, moment),
                Ok(Verdict::Reply(reply)) => return self.reply(*reply, case, moment),
                Ok(Verdict::NeedBody) => {
                    self.hold(case.head, None, Until::Body);
                    return Step::NeedBody { at_most: LONGEST_BODY };
                }
                Err(Stop::Denied(denial)) => return self.deny(denial, case, moment),
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

    fn forward(&mut self, permit: Permit, case: Case<'_>, moment: &mut Moment<'_, '_>) -> Step {
        self.facts.permitted(permit.grounds());
        let undo = self.poisoned.then(|| poison::antidote(case.head));
        let kept = self.keep(case, moment).unwrap_or_else(|TooLong| {
            self.facts.warning = Some("its session is too long for cookies, and none was begun");
            Vec::new()
        });
        Step::Forward(Box::new(permit.after(undo.unwrap_or_default()).telling(beside_the_upstreams(kept))))
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
    fn subject(self) -> Subject<'a> {
        let own = self.rules();
        let session = own.and_then(|rules| rules.session.as_ref()).map(|session| &session.cookie);
        let logins = own.and_then(|rules| rules.login.as_ref()).map(|login| &login.cookies);
        let own_cookies = OwnCookies { session, logins };
        Subject { head: self.head, body: self.body, engine: &self.world.engine, own_cookies }
    }

    /// The rules of whoever comes with a session, or logs in.
    fn rules(self) -> Option<&'a Arc<OpenIdConnect>> {
        self.matched.rules.of_people()
    }
}

/// How often a request is held for a provider, at most: it must end.
const MOST_TURNS: u32 = 16;

#[cfg(test)]
mod browser;
#[cfg(test)]
mod scene;
#[cfg(test)]
mod storm;
#[cfg(test)]
mod tests;
