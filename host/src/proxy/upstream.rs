//! Servers, and a worker's connections to them.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::rt::{Read, Write};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use tokio::net::TcpStream;
use tokio::task::spawn_local;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;

use super::body::RequestBody;
use super::respond::Failure;
use crate::config::Origin;

/// A server with this worker's idle connections to it.
#[derive(Debug)]
pub(crate) struct Server {
    origin: Arc<Origin>,
    tls: Option<Arc<ClientConfig>>,
    idle: RefCell<Vec<Idle>>,
}

impl Server {
    pub(crate) fn new(origin: Arc<Origin>, tls: Option<Arc<ClientConfig>>) -> Self {
        Self { origin, tls, idle: RefCell::default() }
    }

    pub(crate) fn origin(&self) -> &Origin {
        &self.origin
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
        loop {
            let (mut lease, fresh) = match self.take_idle() {
                Some(sender) => (self.lease(sender), false),
                None => (self.lease(self.connect().await?), true),
            };
            connected();
            let Some(sender) = &mut lease.sender else { return Err(Failure::UpstreamConnect) };
            let mut error = match sender.try_send_request(request).await {
                Ok(response) => return Ok((response, lease)),
                Err(error) => error,
            };
            match error.take_message() {
                Some(unsent) if !fresh => request = unsent,
                _ => {
                    tracing::warn!(upstream = %self.origin.authority, error = %error.error(), "no response");
                    return Err(Failure::UpstreamResponse);
                }
            }
        }
    }

    /// Closes connections that nobody used for long.
    pub(crate) fn sweep(&self) {
        self.idle.borrow_mut().retain(Idle::is_good);
    }

    fn lease(self: &Rc<Self>, sender: Sender) -> Lease {
        Lease { sender: Some(sender), server: Rc::clone(self) }
    }

    fn take_idle(&self) -> Option<Sender> {
        let mut idle = self.idle.borrow_mut();
        // A connection whose end is still under way becomes ready soon.
        idle.retain(Idle::is_good);
        let at = idle.iter().rposition(|idle| idle.sender.is_ready())?;
        Some(idle.swap_remove(at).sender)
    }

    fn put_idle(&self, sender: Sender) {
        let mut idle = self.idle.borrow_mut();
        if idle.len() < MOST_IDLE && !sender.is_closed() {
            idle.push(Idle { sender, since: Instant::now() });
        }
    }

    async fn connect(&self) -> Result<Sender, Failure> {
        let bound = self.origin.connect_timeout;
        let connected = timeout(bound, self.handshake()).await;
        let authority = &self.origin.authority;
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

    async fn handshake(&self) -> io::Result<Sender> {
        let stream = TcpStream::connect((self.origin.host.as_str(), self.origin.port)).await?;
        stream.set_nodelay(true)?;
        match (&self.tls, &self.origin.tls) {
            (Some(client), Some(tls)) => {
                let connector = TlsConnector::from(Arc::clone(client));
                http1_handshake(TokioIo::new(connector.connect(tls.server_name.clone(), stream).await?)).await
            }
            _ => http1_handshake(TokioIo::new(stream)).await,
        }
    }
}

/// A connection that one exchange uses. Dropped, it is closed.
#[derive(Debug)]
pub(crate) struct Lease {
    sender: Option<Sender>,
    server: Rc<Server>,
}

impl Lease {
    /// How long the server may be silent.
    pub(crate) fn read_timeout(&self) -> Duration {
        self.server.origin.read_timeout
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

async fn http1_handshake(io: impl Read + Write + Unpin + 'static) -> io::Result<Sender> {
    let (sender, connection) = http1::handshake(io).await.map_err(io::Error::other)?;
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
