//! One client's connection.

use std::cell::{Cell, RefCell};
use std::error::Error;
use std::fmt;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::time::Duration;

use http::Request;
use hyper::body::Incoming;
use hyper::rt::Executor;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::spawn_local;
use tokio::time::timeout;

use super::Proxy;
use super::body::Reply;
use super::head::Peer;

/// Serves a connection until the client closes it, it is silent for too long, or the end is announced
/// and its last request is answered.
pub(crate) async fn serve(stream: TcpStream, peer: Peer, current: Current, ends: watch::Receiver<bool>) {
    let limits = current.borrow().limits().clone();
    let Some(version) = version(&stream, limits.idle_timeout, ends.clone()).await else { return };
    let (peer, used) = (Rc::new(peer), Rc::new(Cell::new(false)));
    let begun = Rc::clone(&used);
    let service = service_fn(move |request: Request<Incoming>| {
        begun.set(true);
        let (proxy, peer) = (Rc::clone(&current.borrow()), Rc::clone(&peer));
        async move { proxy.exchange(&peer, request).await }
    });
    let io = TokioIo::new(stream);
    match version {
        Version::Http1 => {
            let mut builder = http1::Builder::new();
            builder.timer(TokioTimer::new()).header_read_timeout(limits.idle_timeout);
            builder.max_buf_size(limits.request_header_bytes);
            drive(pin!(builder.serve_connection(io, service)), ends, &used).await;
        }
        Version::Http2 => {
            let mut builder = http2::Builder::new(LocalExecutor);
            builder.timer(TokioTimer::new()).keep_alive_interval(limits.idle_timeout);
            builder.max_header_list_size(u32::try_from(limits.request_header_bytes).unwrap_or(u32::MAX));
            drive(pin!(builder.serve_connection(io, service)), ends, &used).await;
        }
    }
}

/// The worker's present proxy: each request asks anew, since a connection outlives a reload.
pub(crate) type Current = Rc<RefCell<Rc<Proxy>>>;

enum Version {
    Http1,
    Http2,
}

/// A client of HTTP/2 with prior knowledge begins with `PRI`, which is no method. `None` if nothing came.
async fn version(stream: &TcpStream, bound: Duration, mut ends: watch::Receiver<bool>) -> Option<Version> {
    let mut start = [0; 3];
    let peeked = tokio::select! {
        peeked = timeout(bound, stream.peek(&mut start)) => peeked.ok()?.ok()?,
        _ = ends.wait_for(|ends| *ends) => return None,
    };
    match (peeked, &start) {
        (0, _) => None,
        (_, b"PRI") => Some(Version::Http2),
        _ => Some(Version::Http1),
    }
}

/// `used`: a complete head has come. hyper would wait for the first one even at the end.
async fn drive(mut connection: Pin<&mut impl Drain>, mut ends: watch::Receiver<bool>, used: &Cell<bool>) {
    let ended = tokio::select! {
        ended = connection.as_mut() => Some(ended),
        _ = ends.wait_for(|ends| *ends) => None,
    };
    let ended = match ended {
        Some(ended) => ended,
        None if !used.get() => return,
        None => {
            connection.as_mut().drain();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a client's connection ended");
    }
}

/// A connection that can be told to take no further requests.
trait Drain: Future<Output = hyper::Result<()>> {
    fn drain(self: Pin<&mut Self>);
}

impl<S> Drain for http1::Connection<TokioIo<TcpStream>, S>
where
    S: hyper::service::HttpService<Incoming, ResBody = Reply>,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
{
    fn drain(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

impl<S> Drain for http2::Connection<TokioIo<TcpStream>, S, LocalExecutor>
where
    S: hyper::service::HttpService<Incoming, ResBody = Reply>,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
    S::Future: 'static,
{
    fn drain(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

/// Runs the streams of an HTTP/2 connection on the worker's own thread.
#[derive(Debug, Clone, Copy)]
struct LocalExecutor;

impl<F: Future + 'static> Executor<F> for LocalExecutor {
    fn execute(&self, future: F) {
        spawn_local(async move {
            future.await;
        });
    }
}

/// Closes the connection without an answer.
#[derive(Debug)]
pub(crate) struct Reset;

impl fmt::Display for Reset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a filter closed the connection")
    }
}

impl Error for Reset {}
