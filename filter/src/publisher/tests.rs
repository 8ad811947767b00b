use crate::fixtures::{bearer, config, envoy, nginx, page, pushed_config};
use crate::host::Level;
use crate::host::double::Double;
use crate::root::Root;
use claimgate_policy::publisher::TICK_MS;
use proxy_wasm::traits::{Context as _, HttpContext as _, RootContext as _};
use proxy_wasm::types::Action;
use std::rc::Rc;

#[test]
fn a_publisher_writes_nothing_before_its_first_tick() {
    let host = publishing(&pushed_config());
    let mut publisher = Root::new(Rc::<Double>::clone(&host));
    assert!(publisher.on_configure(0));
    assert_eq!((host.shared_values(), host.calls().len()), (0, 0));
    assert_eq!(host.period.get(), Some(TICK_MS));
}

#[test]
fn what_a_publisher_wrote_lets_requests_through_and_a_change_keeps_the_next_one_out() {
    let host = publishing(&pushed_config());
    let mut publisher = Root::new(Rc::<Double>::clone(&host));
    assert!(publisher.on_configure(0));
    host.has_property("plugin_root_id", Ok(Vec::new()));
    let mut filter = Root::new(Rc::<Double>::clone(&host));
    assert!(filter.on_configure(0));
    assert_eq!(request(&filter, &host), (Action::Pause, Some(503)), "nothing was pushed yet");

    host.answers_calls("200", &page("2", "approved"));
    publisher.on_tick();
    publisher.on_tick();
    assert_eq!(paths(&host), ["/snapshot.json"]);
    publisher.on_http_call_response(1, 2, 0, 0);
    assert_eq!(request(&filter, &host).0, Action::Continue);
    assert_eq!(request(&filter, &host).0, Action::Continue, "and again, warm");

    publisher.on_tick();
    assert_eq!(paths(&host), ["/snapshot.json", "/2"]);
    host.answers_calls("200", &page("3", "revoked"));
    publisher.on_http_call_response(2, 2, 0, 0);
    assert_eq!(request(&filter, &host), (Action::Pause, Some(403)));
    assert!(host.logged(Level::Error).is_empty(), "{:?}", host.logged(Level::Error));
}

/// Kong's engine gives no root context a name.
#[test]
fn where_roots_have_no_names_a_filter_publishes_for_itself() {
    let host = nginx(&pushed_config(), &[("authorization", &bearer("app-web"))]);
    host.has_property("plugin_root_id", Ok(b"0".to_vec()));
    let mut filter = Root::new(Rc::<Double>::clone(&host));
    assert!(filter.on_configure(0));
    assert_eq!(host.period.get(), Some(TICK_MS));
    assert_eq!(request(&filter, &host), (Action::Pause, Some(503)));
    host.answers_calls("200", &page("2", "approved"));
    filter.on_tick();
    filter.on_tick();
    filter.on_http_call_response(1, 2, 0, 0);
    assert_eq!(request(&filter, &host).0, Action::Continue);
}

#[test]
fn where_calls_go_by_host_and_port_another_target_refuses_every_request() {
    let document = pushed_config().replace("\"registry\"", "\"registry:99999\"");
    let host = nginx(&document, &[("authorization", &bearer("app-web"))]);
    let mut filter = Root::new(Rc::<Double>::clone(&host));
    assert!(filter.on_configure(0), "a refusal would kill the worker");
    filter.on_tick();
    assert_eq!((host.calls().len(), host.shared_values()), (0, 0));
    assert_eq!(request(&filter, &host), (Action::Pause, Some(503)));
    assert!(last(&host).contains("state.feed.upstream: expected host:port"), "{}", last(&host));
}

#[test]
fn where_roots_have_names_a_filter_does_not_publish() {
    let host = envoy(&pushed_config(), &[("authorization", &bearer("app-web"))]);
    let mut filter = Root::new(Rc::<Double>::clone(&host));
    assert!(filter.on_configure(0));
    filter.on_tick();
    assert_eq!((host.period.get(), host.shared_values()), (None, 0));
}

#[test]
fn a_publisher_lets_no_request_through() {
    let host = publishing(&pushed_config());
    let mut publisher = Root::new(Rc::<Double>::clone(&host));
    assert!(publisher.on_configure(0));
    assert_eq!(request(&publisher, &host), (Action::Pause, Some(503)));
}

#[test]
fn a_publisher_without_a_feed_is_refused() {
    for document in
        [config(""), pushed_config().replace(r#","feed":{"upstream":"registry"}"#, ""), "{".into()]
    {
        let host = publishing(&document);
        let mut publisher = Root::new(Rc::<Double>::clone(&host));
        assert!(!publisher.on_configure(0));
        assert_eq!(host.period.get(), None);
        publisher.on_tick();
        publisher.on_http_call_response(1, 0, 0, 0);
        assert_eq!((host.shared_values(), host.calls().len()), (0, 0));
    }
}

#[test]
fn trouble_is_in_the_log_and_no_answer_of_the_feed_or_engine_ends_in_a_panic() {
    let host = publishing(&pushed_config());
    let mut publisher = Root::new(Rc::<Double>::clone(&host));
    publisher.on_configure(0);
    publisher.on_tick();
    publisher.on_tick();
    publisher.on_http_call_response(1, 0, 0, 0);
    assert!(last(&host).contains("page snapshot.json: expected an answer, found none"), "{}", last(&host));
    for (status, body) in [("500", ""), ("200", "{"), ("two hundred", ""), ("", ""), ("99999", "x")] {
        host.now.set(host.now.get().map(|now| now + 1_000_000_000));
        publisher.on_tick();
        host.answers_calls(status, body);
        publisher.on_http_call_response(1, 2, 0, 0);
    }
    assert!(host.logged(Level::Error).iter().any(|line| line.contains("found 500")));
    assert!(host.logged(Level::Error).iter().any(|line| line.contains("is refused")));
    host.works.set(false);
    host.now.set(host.now.get().map(|now| now + 60_000_000_000));
    publisher.on_tick();
    assert!(last(&host).contains("expected shared data for the lease"), "{}", last(&host));
}

fn publishing(document: &str) -> Rc<Double> {
    let host = envoy(document, &[("authorization", &bearer("app-web"))]);
    host.has_property("plugin_root_id", Ok(b"claimgate_publisher".to_vec()));
    host
}

fn paths(host: &Double) -> Vec<String> {
    let path = |(name, value): &(Box<str>, Box<[u8]>)| {
        (&**name == ":path").then(|| String::from_utf8(value.to_vec()).unwrap())
    };
    host.calls().iter().flat_map(|call| call.headers.iter().find_map(path)).collect()
}

fn last(host: &Double) -> String {
    host.logged(Level::Error).pop().unwrap_or_default()
}

fn request(root: &Root, host: &Double) -> (Action, Option<u16>) {
    let answers = host.answers().len();
    let action = root.request(7).on_http_request_headers(0, true);
    (action, host.answers().get(answers).map(|answer| answer.status))
}
