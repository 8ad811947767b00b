//! An instance in use: the only place where a guest is entered, and where its effects are performed.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::{Rc, Weak};
use std::time::Duration;

use claimgate_sandbox::{CallId, CallOutcome, Crash, Effect, Instance, SandboxError, StreamFacts, StreamId};
use tokio::task::{AbortHandle, spawn_local};
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::seat::Seat;
use crate::proxy::callout::{Call, Callouts};
use crate::proxy::mailbox::Mailbox;
use crate::proxy::respond::{Failure, Stop};

/// See the module.
#[derive(Debug)]
pub(crate) struct Slot {
    name: Box<str>,
    seat: Weak<Seat>,
    callouts: Rc<Callouts>,
    instance: RefCell<Instance>,
    mailboxes: RefCell<HashMap<StreamId, (Rc<Mailbox>, usize)>>,
    calls: RefCell<HashMap<CallId, AbortHandle>>,
    ticker: RefCell<Option<AbortHandle>>,
    /// The instance died, and that was dealt with.
    lost: Cell<bool>,
}

impl Slot {
    pub(super) fn new(seat: Weak<Seat>, callouts: Rc<Callouts>, name: &str, instance: Instance) -> Rc<Self> {
        Rc::new(Self {
            name: name.into(),
            seat,
            callouts,
            instance: RefCell::new(instance),
            mailboxes: RefCell::default(),
            calls: RefCell::default(),
            ticker: RefCell::default(),
            lost: Cell::default(),
        })
    }

    /// Opens a stream whose later events go to the mailbox, marked with the leg.
    pub(super) fn open(
        self: &Rc<Self>,
        facts: StreamFacts,
        mailbox: &Rc<Mailbox>,
        leg: usize,
    ) -> Result<StreamId, Stop> {
        let stream = self.enter(|instance| instance.open_stream(facts))?;
        self.mailboxes.borrow_mut().insert(stream, (Rc::clone(mailbox), leg));
        Ok(stream)
    }

    /// Ends a stream; a second time has no effect.
    pub(super) fn close(self: &Rc<Self>, stream: StreamId) {
        if self.mailboxes.borrow_mut().remove(&stream).is_some() {
            // A failure is logged, and there is nobody left to answer.
            let _closed = self.enter(|instance| instance.close_stream(stream));
        }
    }

    /// Runs one callback and performs what the guest asked for in it.
    pub(super) fn enter<T>(
        self: &Rc<Self>,
        callback: impl FnOnce(&mut Instance) -> Result<T, SandboxError>,
    ) -> Result<T, Stop> {
        let result = callback(&mut self.instance.borrow_mut());
        let fault = self.instance.borrow_mut().take_fault();
        if let Some(fault) = fault {
            // This callback's stream goes on all the same.
            let _stop = self.failed(&fault);
        }
        let value = result.map_err(|error| self.failed(&error))?;
        self.perform_effects();
        Ok(value)
    }

    /// Reads without entering the guest.
    pub(super) fn look<T>(&self, of: impl FnOnce(&Instance) -> T) -> T {
        of(&self.instance.borrow())
    }

    /// Performs what the guest asked for since the last time.
    pub(super) fn perform_effects(self: &Rc<Self>) {
        let effects = self.instance.borrow_mut().take_effects();
        for effect in effects {
            self.perform(effect);
        }
    }

    fn perform(self: &Rc<Self>, effect: Effect) {
        match effect {
            Effect::HttpCall { call, upstream, headers, body, timeout, .. } => {
                self.call(call, Call { upstream, headers, body, timeout });
            }
            Effect::CancelCall(call) => {
                self.calls.borrow_mut().remove(&call).iter().for_each(AbortHandle::abort);
            }
            Effect::Resume { stream, direction, body } => {
                if let Some((mailbox, leg)) = self.mailbox(stream) {
                    mailbox.resume(direction, leg, body);
                }
            }
            Effect::Respond { stream, response } => self.stop(stream, Stop::Answer(Box::new(response))),
            Effect::Close { stream, .. } => self.stop(stream, Stop::Reset),
            Effect::TickEvery(period) => self.tick_every(period),
        }
    }

