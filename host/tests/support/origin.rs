//! Servers behind the gateway.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::rt::{Read, Write};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rustls::ServerConfig;
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// A server that answers each request with what it saw: request line, headers in alphabetical order,
/// an empty line, body.
pub(crate) async fn echo() -> SocketAddr {
    serve(|request| async {
        let (parts, body) = request.into_parts();
        let mut lines: Vec<_> = parts
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {}\n", value.to_str().unwrap()))
            .collect();
        lines.sort();
        let body = match body.collect().await {
            Ok(body) => String::from_utf8_lossy(&body.to_bytes()).into_owned(),
            Err(_) => "[broken off]".to_owned(),
        };
        Response::new(Full::from(format!("{} {}\n{}\n{body}", parts.method, parts.uri, lines.concat())))
    })
    .await
}

/// A server that answers as the handler does.
pub(crate) async fn serve<H, F>(handler: H) -> SocketAddr
where
    H: Fn(Request<Incoming>) -> F + Clone + Send + 'static,
    F: Future<Output = Response<Full<Bytes>>> + Send + 'static,
{
    accept(move |stream| {
        let handler = handler.clone();
        async move { answer(TokioIo::new(stream), handler).await }
    })
    .await
}

/// A server that does the same over TLS.
pub(crate) async fn serve_tls<H, F>(tls: Arc<ServerConfig>, handler: H) -> SocketAddr
where
    H: Fn(Request<Incoming>) -> F + Clone + Send + 'static,
    F: Future<Output = Response<Full<Bytes>>> + Send + 'static,
{
    let acceptor = TlsAcceptor::from(tls);
    accept(move |stream| {
        let (handler, acceptor) = (handler.clone(), acceptor.clone());
        async move {
            // A client that does not believe the certificate hangs up.
            if let Ok(stream) = acceptor.accept(stream).await {
                answer(TokioIo::new(stream), handler).await;
            }
        }
    })
    .await
}

async fn answer<I, H, F>(io: I, handler: H)
where
    I: Read + Write + Unpin,
    H: Fn(Request<Incoming>) -> F,
    F: Future<Output = Response<Full<Bytes>>>,
{
    let service = service_fn(move |request| {
        let answer = handler(request);
        async move { Ok::<_, Infallible>(answer.await) }
    });
    // A client that goes away is not this server's concern.
    let _ended = http1::Builder::new().serve_connection(io, service).await;
}

/// A server that does with each connection what it is told.
pub(crate) async fn accept<H, F>(handler: H) -> SocketAddr
where
    H: Fn(TcpStream) -> F + Send + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(handler(stream));
        }
    });
    address
}

/// An address at which nobody listens.
pub(crate) async fn nobody() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

/// Reads up to the end of a request's head.
pub(crate) async fn read_head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(head).unwrap()
}
