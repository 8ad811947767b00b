//! The end of a gateway.

use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

use super::support::client::{Client, get, within};
use super::support::gateway::Gateway;
use super::support::origin;

/// An origin that says when it has a request, and answers when it may.
async fn gated() -> (std::net::SocketAddr, Arc<Semaphore>, Arc<Semaphore>) {
    let (seen, may) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let (seeing, waiting) = (Arc::clone(&seen), Arc::clone(&may));
    let origin = origin::serve(move |_request| {
        let (seeing, waiting) = (Arc::clone(&seeing), Arc::clone(&waiting));
        async move {
            seeing.add_permits(1);
            waiting.acquire().await.unwrap().forget();
            http::Response::new("late".into())
        }
    })
    .await;
    (origin, seen, may)
}

#[tokio::test]
async fn finishes_what_is_in_flight_and_takes_nothing_new() {
    let (origin, seen, may) = gated().await;
    let gateway = Gateway::before(origin, "").await;
    let address = gateway.address();
    let request = tokio::spawn(async move { get(address, "/", &[]).await });
    within(seen.acquire()).await.unwrap().forget();
    let ending = tokio::spawn(gateway.shutdown());
    // Refused, or accepted by the system's queue and then closed.
    within(async { while TcpStream::connect(address).await.is_ok() {} }).await;
    may.add_permits(1);
    assert_eq!(within(request).await.unwrap().body, "late");
    within(ending).await.unwrap();
}

#[tokio::test]
async fn closes_idle_connections_at_once() {
    let gateway = Gateway::before(origin::echo().await, "").await;
    let mut used = Client::connect(gateway.address()).await;
    assert_eq!(used.get("/", &[]).await.status, 200);
    let mut silent = TcpStream::connect(gateway.address()).await.unwrap();
    let mut begun = TcpStream::connect(gateway.address()).await.unwrap();
    begun.write_all(b"GET / HT").await.unwrap();
    gateway.until_metric("claimgate_connections", 3).await;
    within(gateway.shutdown()).await;
    assert_eq!(within(silent.read(&mut [0; 1])).await.unwrap_or(0), 0);
}

#[tokio::test]
async fn does_not_wait_longer_than_it_may() {
    let (origin, seen, _may) = gated().await;
    let gateway = Gateway::before(origin, "limits: {shutdown_timeout: 50}").await;
    let mut client = Client::connect(gateway.address()).await;
    let request =
        tokio::spawn(
            async move { client.try_send(super::support::client::request("GET", "/", &[], "")).await },
        );
    within(seen.acquire()).await.unwrap().forget();
    within(gateway.shutdown()).await;
    assert!(within(request).await.unwrap().is_err());
}
