//! Filters in the path of a request.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

use super::support::client::{Client, get, post, raw, request, within};
use super::support::gateway::{Gateway, filter, guest, warned};
use super::support::origin;
use super::traces;

/// An identity provider that says when it is asked, and answers when it may.
pub(crate) async fn gated_idp() -> (SocketAddr, Arc<Semaphore>, Arc<Semaphore>) {
    let (seen, may) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let (seeing, waiting) = (Arc::clone(&seen), Arc::clone(&may));
    let idp = origin::serve(move |request| {
        let (seeing, waiting) = (Arc::clone(&seeing), Arc::clone(&waiting));
        async move {
            assert_eq!(
                (request.uri().path(), &request.headers()["host"]),
                ("/check", &"idp.test".parse().unwrap())
            );
            seeing.add_permits(1);
            waiting.acquire().await.unwrap().forget();
            http::Response::new("an answer".into())
        }
    })
    .await;
    (idp, seen, may)
}

async fn calling(idp: SocketAddr) -> Gateway {
    let more = format!("{}\nupstreams: [{{name: idp, url: 'http://{idp}'}}]", filter("switch"));
    Gateway::before(origin::echo().await, &more).await
}

#[tokio::test]
async fn meet_requests_in_order_and_responses_in_reverse() {
    let file = guest("trace");
    let filters = format!("filters: [{{name: a, wasm: {file}}}, {{name: b, wasm: {file}, root_id: second}}]");
    let gateway =
        Gateway::before(origin::echo().await, &format!("limits: {{callback_timeout: 2000}}\n{filters}"))
            .await;
    let answer = get(gateway.address(), "/", &[]).await;
    assert!(answer.body.contains("x-trace: a\nx-trace: second\n"), "{}", answer.body);
    assert_eq!(answer.header("x-trace"), "second,a");
}

#[tokio::test]
async fn answer_themselves_before_any_route_is_looked_for() {
    let gateway = Gateway::start(&filter("switch")).await;
    let denied = get(gateway.address(), "/", &[("x-deny", "1")]).await;
    assert_eq!((denied.status, denied.body.as_str()), (403, "denied by the filter"));
    assert_eq!(denied.header("x-seen"), "yes");
    let lost = get(gateway.address(), "/", &[]).await;
    assert_eq!(
        (lost.status, lost.body.as_str()),
        (404, "{\"message\":\"no Route matched with those values\"}")
    );
    assert_eq!(lost.header("x-seen"), "yes");
}

#[tokio::test]
async fn hear_that_the_client_came_over_https_from_trusted_proxies_alone() {
    for (trusted, said, expected) in [
        ("127.0.0.0/8", "https", "https"),
        ("127.0.0.0/8", "http", "http"),
        ("127.0.0.0/8", "https, http", "http"),
        ("192.0.2.0/24", "https", "http"),
    ] {
        let more = format!("trusted_ips: [{trusted}]\n{}", filter("scheme"));
        let gateway = Gateway::before(origin::echo().await, &more).await;
        let answer = get(gateway.address(), "/", &[("x-forwarded-proto", said)]).await.body;
        for line in [format!("x-scheme: {expected}\n"), format!("x-property: {expected}\n")] {
            assert!(answer.contains(&line), "{said} from {trusted}: {line} in {answer}");
        }
    }
}

#[tokio::test]
async fn change_the_path_and_with_it_the_route() {
    let (one, two) =
        (origin::echo().await, origin::serve(|_| async { http::Response::new("two".into()) }).await);
    let services = format!(
        "services: [{{name: one, url: 'http://{one}', routes: [{{name: one, paths: [/one]}}]}}, \
         {{name: two, url: 'http://{two}', routes: [{{name: two, paths: [/two]}}]}}]"
    );
    let gateway = Gateway::start(&format!("{services}\n{}", filter("switch"))).await;
    let answer = |path: &'static str| {
        let address = gateway.address();
        async move { get(address, "/one", &[("x-path", path)]).await }
    };
    assert_eq!(answer("/two/x").await.body, "two");
    assert_eq!(answer("/three").await.status, 404);
    assert_eq!(answer("/two/../one").await.status, 400);
}

