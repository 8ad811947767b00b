//! Filters that call origins.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

use http::Response;
use tokio::io::{AsyncWriteExt, copy_bidirectional};
use tokio::net::TcpStream;

use super::authority::Authority;
use super::support::client::{Answer, get, within};
use super::support::gateway::{Gateway, filter, warned};
use super::support::origin;
use super::traces;

/// A gateway whose filter calls what a request names, under these rules.
async fn calling(rules: &str) -> Gateway {
    Gateway::start(&format!("{}\n{rules}", filter("call"))).await
}

async fn call(gateway: &Gateway, target: &str) -> (u16, String) {
    let Answer { status, body, .. } = get(gateway.address(), "/", &[("x-target", target)]).await;
    (status, body)
}

fn answered(body: &str) -> (u16, String) {
    (200, body.to_owned())
}

fn refused() -> (u16, String) {
    (502, "refused".to_owned())
}

fn failed() -> (u16, String) {
    (503, "failed".to_owned())
}

/// A file beside the configuration; its name.
fn file(name: &str, content: &str) -> String {
    let name = format!("egress-{}-{name}", std::process::id());
    std::fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join(&name), content).unwrap();
    name
}

async fn greeting() -> SocketAddr {
    origin::serve(|_| async { Response::new("hello".into()) }).await
}

async fn secure(authority: &Authority, name: &str) -> SocketAddr {
    origin::serve_tls(authority.server(name), |_| async { Response::new("hello".into()) }).await
}

#[tokio::test]
async fn https_origins_are_called_with_an_own_root_and_http_ones_on_this_machine() {
    let authority = Authority::new();
    let (secure, plain) = (secure(&authority, "localhost").await, greeting().await);
    let ca = file("good.pem", authority.pem());
    let gateway = calling(&format!("egress: {{ca_certificates: {ca}}}")).await;
    for target in [
        format!("https://localhost:{}", secure.port()),
        format!("http://localhost:{}", plain.port()),
        format!("http://{plain}"),
    ] {
        assert_eq!(call(&gateway, &target).await, answered("hello"), "{target}");
    }
}

#[tokio::test]
async fn what_is_no_origin_or_may_not_be_called_is_refused_at_once() {
    let (gateway, origin) = (calling("").await, greeting().await);
    for target in [
        "idp".to_owned(),
        "http://idp.test".to_owned(),
        "http://169.254.169.254".to_owned(),
        format!("http://{origin}/"),
        format!("http://user:word@{origin}"),
        origin.to_string(),
        String::new(),
    ] {
        assert_eq!(call(&gateway, &target).await, refused(), "{target}");
    }
}

#[tokio::test]
async fn with_named_origins_a_name_is_needed_and_may_be_an_origin_itself() {
    let (open, closed) = (greeting().await, greeting().await);
    let upstreams = format!("upstreams: [{{name: 'http://{open}', url: 'http://{open}'}}]");
    let gateway = calling(&format!("egress: {{origins: named}}\n{upstreams}")).await;
    assert_eq!(call(&gateway, &format!("http://{open}")).await, answered("hello"));
    assert_eq!(call(&gateway, &format!("http://{closed}")).await, refused());
}

#[tokio::test]
async fn a_certificate_that_proves_nothing_is_no_answer_and_the_log_says_why() {
    let (authority, other) = (Authority::new(), Authority::new());
    let hello = |_| async { Response::new("hello".into()) };
    let expired = origin::serve_tls(authority.server_in("localhost", (2001, 2002)), hello).await;
    let early = origin::serve_tls(authority.server_in("localhost", (3999, 4000)), hello).await;
    let wrong = secure(&authority, "other.test").await;
    let unknown = secure(&other, "localhost").await;
    let plain = greeting().await;
    let ca = file("reasons.pem", authority.pem());
    let gateway = calling(&format!("egress: {{ca_certificates: {ca}}}")).await;
    for (server, why) in [
        (expired, "the certificate expired"),
        (early, "not valid yet, but in"),
        (wrong, "expected a certificate for localhost, found one for other.test"),
        (unknown, "the certificate's issuer is unknown"),
        (plain, "the server answered with something else"),
    ] {
        let target = format!("localhost:{}", server.port());
        assert_eq!(call(&gateway, &format!("https://{target}")).await, failed(), "{why}");
        warned(&target, why).await;
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_no_answer_and_the_log_says_why() {
    let nobody = origin::nobody().await;
    // Longer than a name may be: no resolver asks anybody about it.
    let name = format!("{}.test", "a".repeat(64));
    let gateway = calling("egress: {plain_http: any}").await;
    for (host, why) in
        [(nobody.to_string(), "refused the connection"), (name, "expected an address for the name")]
    {
        assert_eq!(call(&gateway, &format!("http://{host}")).await, failed(), "{why}");
        warned(&host, why).await;
    }
}

#[tokio::test]
async fn connections_are_kept_for_the_next_call() {
    let connections = Arc::new(AtomicUsize::new(0));
    let origin = counted(&connections).await;
    let gateway = calling("").await;
    for _ in 0..3 {
        assert_eq!(call(&gateway, &format!("http://{origin}")).await, answered("hello"));
    }
    assert_eq!(connections.load(Relaxed), 1);
}

#[tokio::test]
async fn calls_beyond_the_bound_of_connections_wait_for_one() {
    let connections = Arc::new(AtomicUsize::new(0));
    let origin = counted(&connections).await;
    let gateway = Arc::new(calling("egress: {connections_per_origin: 1}").await);
    let calls: Vec<_> = (0..8)
        .map(|_| {
            let gateway = Arc::clone(&gateway);
            tokio::spawn(async move { call(&gateway, &format!("http://{origin}")).await })
        })
        .collect();
    for call in calls {
        assert_eq!(within(call).await.unwrap(), answered("hello"));
    }
    assert_eq!(connections.load(Relaxed), 1);
}

/// An origin that counts its connections.
async fn counted(connections: &Arc<AtomicUsize>) -> SocketAddr {
    let connections = Arc::clone(connections);
    origin::accept(move |mut stream| {
        connections.fetch_add(1, Relaxed);
        async move {
            loop {
                origin::read_head(&mut stream).await;
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello").await.unwrap();
            }
        }
    })
    .await
}

/// A proxy that leads every tunnel to `server`, and what it was asked.
async fn tunnelling(server: SocketAddr) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&asked);
    let proxy = origin::accept(move |mut stream| {
        let kept = Arc::clone(&kept);
        async move {
            let head = origin::read_head(&mut stream).await;
            kept.lock().unwrap().push(head);
            let mut upstream = TcpStream::connect(server).await.unwrap();
            stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
            // Its end is that of either side.
            let _ended = copy_bidirectional(&mut stream, &mut upstream).await;
        }
    })
    .await;
    (proxy, asked)
}

