//! Performs the HTTP calls that filters ask for: to named upstreams, and to origins where the configuration admits them.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use claimgate_sandbox::{CallOutcome, HeaderMap as Pairs};
use http::header::{CONTENT_LENGTH, HOST};
use http::{HeaderValue, Method, Request, Response, Uri};
use hyper::body::Incoming;
use tokio::time::timeout;

use super::body::{RequestBody, Whole};
use super::head::strip_connection_headers;
use super::headers;
use super::mailbox::Mailbox;
use super::origins::Origins;
use super::pump::{Bounds, Piece, Pump};
use super::respond::Failure;
use super::upstream::Server;

/// What a filter wants to send.
#[derive(Debug)]
pub(crate) struct Call {
    /// An upstream's name, or an origin.
    pub(crate) upstream: String,
    /// Headers with `:method`, `:path` and `:authority`.
    pub(crate) headers: Pairs,
    /// Body.
    pub(crate) body: Bytes,
    /// Bound for the whole; zero for the upstream's own.
    pub(crate) timeout: Duration,
}

/// What a worker can call.
#[derive(Debug)]
pub(crate) struct Callouts {
    named: BTreeMap<String, Rc<Server>>,
    origins: Option<Origins>,
    most_bytes: u64,
}

impl Callouts {
    pub(crate) fn new(
        named: BTreeMap<String, Rc<Server>>,
        origins: Option<Origins>,
        most_bytes: usize,
    ) -> Self {
        Self { named, origins, most_bytes: u64::try_from(most_bytes).unwrap_or(u64::MAX) }
    }

    /// Closes connections that nobody used for long.
    pub(crate) fn sweep(&self) {
        self.named.values().for_each(|server| server.sweep());
        self.origins.iter().for_each(Origins::sweep);
    }

    /// Sends the call and gathers the answer. Every way to fail is one outcome: guests cannot tell
    /// them apart, people can by the log.
    pub(crate) async fn perform(&self, filter: &str, call: Call) -> CallOutcome {
        let upstream = call.upstream.clone();
        match self.answer(call).await {
            Ok(outcome) => outcome,
            Err(failure) => {
                tracing::warn!(filter, upstream, ?failure, "a filter's call failed");
                CallOutcome::Failed
            }
        }
    }

    async fn answer(&self, call: Call) -> Result<CallOutcome, Failure> {
        let server = self.server(&call.upstream).ok_or(Failure::UpstreamConnect)?;
        let timeouts = server.timeouts();
        let own = timeouts.connect.saturating_add(timeouts.read);
        let bound = if call.timeout.is_zero() { own } else { call.timeout };
        let request = request(call)?;
        let answer = async {
            let (response, lease) = server.send(request, || ()).await?;
            let outcome = self.gather(response, bound.min(timeouts.read)).await?;
            lease.release();
            Ok(outcome)
        };
        timeout(bound, answer).await.unwrap_or(Err(Failure::UpstreamTimeout))
    }

    /// A name comes first: an upstream that is named like an origin says how to reach it.
    fn server(&self, target: &str) -> Option<Rc<Server>> {
        let named = self.named.get(target).map(Rc::clone);
        named.or_else(|| self.origins.as_ref()?.server(target))
    }

    async fn gather(&self, response: Response<Incoming>, bound: Duration) -> Result<CallOutcome, Failure> {
        let (parts, body) = response.into_parts();
        let bounds = Bounds { source: bound, pause: bound, bytes: Some(self.most_bytes) };
        let direction = claimgate_sandbox::Direction::Response;
        let mut pump = Pump::new(direction, body, Rc::new(Mailbox::new()), bounds);
        let (mut body, mut trailers) = (BytesMut::new(), Pairs::new());
        while let Some(piece) = pump.next().await {
            match piece.map_err(|_stop| Failure::UpstreamResponse)? {
                Piece::Data(piece) => body.extend_from_slice(&piece),
                Piece::Trailers(map) => trailers = headers::to_pairs([], &map),
            }
        }
        let headers = headers::to_pairs([(":status", parts.status.as_str().as_bytes())], &parts.headers);
        Ok(CallOutcome::Answer { headers, body: body.freeze(), trailers })
    }
}

fn request(call: Call) -> Result<Request<RequestBody>, Failure> {
    let wrong = Failure::FilterOutput;
    let pseudo = |name: &str| call.headers.get(name).cloned().ok_or(wrong);
    let method = Method::from_bytes(&pseudo(":method")?).map_err(|_| wrong)?;
    let uri = Uri::from_maybe_shared(pseudo(":path")?).map_err(|_| wrong)?;
    let host = HeaderValue::from_maybe_shared(pseudo(":authority")?).map_err(|_| wrong)?;
    let mut headers = headers::from_pairs(call.headers)?;
    strip_connection_headers(&mut headers);
    // hyper writes the length of the body that is really there.
    headers.remove(CONTENT_LENGTH);
    headers.insert(HOST, host);
    let mut request = Request::new(RequestBody::Whole(Whole::new(call.body)));
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    *request.headers_mut() = headers;
    Ok(request)
}