#[tokio::test]
async fn wait_for_their_calls() {
    let (idp, _seen, may) = gated_idp().await;
    may.add_permits(2);
    let gateway = calling(idp).await;
    for _ in 0..2 {
        let answer = get(gateway.address(), "/", &[("x-call", "1")]).await;
        assert_eq!(answer.status, 200);
        assert!(answer.body.contains("x-called: yes\n"), "{}", answer.body);
    }
}

#[tokio::test]
async fn hear_of_calls_that_fail() {
    let gateway = calling(origin::nobody().await).await;
    let answer = get(gateway.address(), "/", &[("x-call", "1")]).await;
    assert_eq!((answer.status, answer.body.as_str()), (503, "no answer"));
}

#[tokio::test]
async fn may_not_call_a_name_that_nobody_has() {
    let gateway = Gateway::before(origin::echo().await, &filter("switch")).await;
    let answer = get(gateway.address(), "/", &[("x-call", "1")]).await;
    assert_eq!((answer.status, answer.body.as_str()), (503, "no answer"));
}

#[tokio::test]
async fn a_trap_is_503_for_all_in_the_instance_and_the_next_gets_a_spare() {
    let (idp, seen, may) = gated_idp().await;
    let gateway = calling(idp).await;
    gateway.until_metric("claimgate_filter_spares", 1).await;
    let address = gateway.address();
    let neighbour = tokio::spawn(async move { get(address, "/", &[("x-call", "1")]).await });
    within(seen.acquire()).await.unwrap().forget();
    let trapped = get(address, "/", &[("x-trap", "1")]).await;
    assert_eq!((trapped.status, trapped.body.as_str()), (503, "{\"message\":\"Service unavailable\"}"));
    assert_eq!(within(neighbour).await.unwrap().status, 503);
    may.add_permits(1);
    assert_eq!(get(address, "/", &[]).await.status, 200);
    assert_eq!(gateway.metric("claimgate_filter_instances_lost_total").await, 1);
}

#[tokio::test]
async fn a_trap_on_the_response_hides_the_response() {
    let gateway = Gateway::before(origin::echo().await, &filter("switch")).await;
    let answer = get(gateway.address(), "/", &[("x-late", "1")]).await;
    assert_eq!((answer.status, answer.body.as_str()), (503, "{\"message\":\"Service unavailable\"}"));
}

#[tokio::test]
async fn a_trap_in_the_response_body_breaks_it_off() {
    let gateway = Gateway::before(origin::echo().await, &filter("switch")).await;
    let mut client = Client::connect(gateway.address()).await;
    let answer = within(client.try_send(request("GET", "/", &[("x-break", "1")], ""))).await;
    assert!(answer.is_err(), "{answer:?}");
    gateway.until_metric("claimgate_filter_instances_lost_total", 1).await;
}

#[tokio::test]
async fn answer_when_they_have_seen_the_body() {
    let gateway = Gateway::before(origin::echo().await, &filter("switch")).await;
    let answer = post(gateway.address(), "/", &[("x-veto", "1")], "some body").await;
    assert_eq!((answer.status, answer.body.as_str()), (403, "denied by the filter"));
    gateway.until_metric("switch_ended", 1).await;
    assert_eq!(gateway.metric("claimgate_filter_instances_lost_total").await, 0);
}

#[tokio::test]
async fn an_endless_loop_is_503_within_its_bound() {
    let filters = format!("filters: [{{name: switch, wasm: {}}}]", guest("switch"));
    let more = format!("limits: {{callback_timeout: 100}}\n{filters}");
    let gateway = Gateway::before(origin::echo().await, &more).await;
    assert_eq!(get(gateway.address(), "/", &[("x-loop", "1")]).await.status, 503);
    within(async { while get(gateway.address(), "/", &[]).await.status != 200 {} }).await;
}

