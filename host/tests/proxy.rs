//! The way of a request without filters.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::body::Frame;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use super::support::client::{CREDENTIAL, Client, get, post, raw, request, within};
use super::support::gateway::Gateway;
use super::support::origin;

/// The gateway's answer to a request as text, on a connection that it closes.
async fn answer(address: SocketAddr, head: &str) -> String {
    raw(address, format!("{}\r\nconnection: close\r\n\r\n", head.replace('\n', "\r\n"))).await
}

fn services(origin: SocketAddr) -> String {
    format!(
        "services:
- name: plain
  url: http://{origin}
  routes:
  - {{name: stripped, paths: [/stripped]}}
  - {{name: whole, paths: [/whole], strip_path: false}}
- name: based
  protocol: http
  host: {}
  port: {}
  path: /anything
  routes:
  - {{name: based, paths: [/based]}}
  - {{name: kept, paths: [/kept], preserve_host: true}}
",
        origin.ip(),
        origin.port()
    )
}

#[tokio::test]
async fn sends_the_path_that_the_route_and_the_service_make() {
    let origin = origin::echo().await;
    let gateway = Gateway::start(&services(origin)).await;
    let table = [
        ("/stripped", "GET /\n"),
        ("/stripped/1?a=b&c", "GET /1?a=b&c\n"),
        ("/whole/1", "GET /whole/1\n"),
        ("/based", "GET /anything\n"),
        ("/based/1?x=%2f", "GET /anything/1?x=%2f\n"),
        ("/based/%20", "GET /anything/%20\n"),
    ];
    let mut client = Client::connect(gateway.address()).await;
    for (path, expected) in table {
        let answer = client.get(path, &[]).await;
        assert!(answer.body.starts_with(expected), "{path}: {}", answer.body);
    }
}

#[tokio::test]
async fn says_what_the_upstream_should_know_about_the_client() {
    let origin = origin::echo().await;
    let gateway = Gateway::start(&services(origin)).await;
    let lies = [
        ("x-forwarded-for", "6.6.6.6"),
        ("x-forwarded-proto", "https"),
        ("x_forwarded_host", "evil.test"),
        ("x-forwarded-prefix", "/evil"),
        ("x-real-ip", "6.6.6.6"),
        ("forwarded", "for=6.6.6.6"),
    ];
    let answer = get(gateway.address(), "/based/1?q", &lies).await;
    let expected = format!(
        "GET /anything/1?q\nauthorization: {}\nhost: {origin}\nx-forwarded-for: 127.0.0.1\nx-forwarded-host: gateway.test\n\
         x-forwarded-path: /based/1\nx-forwarded-port: {}\nx-forwarded-prefix: /based\n\
         x-forwarded-proto: http\nx-real-ip: 127.0.0.1\n\n",
        *CREDENTIAL,
        gateway.address().port()
    );
    assert_eq!(answer.body, expected);
    let kept = get(gateway.address(), "/kept", &[]).await;
    assert!(kept.body.contains("\nhost: gateway.test\n"), "{}", kept.body);
}

#[tokio::test]
async fn believes_the_proxies_that_it_is_told_to() {
    let yaml = format!("{}trusted_ips: [127.0.0.0/8]\n", services(origin::echo().await));
    let gateway = Gateway::start(&yaml).await;
    let said = [("x-forwarded-for", "1.2.3.4"), ("x-forwarded-proto", "https"), ("x-real-ip", "1.2.3.4")];
    let answer = get(gateway.address(), "/based", &said).await.body;
    for line in
        ["x-forwarded-for: 1.2.3.4, 127.0.0.1\n", "x-forwarded-proto: https\n", "x-real-ip: 1.2.3.4\n"]
    {
        assert!(answer.contains(line), "{line} in {answer}");
    }
}

