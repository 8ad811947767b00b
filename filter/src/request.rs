//! One request, from its head to its audit line: what the gate says is carried out here.
//!
//! Fails closed: a request goes on only in `State::Forwarded`, which only a carried-out permit leads to.

use crate::apply;
use crate::arrival::{Arrival, Fields};
use crate::audit::{End, Entry};
use crate::entropy::EngineEntropy;
use crate::host::{self, Host};
use crate::plugin::Plugin;
use claimgate_policy::denial::{Audience, Status};
use claimgate_policy::gate::Outcome;
use claimgate_policy::headers::HeaderEdit;
use claimgate_policy::request::RequestHead;
use claimgate_policy::step::{CallError, CallId, HttpCall, HttpResponse, Topic};
use claimgate_policy::time::UnixTime;
use claimgate_policy::{Denial, Event, Gate, Permit, Step, World};
use proxy_wasm::types::Action;
use std::rc::Rc;

/// One request.
pub(crate) struct Request {
    /// The engine's number of its context.
    id: u32,
    plugin: Rc<Plugin>,
    gate: Gate,
    state: State,
    /// Bytes of its body that are held.
    held: usize,
    /// A callback of its own is under way: what that returns lets it go, and nothing else may.
    in_callback: bool,
    /// What became of the request where the edge had to overrule the gate.
    overruled: Option<Outcome>,
    entry: Option<Entry>,
}

enum State {
    /// Nothing was decided; nothing goes on.
    Undecided,
    /// The gate asked for the body, at most this many bytes of it; nothing goes on.
    NeedsBody { at_most: usize },
    /// The gate waits for an answer, or for something that happens elsewhere; nothing goes on.
    Waits,
    /// On its way upstream, with the edits of this permit.
    Forwarded(Box<Permit>),
    /// Answered here, as far as the engine took the answer, but for copies of headers that are to be added when it comes
    /// by; nothing goes on.
    Answered(Status, Vec<HeaderEdit>),
}

/// What the request wants of its plugin after a step.
pub(crate) enum Wish {
    /// Nothing: it was decided, or waits for its body.
    Nothing,
    /// This call.
    Call(HttpCall),
    /// To be woken.
    Wake { topic: Topic, until: UnixTime },
}

impl Request {
    pub(crate) fn new(id: u32, plugin: Rc<Plugin>) -> Self {
        Self {
            id,
            plugin,
            gate: Gate::new(),
            state: State::Undecided,
            held: 0,
            in_callback: false,
            overruled: None,
            entry: None,
        }
    }

    /// The engine's number of its context.
    pub(crate) fn id(&self) -> u32 {
        self.id
    }

    /// Its head is there. `ends`: whether the engine says that the request ends with it.
    pub(crate) fn take_head(&mut self, ends: bool) -> Wish {
        self.in_callback = true;
        let plugin = Rc::clone(&self.plugin);
        let world = plugin.world().ok_or(Denial::ConfigInvalid);
        let arrival = world.and_then(|world| Arrival::read(plugin.host(), &world.engine, ends));
        let fields = arrival.as_ref().map_err(Clone::clone).and_then(Arrival::fields);
        match fields.as_ref().map(Fields::head) {
            Ok(head) => {
                let wish = self.advance(|gate, world, now, entropy| gate.begin(&head, world, now, entropy));
                self.note(Some(&head));
                wish
            }
            Err(denial) => {
                self.overrule(denial.clone());
                self.note(None);
                Wish::Nothing
            }
        }
    }

    /// More of its body is there, `size` bytes by now, or all of it.
    pub(crate) fn take_body(&mut self, size: usize, ends: bool) -> Wish {
        self.in_callback = true;
        match self.state {
            State::NeedsBody { at_most } if ends || size > at_most => self.read_body(at_most),
            _ => Wish::Nothing,
        }
    }

    /// The body is there: whole, or longer than what is read of it.
    fn read_body(&mut self, at_most: usize) -> Wish {
        let plugin = Rc::clone(&self.plugin);
        match apply::held_body(plugin.host(), at_most) {
            Ok(body) => {
                self.held = body.len();
                let event = Event::Body(&body, body.len() <= at_most);
                self.advance(|gate, world, now, entropy| gate.on(event, world, now, entropy))
            }
            Err(denial) => {
                self.overrule(denial);
                Wish::Nothing
            }
        }
    }

    /// Its trailers are there, and with them its body.
    pub(crate) fn take_trailers(&mut self) -> Wish {
        self.in_callback = true;
        match self.state {
            State::NeedsBody { at_most } => self.read_body(at_most),
            _ => Wish::Nothing,
        }
    }

    /// What the engine is to do with its trailers: some upstreams take them for headers.
    pub(crate) fn trailers_action(&mut self) -> Action {
        self.in_callback = false;
        match (&self.state, self.plugin.world()) {
            (State::Forwarded(_), Some(world))
                if apply::trailer_edits(self.plugin.host(), world.policy).is_ok() =>
            {
                Action::Continue
            }
            _ => Action::Pause,
        }
    }

    /// What came of a call.
    pub(crate) fn take_answer(&mut self, call: CallId, answer: Result<HttpResponse<'_>, CallError>) -> Wish {
        let wish = self
            .advance(|gate, world, now, entropy| gate.on(Event::Answer(call, answer), world, now, entropy));
        self.go_on();
        wish
    }

    /// What it waited for has happened, or its time is over.
    pub(crate) fn wake(&mut self) -> Wish {
        let wish = self.advance(|gate, world, now, entropy| gate.on(Event::Woken, world, now, entropy));
        self.go_on();
        wish
    }

