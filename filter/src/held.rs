//! Requests that are held for something at a provider, and the calls that are out for them.
//!
//! The SDK tells an outcome to the context that was active when the call was made, and drops it if that is gone. So a
//! request makes calls in its own callbacks, or in those of the root context, which outlives it; never in another
//! request's. What a request that another woke wants to call waits for the next tick.

use crate::answer::{Answer, Parts};
use crate::host::{Host, Level};
use crate::request::{Request, Wish, now};
use claimgate_policy::keys::MAX_JWKS;
use claimgate_policy::step::{CallError, CallId, HttpCall, Topic};
use claimgate_policy::time::UnixTime;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};

/// What is held under one plugin.
#[derive(Default)]
pub(crate) struct Held {
    waiting: RefCell<Vec<Waiting>>,
    /// Calls to be made at the next tick.
    due: RefCell<Vec<(Whose, HttpCall)>>,
    /// Calls that are out, by the engine's number.
    calls: RefCell<BTreeMap<u32, (Whose, CallId)>>,
    /// What whoever brought it is gone.
    lost: RefCell<Vec<Topic>>,
}

/// A request that may be gone.
type Whose = Weak<RefCell<Request>>;

struct Waiting {
    topic: Topic,
    until: UnixTime,
    request: Whose,
}

impl Held {
    /// Does what a request wants after a step in one of its own callbacks.
    pub(crate) fn grant(&self, host: &dyn Host, request: &Rc<RefCell<Request>>, mut wish: Wish) {
        loop {
            wish = match wish {
                Wish::Nothing => break,
                Wish::Wake { topic, until } => {
                    self.wait(topic, until, request);
                    break;
                }
                Wish::Call(call) => match self.call(host, request, &call) {
                    Ok(()) => break,
                    Err(error) => request.borrow_mut().take_answer(call.id, Err(error)),
                },
            }
        }
        self.announce(host, request);
    }

    /// The outcome of a call that was made for a request. False: none was.
    pub(crate) fn answer(&self, host: &dyn Host, token: u32, headers: usize) -> bool {
        let Some((request, call)) = self.calls.borrow_mut().remove(&token) else { return false };
        let Some(request) = request.upgrade() else { return true };
        let answer = Answer::read(host, headers, MAX_JWKS);
        if !enter(host, &request) {
            return true;
        }
        let parts = answer.as_ref().map_err(|error| *error).and_then(Answer::parts);
        let response = parts.as_ref().map(Parts::response).map_err(|error| *error);
        let wish = request.borrow_mut().take_answer(call, response);
        self.grant(host, &request, wish);
        true
    }

    /// A request is gone on which others waited.
    pub(crate) fn lost(&self, topic: Topic) {
        self.lost.borrow_mut().push(topic);
    }

    /// Makes the calls that wait for it, and wakes whom nobody else will.
    pub(crate) fn tick(&self, host: &dyn Host) {
        self.calls.borrow_mut().retain(|_, (request, _)| request.strong_count() > 0);
        let lost = std::mem::take(&mut *self.lost.borrow_mut());
        if let Ok(now) = now(host) {
            self.wake(host, |waiting| waiting.until <= now || lost.contains(&waiting.topic));
        }
        let due = std::mem::take(&mut *self.due.borrow_mut());
        for (request, call) in due {
            let Some(request) = request.upgrade().filter(|request| enter(host, request)) else { continue };
            self.grant(host, &request, Wish::Call(call));
        }
    }

    /// Something has happened for which requests may wait.
    pub(crate) fn announced(&self, host: &dyn Host, topic: &Topic) {
        self.wake(host, |waiting| waiting.topic == *topic);
    }

    /// Whether nobody is held.
    pub(crate) fn is_idle(&self) -> bool {
        self.waiting.borrow().is_empty() && self.due.borrow().is_empty() && self.lost.borrow().is_empty()
    }

    fn announce(&self, host: &dyn Host, request: &Rc<RefCell<Request>>) {
        let topic = request.borrow_mut().announcement();
        if let Some(topic) = topic {
            self.announced(host, &topic);
        }
    }

    fn wake(&self, host: &dyn Host, is_meant: impl Fn(&Waiting) -> bool) {
        let woken: Vec<Waiting> = {
            let mut waiting = self.waiting.borrow_mut();
            let (woken, rest) = std::mem::take(&mut *waiting).into_iter().partition(is_meant);
            *waiting = rest;
            woken
        };
        let live = woken.iter().filter_map(|waiting| waiting.request.upgrade());
        for request in live.filter(|request| enter(host, request)) {
            let wish = request.borrow_mut().wake();
            match wish {
                Wish::Nothing => {}
                Wish::Wake { topic, until } => self.wait(topic, until, &request),
                Wish::Call(call) => self.due.borrow_mut().push((Rc::downgrade(&request), call)),
            }
        }
    }

    fn wait(&self, topic: Topic, until: UnixTime, request: &Rc<RefCell<Request>>) {
        self.waiting.borrow_mut().push(Waiting { topic, until, request: Rc::downgrade(request) });
    }

    fn call(
        &self,
        host: &dyn Host,
        request: &Rc<RefCell<Request>>,
        call: &HttpCall,
    ) -> Result<(), CallError> {
        let token = host.http_call(call).map_err(|error| {
            let target = &call.target;
            host.log(Level::Warn, &format!("claimgate: the engine made no call to {target}: {error}"));
            CallError::NotSent
        })?;
        self.calls.borrow_mut().insert(token, (Rc::downgrade(request), call.id));
        Ok(())
    }
}

/// Makes the request's context the one that the engine's functions act on. Where the engine will not, it is gone.
fn enter(host: &dyn Host, request: &Rc<RefCell<Request>>) -> bool {
    let id = request.try_borrow().map(|request| request.id());
    id.is_ok_and(|id| host.enter(id).is_ok())
}

#[cfg(test)]
mod tests;
