//! One GET over a connection of its own.

use std::error::Error;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;

use bytes::{Bytes, BytesMut};
use http::header::{ACCEPT, CONNECTION, HOST};
use http::{HeaderMap, HeaderValue, Request, StatusCode, Uri};
use http_body::Body;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::rt::{Read, Write};
use hyper_util::rt::TokioIo;

use super::{Stream, Way};
use crate::proxy::body::Whole;

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
}

/// Why nothing came back.
#[derive(Debug)]
#[non_exhaustive]
pub enum FetchError {
    /// The path cannot be asked for.
    Target,
    /// The answer is no HTTP, or broke off.
    Answer(hyper::Error),
    /// The answer's body is longer than this.
    TooLong {
        /// The bound in bytes.
        most: usize,
    },
}

/// Asks for `target`, a path with or without a query, over a connection that was opened on `way`. At most `most` bytes
/// of body are taken.
pub async fn fetch(way: &Way, stream: Stream, target: &str, most: usize) -> Result<Answer, FetchError> {
    let mut request = Request::new(Whole::new(Bytes::new()));
    *request.uri_mut() = target.parse::<Uri>().map_err(|_| FetchError::Target)?;
    let host = HeaderValue::from_str(&way.address().authority()).map_err(|_| FetchError::Target)?;
    let headers = [
        (HOST, host),
        (ACCEPT, HeaderValue::from_static("application/json")),
        (CONNECTION, HeaderValue::from_static("close")),
    ];
    request.headers_mut().extend(headers);
    way.prepare(&mut request);
    match stream {
        Stream::Plain(stream) => exchange(TokioIo::new(stream), request, most).await,
        Stream::Tls(stream) => exchange(TokioIo::new(*stream), request, most).await,
    }
}

async fn exchange(
    io: impl Read + Write + Unpin,
    request: Request<Whole>,
    most: usize,
) -> Result<Answer, FetchError> {
    let (mut sender, connection) = http1::handshake(io).await.map_err(FetchError::Answer)?;
    let answer = async {
        let (parts, body) = sender.send_request(request).await.map_err(FetchError::Answer)?.into_parts();
        Ok(Answer { status: parts.status, headers: parts.headers, body: gather(body, most).await? })
    };
    let (mut connection, mut answer) = (std::pin::pin!(connection), std::pin::pin!(answer));
    tokio::select! {
        answer = &mut answer => return answer,
        // Its end is the answer's, or the reason why there is none.
        _ended = &mut connection => {}
    }
    answer.await
}

async fn gather(mut body: Incoming, most: usize) -> Result<Bytes, FetchError> {
    let mut whole = BytesMut::new();
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        if let Ok(data) = frame.map_err(FetchError::Answer)?.into_data() {
            if whole.len().saturating_add(data.len()) > most {
                return Err(FetchError::TooLong { most });
            }
            whole.extend_from_slice(&data);
        }
    }
    Ok(whole.freeze())
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Target => f.write_str("expected a path that can be asked for, found another"),
            Self::Answer(error) => write!(f, "expected an answer in HTTP/1.1, found none: {error}"),
            Self::TooLong { most } => {
                write!(f, "expected an answer of at most {most} bytes, found a longer one")
            }
        }
    }
}

impl Error for FetchError {}