    fn stop(&self, stream: StreamId, stop: Stop) {
        if let Some((mailbox, _)) = self.mailbox(stream) {
            mailbox.stop(stop);
        }
    }

    fn mailbox(&self, stream: StreamId) -> Option<(Rc<Mailbox>, usize)> {
        self.mailboxes.borrow().get(&stream).cloned()
    }

    /// The guest hears of the outcome exactly once, unless it is gone by then.
    fn call(self: &Rc<Self>, id: CallId, call: Call) {
        let (slot, callouts, name) = (Rc::downgrade(self), Rc::clone(&self.callouts), self.name.clone());
        let task = spawn_local(async move {
            let outcome = callouts.perform(&name, call).await;
            if let Some(slot) = slot.upgrade() {
                slot.answer(id, outcome);
            }
        });
        self.calls.borrow_mut().insert(id, task.abort_handle());
    }

    fn answer(self: &Rc<Self>, id: CallId, outcome: CallOutcome) {
        if self.calls.borrow_mut().remove(&id).is_some() {
            self.tell_successor(id, &outcome);
            // A failure reaches every exchange of the instance through its mailbox.
            let _answered = self.enter(|instance| instance.on_call_response(id, outcome));
        }
    }

    /// On some engines the answer of a call that a lost instance made goes to the next one as well.
    fn tell_successor(&self, id: CallId, outcome: &CallOutcome) {
        let successor = self.seat.upgrade().filter(|_| self.lost.get()).and_then(|seat| seat.live());
        if let Some(successor) = successor {
            // Whatever the successor makes of it is its own affair.
            let _answered = successor.enter(|instance| instance.on_stray_answer(id, outcome.clone()));
        }
    }

    fn tick_every(self: &Rc<Self>, period: Option<Duration>) {
        let ticker = period.map(|period| {
            let period = period.max(SHORTEST_TICK);
            let slot = Rc::downgrade(self);
            spawn_local(async move {
                let now = Instant::now();
                let mut ticks = interval_at(now.checked_add(period).unwrap_or(now), period);
                ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
                loop {
                    ticks.tick().await;
                    let Some(slot) = slot.upgrade() else { return };
                    if slot.enter(Instance::on_tick).is_err() {
                        return;
                    }
                }
            })
            .abort_handle()
        });
        let previous = self.ticker.replace(ticker);
        previous.iter().for_each(AbortHandle::abort);
    }

    /// A callback failed. If the instance is dead, so are all exchanges in it but those that outlive it.
    fn failed(self: &Rc<Self>, error: &SandboxError) -> Stop {
        let (dead, crash) = self.look(|instance| (!instance.is_alive(), instance.crash()));
        let stop = if crash.is_some() { Stop::Reset } else { Failure::FilterDead.into() };
        if !dead {
            tracing::error!(filter = %self.name, %error, "a callback was refused");
        } else if !self.lost.replace(true) {
            tracing::error!(filter = %self.name, %error, "a filter's instance is lost");
            self.bury(crash, &stop);
        }
        stop
    }

    fn bury(self: &Rc<Self>, crash: Option<Crash>, stop: &Stop) {
        self.ticker.take().iter().for_each(AbortHandle::abort);
        self.perform_effects();
        if let Some(seat) = self.seat.upgrade().filter(|_| crash.is_none_or(Crash::is_survived)) {
            seat.replace();
        }
        let (kept, ended) = self
            .mailboxes
            .take()
            .into_iter()
            .partition(|(stream, _)| self.look(|instance| instance.is_outlived_by(*stream)));
        let ended: HashMap<StreamId, (Rc<Mailbox>, usize)> = ended;
        self.mailboxes.replace(kept);
        for (mailbox, _) in ended.into_values() {
            mailbox.stop(stop.clone());
        }
    }

    fn end_tasks(&self) {
        self.ticker.take().iter().for_each(AbortHandle::abort);
        self.calls.take().values().for_each(AbortHandle::abort);
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.end_tasks();
        let instance = self.instance.get_mut();
        if instance.is_alive() {
            instance.shutdown();
        }
    }
}

/// A guest that asks for less would keep its thread busy.
const SHORTEST_TICK: Duration = Duration::from_millis(1);
