//! The HTTP context: one request, from its head to its audit line.
//!
//! Fails closed: a request goes on only in `State::Forwarded`, which only a carried-out permit leads to.

use crate::apply;
use crate::arrival::{Arrival, Fields};
use crate::audit::{End, Entry};
use crate::entropy::EngineEntropy;
use crate::host::{self, Host};
use crate::plugin::Plugin;
use claimgate_policy::denial::Status;
use claimgate_policy::gate::Outcome;
use claimgate_policy::request::RequestHead;
use claimgate_policy::time::UnixTime;
use claimgate_policy::{Denial, Gate, Permit, Step};
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
        let done = self.decide(head).and_then(|step| self.carry_out(step));
        if let Err(denial) = done {
            self.refuse(denial);
        }
        self.account(Some(head));
    }

    fn decide(&mut self, head: &RequestHead<'_>) -> Result<Step, Denial> {
        let world = self.plugin.world().ok_or(Denial::ConfigInvalid)?;
        let mut entropy = EngineEntropy::default();
        let step = self.gate.begin(head, &world, now(self.plugin.host())?, &mut entropy);
        entropy.sound()?;
        Ok(step)
    }

    fn carry_out(&mut self, step: Step) -> Result<(), Denial> {
        self.state = match step {
            Step::Forward(permit) => {
                apply::request_edits(self.plugin.host(), &permit)?;
                State::Forwarded(permit)
            }
            Step::Reply(response) => {
                apply::reply(self.plugin.host(), &response)?;
                State::Answered(response.status)
            }
            Step::NeedBody { .. } | Step::Call(_) | Step::Wait { .. } => {
                return Err(Denial::Internal { what: "a step that the edge cannot carry out" });
            }
        };
        Ok(())
    }

    /// Overrules the gate. Where the engine does not even take this answer, the request stays held.
    fn refuse(&mut self, denial: Denial) {
        self.overruled = Some(Outcome::Denied(denial.clone()));
        let response = denial.into_response(None);
        self.state = State::Answered(response.status);
        // An answer that failed has been logged, and there is no second way to give one.
        let _held = apply::reply(self.plugin.host(), &response);
    }

    /// Counts the request, and notes what the audit line will need: later the engine may have rewritten the path.
    fn account(&mut self, head: Option<&RequestHead<'_>>) {
        let host = self.plugin.host();
        self.plugin.metrics().count(host, &self.gate.facts().service, self.outcome());
        self.entry = self.plugin.audits(self.outcome()).then(|| Entry::new(now(host).ok(), head));
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
            State::Undecided | State::Answered(_) => Action::Pause,
        }
    }
}

impl Context for Http {}

impl HttpContext for Http {
    fn on_http_request_headers(&mut self, _count: usize, _end: bool) -> Action {
        let world = self.plugin.world().ok_or(Denial::ConfigInvalid);
        let arrival = world.and_then(|world| Arrival::read(self.plugin.host(), &world.engine));
        let fields = arrival.as_ref().map_err(Clone::clone).and_then(Arrival::fields);
        match fields.as_ref().map(Fields::head) {
            Ok(head) => self.arrive(&head),
            Err(denial) => {
                self.refuse(denial.clone());
                self.account(None);
            }
        }
        self.action()
    }

    // On Envoy with `allow_on_headers_stop_iteration`, Continue from here would release a request that is held
    // or was refused at its head.
    fn on_http_request_body(&mut self, _size: usize, _end: bool) -> Action {
        self.action()
    }

    // Some upstreams take trailers for headers.
    fn on_http_request_trailers(&mut self, _count: usize) -> Action {
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
            State::Forwarded(_) | State::Undecided | State::Answered(_) => Action::Continue,
        }
    }

    fn on_log(&mut self) {
        let Some(entry) = self.entry.take() else { return };
        let end = match &self.state {
            State::Forwarded(permit) => End::Upstream(permit.grounds()),
            State::Answered(status) => End::Answered(status.code()),
            State::Undecided => End::Nowhere,
        };
        entry.write(self.plugin.host(), self.gate.facts(), self.outcome(), end);
    }
}

fn now(host: &dyn Host) -> Result<UnixTime, Denial> {
    let nanoseconds = host.now().map_err(|error| host::failed(host, "no time from the engine", error))?;
    let seconds = nanoseconds / NANOSECONDS_IN_A_SECOND;
    let seconds =
        i64::try_from(seconds).map_err(|error| host::failed(host, "no time from the engine", error))?;
    Ok(UnixTime::from_seconds(seconds))
}

const NANOSECONDS_IN_A_SECOND: u64 = 1_000_000_000;

#[cfg(test)]
mod tests;
