//! One request over a kept connection through the gateway to an upstream on the same machine: without a filter,
//! with the filter and a token that was seen, and refused for want of a token.
#![allow(missing_docs, reason = "criterion's macros make items without docs")]
#![allow(clippy::expect_used, reason = "a bench without its gateway has nothing to measure")]

use bytes::Bytes;
use claimgate::mint::SigningAlgorithm;
use claimgate_benches::Scene;
use claimgate_benches::embedder::{SceneClock, filter_path};
use claimgate_benches::scene::document;
use claimgate_host::{Config, Running, run};
use criterion::{Criterion, criterion_group, criterion_main};
use http_body_util::{BodyExt as _, Empty, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

fn proxied(criterion: &mut Criterion) {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    let scene = Scene::new(SigningAlgorithm::Rs256, 1);
    let upstream = upstream();
    let bare = runtime.block_on(gateway(upstream, ""));
    let gated = runtime.block_on(gateway(upstream, &filter(&scene)));
    let token = scene.authorization(0);

    let mut group = criterion.benchmark_group("proxied");
    for (name, gateway, authorization, expected) in [
        ("without filter", &bare, Some(&token), StatusCode::OK),
        ("seen token", &gated, Some(&token), StatusCode::OK),
        ("no token", &gated, None, StatusCode::UNAUTHORIZED),
    ] {
        let client: Client<HttpConnector, Empty<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
        let uri = format!("http://{}/orders/17", gateway.addresses().first().expect("an address"));
        group.bench_function(name, |bencher| {
            bencher.iter(|| assert_eq!(exchange(&runtime, &client, &uri, authorization), expected));
        });
    }
    group.finish();
}

fn exchange(
    runtime: &Runtime,
    client: &Client<HttpConnector, Empty<Bytes>>,
    uri: &str,
    authorization: Option<&String>,
) -> StatusCode {
    let request = Request::get(uri);
    let request =
        authorization.into_iter().fold(request, |request, field| request.header("authorization", field));
    runtime.block_on(async {
        let response =
            client.request(request.body(Empty::new()).expect("a request")).await.expect("an answer");
        let status = response.status();
        response.into_body().collect().await.expect("a body");
        status
    })
}

/// Answers every request with the same few bytes, on a thread of its own.
fn upstream() -> SocketAddr {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let address = listener.local_addr().expect("an address");
    listener.set_nonblocking(true).expect("a non-blocking socket");
    std::thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(answer_all(listener));
    });
    address
}

async fn answer_all(listener: std::net::TcpListener) {
    let listener = TcpListener::from_std(listener).expect("a listener");
    while let Ok((stream, _)) = listener.accept().await {
        let answer = service_fn(|_: Request<Incoming>| async {
            Ok::<_, Infallible>(Response::new(Full::new(Bytes::from_static(b"hello"))))
        });
        let connection =
            hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), answer);
        tokio::spawn(connection);
    }
}

async fn gateway(upstream: SocketAddr, filters: &str) -> Running {
    let yaml = format!(
        "listen: ['127.0.0.1:0']\nworkers: 1\nservices:\n- name: orders\n  url: http://{upstream}\n  routes:\n  - {{name: orders, paths: [/orders]}}\n{filters}"
    );
    let config = Config::parse(&yaml, Path::new(".")).expect("a valid config");
    run(config, Arc::new(SceneClock)).await.expect("a gateway")
}

fn filter(scene: &Scene) -> String {
    let wasm = filter_path();
    let configuration = document(&scene.signer, 1);
    format!(
        "filters:\n- name: claimgate\n  wasm: {}\n  configuration: '{}'\n",
        wasm.display(),
        configuration.to_string().replace('\'', "''")
    )
}

criterion_group!(benches, proxied);
criterion_main!(benches);
