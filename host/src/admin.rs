//! The admin address, for operators and their tools. It must not be reachable by clients.
//!
//! | endpoint | answers |
//! |---|---|
//! | `GET /metrics` | all metrics, the filters' included, as Prometheus text |
//! | `GET /healthz` | 200 while the process lives |
//! | `GET /readyz` | 200 if every filter of every worker has an instance, else 503 |

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use claimgate_sandbox::Shared;
use http::header::{ALLOW, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::sleep;

use crate::metrics::Stats;
use crate::proxy::body::Whole;

mod prometheus;

/// What the endpoints tell about.
pub(crate) struct Admin {
    stats: Arc<Stats>,
    shared: Arc<Shared>,
}

impl Admin {
    pub(crate) fn new(stats: Arc<Stats>, shared: Arc<Shared>) -> Self {
        Self { stats, shared }
    }

    fn answer(&self, method: &Method, path: &str) -> Response<Whole> {
        let text = |status, text: String| response(status, "text/plain; charset=utf-8", text);
        if method != Method::GET && method != Method::HEAD {
            let mut response = text(StatusCode::METHOD_NOT_ALLOWED, "expected GET or HEAD\n".to_owned());
            response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            return response;
        }
        match path {
            "/metrics" => {
                let metrics = prometheus::text(&self.stats.snapshot(), &self.shared.metrics.snapshot());
                response(StatusCode::OK, "text/plain; version=0.0.4; charset=utf-8", metrics)
            }
            "/healthz" => text(StatusCode::OK, "ok\n".to_owned()),
            "/readyz" if self.stats.is_ready() => text(StatusCode::OK, "ready\n".to_owned()),
            "/readyz" => text(StatusCode::SERVICE_UNAVAILABLE, "a filter has no instance\n".to_owned()),
            _ => text(StatusCode::NOT_FOUND, "expected /metrics, /healthz or /readyz\n".to_owned()),
        }
    }
}

/// Answers until the end is announced.
pub(crate) async fn serve(listener: TcpListener, admin: Arc<Admin>, mut ends: watch::Receiver<bool>) {
    loop {
        let accepted = tokio::select! {
            _ = ends.wait_for(|ends| *ends) => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                tokio::spawn(connection(stream, Arc::clone(&admin), ends.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "an admin connection could not be accepted");
                sleep(PAUSE).await;
            }
        }
    }
}

async fn connection(stream: TcpStream, admin: Arc<Admin>, mut ends: watch::Receiver<bool>) {
    let service = service_fn(move |request: Request<Incoming>| {
        let response = admin.answer(request.method(), request.uri().path());
        async move { Ok::<_, Infallible>(response) }
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(IDLE);
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        _ = ends.wait_for(|ends| *ends) => {}
        ended = connection => {
            if let Err(error) = ended {
                tracing::debug!(%error, "an admin connection ended");
            }
        }
    }
}

fn response(status: StatusCode, content_type: &'static str, text: String) -> Response<Whole> {
    let mut response = Response::new(Whole::new(Bytes::from(text)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

const IDLE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(20);
