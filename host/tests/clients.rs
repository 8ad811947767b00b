//! Clients that take more than is good for the others, or speak in an unusual way.

use std::net::SocketAddr;

use bytes::Bytes;
use http::{HeaderName, Request};
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http2::{Builder, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::support::client::{Client, get, raw, within};
use super::support::gateway::{Gateway, filter};
use super::support::origin;

/// A connection of HTTP/2 with a small window, and its end.
async fn http2(address: SocketAddr) -> (SendRequest<Empty<Bytes>>, JoinHandle<hyper::Result<()>>) {
    let stream = TcpStream::connect(address).await.unwrap();
    let mut builder = Builder::new(TokioExecutor::new());
    builder.initial_stream_window_size(65_535);
    let (client, connection) = builder.handshake(TokioIo::new(stream)).await.unwrap();
    (client, tokio::spawn(connection))
}

fn request(path: &str, headers: &[(&str, &str)]) -> Request<Empty<Bytes>> {
    let mut request = Request::get(format!("http://gateway.test{path}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Empty::new()).unwrap()
}

/// A server whose answer to `/endless` never ends, and which says when that one's connection does.
async fn endless() -> (SocketAddr, mpsc::UnboundedReceiver<()>) {
    let (ended, ends) = mpsc::unbounded_channel();
    let origin = origin::accept(move |mut stream| {
        let ended = ended.clone();
        async move {
            let head = origin::read_head(&mut stream).await;
            if !head.starts_with("GET /endless ") {
                return stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await.unwrap();
            }
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
            while stream.write_all(&[b'x'; 16 << 10]).await.is_ok() {}
            ended.send(()).unwrap();
        }
    })
    .await;
    (origin, ends)
}

#[tokio::test]
async fn who_reads_nothing_is_closed_and_frees_the_upstream() {
    let (origin, mut ends) = endless().await;
    let gateway = Gateway::before(origin, "limits: {idle_timeout: 200}").await;
    let mut client = TcpStream::connect(gateway.address()).await.unwrap();
    client.write_all(b"GET /endless HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    within(ends.recv()).await.unwrap();
    // What was on its way comes, then the end.
    let _reset = within(client.read_to_end(&mut Vec::new())).await;
}

#[tokio::test]
async fn a_stream_that_nobody_reads_is_reset_and_its_connection_goes_on() {
    let (origin, mut ends) = endless().await;
    let gateway = Gateway::before(origin, "limits: {idle_timeout: 200}").await;
    let (mut client, _connection) = http2(gateway.address()).await;
    let unread = within(client.send_request(request("/endless", &[]))).await.unwrap();
    within(ends.recv()).await.unwrap();
    let other = within(client.send_request(request("/", &[]))).await.unwrap();
    assert_eq!(within(other.into_body().collect()).await.unwrap().to_bytes(), "ok");
    assert!(within(unread.into_body().collect()).await.is_err());
}

#[tokio::test]
async fn an_http2_connection_without_requests_is_closed() {
    let gateway = Gateway::before(origin::echo().await, "limits: {idle_timeout: 200}").await;
    let (mut used, ending) = http2(gateway.address()).await;
    let answer = within(used.send_request(request("/", &[]))).await.unwrap();
    within(answer.into_body().collect()).await.unwrap();
    within(ending).await.unwrap().unwrap();
    let (_unused, ending) = http2(gateway.address()).await;
    let _closed = within(ending).await.unwrap();
}

#[tokio::test]
async fn one_connection_too_many_is_closed_at_once() {
    let origin = origin::echo().await;
    let gateway = Gateway::before(origin, "limits: {connections: 1}").await;
    let mut first = Client::connect(gateway.address()).await;
    assert_eq!(first.get("/", &[]).await.status, 200);
    assert_eq!(raw(gateway.address(), "").await, "");
    assert_eq!(gateway.metric("claimgate_connections_refused_total").await, 1);
    assert_eq!(first.get("/", &[]).await.status, 200);
    drop(first);
    within(async { while gateway.metric("claimgate_connections").await > 0 {} }).await;
    assert_eq!(get(gateway.address(), "/", &[]).await.status, 200);
}

#[tokio::test]
async fn the_version_is_known_from_a_start_in_pieces() {
    let gateway = Gateway::before(origin::echo().await, "").await;
    // The preface with empty settings is answered with settings, whose frame has the type 4.
    let preface = b"RI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".as_slice();
    let post = b"OST / HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n".as_slice();
    for (rest, at, expected) in [(preface, 3, 4), (post, 0, b'H')] {
        let mut client = TcpStream::connect(gateway.address()).await.unwrap();
        client.set_nodelay(true).unwrap();
        client.write_all(b"P").await.unwrap();
        gateway.until_metric("claimgate_connections", 1).await;
        client.write_all(rest).await.unwrap();
        let mut start = [0; 4];
        within(client.read_exact(&mut start)).await.unwrap();
        assert_eq!(start[at], expected, "{start:?}");
        drop(client);
        within(async { while gateway.metric("claimgate_connections").await > 0 {} }).await;
    }
}

#[tokio::test]
async fn a_start_that_never_goes_on_is_no_version() {
    let gateway = Gateway::before(origin::echo().await, "").await;
    let mut client = TcpStream::connect(gateway.address()).await.unwrap();
    client.write_all(b"P").await.unwrap();
    client.shutdown().await.unwrap();
    let _reset = within(client.read_to_end(&mut Vec::new())).await;
}

#[tokio::test]
async fn cookies_that_http2_splits_are_one_line_again() {
    let gateway = Gateway::before(origin::echo().await, "").await;
    let (mut client, _connection) = http2(gateway.address()).await;
    let crumbs = [("cookie", "a=1"), ("x-a", "1"), ("cookie", "b=2"), ("cookie", "c=3")];
    let answer = within(client.send_request(request("/", &crumbs))).await.unwrap();
    let body = within(answer.into_body().collect()).await.unwrap().to_bytes();
    let body = String::from_utf8_lossy(&body);
    assert!(body.contains("\ncookie: a=1; b=2; c=3\n") && body.matches("cookie").count() == 1, "{body}");
}

#[tokio::test]
async fn more_headers_than_filters_take_are_refused_before_them() {
    let gateway = Gateway::before(origin::echo().await, &filter("trace")).await;
    let (mut client, _connection) = http2(gateway.address()).await;
    let mut crowded = request("/", &[]);
    for number in 0..1_100 {
        let name: HeaderName = format!("x-{number}").parse().unwrap();
        crowded.headers_mut().insert(name, "1".parse().unwrap());
    }
    let answer = within(client.send_request(crowded)).await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers().contains_key("x-trace")), (431, false));
    let body = within(answer.into_body().collect()).await.unwrap().to_bytes();
    assert_eq!(body, "{\"message\":\"Request header or cookie too large\"}");
    let other = within(client.send_request(request("/", &[]))).await.unwrap();
    assert_eq!(other.status().as_u16(), 200);
}
