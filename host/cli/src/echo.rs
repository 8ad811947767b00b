//! An upstream that shows what reached it: the answers of httpbin's `/anything`, and a record of every request.
//!
//! | request | answer |
//! |---|---|
//! | any method, `/anything` and below | the request as httpbin's JSON |
//! | `GET /recorded` | what was seen since start, the oldest first |
//! | `GET /recorded?marker=V` | only requests with the header `X-Marker: V` |
//! | anything else | 404; recorded like the others |

use crate::echo::httpbin::Anything;
use crate::echo::record::{Record, Recorder};
use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Body, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use serde::Serialize;
use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};

/// A request in the form in which httpbin shows it.
mod httpbin;

/// What was seen, bounded.
pub mod record;

/// An echo upstream that listens and does not answer yet; [`Echo::serve`] answers.
#[derive(Debug)]
pub struct Echo {
    listener: TcpListener,
    address: SocketAddr,
    recorder: Arc<Recorder>,
}

impl Echo {
    /// Listens on an address; port 0 takes a free port.
    ///
    /// # Errors
    /// What the system says, above all [`io::ErrorKind::AddrInUse`].
    pub async fn bind(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address, recorder: Arc::default() })
    }

    /// The address with the port that was taken.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The record, which stays readable while and after the echo serves.
    #[must_use]
    pub fn recorder(&self) -> Arc<Recorder> {
        Arc::clone(&self.recorder)
    }

    /// Answers until `stop` completes, then finishes the requests that are under way.
    pub async fn serve(self, stop: impl Future<Output = ()>) {
        let connections = GracefulShutdown::new();
        let mut stop = std::pin::pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => break,
                // A connection that was gone before it was accepted is no reason to stop.
                accepted = self.listener.accept() => if let Ok((stream, peer)) = accepted {
                    self.answer(&connections, stream, peer);
                },
            }
        }
        drop(self.listener);
        connections.shutdown().await;
    }

    fn answer(&self, connections: &GracefulShutdown, stream: TcpStream, peer: SocketAddr) {
        let recorder = self.recorder();
        let service = service_fn(move |request| {
            let recorder = Arc::clone(&recorder);
            async move { Ok::<_, Infallible>(exchange(request, peer, &recorder).await) }
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
}

/// One request, one answer.
async fn exchange(
    request: Request<Incoming>,
    peer: SocketAddr,
    recorder: &Recorder,
) -> Response<Full<Bytes>> {
    let (head, body) = request.into_parts();
    if head.uri.path() == "/recorded" {
        let records = recorder.seen(marker(head.uri.query()).as_deref());
        return json(StatusCode::OK, &records);
    }
    let body = whole(body).await;
    recorder.note(Record::of(&head, body.as_deref().unwrap_or_default()));
    let Some(body) = body else {
        return json(StatusCode::PAYLOAD_TOO_LARGE, &Note { message: "expected a body of at most 10 MiB" });
    };
    if is_anything(head.uri.path()) {
        json(StatusCode::OK, &Anything::of(&head, &body, peer))
    } else {
        json(StatusCode::NOT_FOUND, &Note { message: "expected /anything, a path below it, or /recorded" })
    }
}

fn is_anything(path: &str) -> bool {
    path.strip_prefix("/anything").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The value of `marker` in a query.
fn marker(query: Option<&str>) -> Option<String> {
    let pairs = form_urlencoded::parse(query?.as_bytes());
    pairs.into_iter().find(|(name, _)| name == "marker").map(|(_, value)| value.into_owned())
}

/// The whole body; `None` if it is longer than [`BODY_BYTES`] or breaks off.
async fn whole<B>(body: B) -> Option<Bytes>
where
    B: Body<Data = Bytes>,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    Limited::new(body, BODY_BYTES).collect().await.ok().map(http_body_util::Collected::to_bytes)
}

fn json(status: StatusCode, body: &impl Serialize) -> Response<Full<Bytes>> {
    let mut text = serde_json::to_vec_pretty(body).unwrap_or_default();
    text.push(b'\n');
    let mut response = Response::new(Full::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    response
}

/// An answer that only says something.
#[derive(Serialize)]
struct Note {
    message: &'static str,
}

/// Longest body that is echoed.
const BODY_BYTES: usize = 10 * 1024 * 1024;
