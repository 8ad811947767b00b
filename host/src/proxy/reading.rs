//! Whether a client reads the response that is sent to it.
//!
//! hyper asks a body for its next piece once there is room for it, and there is room once the client has
//! read. So a body whose client reads nothing is not asked at all, and could notice no bound: whoever
//! serves the client has to watch from outside.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use tokio::task_local;
use tokio::time::{Instant, sleep_until};

/// When a response has to move next.
#[derive(Debug)]
pub(crate) struct Reading {
    bound: Duration,
    /// `None` while there is no response that could be read.
    due: Cell<Option<Instant>>,
}

impl Reading {
    fn new(bound: Duration) -> Self {
        Self { bound, due: Cell::new(None) }
    }

    /// Serves a client: a connection of HTTP/1.1, or a stream of HTTP/2. `None` if it has not read for
    /// `bound`; what `served` held is dropped. That is noticed late, after up to twice the bound; in
    /// return nothing is woken for each piece of body.
    pub(crate) async fn watch<F: Future>(bound: Duration, served: F) -> Option<F::Output> {
        let reading = Rc::new(Self::new(bound));
        tokio::select! {
            biased;
            output = READING.scope(Rc::clone(&reading), served) => Some(output),
            () = reading.stalled() => None,
        }
    }

    /// That of the client who is served, if somebody watches.
    pub(crate) fn current() -> Option<Rc<Self>> {
        READING.try_with(Rc::clone).ok()
    }

    /// A request has come; until its response begins, other bounds hold.
    pub(crate) fn pause(&self) {
        self.due.set(None);
    }

    /// The client has to read now, or else within `more` beyond the bound.
    pub(crate) fn expect(&self, more: Duration) {
        let patience = self.bound.saturating_add(more);
        self.due.set(Instant::now().checked_add(patience));
    }

    async fn stalled(&self) {
        loop {
            let now = Instant::now();
            let later = now.checked_add(self.bound).unwrap_or(now);
            let due = self.due.get();
            if due.is_some_and(|due| due <= now) {
                return;
            }
            sleep_until(due.map_or(later, |due| due.min(later))).await;
        }
    }
}

task_local! {
    static READING: Rc<Reading>;
}

#[cfg(test)]
mod tests;