#[tokio::test]
async fn drops_what_concerns_one_connection_only() {
    let origin = origin::accept(|mut stream| async move {
        let head = origin::read_head(&mut stream).await.replace('\r', "");
        let response = format!(
            "HTTP/1.1 200 OK\r\nconnection: x-drop\r\nx-drop: 1\r\nkeep-alive: timeout=5\r\nupgrade: x\r\n\
             x-kept: 1\r\ncontent-length: {}\r\n\r\n{head}",
            head.len()
        );
        stream.write_all(response.as_bytes()).await.unwrap();
    })
    .await;
    let gateway = Gateway::before(origin, "").await;
    let answer = get(
        gateway.address(),
        "/",
        &[
            ("connection", "x-secret, host, Keep-Alive"),
            ("x-secret", "1"),
            ("keep-alive", "1"),
            ("te", "trailers"),
            ("proxy-authorization", "1"),
            ("proxy-connection", "1"),
            ("expect", "100-continue"),
            ("x-kept", "1"),
        ],
    )
    .await;
    for name in
        ["connection", "x-secret", "keep-alive", "te", "proxy-authorization", "proxy-connection", "expect"]
    {
        assert!(!answer.body.contains(&format!("\n{name}: ")), "{name} in {}", answer.body);
    }
    assert!(
        answer.body.contains("\nx-kept: 1\n") && answer.body.contains("\nhost: 127.0.0.1"),
        "{}",
        answer.body
    );
    assert_eq!(answer.header("x-kept"), "1");
    for name in ["x-drop", "keep-alive", "upgrade", "connection"] {
        assert_eq!(answer.header(name), "", "{name}");
    }
}

#[tokio::test]
async fn refuses_what_two_servers_may_read_differently() {
    let gateway = Gateway::before(origin::echo().await, "").await;
    let table = [
        ("GET * HTTP/1.1\nhost: a", "400"),
        ("GET / HTTP/1.1", "400"),
        ("GET / HTTP/1.1\nhost: a\nhost: a", "400"),
        ("GET / HTTP/1.1\nhost: a b", "400"),
        ("GET / HTTP/1.1\nhost: a/b", "400"),
        ("POST / HTTP/1.1\nhost: a\ncontent-length: 1\ncontent-length: 2", "400"),
        ("GET / HTTP/1.1\nhost : a", "400"),
        ("CONNECT a:80 HTTP/1.1\nhost: a:80", "501"),
        ("GET / HTTP/1.1\nhost: a\nupgrade: websocket", "501"),
        ("GET / HTTP/1.1\nhost: a\nupgrade: h2c", "200"),
        ("GET / HTTP/1.1\nhost: a\nauthorization: a\nauthorization: b", "200"),
        ("GET http://b.test/x HTTP/1.1\nhost: a", "200"),
        ("GET / HTTP/1.0", "200"),
    ];
    for (head, status) in table {
        let answer = answer(gateway.address(), head).await;
        assert!(answer.get(9..12) == Some(status), "{head}: expected {status}, got {answer}");
    }
}

#[tokio::test]
async fn refuses_a_path_with_two_readings_where_the_path_decides_or_is_rewritten() {
    let origin = origin::echo().await;
    let service = |base: &str, route: &str| {
        format!("services: [{{name: s, url: 'http://{origin}{base}', routes: [{{name: r, {route}}}]}}]")
    };
    for (yaml, status) in [
        (service("", "paths: [/], strip_path: false"), "200"),
        (service("", "hosts: [a]"), "200"),
        (service("", "paths: [/a]"), "400"),
        (service("/base", "hosts: [a]"), "400"),
    ] {
        let gateway = Gateway::start(&yaml).await;
        for path in ["/a/..%2fb", "//a", "/a/../b", "/a\\b", "/a%zz"] {
            let answer = answer(gateway.address(), &format!("GET {path} HTTP/1.1\nhost: a")).await;
            assert!(answer.get(9..12) == Some(status), "{yaml} {path}: expected {status}, got {answer}");
        }
    }
}

#[tokio::test]
async fn bounds_heads_and_bodies() {
    let limits = "limits: {request_header_bytes: 8192, request_body_bytes: 10}";
    let gateway = Gateway::before(origin::echo().await, limits).await;
    let large = answer(gateway.address(), &format!("GET / HTTP/1.1\nhost: a\nx: {}", "x".repeat(9000))).await;
    assert!(large.starts_with("HTTP/1.1 431"), "{large}");
    assert_eq!(post(gateway.address(), "/", &[], "0123456789").await.status, 200);
    let declared = post(gateway.address(), "/", &[], "0123456789+").await;
    assert_eq!(
        (declared.status, declared.body.as_str()),
        (413, "{\"message\":\"Request size limit exceeded\"}")
    );
    let chunked =
        "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nb\r\n0123456789+\r\n0\r\n\r\n";
    let chunked = raw(gateway.address(), chunked).await;
    assert!(chunked.starts_with("HTTP/1.1 413") && chunked.contains("connection: close"), "{chunked}");
}

