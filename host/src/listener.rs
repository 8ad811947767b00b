//! Takes connections and hands each to the worker that has the fewest.
//!
//! One socket per address: with a socket per worker a second program could take a part of the
//! connections, and a worker that ends would reset those that wait for it.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::sleep;

use crate::proxy::head::Peer;
use crate::worker::{Worker, least_loaded};

/// Accepts until the end is announced. Dropping the socket refuses what comes later.
pub(crate) async fn accept(
    listener: TcpListener,
    workers: Arc<Vec<Worker>>,
    numbers: Arc<AtomicU64>,
    mut ends: watch::Receiver<bool>,
) {
    loop {
        let accepted = tokio::select! {
            biased;
            _ = ends.wait_for(|ends| *ends) => return,
            accepted = listener.accept() => accepted,
        };
        let handed = accepted.and_then(|(stream, remote)| {
            let (stream, local) = prepare(stream)?;
            Ok((stream, Peer { remote, local, id: numbers.fetch_add(1, Relaxed) }))
        });
        match handed {
            Ok((stream, peer)) => {
                if let Some(worker) = least_loaded(&workers) {
                    worker.serve(stream, peer);
                }
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                // Out of file descriptors, mostly: without a pause this would be a busy loop.
                sleep(PAUSE).await;
            }
        }
    }
}

fn prepare(stream: TcpStream) -> io::Result<(std::net::TcpStream, SocketAddr)> {
    stream.set_nodelay(true)?;
    let local = stream.local_addr()?;
    Ok((stream.into_std()?, local))
}

const PAUSE: Duration = Duration::from_millis(20);
