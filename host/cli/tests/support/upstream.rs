//! The upstream of a run: the echo of this package, on a thread of its own.

use claimgate::echo::Echo;
use claimgate::echo::record::{Record, Recorder};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use tokio::sync::oneshot;

/// Answers until it is dropped.
pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
    recorder: Arc<Recorder>,
    marked: AtomicU64,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Upstream {
    pub(crate) fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let echo = runtime.block_on(Echo::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))).unwrap();
        let (address, recorder) = (echo.address(), echo.recorder());
        let (stop, stopped) = oneshot::channel();
        let serve = async move { echo.serve(async { drop(stopped.await) }).await };
        let thread = thread::spawn(move || runtime.block_on(serve));
        Self { address, recorder, marked: AtomicU64::new(0), stop: Some(stop), thread: Some(thread) }
    }

    /// A marker that no request has had.
    pub(crate) fn marker(&self) -> String {
        self.marked.fetch_add(1, Ordering::Relaxed).to_string()
    }

    /// What reached the upstream with this marker.
    pub(crate) fn seen(&self, marker: &str) -> Vec<Record> {
        self.recorder.seen(Some(marker))
    }

    /// Everything that reached the upstream and is not forgotten yet.
    pub(crate) fn all(&self) -> Vec<Record> {
        self.recorder.seen(None)
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}
