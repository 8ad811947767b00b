//! Servers, and a worker's connections to them.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::rt::{Read, Write};
use hyper_util::rt::TokioIo;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_local;
use tokio::time::{Instant, timeout};

use super::body::RequestBody;
use super::respond::Failure;
use crate::config::Origin;
use crate::egress::{ConnectError, Stream, Way};

/// A server with this worker's idle connections to it.
#[derive(Debug)]
pub(crate) struct Server {
    way: Way,
    authority: String,
    timeouts: Timeouts,
    /// A permit for each connection, where they have a bound.
    room: Option<Arc<Semaphore>>,
    idle: RefCell<Vec<Idle>>,
}

/// How long to wait for a server.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timeouts {
    /// For name, connection and TLS handshake together.
    pub(crate) connect: Duration,
    /// Between two reads.
    pub(crate) read: Duration,
    /// Between two writes.
    pub(crate) write: Duration,
}

impl Timeouts {
    pub(crate) fn of(origin: &Origin) -> Self {
        Self { connect: origin.connect_timeout, read: origin.read_timeout, write: origin.write_timeout }
    }
}

impl Server {
    pub(crate) fn new(way: Way, timeouts: Timeouts) -> Self {
        let authority = way.address().authority();
        Self { way, authority, timeouts, room: None, idle: RefCell::default() }
    }

    /// With no more than this many connections: a request beyond them waits for one.
    pub(crate) fn bounded(self, connections: usize) -> Self {
        Self { room: Some(Arc::new(Semaphore::new(connections))), ..self }
    }

    /// `host[:port]` as it stands in the Host header.
    pub(crate) fn authority(&self) -> &str {
        &self.authority
    }

    pub(crate) fn timeouts(&self) -> Timeouts {
        self.timeouts
    }

    /// Sends a request and waits for the head of the response. `connected` is called when the server
    /// begins to take it.
    ///
    /// A request that a connection closed before it took anything of it is sent again on another one.
    pub(crate) async fn send(
        self: &Rc<Self>,
        mut request: Request<RequestBody>,
        connected: impl Fn(),
    ) -> Result<(Response<Incoming>, Lease), Failure> {
        self.way.prepare(&mut request);
        loop {
            let permit = self.permit().await?;
            let idle = match self.take_idle() {
                None => self.await_idle().await,
                ready => ready,
            };
            let (sender, fresh) = match idle {
                Some(sender) => (sender, false),
                None => (self.connect().await?, true),
            };
            let mut lease = Lease { sender: Some(sender), server: Rc::clone(self), _permit: permit };
            connected();
            let Some(sender) = &mut lease.sender else { return Err(Failure::UpstreamConnect) };
            let mut error = match sender.try_send_request(request).await {
                Ok(response) => return Ok((response, lease)),
                Err(error) => error,
            };
            match error.take_message() {
                Some(unsent) if !fresh => request = unsent,
                _ => {
                    tracing::warn!(upstream = %self.authority, error = %error.error(), "no response");
                    return Err(Failure::UpstreamResponse);
                }
            }
        }
    }

    /// Closes connections that nobody used for long.
    pub(crate) fn sweep(&self) {
        self.idle.borrow_mut().retain(Idle::is_good);
    }

    async fn permit(&self) -> Result<Option<OwnedSemaphorePermit>, Failure> {
        let Some(room) = &self.room else { return Ok(None) };
        Arc::clone(room).acquire_owned().await.map(Some).map_err(|_closed| Failure::UpstreamConnect)
    }

    fn take_idle(&self) -> Option<Sender> {
        let mut idle = self.idle.borrow_mut();
        // A connection whose end is still under way becomes ready soon.
        idle.retain(Idle::is_good);
        let at = idle.iter().rposition(|idle| idle.sender.is_ready())?;
        Some(idle.swap_remove(at).sender)
    }

    /// Where connections have a bound, one whose end is still under way is waited for: another one beside it would be
    /// beyond the bound.
    async fn await_idle(&self) -> Option<Sender> {
        self.room.as_ref()?;
        let mut sender = self.idle.borrow_mut().pop()?.sender;
        sender.ready().await.ok().map(|()| sender)
    }

    fn put_idle(&self, sender: Sender) {
        let mut idle = self.idle.borrow_mut();
        if idle.len() < MOST_IDLE && !sender.is_closed() {
            idle.push(Idle { sender, since: Instant::now() });
        }
    }

    async fn connect(&self) -> Result<Sender, Failure> {
        let bound = self.timeouts.connect;
        let connected = timeout(bound, self.handshake()).await;
        let authority = &self.authority;
        match connected {
            Ok(Ok(sender)) => Ok(sender),
            Ok(Err(error)) => {
                tracing::warn!(upstream = %authority, %error, "no connection");
                Err(Failure::UpstreamConnect)
            }
            Err(_elapsed) => {
                tracing::warn!(upstream = %authority, ?bound, "no connection in time");
                Err(Failure::ConnectTimeout)
            }
        }
    }

    async fn handshake(&self) -> Result<Sender, ConnectError> {
        let begun = match self.way.open().await? {
            Stream::Plain(stream) => http1_handshake(TokioIo::new(stream)).await,
            Stream::Tls(stream) => http1_handshake(TokioIo::new(*stream)).await,
        };
        begun.map_err(|error| ConnectError::Http(error.to_string()))
    }
}

/// A connection that one exchange uses. Dropped, it is closed.
#[derive(Debug)]
pub(crate) struct Lease {
    sender: Option<Sender>,
    server: Rc<Server>,
    _permit: Option<OwnedSemaphorePermit>,
}

impl Lease {
    /// How long the server may be silent.
    pub(crate) fn read_timeout(&self) -> Duration {
        self.server.timeouts.read
    }

    /// Keeps the connection for the next exchange: the response has been read to its end.
    pub(crate) fn release(mut self) {
        if let Some(sender) = self.sender.take() {
            self.server.put_idle(sender);
        }
    }
}

#[derive(Debug)]
struct Idle {
    sender: Sender,
    since: Instant,
}

impl Idle {
    fn is_good(&self) -> bool {
        !self.sender.is_closed() && self.since.elapsed() < LONGEST_IDLE
    }
}

async fn http1_handshake(io: impl Read + Write + Unpin + 'static) -> hyper::Result<Sender> {
    let (sender, connection) = http1::handshake(io).await?;
    spawn_local(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "an upstream connection ended");
        }
    });
    Ok(sender)
}

type Sender = SendRequest<RequestBody>;

/// Kong's defaults for its pool.
const LONGEST_IDLE: Duration = Duration::from_secs(60);
const MOST_IDLE: usize = 512;
