//! Requests with a body, in every way in which bodies are framed, at once or with a break.

use hyper::body::{Body, Frame};
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::convert::Infallible;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::thread;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use bytes::Bytes;

/// How a body is framed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    Length,
    Chunked,
    ChunkedWithTrailers,
    Http2,
    Http2WithTrailers,
}

/// All of them.
pub(crate) const FRAMINGS: [Framing; 5] = [
    Framing::Length,
    Framing::Chunked,
    Framing::ChunkedWithTrailers,
    Framing::Http2,
    Framing::Http2WithTrailers,
];

/// A POST.
#[derive(Debug, Clone)]
pub(crate) struct Upload {
    pub(crate) framing: Framing,
    pub(crate) target: &'static str,
    pub(crate) headers: Vec<(&'static str, String)>,
    /// The body, in two parts.
    pub(crate) body: [String; 2],
}

impl Upload {
    /// The status of the answer; `None` if the connection or the stream broke off without one.
    pub(crate) fn send(&self, gateway: SocketAddr) -> Option<u16> {
        match self.framing {
            Framing::Http2 | Framing::Http2WithTrailers => self.over_http2(gateway, || {}),
            _ => self.over_http1(gateway, |stream, [first, rest]| stream.write_all(&[first, rest].concat())),
        }
    }

    /// As [`Self::send`], with something done between the first part of the body and the rest.
    pub(crate) fn send_with_a_break(&self, gateway: SocketAddr, between: impl FnOnce()) -> Option<u16> {
        match self.framing {
            Framing::Http2 | Framing::Http2WithTrailers => self.over_http2(gateway, between),
            _ => self.over_http1(gateway, |stream, [first, rest]| {
                stream.write_all(&first)?;
                between();
                stream.write_all(&rest)
            }),
        }
    }

    fn over_http1(
        &self,
        gateway: SocketAddr,
        write: impl FnOnce(&mut TcpStream, [Vec<u8>; 2]) -> std::io::Result<()>,
    ) -> Option<u16> {
        let mut stream = TcpStream::connect(gateway).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        // A gate that has refused may close before it was sent everything; its answer is there all the same.
        drop(write(&mut stream, self.written()));
        let (mut answer, mut chunk) = (Vec::new(), [0; 4096]);
        while !answer.contains(&b'\n') {
            match stream.read(&mut chunk) {
                Ok(read) if read > 0 => answer.extend_from_slice(&chunk[..read]),
                _ => break,
            }
        }
        String::from_utf8_lossy(&answer).split(' ').nth(1)?.parse().ok()
    }

    /// The bytes of HTTP/1.1, with the break where the body has it.
    fn written(&self) -> [Vec<u8>; 2] {
        let mut head = format!("POST {} HTTP/1.1\r\nhost: gateway.example\r\n", self.target);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let [first, rest] = &self.body;
        let length = first.len() + rest.len();
        let [first, rest] = match self.framing {
            Framing::Length => [format!("content-length: {length}\r\n\r\n{first}"), rest.clone()],
            Framing::Chunked => [format!("{CHUNKED}{}", chunk(first)), format!("{}0\r\n\r\n", chunk(rest))],
            _ => {
                let (name, value) = TRAILER;
                let end = format!("0\r\n{name}: {value}\r\n\r\n");
                [format!("{CHUNKED}{}", chunk(first)), chunk(rest) + &end]
            }
        };
        [(head + &first).into_bytes(), rest.into_bytes()]
    }

    fn over_http2(&self, gateway: SocketAddr, between: impl FnOnce()) -> Option<u16> {
        let (sender, frames) = unbounded_channel();
        let mut head = hyper::Request::post(format!("http://gateway.example{}", self.target));
        for (name, value) in &self.headers {
            head = head.header(*name, value);
        }
        let request = head.body(Frames(frames)).unwrap();
        let [first, rest] = self.body.clone().map(Bytes::from);
        push(&sender, Frame::data(first));
        let exchange = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async { tokio::time::timeout(DEADLINE, exchange(gateway, request)).await })
        });
        between();
        if !rest.is_empty() {
            push(&sender, Frame::data(rest));
        }
        if self.framing == Framing::Http2WithTrailers {
            let (name, value) = (HeaderName::from_static(TRAILER.0), HeaderValue::from_static(TRAILER.1));
            push(&sender, Frame::trailers(HeaderMap::from_iter([(name, value)])));
        }
        drop(sender);
        exchange.join().unwrap().unwrap_or_else(|_| panic!("expected an answer within {DEADLINE:?}"))
    }
}

fn chunk(content: &str) -> String {
    match content.len() {
        // A chunk without content would end the body.
        0 => String::new(),
        length => format!("{length:x}\r\n{content}\r\n"),
    }
}

/// Nobody takes frames any more once the stream is reset.
fn push(sender: &UnboundedSender<Frame<Bytes>>, frame: Frame<Bytes>) {
    drop(sender.send(frame));
}

async fn exchange(gateway: SocketAddr, request: hyper::Request<Frames>) -> Option<u16> {
    let stream = tokio::net::TcpStream::connect(gateway).await.unwrap();
    let handshake = hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream));
    let (mut client, connection) = handshake.await.unwrap();
    let connection = tokio::spawn(connection);
    let answer = client.send_request(request).await.ok().map(|answer| answer.status().as_u16());
    connection.abort();
    answer
}

/// A body whose frames come through a channel.
struct Frames(UnboundedReceiver<Frame<Bytes>>);

impl Body for Frames {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(context).map(|frame| frame.map(Ok))
    }
}

const CHUNKED: &str = "transfer-encoding: chunked\r\n\r\n";

const TRAILER: (&str, &str) = ("x-checksum", "0");

/// How long an answer may take.
const DEADLINE: Duration = Duration::from_secs(20);
