//! The HTTP context: one request, from its head to its audit line.
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
use claimgate_policy::request::RequestHead;
use claimgate_policy::time::UnixTime;
use claimgate_policy::{Denial, Event, Gate, Permit, Step};
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;
use std::rc::Rc;

/// One request.
pub(crate) struct Http {
    plugin: Rc<Plugin>,
    gate: Gate,
    state: State,
    /// What became of the request where the edge had to overrule the gate.
    overruled: Option<Outcome>,
    entry: Option<Entry>,
}

enum State {
    /// Nothing was decided; nothing goes on.
    Undecided,
    /// The gate asked for the body, at most this many bytes of it; nothing goes on.
    Held { at_most: usize },
    /// On its way upstream, with the edits of this permit.
    Forwarded(Box<Permit>),
    /// Answered here, as far as the engine took the answer; nothing goes on.
    Answered(Status),
}

impl Http {
    pub(crate) fn new(plugin: Rc<Plugin>) -> Self {
        Self { plugin, gate: Gate::new(), state: State::Undecided, overruled: None, entry: None }
    }

    fn arrive(&mut self, head: &RequestHead<'_>) {
        let plugin = Rc::clone(&self.plugin);
        self.advance(0, |gate, entropy| {
            let world = plugin.world().ok_or(Denial::ConfigInvalid)?;
            Ok(gate.begin(head, &world, now(plugin.host())?, entropy))
        });
        self.note(Some(head));
    }

    /// The body is there: whole, or longer than what is read of it.
    fn take_body(&mut self, at_most: usize) {
        let plugin = Rc::clone(&self.plugin);
        let body = match apply::held_body(plugin.host(), at_most) {
            Ok(body) => body,
            Err(denial) => return self.overrule(denial),
        };
        self.advance(body.len(), |gate, entropy| {
            let world = plugin.world().ok_or(Denial::ConfigInvalid)?;
            let event = Event::Body(&body, body.len() <= at_most);
            Ok(gate.on(event, &world, now(plugin.host())?, entropy))
        });
    }

    /// Asks the gate, and does what it says.
    fn advance(
        &mut self,
        held: usize,
        ask: impl FnOnce(&mut Gate, &mut EngineEntropy) -> Result<Step, Denial>,
    ) {
        let mut entropy = EngineEntropy::default();
        let step = ask(&mut self.gate, &mut entropy).and_then(|step| entropy.sound().map(|()| step));
        match step.and_then(|step| self.carry_out(step, held)) {
            Ok(()) if matches!(self.state, State::Held { .. }) => {}
            Ok(()) => self.account(),
            Err(denial) => self.overrule(denial),
        }
    }

    fn carry_out(&mut self, step: Step, held: usize) -> Result<(), Denial> {
        self.state = match step {
            Step::Forward(permit) => {
                apply::request_edits(self.plugin.host(), &permit, held)?;
                State::Forwarded(permit)
            }
            Step::Reply(response) => {
                apply::reply(self.plugin.host(), &response)?;
                State::Answered(response.status)
            }
            Step::NeedBody { at_most } => State::Held { at_most },
            Step::Call(_) | Step::Wait { .. } => {
                return Err(Denial::Internal { what: "a step that the edge cannot carry out" });
            }
        };
        Ok(())
    }

    /// Refuses whatever the gate said. Where the engine does not even take this answer, the request stays held.
    fn overrule(&mut self, denial: Denial) {
        self.overruled = Some(Outcome::Denied(denial.clone()));
        let response = denial.into_response(Audience::default());
        self.state = State::Answered(response.status);
        // An answer that failed has been logged, and there is no second way to give one.
        let _held = apply::reply(self.plugin.host(), &response);
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
        let undecided = matches!(self.state, State::Held { .. });
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

    fn action(&self) -> Action {
        match self.state {
            State::Forwarded(_) => Action::Continue,
            State::Undecided | State::Held { .. } | State::Answered(_) => Action::Pause,
        }
    }
}

impl Context for Http {}

impl HttpContext for Http {
    fn on_http_request_headers(&mut self, _count: usize, end: bool) -> Action {
        let world = self.plugin.world().ok_or(Denial::ConfigInvalid);
        let arrival = world.and_then(|world| Arrival::read(self.plugin.host(), &world.engine, end));
        let fields = arrival.as_ref().map_err(Clone::clone).and_then(Arrival::fields);
        match fields.as_ref().map(Fields::head) {
            Ok(head) => self.arrive(&head),
            Err(denial) => {
                self.overrule(denial.clone());
                self.note(None);
            }
        }
        self.action()
    }

    // On Envoy with `allow_on_headers_stop_iteration`, Continue from here would release a request that is held
    // or was refused at its head.
    fn on_http_request_body(&mut self, size: usize, end: bool) -> Action {
        if let State::Held { at_most } = self.state
            && (end || size > at_most)
        {
            self.take_body(at_most);
        }
        self.action()
    }

    // Some upstreams take trailers for headers.
    fn on_http_request_trailers(&mut self, _count: usize) -> Action {
        if let State::Held { at_most } = self.state {
            self.take_body(at_most);
        }
        match (&self.state, self.plugin.world()) {
            (State::Forwarded(_), Some(world))
                if apply::trailer_edits(self.plugin.host(), world.policy).is_ok() =>
            {
                Action::Continue
            }
            _ => Action::Pause,
        }
    }

    // Runs for every answer, those of the gate and of the engine included; only a permit brings edits.
    fn on_http_response_headers(&mut self, _count: usize, _end: bool) -> Action {
        match &self.state {
            State::Forwarded(permit) if apply::response_edits(self.plugin.host(), permit).is_err() => {
                Action::Pause
            }
            State::Forwarded(_) | State::Undecided | State::Held { .. } | State::Answered(_) => {
                Action::Continue
            }
        }
    }

    fn on_log(&mut self) {
        let Some(entry) = self.entry.take() else { return };
        let end = match &self.state {
            State::Forwarded(permit) => End::Upstream(permit.grounds()),
            State::Answered(status) => End::Answered(status.code()),
            State::Undecided | State::Held { .. } => End::Nowhere,
        };
        entry.write(self.plugin.host(), self.gate.facts(), self.outcome(), end);
    }
}

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