    /// Lets a request go on that was held, after what let it.
    fn go_on(&mut self) {
        if !self.in_callback
            && matches!(self.state, State::Forwarded(_))
            && let Err(error) = self.plugin.host().resume_request()
        {
            let denial = host::failed(self.plugin.host(), "a held request could not go on", error);
            self.overrule(denial);
        }
    }

    /// What others may wait for, and has happened.
    pub(crate) fn announcement(&mut self) -> Option<Topic> {
        self.gate.announcement()
    }

    /// The engine lets go of it, whatever it waited for; what others must not wait for any longer.
    pub(crate) fn abandon(&mut self) -> Option<Topic> {
        self.plugin.world().and_then(|world| self.gate.abandon(&world))
    }

    /// Asks the gate, and does what it says.
    fn advance(
        &mut self,
        ask: impl FnOnce(&mut Gate, &World<'_>, UnixTime, &mut EngineEntropy) -> Step,
    ) -> Wish {
        let plugin = Rc::clone(&self.plugin);
        let mut entropy = EngineEntropy::default();
        let step = plugin.world().ok_or(Denial::ConfigInvalid).and_then(|world| {
            let step = ask(&mut self.gate, &world, now(plugin.host())?, &mut entropy);
            entropy.sound().map(|()| step)
        });
        match step.and_then(|step| self.carry_out(step)) {
            Ok(wish) => {
                if matches!(self.state, State::Forwarded(_) | State::Answered(..)) {
                    self.account();
                }
                wish
            }
            Err(denial) => {
                self.overrule(denial);
                Wish::Nothing
            }
        }
    }

    fn carry_out(&mut self, step: Step) -> Result<Wish, Denial> {
        let host = self.plugin.host();
        let (state, wish) = match step {
            Step::Forward(permit) => {
                apply::request_edits(host, &permit, self.held)?;
                (State::Forwarded(permit), Wish::Nothing)
            }
            Step::Reply(response) => {
                let late = apply::reply(host, &self.plugin.engine(), &response)?;
                (State::Answered(response.status, late), Wish::Nothing)
            }
            Step::NeedBody { at_most } => (State::NeedsBody { at_most }, Wish::Nothing),
            Step::Call { call, before } => {
                apply::before_a_call(host, &before)?;
                (State::Waits, Wish::Call(call))
            }
            Step::Wait { topic, until } => (State::Waits, Wish::Wake { topic, until }),
        };
        self.state = state;
        Ok(wish)
    }

    /// Refuses whatever the gate said. Where the engine does not even take this answer, the request stays held.
    fn overrule(&mut self, denial: Denial) {
        self.overruled = Some(Outcome::Denied(denial.clone()));
        let response = denial.into_response(Audience::default());
        // An answer that failed has been logged, and there is no second way to give one.
        let late = apply::reply(self.plugin.host(), &self.plugin.engine(), &response).unwrap_or_default();
        self.state = State::Answered(response.status, late);
        self.account();
    }

    /// Counts the request.
    fn account(&mut self) {
        self.plugin.metrics().count(self.plugin.host(), &self.gate.facts().service, self.outcome());
        if !self.plugin.audits(self.outcome()) {
            self.entry = None;
        }
    }

    /// Keeps what an audit line will need: later the engine may have rewritten the path.
    fn note(&mut self, head: Option<&RequestHead<'_>>) {
        let undecided = matches!(self.state, State::NeedsBody { .. } | State::Waits);
        if undecided || self.plugin.audits(self.outcome()) {
            self.entry = Some(Entry::new(now(self.plugin.host()).ok(), head));
        }
    }

    fn outcome(&self) -> &Outcome {
        match &self.overruled {
            Some(outcome) => outcome,
            None => &self.gate.facts().outcome,
        }
    }

    /// What the engine is to do with the request in a phase of it.
    pub(crate) fn action(&mut self) -> Action {
        self.in_callback = false;
        match self.state {
            State::Forwarded(_) => Action::Continue,
            State::Undecided | State::NeedsBody { .. } | State::Waits | State::Answered(..) => Action::Pause,
        }
    }

    /// Edits the response. Runs for every answer, those of the gate and of the engine included; a permit brings edits,
    /// and an answer of the gate what could not go with it.
    pub(crate) fn take_response(&mut self) -> Action {
        match &mut self.state {
            State::Forwarded(permit) if apply::response_edits(self.plugin.host(), permit).is_err() => {
                Action::Pause
            }
            State::Answered(_, late) => {
                apply::late_copies(self.plugin.host(), &std::mem::take(late));
                Action::Continue
            }
            State::Forwarded(_) | State::Undecided | State::NeedsBody { .. } | State::Waits => {
                Action::Continue
            }
        }
    }

    /// Writes the audit line, once.
    pub(crate) fn log(&mut self) {
        let Some(entry) = self.entry.take() else { return };
        let end = match &self.state {
            State::Forwarded(permit) => End::Upstream(permit.grounds()),
            State::Answered(status, _) => End::Answered(status.code()),
            State::Undecided | State::NeedsBody { .. } | State::Waits => End::Nowhere,
        };
        entry.write(self.plugin.host(), self.gate.facts(), self.outcome(), end);
    }
}

/// The engine's time.
pub(crate) fn now(host: &dyn Host) -> Result<UnixTime, Denial> {
    let nanoseconds = host.now().map_err(|error| host::failed(host, "no time from the engine", error))?;
    let seconds = nanoseconds / NANOSECONDS_IN_A_SECOND;
    let seconds =
        i64::try_from(seconds).map_err(|error| host::failed(host, "no time from the engine", error))?;
    Ok(UnixTime::from_seconds(seconds))
}

const NANOSECONDS_IN_A_SECOND: u64 = 1_000_000_000;

#[cfg(test)]
mod tests;
