//! What reaches an exchange from outside of its own task: a filter's later decision, the death of its
//! instance, an error in the body that another task reads.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use claimgate_sandbox::Direction;
use tokio::time::{Instant, sleep_until};

use super::respond::Stop;

/// Shared by an exchange, its bodies and the filter instances that its streams are in.
#[derive(Debug)]
pub(crate) struct Mailbox {
    stop: RefCell<Option<Stop>>,
    /// The gateway or a filter answers: whatever the request still does is void.
    answering: Cell<bool>,
    resumed: RefCell<Vec<(Direction, usize, Bytes)>>,
    request_waker: RefCell<Option<Waker>>,
    response_waker: RefCell<Option<Waker>>,
    progress: Cell<Progress>,
}

impl Mailbox {
    pub(crate) fn new() -> Self {
        Self {
            stop: RefCell::default(),
            answering: Cell::default(),
            resumed: RefCell::default(),
            request_waker: RefCell::default(),
            response_waker: RefCell::default(),
            progress: Cell::new(Progress { at: Instant::now(), turn: Turn::Nobody }),
        }
    }

    /// Ends the exchange. The first word counts.
    pub(crate) fn stop(&self, stop: Stop) {
        self.stop.borrow_mut().get_or_insert(stop);
        self.wake(Direction::Request);
        self.wake(Direction::Response);
    }

    /// How the exchange was ended, if it was.
    pub(crate) fn stopped(&self) -> Option<Stop> {
        self.stop.borrow().clone()
    }

    /// The same, from the view of one direction: once the exchange is being answered, its request is over.
    pub(crate) fn stopped_in(&self, direction: Direction) -> Option<Stop> {
        match direction {
            Direction::Request if self.answering.get() => Some(Stop::Reset),
            Direction::Request | Direction::Response => self.stopped(),
        }
    }

    /// Begins to answer instead of the upstream. What was said so far is settled; later words count anew.
    pub(crate) fn answer(&self) {
        self.answering.set(true);
        self.stop.take();
        self.resumed.take();
        self.wake(Direction::Request);
    }

    /// A filter lets one direction go on, with the body that it held.
    pub(crate) fn resume(&self, direction: Direction, leg: usize, body: Bytes) {
        self.resumed.borrow_mut().push((direction, leg, body));
        self.wake(direction);
    }

    /// The next filter that let this direction go on. Wakes for a stop, too.
    pub(crate) fn poll_resumed(
        &self,
        direction: Direction,
        context: &mut Context<'_>,
    ) -> Poll<(usize, Bytes)> {
        let mut resumed = self.resumed.borrow_mut();
        if let Some(at) = resumed.iter().position(|(of, ..)| *of == direction) {
            let (_, leg, body) = resumed.remove(at);
            return Poll::Ready((leg, body));
        }
        self.register(direction, context);
        Poll::Pending
    }

    /// Waits for a filter to let this direction go on.
    pub(crate) async fn resumed(&self, direction: Direction) -> Result<(usize, Bytes), Stop> {
        poll_fn(|context| match self.stopped() {
            Some(stop) => Poll::Ready(Err(stop)),
            None => self.poll_resumed(direction, context).map(Ok),
        })
        .await
    }

    /// Waits for the end of the exchange while its response has not begun.
    pub(crate) async fn ended(&self) -> Stop {
        poll_fn(|context| {
            self.register(Direction::Response, context);
            self.stopped().map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }

    /// Notes that something moved, and who has to move next.
    pub(crate) fn progress(&self, turn: Turn) {
        self.progress.set(Progress { at: Instant::now(), turn });
    }

    /// Waits until the upstream has neither read for `write`, nor answered for `read` since it has the
    /// whole request. While the client has to move, its own bound holds. A change of turn is noticed
    /// late, so that the wait may be twice as long; in return nothing is woken for each piece of body.
    pub(crate) async fn upstream_stalled(&self, read: Duration, write: Duration) {
        loop {
            let seen = self.progress.get();
            let (from, patience) = match seen.turn {
                Turn::Nobody | Turn::Client => (Instant::now(), read.min(write)),
                Turn::UpstreamReads => (seen.at, write),
                Turn::UpstreamAnswers => (seen.at, read),
            };
            sleep_until(from.checked_add(patience).unwrap_or(from)).await;
            let now = self.progress.get();
            if now == seen && !matches!(now.turn, Turn::Nobody | Turn::Client) {
                return;
            }
        }
    }

    fn register(&self, direction: Direction, context: &Context<'_>) {
        let mut waker = self.waker(direction).borrow_mut();
        match waker.as_mut() {
            Some(waker) => waker.clone_from(context.waker()),
            None => *waker = Some(context.waker().clone()),
        }
    }

    fn wake(&self, direction: Direction) {
        let waker = self.waker(direction).borrow_mut().take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn waker(&self, direction: Direction) -> &RefCell<Option<Waker>> {
        match direction {
            Direction::Request => &self.request_waker,
            Direction::Response => &self.response_waker,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Progress {
    at: Instant,
    turn: Turn,
}

/// Who has to move for the exchange to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// There is no connection to the upstream yet; it has a bound of its own.
    Nobody,
    /// The client, with its body.
    Client,
    /// The upstream, which has to take body.
    UpstreamReads,
    /// The upstream, which has the whole request.
    UpstreamAnswers,
}
