//! The streams of one HTTP/2 connection.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use hyper::rt::Executor;
use tokio::task::spawn_local;
use tokio::time::{Instant, sleep_until};

use super::reading::Reading;

/// Runs the streams on the worker's own thread, and resets one whose client does not read.
#[derive(Debug, Clone)]
pub(crate) struct LocalExecutor {
    streams: Rc<Streams>,
    bound: Duration,
}

impl LocalExecutor {
    /// `bound`: how long a client may leave a stream unread.
    pub(crate) fn new(streams: Rc<Streams>, bound: Duration) -> Self {
        Self { streams, bound }
    }
}

impl<F: Future + 'static> Executor<F> for LocalExecutor {
    fn execute(&self, future: F) {
        let (open, bound) = (Open::new(Rc::clone(&self.streams)), self.bound);
        spawn_local(async move {
            let _open = open;
            if Reading::watch(bound, future).await.is_none() {
                tracing::debug!("a stream is reset: its client does not read");
            }
        });
    }
}

/// How many streams a connection has open, and since when none.
#[derive(Debug)]
pub(crate) struct Streams {
    open: Cell<usize>,
    idle_since: Cell<Option<Instant>>,
}

impl Streams {
    pub(crate) fn new() -> Rc<Self> {
        Rc::new(Self { open: Cell::new(0), idle_since: Cell::new(Some(Instant::now())) })
    }

    /// Waits until no stream was open for `bound`. A PING is no stream. Noticed late, after up to twice
    /// the bound.
    pub(crate) async fn idle(&self, bound: Duration) {
        loop {
            let since = self.idle_since.get();
            let from = since.unwrap_or_else(Instant::now);
            sleep_until(from.checked_add(bound).unwrap_or(from)).await;
            if since.is_some() && since == self.idle_since.get() {
                return;
            }
        }
    }
}

/// One stream.
struct Open(Rc<Streams>);

impl Open {
    fn new(streams: Rc<Streams>) -> Self {
        streams.open.set(streams.open.get().saturating_add(1));
        streams.idle_since.set(None);
        Self(streams)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let open = self.0.open.get().saturating_sub(1);
        self.0.open.set(open);
        if open == 0 {
            self.0.idle_since.set(Some(Instant::now()));
        }
    }
}