#[tokio::test]
async fn a_pause_has_a_bound() {
    let filters = format!("filters: [{{name: switch, wasm: {}}}]", guest("switch"));
    let more = format!("limits: {{pause_timeout: 50, callback_timeout: 2000}}\n{filters}");
    let gateway = Gateway::before(origin::echo().await, &more).await;
    let answer = get(gateway.address(), "/", &[("x-pause", "1")]).await;
    assert_eq!((answer.status, answer.body.as_str()), (504, "{\"message\":\"The request timed out\"}"));
}

#[tokio::test]
async fn close_a_connection_without_an_answer() {
    let gateway = Gateway::before(origin::echo().await, &filter("switch")).await;
    let answer = raw(gateway.address(), "GET / HTTP/1.1\r\nhost: a\r\nx-close: 1\r\n\r\n").await;
    assert_eq!(answer, "");
}

#[tokio::test]
async fn log_every_stream_also_when_the_client_goes_away() {
    let gateway = Gateway::before(origin::echo().await, &filter("switch")).await;
    let mut client = TcpStream::connect(gateway.address()).await.unwrap();
    client.write_all(b"GET / HTTP/1.1\r\nhost: a\r\nx-pause: 1\r\n\r\n").await.unwrap();
    gateway.until_metric("claimgate_connections", 1).await;
    client.shutdown().await.unwrap();
    drop(client);
    gateway.until_metric("switch_ended", 1).await;
}

#[tokio::test]
async fn tick() {
    let gateway = Gateway::before(origin::echo().await, &filter("switch")).await;
    gateway.until_metric("switch_ticks", 3).await;
}

#[tokio::test]
async fn hold_and_change_bodies() {
    let file = guest("hold");
    let early = format!("{{name: hold, wasm: {file}, allow_on_headers_stop_iteration: true}}");
    let trace = format!("{{name: trace, wasm: {}}}", guest("trace"));
    for filters in [early.clone(), format!("{early}, {trace}"), format!("{trace}, {early}")] {
        let more = format!("limits: {{callback_timeout: 2000}}\nfilters: [{filters}]");
        let gateway = Gateway::before(origin::echo().await, &more).await;
        let answer = post(gateway.address(), "/", &[], "some body").await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(
            answer.body.starts_with("held:POST / HTTP") || answer.body.starts_with("held:POST /\n"),
            "{answer:?}"
        );
        assert!(answer.body.ends_with("\n\nheld:some body"), "{answer:?}");
        assert_eq!(get(gateway.address(), "/", &[]).await.status, 200);
    }
}

#[tokio::test]
async fn may_not_hold_more_body_than_they_may() {
    let file = guest("hold");
    let filters = format!("filters: [{{name: hold, wasm: {file}, allow_on_headers_stop_iteration: true}}]");
    let more = format!("limits: {{buffered_body_bytes: 1024, callback_timeout: 2000}}\n{filters}");
    let gateway = Gateway::before(origin::echo().await, &more).await;
    let answer = post(gateway.address(), "/", &[], "x".repeat(300_000)).await;
    assert_eq!(answer.status, 413);
    assert!(answer.body.ends_with("{\"message\":\"Request size limit exceeded\"}"), "{answer:?}");
}

#[tokio::test]
async fn may_tell_the_log_what_they_are_told_but_not_what_references_led_to() {
    let secret = traces::canary("filter-secret");
    traces::hide(&secret);
    let file = format!("told-{}", std::process::id());
    std::fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join(&file), &secret).unwrap();
    let reference = format!("{{file:{file}}}");
    let _gateway = Gateway::start(&format!(
        "filters: [{{name: tell, wasm: {}, configuration: {{told: '{reference}'}}}}]",
        guest("tell")
    ))
    .await;
    let line = warned("{\"told\":", &reference).await;
    assert!(!line.contains(&secret), "{line}");
}

#[tokio::test]
async fn serve_many_requests_on_one_connection() {
    let gateway = Gateway::before(origin::echo().await, &filter("trace")).await;
    let mut client = Client::connect(gateway.address()).await;
    for _ in 0..50 {
        assert_eq!(client.get("/", &[]).await.header("x-trace"), "trace");
    }
}