#[tokio::test]
async fn streams_bodies_that_fit_in_no_buffer() {
    const PIECE: usize = 64 << 10;
    const PIECES: usize = 256;
    let origin = origin::accept(|stream| async move {
        let service = hyper::service::service_fn(|request: http::Request<hyper::body::Incoming>| async {
            Ok::<_, std::convert::Infallible>(http::Response::new(request.into_body()))
        });
        let _ended =
            hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
    })
    .await;
    let gateway = Gateway::before(origin, "").await;
    let (sender, receiver) = mpsc::channel(1);
    let stream = TcpStream::connect(gateway.address()).await.unwrap();
    let (mut client, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let request = http::Request::post("/").header("host", "a").body(FromChannel(receiver)).unwrap();
    let mut response = {
        let answered = client.send_request(request);
        // The response begins before the request ends.
        sender.send(Bytes::from(vec![0; PIECE])).await.unwrap();
        within(answered).await.unwrap()
    };
    let sending = tokio::spawn(async move {
        for number in 1..PIECES {
            sender.send(Bytes::from(vec![u8::try_from(number).unwrap(); PIECE])).await.unwrap();
        }
    });
    let mut at = 0;
    while let Some(frame) = within(response.body_mut().frame()).await {
        for byte in frame.unwrap().into_data().unwrap() {
            assert_eq!(usize::from(byte), at / PIECE);
            at += 1;
        }
    }
    assert_eq!(at, PIECE * PIECES);
    sending.await.unwrap();
}

#[tokio::test]
async fn stops_reading_a_client_while_the_upstream_does_not_read() {
    let origin = origin::accept(|mut stream| async move {
        origin::read_head(&mut stream).await;
        std::future::pending::<()>().await;
    })
    .await;
    let gateway = Gateway::before(origin, "").await;
    let mut stream = TcpStream::connect(gateway.address()).await.unwrap();
    stream.write_all(b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000000\r\n\r\n").await.unwrap();
    let block = vec![0; 1 << 20];
    let mut sent = 0_usize;
    // What fits into the buffers of two sockets goes; then nothing, however long one waits.
    while let Ok(written) =
        tokio::time::timeout(std::time::Duration::from_millis(300), stream.write(&block)).await
    {
        sent += written.unwrap();
        assert!(sent < 100 << 20, "the gateway takes everything");
    }
}

#[tokio::test]
async fn says_what_failed_upstream() {
    let nobody = origin::nobody().await;
    let silent = origin::accept(|mut stream| async move {
        let _gone = stream.read_to_end(&mut Vec::new()).await;
    })
    .await;
    let broken = origin::accept(|mut stream| async move {
        origin::read_head(&mut stream).await;
        stream.write_all(b"this is not HTTP\r\n\r\n").await.unwrap();
    })
    .await;
    let closing = origin::accept(|mut stream| async move {
        origin::read_head(&mut stream).await;
    })
    .await;
    let invalid = "{\"message\":\"An invalid response was received from the upstream server\"}";
    let late = "{\"message\":\"The upstream server is timing out\"}";
    let table =
        [(nobody, 502, invalid), (silent, 504, late), (broken, 502, invalid), (closing, 502, invalid)];
    for (origin, status, body) in table {
        let service = format!(
            "{{name: s, url: 'http://{origin}', read_timeout: 100, routes: [{{name: r, paths: [/]}}]}}"
        );
        let gateway = Gateway::start(&format!("services: [{service}]")).await;
        let answer = get(gateway.address(), "/", &[]).await;
        assert_eq!((answer.status, answer.body.as_str()), (status, body));
        assert_eq!(answer.header("content-type"), "application/json; charset=utf-8");
    }
}

#[tokio::test]
async fn a_response_that_breaks_off_is_seen_as_such() {
    let origin = origin::accept(|mut stream| async move {
        origin::read_head(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf").await.unwrap();
    })
    .await;
    let gateway = Gateway::before(origin, "").await;
    let answer =
        within(Client::connect(gateway.address()).await.try_send(request("GET", "/", &[], ""))).await;
    assert!(answer.is_err(), "{answer:?}");
}

#[tokio::test]
async fn silent_clients_are_sent_away() {
    let gateway = Gateway::before(origin::echo().await, "limits: {idle_timeout: 100}").await;
    assert_eq!(raw(gateway.address(), "").await, "");
    assert_eq!(raw(gateway.address(), "GET / HTTP/1.1\r\n").await, "");
    assert_eq!(raw(gateway.address(), "P").await, "");
    let body = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nhalf";
    let answer = raw(gateway.address(), body).await;
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("connection: close"), "{answer}");
}

#[tokio::test]
async fn bounds_the_whole_request_if_told_to() {
    let silent = origin::accept(|mut stream| async move {
        let _gone = stream.read_to_end(&mut Vec::new()).await;
    })
    .await;
    let gateway = Gateway::before(silent, "limits: {request_timeout: 100}").await;
    let answer = get(gateway.address(), "/", &[]).await;
    assert_eq!((answer.status, answer.body.as_str()), (504, "{\"message\":\"The request timed out\"}"));
}

#[tokio::test]
async fn keeps_connections_on_both_sides() {
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    let origin = origin::accept(move |mut stream| {
        counted.fetch_add(1, Relaxed);
        async move {
            loop {
                origin::read_head(&mut stream).await;
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await.unwrap();
            }
        }
    })
    .await;
    let gateway = Gateway::before(origin, "").await;
    let mut client = Client::connect(gateway.address()).await;
    for _ in 0..10 {
        assert_eq!(client.get("/", &[]).await.body, "ok");
    }
    assert_eq!(connections.load(Relaxed), 1);
    assert_eq!(gateway.metric("claimgate_connections").await, 1);
}

#[tokio::test]
async fn a_connection_that_the_upstream_closed_is_not_used_again() {
    let origin = origin::accept(|mut stream| async move {
        origin::read_head(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await.unwrap();
    })
    .await;
    let gateway = Gateway::before(origin, "").await;
    let mut client = Client::connect(gateway.address()).await;
    for _ in 0..10 {
        let answer = client.get("/", &[]).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, "ok"));
    }
}

#[tokio::test]
async fn passes_responses_without_body_as_they_are() {
    let origin = origin::accept(|mut stream| async move {
        loop {
            let head = origin::read_head(&mut stream).await;
            let status = if head.contains("/304") { "304 Not Modified" } else { "204 No Content" };
            let response = match head.starts_with("HEAD") {
                true => "HTTP/1.1 200 OK\r\ncontent-length: 5\r\netag: x\r\n\r\n".to_owned(),
                false => format!("HTTP/1.1 {status}\r\netag: x\r\n\r\n"),
            };
            stream.write_all(response.as_bytes()).await.unwrap();
        }
    })
    .await;
    let gateway = Gateway::before(origin, "").await;
    let mut client = Client::connect(gateway.address()).await;
    for (method, path, status, length) in
        [("GET", "/204", 204, ""), ("GET", "/304", 304, ""), ("HEAD", "/", 200, "5")]
    {
        let answer = within(client.try_send(request(method, path, &[], ""))).await.unwrap();
        assert_eq!((answer.status, answer.header("etag").as_str(), answer.body.as_str()), (status, "x", ""));
        assert_eq!(answer.header("content-length"), length, "{method} {path}");
    }
}

#[tokio::test]
async fn sends_bodies_of_methods_that_rarely_have_one() {
    let gateway = Gateway::before(origin::echo().await, "").await;
    let chunked = "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n";
    let answer = raw(gateway.address(), chunked).await;
    assert!(answer.contains("\n\nbody"), "{answer}");
}

#[tokio::test]
async fn speaks_http2_to_clients_that_begin_with_it() {
    let gateway = Gateway::before(origin::echo().await, "").await;
    let stream = TcpStream::connect(gateway.address()).await.unwrap();
    let (mut client, connection) =
        http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let request = http::Request::get("http://gateway.test/x?y").body(Empty::<Bytes>::new()).unwrap();
    let response = within(client.send_request(request)).await.unwrap();
    assert_eq!((response.status().as_u16(), response.version()), (200, http::Version::HTTP_2));
    let body = within(response.into_body().collect()).await.unwrap().to_bytes();
    let body = String::from_utf8_lossy(&body).into_owned();
    assert!(body.starts_with("GET /x?y\n") && body.contains("x-forwarded-host: gateway.test\n"), "{body}");
}

#[tokio::test]
async fn spreads_connections_over_workers() {
    let gateway = Gateway::before(origin::echo().await, "workers: 3").await;
    let mut clients = Vec::new();
    for _ in 0..6 {
        let mut client = Client::connect(gateway.address()).await;
        assert_eq!(client.get("/", &[]).await.status, 200);
        clients.push(client);
    }
    assert_eq!(gateway.metric("claimgate_connections").await, 6);
}

/// A body that comes out of a channel.
struct FromChannel(mpsc::Receiver<Bytes>);

impl http_body::Body for FromChannel {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.0.poll_recv(context).map(|body| body.map(|body| Ok(Frame::data(body))))
    }
}
