use crate::fixtures::{bearer, envoy, fetching_config, jwks, metadata, nginx};
use crate::host::double::Double;
use crate::host::{HeaderMap, Level};
use crate::http::Http;
use crate::root::Root;
use claimgate_policy::headers::HeaderEdit;
use proxy_wasm::traits::{Context as _, HttpContext as _, RootContext as _};
use proxy_wasm::types::Action;
use std::rc::Rc;

/// An engine like Envoy, and a filter on it that asks its provider for keys.
fn scene() -> (Rc<Double>, Root) {
    let host = envoy(&fetching_config(), &[("authorization", &bearer("app-web"))]);
    let root = configured(&host);
    (host, root)
}

fn configured(host: &Rc<Double>) -> Root {
    let mut root = Root::new(Rc::<Double>::clone(host));
    assert!(root.on_configure(0), "{:?}", host.logged(Level::Error));
    root
}

/// A request in the context with this number, which is held.
fn held(root: &Root, context: u32) -> Http {
    let mut http = root.request(context);
    assert_eq!(http.on_http_request_headers(0, true), Action::Pause);
    http
}

fn paths(host: &Double) -> Vec<String> {
    host.calls()
        .iter()
        .map(|call| {
            let (_, path) = call.headers.iter().find(|(name, _)| &**name == ":path").unwrap();
            String::from_utf8(path.to_vec()).unwrap()
        })
        .collect()
}

fn statuses(host: &Double) -> Vec<u16> {
    host.answers().iter().map(|answer| answer.status).collect()
}

#[test]
fn a_request_is_held_while_keys_are_fetched_and_goes_on_with_its_edits() {
    let (host, root) = scene();
    let mut http = held(&root, 7);
    host.answers_calls("200", metadata());
    http.on_http_call_response(1, 2, 0, 0);
    assert!(host.resumed.borrow().is_empty());
    host.answers_calls("200", &jwks());
    http.on_http_call_response(2, 2, 0, 0);
    assert_eq!(paths(&host), ["/.well-known/openid-configuration", "/keys"]);
    assert_eq!(*host.resumed.borrow(), [7]);
    assert_eq!(http.on_http_request_body(1, true), Action::Continue);
    assert!(host.answers().is_empty());
    let permitted = "claimgate.requests.service.orders.outcome.permitted.reason.none";
    assert_eq!(host.counters(), [(permitted.into(), 1)]);
}

#[test]
fn while_it_is_held_nothing_lets_it_go() {
    let (_, root) = scene();
    let mut http = held(&root, 7);
    assert_eq!(http.on_http_request_body(1, false), Action::Pause);
    assert_eq!(http.on_http_request_body(1, true), Action::Pause);
    assert_eq!(http.on_http_request_trailers(0), Action::Pause);
}

