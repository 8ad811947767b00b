//! One client's connection.

use std::cell::{Cell, RefCell};
use std::error::Error;
use std::fmt;
use std::future::pending;
use std::io::{self, ErrorKind};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::time::Duration;

use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::Interest;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;

use super::Proxy;
use super::body::Reply;
use super::head::Peer;
use super::http2::{LocalExecutor, Streams};
use super::reading::Reading;

/// Serves a connection until the client closes it, neither sends nor reads for too long, or the end is
/// announced and its last request is answered.
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
            let connection = pin!(builder.serve_connection(io, service));
            let served = drive(connection, pending(), limits.idle_timeout, ends, &used);
            if Reading::watch(limits.idle_timeout, served).await.is_none() {
                tracing::debug!("a connection is closed: its client does not read");
            }
        }
        Version::Http2 => {
            let streams = Streams::new();
            let executor = LocalExecutor::new(Rc::clone(&streams), limits.idle_timeout);
            let mut builder = http2::Builder::new(executor);
            // Finds clients that are gone while a stream is open; without one, `idle` is the bound.
            builder.timer(TokioTimer::new()).keep_alive_interval(limits.idle_timeout);
            builder.keep_alive_timeout(limits.idle_timeout);
            builder.max_header_list_size(u32::try_from(limits.request_header_bytes).unwrap_or(u32::MAX));
            let connection = pin!(builder.serve_connection(io, service));
            drive(connection, streams.idle(limits.idle_timeout), limits.idle_timeout, ends, &used).await;
        }
    }
}

/// The worker's present proxy: each request asks anew, since a connection outlives a reload.
pub(crate) type Current = Rc<RefCell<Rc<Proxy>>>;

enum Version {
    Http1,
    Http2,
}

/// `None` if nothing came in time.
async fn version(stream: &TcpStream, bound: Duration, mut ends: watch::Receiver<bool>) -> Option<Version> {
    tokio::select! {
        peeked = timeout(bound, peek_version(stream)) => peeked.ok()?.ok()?,
        _ = ends.wait_for(|ends| *ends) => None,
    }
}

/// A client of HTTP/2 with prior knowledge begins with `PRI`, which is no method. It may come in pieces.
async fn peek_version(stream: &TcpStream) -> io::Result<Option<Version>> {
    let (mut start, mut before) = ([0; PREFACE.len()], 0);
    loop {
        let length = stream.peek(&mut start).await?;
        let seen = start.get(..length).unwrap_or_default();
        if seen == PREFACE {
            return Ok(Some(Version::Http2));
        }
        // Woken without news: the client has closed its side.
        if length == before || !PREFACE.starts_with(seen) {
            return Ok(Some(Version::Http1).filter(|_| length > 0));
        }
        before = length;
        // What was peeked at is still there to read, and would be reported at once again.
        let _cleared = stream.try_io(Interest::READABLE, || Err::<(), _>(ErrorKind::WouldBlock.into()));
    }
}

/// `idle`: nothing is asked of this connection; what is left of it gets `grace` to end well.
/// `used`: a complete head has come. hyper would wait for the first one even at the end.
async fn drive(
    mut connection: Pin<&mut impl Drain>,
    idle: impl Future<Output = ()>,
    grace: Duration,
    mut ends: watch::Receiver<bool>,
    used: &Cell<bool>,
) {
    let ended = tokio::select! {
        ended = connection.as_mut() => return note(ended),
        () = idle => false,
        _ = ends.wait_for(|ends| *ends) => true,
    };
    if !used.get() {
        return;
    }
    connection.as_mut().drain();
    if ended {
        note(connection.await);
    } else if let Ok(ended) = timeout(grace, connection).await {
        note(ended);
    }
}

fn note(ended: hyper::Result<()>) {
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

/// Closes the connection without an answer.
#[derive(Debug)]
pub(crate) struct Reset;

impl fmt::Display for Reset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a filter closed the connection")
    }
}

impl Error for Reset {}

const PREFACE: &[u8; 3] = b"PRI";
