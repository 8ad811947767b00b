//! The edge: sockets, the clock, and randomness.

use crate::answer::{Answer, answer};
use crate::config::Config;
use crate::mint::MintError;
use crate::state::State;
use aws_lc_rs::rand;
use bytes::Bytes;
use claimgate_policy::world::Entropy;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use std::convert::Infallible;
use std::fmt;
use std::future::pending;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

/// A provider at work, on a thread of its own. Ends when it is stopped or dropped.
#[derive(Debug)]
pub struct Handle {
    base_url: String,
    state: Arc<Mutex<State>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Serves a config on a listener, such as one on `127.0.0.1:0`.
///
/// # Errors
/// An address that others can reach, unless the config allows it; keys that cannot be made; or what the system says.
pub fn serve(config: Config, listener: TcpListener) -> Result<Handle, ServeError> {
    let address = listener.local_addr()?;
    if !address.ip().is_loopback() && !config.allow_remote {
        return Err(ServeError::NotLoopback { address });
    }
    let base_url = config.base_url.clone().unwrap_or_else(|| format!("http://{address}"));
    let state = Arc::new(Mutex::new(State::new(config, &base_url)?));
    listener.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (stop, stopped) = oneshot::channel();
    let served = Arc::clone(&state);
    let thread = std::thread::Builder::new().name("idp".to_owned()).spawn(move || {
        if let Err(error) = runtime.block_on(accept(listener, &served, stopped)) {
            tracing::error!("the identity provider has ended: {error}");
        }
    })?;
    Ok(Handle { base_url, state, stop: Some(stop), thread: Some(thread) })
}

impl Handle {
    /// Where it is reached; no slash at the end.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// What is served, as `GET /_idp` shows it.
    #[must_use]
    pub fn overview(&self) -> serde_json::Value {
        crate::control::overview(&self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Ends it, when the requests under way are answered.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        // Dropping the sender tells it; a thread that is gone already has nothing to say.
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.end();
    }
}

async fn accept(
    listener: TcpListener,
    state: &Arc<Mutex<State>>,
    mut stopped: oneshot::Receiver<()>,
) -> io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let connections = GracefulShutdown::new();
    loop {
        tokio::select! {
            _ = &mut stopped => break,
            // A connection that was gone before it was accepted is no reason to end.
            accepted = listener.accept() => if let Ok((stream, _)) = accepted {
                connect(&connections, stream, Arc::clone(state));
            },
        }
    }
    drop(listener);
    // A request that hangs on purpose is not waited for.
    drop(tokio::time::timeout(PATIENCE, connections.shutdown()).await);
    Ok(())
}

fn connect(connections: &GracefulShutdown, stream: TcpStream, state: Arc<Mutex<State>>) {
    let service = service_fn(move |request| {
        let state = Arc::clone(&state);
        async move { Ok::<_, Infallible>(exchange(request, &state).await) }
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service);
    let connection = connections.watch(connection);
    tokio::spawn(async move {
        // A client that breaks off or does not speak HTTP concerns nobody else.
        drop(connection.await);
    });
}

/// One request, one answer.
async fn exchange(request: Request<Incoming>, state: &Mutex<State>) -> Response<Full<Bytes>> {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, BODY_BYTES).collect().await else {
        let mut reply = Response::new(Full::default());
        *reply.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
        return reply;
    };
    let request = Request::from_parts(head, body.to_bytes());
    // A poisoned lock only says that another request's task panicked.
    let answered = answer(
        &mut state.lock().unwrap_or_else(PoisonError::into_inner),
        &request,
        unix_seconds(),
        &mut System,
    );
    // The path alone: queries and bodies hold secrets.
    let (method, path) = (request.method(), request.uri().path());
    match answered {
        Answer::Respond(reply) => {
            tracing::info!("{method} {path} {}", reply.status().as_u16());
            reply.map(Full::new)
        }
        Answer::Hang => {
            tracing::info!("{method} {path} hangs");
            pending().await
        }
    }
}

/// The system's random source.
struct System;

impl Entropy for System {
    fn fill(&mut self, out: &mut [u8]) {
        // Tokens that can be guessed would be worse than no provider.
        if rand::fill(out).is_err() {
            std::process::abort();
        }
    }
}

fn unix_seconds() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// Why a provider cannot be served.
#[derive(Debug)]
#[non_exhaustive]
pub enum ServeError {
    /// Others could reach it.
    NotLoopback {
        /// The address.
        address: SocketAddr,
    },
    /// A key cannot be made or taken.
    Key(MintError),
    /// What the system says.
    System(io::Error),
}

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotLoopback { address } => write!(
                f,
                "expected an address on this machine such as 127.0.0.1:9090, found {address}: whoever reaches the \
                 development identity provider gets any token"
            ),
            Self::Key(error) => fmt::Display::fmt(error, f),
            Self::System(error) => fmt::Display::fmt(error, f),
        }
    }
}

impl std::error::Error for ServeError {}

impl From<MintError> for ServeError {
    fn from(error: MintError) -> Self {
        Self::Key(error)
    }
}

impl From<io::Error> for ServeError {
    fn from(error: io::Error) -> Self {
        Self::System(error)
    }
}

/// Longest body that is read.
const BODY_BYTES: usize = 64 * 1024;

/// How long an end waits for requests that are under way.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(1);