#[test]
fn a_provider_that_does_not_answer_is_503_with_the_time_to_come_again() {
    let (host, root) = scene();
    let mut http = held(&root, 7);
    http.on_http_call_response(1, 0, 0, 0);
    let answers = host.answers();
    assert_eq!(statuses(&host), [503]);
    assert!(answers[0].headers.contains(&("retry-after".into(), "5".into())), "{answers:?}");
    assert!(host.resumed.borrow().is_empty());
    assert_eq!(http.on_http_request_body(1, true), Action::Pause);
    http.on_log();
    let lines = host.logged(Level::Info);
    assert!(lines.iter().any(|line| line.contains(r#""reason":"ProviderUnavailable""#)), "{lines:?}");
}

#[test]
fn a_call_that_the_engine_does_not_make_is_503_at_once() {
    let (host, root) = scene();
    host.works.set(false);
    assert_eq!(root.request(7).on_http_request_headers(0, true), Action::Pause);
    assert_eq!(statuses(&host), [503]);
    assert!(host.logged(Level::Warn).iter().any(|line| line.contains("made no call to idp")));
}

/// A service that only reports forwards what it cannot decide.
fn reporting_config() -> String {
    fetching_config()
        .replace(r#""name":"orders","routes""#, r#""name":"orders","enforcement":"report","routes""#)
}

#[test]
fn a_request_that_was_not_held_in_the_end_goes_on_by_its_own_callback_alone() {
    let host = envoy(&reporting_config(), &[("authorization", &bearer("app-web"))]);
    let root = configured(&host);
    host.works.set(false);
    assert_eq!(root.request(7).on_http_request_headers(0, true), Action::Continue);
    assert!(host.resumed.borrow().is_empty(), "the engine would let it go twice");

    let host = envoy(&reporting_config(), &[("authorization", &bearer("app-web"))]);
    let mut http = held(&configured(&host), 8);
    http.on_http_call_response(1, 0, 0, 0);
    assert_eq!(*host.resumed.borrow(), [8]);
}

#[test]
fn an_answer_without_a_status_is_none() {
    let (host, root) = scene();
    let mut http = held(&root, 7);
    host.answers_calls("ok", metadata());
    http.on_http_call_response(1, 2, 0, 0);
    assert_eq!(statuses(&host), [503]);
}

#[test]
fn others_wait_for_the_same_fetch_and_are_let_go_in_their_own_contexts() {
    let (host, root) = scene();
    let mut first = held(&root, 7);
    let mut others: Vec<Http> = (8..11).map(|context| held(&root, context)).collect();
    assert_eq!(host.calls().len(), 1, "one call for all");
    host.answers_calls("200", metadata());
    first.on_http_call_response(1, 2, 0, 0);
    host.answers_calls("200", &jwks());
    first.on_http_call_response(2, 2, 0, 0);
    assert_eq!(*host.resumed.borrow(), [7, 8, 9, 10]);
    for http in &mut others {
        assert_eq!(http.on_http_request_body(1, true), Action::Continue);
    }
}

#[test]
fn when_the_one_that_fetches_is_gone_another_takes_over_at_the_next_tick() {
    let (host, mut root) = scene();
    let first = held(&root, 7);
    let _second = held(&root, 8);
    drop(first);
    assert_eq!(host.calls().len(), 1);
    host.active.set(0);
    root.on_tick();
    let tick = host.calls().len();
    assert!(tick > 1, "somebody calls again");
    for call in 2..=4 {
        let answer = if paths(&host)[call - 1] == "/keys" { jwks() } else { metadata().to_owned() };
        host.answers_calls("200", &answer);
        root.on_http_call_response(u32::try_from(call).unwrap(), 2, 0, 0);
        if host.calls().len() == call {
            break;
        }
    }
    root.on_tick();
    assert_eq!(*host.resumed.borrow(), [8]);
}

#[test]
fn an_answer_for_a_request_that_is_gone_is_nobody_s() {
    let (host, mut root) = scene();
    drop(held(&root, 7));
    root.on_http_call_response(1, 0, 0, 0);
    assert!(host.answers().is_empty() && host.resumed.borrow().is_empty());
}

#[test]
fn the_timer_has_keys_fetched_before_the_first_request() {
    let (host, mut root) = scene();
    assert!(host.period.get().is_some());
    root.on_tick();
    host.answers_calls("200", metadata());
    root.on_http_call_response(1, 2, 0, 0);
    host.answers_calls("200", &jwks());
    root.on_http_call_response(2, 2, 0, 0);
    assert_eq!(root.request(7).on_http_request_headers(0, true), Action::Continue);
    root.on_tick();
    assert_eq!(host.calls().len(), 2, "and not again before it is time");
    let said = "claimgate: source idp.example: 1 keys";
    assert!(host.logged(Level::Info).contains(&said.to_owned()), "{:?}", host.logged(Level::Info));
}

#[test]
fn requests_that_wait_for_the_timer_s_fetch_are_let_go_by_it() {
    let (host, mut root) = scene();
    root.on_tick();
    let mut http = held(&root, 7);
    assert_eq!(host.calls().len(), 1);
    host.answers_calls("200", metadata());
    root.on_http_call_response(1, 2, 0, 0);
    host.answers_calls("200", &jwks());
    root.on_http_call_response(2, 2, 0, 0);
    assert_eq!(*host.resumed.borrow(), [7]);
    assert_eq!(http.on_http_request_body(1, true), Action::Continue);
}

/// Kong's engine lets a request go whose guest is lost while it is held.
#[test]
fn where_a_held_request_might_get_away_it_is_unusable_meanwhile() {
    let field = bearer("app-web");
    let host = nginx(&fetching_config(), &[("authorization", &field), ("cookie", "a=1")]);
    let root = configured(&host);
    let mut http = held(&root, 7);
    let set = |name: &'static str, value: &str| {
        (HeaderMap::Request, HeaderEdit::Set(name.into(), value.as_bytes().into()))
    };
    let poison = [set(":method", "GATE CLOSED"), set("authorization", ""), set("cookie", "")];
    assert_eq!(host.edits(), poison);
    assert_eq!(&*host.calls()[0].target, "idp.example:443");
    host.answers_calls("200", metadata());
    http.on_http_call_response(1, 2, 0, 0);
    assert_eq!(host.edits(), poison, "once is enough");
    host.answers_calls("200", &jwks());
    http.on_http_call_response(2, 2, 0, 0);
    let undone = [set(":method", "GET"), set("authorization", &field), set("cookie", "a=1")];
    assert_eq!(host.edits()[3..6], undone);
}

#[test]
fn a_request_that_cannot_be_made_unusable_is_refused_instead_of_held() {
    let host = nginx(&fetching_config(), &[("authorization", &bearer("app-web"))]);
    let root = configured(&host);
    host.edits_work_until.set(0);
    assert_eq!(root.request(7).on_http_request_headers(0, true), Action::Pause);
    assert_eq!(statuses(&host), [500]);
    assert!(host.calls().is_empty());
}

#[test]
fn an_origin_without_a_cluster_is_a_config_error_where_clusters_alone_can_be_called() {
    let document = fetching_config().replace("https://idp.example\"", "https://other.example\"");
    let host = envoy(&document, &[]);
    assert!(!Root::new(Rc::<Double>::clone(&host)).on_configure(0));
    let lines = host.logged(Level::Error);
    assert!(lines[0].contains("origins: expected an upstream for https://idp.example"), "{lines:?}");
}
