//! Takes connections and hands each to the worker that has the fewest.
//!
//! One socket per address: with a socket per worker a second program could take a part of the
//! connections, and a worker that ends would reset those that wait for it.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::sleep;

use crate::metrics::Stats;
use crate::proxy::head::Peer;
use crate::worker::{Worker, least_loaded};

/// Lets connections in, as many as there may be.
#[derive(Debug)]
pub(crate) struct Door {
    workers: Arc<Vec<Worker>>,
    stats: Arc<Stats>,
    most: AtomicUsize,
    numbers: AtomicU64,
}

impl Door {
    pub(crate) fn new(workers: Arc<Vec<Worker>>, stats: Arc<Stats>, most: usize) -> Self {
        Self { workers, stats, most: AtomicUsize::new(most), numbers: AtomicU64::new(1) }
    }

    /// How many there may be from now on; none that is in is closed for it.
    pub(crate) fn admit(&self, most: usize) {
        self.most.store(most, Relaxed);
    }

    /// Accepts until the end is announced. Dropping the socket refuses what comes later.
    pub(crate) async fn accept(&self, listener: TcpListener, mut ends: watch::Receiver<bool>) {
        loop {
            let accepted = tokio::select! {
                biased;
                _ = ends.wait_for(|ends| *ends) => return,
                accepted = listener.accept() => accepted,
            };
            if let Err(error) = accepted.and_then(|(stream, remote)| self.hand_over(stream, remote)) {
                tracing::warn!(%error, "a connection could not be accepted");
                // Out of file descriptors, mostly: without a pause this would be a busy loop.
                sleep(PAUSE).await;
            }
        }
    }

    fn hand_over(&self, stream: TcpStream, remote: SocketAddr) -> io::Result<()> {
        let open = self.workers.iter().map(Worker::load).fold(0, usize::saturating_add);
        if open >= self.most.load(Relaxed) {
            self.stats.connection_refused();
            return Ok(());
        }
        let (stream, local) = prepare(stream)?;
        if let Some(worker) = least_loaded(&self.workers) {
            let id = self.numbers.fetch_add(1, Relaxed);
            worker.serve(stream, Peer { remote, local, id });
        }
        Ok(())
    }
}

fn prepare(stream: TcpStream) -> io::Result<(std::net::TcpStream, SocketAddr)> {
    stream.set_nodelay(true)?;
    let local = stream.local_addr()?;
    Ok((stream.into_std()?, local))
}

const PAUSE: Duration = Duration::from_millis(20);