#[tokio::test]
async fn https_goes_through_a_proxy_in_a_tunnel_whose_credentials_nobody_reads() {
    let authority = Authority::new();
    let (proxy, asked) = tunnelling(secure(&authority, "idp.test").await).await;
    let word = traces::canary("proxy-password");
    traces::hide(&word);
    let (ca, url) =
        (file("tunnel.pem", authority.pem()), file("proxy-url", &format!("http://user:{word}@{proxy}\n")));
    let rules = format!("egress: {{ca_certificates: {ca}, https_proxy: '{{file:{url}}}'}}");
    let gateway = calling(&rules).await;
    for _ in 0..2 {
        assert_eq!(call(&gateway, "https://idp.test").await, answered("hello"));
    }
    let asked = asked.lock().unwrap().clone();
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert!(asked[0].starts_with("CONNECT idp.test:443 HTTP/1.1\r\nHost: idp.test:443\r\n"), "{asked:?}");
    assert!(asked[0].contains("Proxy-Authorization: Basic "), "{asked:?}");
}

#[tokio::test]
async fn http_goes_through_a_proxy_in_absolute_form() {
    let proxy = origin::echo().await;
    let url = file("plain-url", &format!("http://user:word@{proxy}"));
    let gateway = calling(&format!("egress: {{plain_http: any, http_proxy: '{{file:{url}}}'}}")).await;
    let (status, body) = call(&gateway, "http://idp.test:8080").await;
    assert_eq!(status, 200);
    assert!(body.starts_with("GET http://idp.test:8080/check\n"), "{body}");
    assert!(body.contains("host: idp.test\nproxy-authorization: Basic dXNlcjp3b3Jk\n"), "{body}");
}

#[tokio::test]
async fn a_proxy_that_refuses_is_no_answer_and_the_log_says_why() {
    for (answer, why) in [
        ("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "wants other credentials (status 407)"),
        ("HTTP/1.1 403 Forbidden\r\n\r\n", "refused to connect (status 403)"),
        ("HTTP/1.1 200 OK\r\n", "found none; check that it is an HTTP proxy"),
    ] {
        let proxy = origin::accept(move |mut stream| async move {
            origin::read_head(&mut stream).await;
            stream.write_all(answer.as_bytes()).await.unwrap();
        })
        .await;
        let gateway = calling(&format!("egress: {{https_proxy: 'http://{proxy}'}}")).await;
        assert_eq!(call(&gateway, "https://idp.test").await, failed(), "{why}");
        warned(&proxy.to_string(), why).await;
    }
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_named_as_what_is_missing() {
    let nobody = origin::nobody().await;
    let gateway = calling(&format!("egress: {{https_proxy: 'http://{nobody}'}}")).await;
    assert_eq!(call(&gateway, "https://idp.test").await, failed());
    warned(&format!("on the way to the proxy http://{nobody}"), "refused the connection").await;
}

#[tokio::test]
async fn no_proxy_is_on_the_way_to_what_no_proxy_names_and_to_this_machine() {
    let (nobody, origin) = (origin::nobody().await, greeting().await);
    // Longer than a name may be: no resolver asks anybody about it.
    let name = format!("{}.test", "b".repeat(64));
    let proxies = format!("http_proxy: 'http://{nobody}', https_proxy: 'http://{nobody}'");
    let gateway = calling(&format!("egress: {{plain_http: any, no_proxy: [{name}], {proxies}}}")).await;
    assert_eq!(call(&gateway, &format!("http://{origin}")).await, answered("hello"));
    assert_eq!(call(&gateway, "http://other.test").await, failed());
    warned("other.test", "on the way to the proxy").await;
    assert_eq!(call(&gateway, &format!("http://{name}")).await, failed());
    let line = warned(&name, "no connection").await;
    assert!(!line.contains("the proxy"), "{line}");
}
