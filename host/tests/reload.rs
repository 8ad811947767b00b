//! Configurations that change while requests are served.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

use super::support::client::{Client, get, within};
use super::support::gateway::{Gateway, all_to, config, filter, guest};
use super::support::origin;

fn traced(origin: std::net::SocketAddr, file: &str, name: &str) -> String {
    let limits = "limits: {callback_timeout: 2000}";
    all_to(origin, &format!("workers: 2\n{limits}\nfilters: [{{name: {name}, wasm: {file}}}]"))
}

#[tokio::test]
async fn drops_no_request_under_load() {
    let (origin, file) = (origin::echo().await, guest("trace"));
    let gateway = Gateway::start(&traced(origin, &file, "first")).await;
    let (address, done, served) =
        (gateway.address(), Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let clients: Vec<_> = (0..4)
        .map(|_| {
            let (done, served) = (Arc::clone(&done), Arc::clone(&served));
            tokio::spawn(async move {
                let mut client = Client::connect(address).await;
                while !done.load(Relaxed) {
                    let answer = client.get("/", &[]).await;
                    assert_eq!(answer.status, 200);
                    assert!(["first", "second"].contains(&answer.header("x-trace").as_str()), "{answer:?}");
                    served.fetch_add(1, Relaxed);
                }
            })
        })
        .collect();
    for name in ["second", "first", "second"] {
        gateway.reload(config(&traced(origin, &file, name))).await.unwrap();
        let before = served.load(Relaxed);
        within(async {
            while served.load(Relaxed) < before + 20 {
                tokio::task::yield_now().await
            }
        })
        .await;
        assert_eq!(get(address, "/", &[]).await.header("x-trace"), name);
    }
    done.store(true, Relaxed);
    for client in clients {
        within(client).await.unwrap();
    }
    assert_eq!(gateway.metric("claimgate_reloads_total").await, 3);
}

#[tokio::test]
async fn reaches_connections_that_are_open() {
    let origin = origin::echo().await;
    let gateway = Gateway::before(origin, "").await;
    let mut client = Client::connect(gateway.address()).await;
    assert_eq!(client.get("/", &[]).await.header("x-trace"), "");
    gateway.reload(config(&all_to(origin, &filter("trace")))).await.unwrap();
    assert_eq!(client.get("/", &[]).await.header("x-trace"), "trace");
}

#[tokio::test]
async fn keeps_the_old_configuration_if_a_filter_refuses_the_new_one() {
    let origin = origin::echo().await;
    let gateway = Gateway::before(origin, &filter("trace")).await;
    let error = gateway.reload(config(&all_to(origin, &filter("refuse")))).await.unwrap_err();
    assert!(error.to_string().starts_with("filter refuse: the plugin refused its configuration"), "{error}");
    assert_eq!(get(gateway.address(), "/", &[]).await.header("x-trace"), "trace");
    assert_eq!(gateway.metric("claimgate_reloads_refused_total").await, 1);
}

#[tokio::test]
async fn refuses_what_only_a_restart_can_change() {
    let origin = origin::echo().await;
    let gateway = Gateway::before(origin, "").await;
    let error = gateway.reload(config(&all_to(origin, "workers: 3"))).await.unwrap_err();
    let expected = "expected workers as it was at the start, found another; restart to change it";
    assert_eq!(error.to_string(), expected);
}

#[tokio::test]
async fn a_request_in_flight_ends_with_the_filters_it_began_with() {
    let (idp, seen, may) = super::filters::gated_idp().await;
    let origin = origin::echo().await;
    let more = format!("{}\nupstreams: [{{name: idp, url: 'http://{idp}'}}]", filter("switch"));
    let gateway = Gateway::before(origin, &more).await;
    let address = gateway.address();
    let paused = tokio::spawn(async move { get(address, "/", &[("x-call", "1")]).await });
    within(seen.acquire()).await.unwrap().forget();
    gateway.reload(config(&all_to(origin, &filter("trace")))).await.unwrap();
    assert_eq!(get(address, "/", &[]).await.header("x-trace"), "trace");
    may.add_permits(1);
    let answer = within(paused).await.unwrap();
    assert_eq!((answer.status, answer.header("x-seen").as_str()), (200, "yes"));
    assert!(answer.body.contains("x-called: yes\n"), "{}", answer.body);
}
