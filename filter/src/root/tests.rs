use super::Root;
use crate::fixtures::{bearer, config, envoy, nginx};
use crate::host::double::Double;
use crate::host::{HostError, Level};
use proxy_wasm::traits::{HttpContext, RootContext};
use proxy_wasm::types::Action;
use std::rc::Rc;

fn root(host: &Rc<Double>) -> Root {
    Root::new(Rc::<Double>::clone(host))
}

/// What becomes of a request: the action, and the status if it was answered here.
fn request(root: &Root, host: &Double) -> (Action, Option<u16>) {
    let action = root.request(7).on_http_request_headers(0, true);
    (action, host.answers().last().map(|answer| answer.status))
}

const REFUSED: (Action, Option<u16>) = (Action::Pause, Some(503));

#[test]
fn before_it_is_configured_every_request_is_refused() {
    let host = envoy(&config(""), &[("authorization", &bearer("app-web"))]);
    assert_eq!(request(&root(&host), &host), REFUSED);
}

#[test]
fn a_good_config_is_accepted() {
    let host = envoy(&config(""), &[("authorization", &bearer("app-web"))]);
    let mut root = root(&host);
    assert!(root.on_configure(0));
    let said = "claimgate: configured; engine like Envoy, its signature code used for: none";
    assert_eq!(host.logged(Level::Info), [said]);
    assert!(host.logged(Level::Error).is_empty());
    assert_eq!(request(&root, &host), (Action::Continue, None));
}

#[test]
fn every_error_of_a_config_is_one_line_of_the_log() {
    let host = envoy(r#"{"version":2,"services":[],"unheard_of":1}"#, &[]);
    assert!(!root(&host).on_configure(0));
    let lines = host.logged(Level::Error);
    assert!(lines.len() >= 3, "{lines:?}");
    assert!(lines.iter().all(|line| line.starts_with("claimgate: config: ")), "{lines:?}");
}

#[test]
fn a_bad_config_stops_the_start_where_the_engine_can_bear_it() {
    for document in ["", "{}", "nonsense", &config(r#","engine":"nginx""#)] {
        let host = envoy(document, &[]);
        let mut root = root(&host);
        assert!(!root.on_configure(0), "{document}");
        assert_eq!(request(&root, &host), REFUSED);
    }
}

#[test]
fn a_bad_config_refuses_every_request_where_a_failed_start_would_kill_the_worker() {
    for document in ["", "{}", "nonsense", &config(r#","engine":"envoy""#)] {
        let host = nginx(document, &[("authorization", &bearer("app-web"))]);
        let mut root = root(&host);
        assert!(root.on_configure(0), "{document}");
        assert!(!host.logged(Level::Error).is_empty());
        assert_eq!(request(&root, &host), REFUSED);
    }
}

#[test]
fn a_config_for_another_engine_is_told_both_names() {
    let host = envoy(&config(r#","engine":"nginx""#), &[]);
    root(&host).on_configure(0);
    let lines = host.logged(Level::Error);
    assert!(lines.len() == 1 && lines[0].contains("found nginx on one that answers like envoy"), "{lines:?}");
}

#[test]
fn an_engine_without_a_config_is_told_so() {
    let host = envoy("", &[]);
    *host.config.borrow_mut() = Err(HostError::NotFound);
    assert!(!root(&host).on_configure(0));
    assert_eq!(
        host.logged(Level::Error),
        ["claimgate: config: expected a plugin config, found none: not found"]
    );
}

#[test]
fn a_refused_config_leaves_the_one_before_in_force() {
    let host = envoy(&config(""), &[("authorization", &bearer("app-web"))]);
    let mut root = root(&host);
    assert!(root.on_configure(0));
    *host.config.borrow_mut() = Ok(b"{}".to_vec());
    assert!(!root.on_configure(0));
    assert_eq!(request(&root, &host), (Action::Continue, None));
}

#[test]
fn a_request_ends_under_the_config_under_which_it_began() {
    let host = envoy(&config(""), &[("authorization", &bearer("app-web"))]);
    let mut root = root(&host);
    assert!(root.on_configure(0));
    let mut http = root.request(7);
    drop(root);
    assert_eq!(http.on_http_request_headers(0, true), Action::Continue);
}

#[test]
fn what_the_operator_should_know_of_a_config_is_a_warning() {
    let host = envoy(&config("").replacen(r#""keys":["#, r#""keys":[{"kty":"oct","k":"AAAA"},"#, 1), &[]);
    assert!(root(&host).on_configure(0), "{:?}", host.logged(Level::Error));
    assert_eq!(host.logged(Level::Warn).len(), 1);
}
