//! The gateway with a filter that believes to be in Kong's engine: what the sandbox says happens.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use claimgate_host::{Config, Quirks};

use super::filters::gated_idp;
use super::support::client::{get, post, raw, within};
use super::support::gateway::{Gateway, all_to, filter, guest};
use super::support::origin;

async fn careless(more: &str) -> Gateway {
    let filters = format!("{}\n{more}", filter("careless"));
    Gateway::emulating(Quirks::nginx(), &all_to(origin::echo().await, &filters)).await
}

#[tokio::test]
async fn a_request_goes_upstream_after_its_last_call_unless_it_was_answered() {
    let (idp, _seen, may) = gated_idp().await;
    may.add_permits(1);
    let gateway = careless(&format!("upstreams: [{{name: idp, url: 'http://{idp}'}}]")).await;
    let answer = get(gateway.address(), "/", &[("x-call", "1")]).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.body.contains("x-call: 1\n"), "{}", answer.body);
}

#[tokio::test]
async fn a_trap_after_its_last_call_lets_a_request_go_upstream() {
    let (idp, _seen, may) = gated_idp().await;
    may.add_permits(1);
    let gateway = careless(&format!("upstreams: [{{name: idp, url: 'http://{idp}'}}]")).await;
    let answer = get(gateway.address(), "/", &[("x-call", "1"), ("x-fall", "1")]).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.body.contains("x-fall: 1\n"), "{}", answer.body);
    assert_eq!(gateway.metric("claimgate_filter_instances_lost_total").await, 1);
}

#[tokio::test]
async fn a_trap_in_one_request_lets_another_go_that_waits_for_a_call() {
    let (idp, seen, may) = gated_idp().await;
    let gateway = careless(&format!("upstreams: [{{name: idp, url: 'http://{idp}'}}]")).await;
    gateway.until_metric("claimgate_filter_spares", 1).await;
    let address = gateway.address();
    let waiting = tokio::spawn(async move { get(address, "/", &[("x-call", "1")]).await });
    within(seen.acquire()).await.unwrap().forget();
    assert_eq!(get(address, "/", &[("x-trap", "1")]).await.status, 503);
    may.add_permits(1);
    assert_eq!(within(waiting).await.unwrap().status, 200);
}

#[tokio::test]
async fn a_trap_on_a_response_lets_it_through() {
    let gateway = careless("").await;
    for trap in ["x-late", "x-break"] {
        gateway.until_metric("claimgate_filter_spares", 1).await;
        let lost = gateway.metric("claimgate_filter_instances_lost_total").await;
        let answer = get(gateway.address(), "/", &[(trap, "1")]).await;
        assert_eq!(answer.status, 200, "{trap}");
        assert!(answer.body.contains(trap), "{}", answer.body);
        gateway.until_metric("claimgate_filter_instances_lost_total", lost + 1).await;
    }
}

#[tokio::test]
async fn a_crash_drops_the_connection_and_another_worker_serves() {
    let gateway = careless("").await;
    gateway.until_metric("claimgate_filter_spares", 1).await;
    let dropped = raw(gateway.address(), "GET / HTTP/1.1\r\nhost: a\r\nx-lost: 1\r\n\r\n").await;
    assert_eq!(dropped, "");
    assert_eq!(get(gateway.address(), "/", &[]).await.status, 200);
}

#[tokio::test]
async fn a_request_that_does_not_wait_for_its_call_crashes_the_worker_with_the_answer() {
    let (idp, seen, may) = gated_idp().await;
    let gateway = careless(&format!("upstreams: [{{name: idp, url: 'http://{idp}'}}]")).await;
    assert_eq!(get(gateway.address(), "/", &[("x-go", "1")]).await.status, 200);
    within(seen.acquire()).await.unwrap().forget();
    assert_eq!(gateway.metric("claimgate_filter_instances_lost_total").await, 0);
    may.add_permits(1);
    gateway.until_metric("claimgate_filter_instances_lost_total", 1).await;
}

#[tokio::test]
async fn a_filter_that_refuses_its_configuration_leaves_a_gateway_that_answers_nobody() {
    let filters = format!("filters: [{{name: refuse, wasm: {}}}]", guest("refuse"));
    let gateway = Gateway::emulating(Quirks::nginx(), &all_to(origin::echo().await, &filters)).await;
    for _ in 0..2 {
        assert_eq!(raw(gateway.address(), "GET / HTTP/1.1\r\nhost: a\r\n\r\n").await, "");
    }
}

#[tokio::test]
async fn what_was_removed_and_the_target_as_it_came_reach_the_upstream() {
    let gateway = careless("").await;
    let request =
        "GET /a/..%2f%62?c HTTP/1.1\r\nhost: a\r\nx-user: forged\r\nx_under: 1\r\nconnection: close\r\n\r\n";
    let answer = raw(gateway.address(), request).await;
    assert!(answer.contains("GET /a/..%2f%62?c\n"), "{answer}");
    assert!(answer.contains("x-user: forged\n"), "{answer}");
    assert!(!answer.contains("x_under"), "{answer}");
}

#[tokio::test]
async fn an_answer_of_the_filter_ends_in_a_line_break_and_is_shown_to_the_filter() {
    let answer = get(careless("").await.address(), "/", &[("x-deny", "1")]).await;
    assert_eq!((answer.status, answer.body.as_str(), answer.header("x-seen").as_str()), (403, "no\n", "no"));
}

#[tokio::test]
async fn of_the_cookies_of_an_answer_the_last_is_kept_with_those_that_are_added_when_it_comes_by() {
    let origin = origin::serve(|_| async {
        let cookies = http::Response::builder().header("set-cookie", "u=1").header("set-cookie", "u=2");
        cookies.body("".into()).unwrap()
    })
    .await;
    for (quirks, answered) in [(Quirks::nginx(), "b=2,c=3"), (Quirks::Envoy, "a=1,b=2,c=3")] {
        let gateway = Gateway::emulating(quirks, &all_to(origin, &filter("cookies"))).await;
        let answer = get(gateway.address(), "/", &[("x-login", "1")]).await;
        assert_eq!((answer.status, &*answer.header("set-cookie")), (302, answered));
        let forwarded = get(gateway.address(), "/", &[]).await;
        assert_eq!(forwarded.header("set-cookie"), "u=1,u=2,c=3");
    }
}

#[tokio::test]
async fn nothing_goes_upstream_before_the_filter_has_seen_the_body() {
    let reached = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&reached);
    let origin = origin::serve(move |_| {
        count.fetch_add(1, Relaxed);
        async { http::Response::new("reached".into()) }
    })
    .await;
    let gateway = Gateway::emulating(Quirks::nginx(), &all_to(origin, &filter("careless"))).await;
    let refused = post(gateway.address(), "/", &[("x-veto", "1")], "x".repeat(100_000)).await;
    assert_eq!((refused.status, reached.load(Relaxed)), (403, 0));
    assert_eq!(post(gateway.address(), "/", &[], "some body").await.body, "reached");
}

#[test]
fn no_file_can_ask_for_it() {
    let text = "filters: [{name: a, wasm: a.wasm, quirks: nginx}]";
    let errors = Config::parse(text, std::path::Path::new("nowhere")).map(drop).unwrap_err().to_string();
    assert!(errors.contains("found \"quirks\""), "{errors}");
}
