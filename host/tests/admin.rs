//! The admin address.

use super::support::client::{Client, get, request, within};
use super::support::gateway::{Gateway, filter};
use super::support::origin;

#[tokio::test]
async fn answers_health_readiness_and_metrics() {
    let gateway = Gateway::before(origin::echo().await, &filter("switch")).await;
    let admin = gateway.admin_address().unwrap();
    for (path, status, body) in [
        ("/healthz", 200, "ok\n"),
        ("/readyz", 200, "ready\n"),
        ("/", 404, "expected /metrics, /healthz or /readyz\n"),
    ] {
        let answer = get(admin, path, &[]).await;
        assert_eq!((answer.status, answer.body.as_str()), (status, body), "{path}");
    }
    let answer =
        within(Client::connect(admin).await.try_send(request("POST", "/metrics", &[], ""))).await.unwrap();
    assert_eq!((answer.status, answer.header("allow").as_str()), (405, "GET, HEAD"));
}

#[tokio::test]
async fn counts_responses_latencies_and_what_filters_count() {
    let gateway = Gateway::before(origin::echo().await, &filter("switch")).await;
    get(gateway.address(), "/", &[]).await;
    get(gateway.address(), "/", &[("x-deny", "1")]).await;
    gateway.until_metric("switch_ended", 2).await;
    assert_eq!(gateway.metric("claimgate_responses_total{class=\"2xx\"}").await, 1);
    assert_eq!(gateway.metric("claimgate_responses_total{class=\"4xx\"}").await, 1);
    assert_eq!(gateway.metric("claimgate_upstream_response_seconds_count").await, 1);
    assert!(gateway.metric("claimgate_filter_instances_started_total").await >= 1);
}

#[tokio::test]
async fn is_not_ready_while_a_filter_has_no_instance() {
    let gateway = Gateway::before(origin::echo().await, &filter("switch")).await;
    // The spare takes the place of the first, one that is built at once that of the second; then the
    // pauses begin.
    for spares in [1, 1, 0] {
        gateway.until_metric("claimgate_filter_spares", spares).await;
        assert_eq!(get(gateway.address(), "/", &[("x-trap", "1")]).await.status, 503);
    }
    assert_eq!(gateway.metric("claimgate_filter_seats_empty").await, 1);
    assert_eq!(get(gateway.admin_address().unwrap(), "/readyz", &[]).await.status, 503);
    assert_eq!(get(gateway.address(), "/", &[]).await.status, 503);
    within(async { while get(gateway.admin_address().unwrap(), "/readyz", &[]).await.status != 200 {} })
        .await;
    assert_eq!(get(gateway.address(), "/", &[]).await.status, 200);
}
