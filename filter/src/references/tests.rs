use crate::fixtures::{config, envoy, nginx};
use crate::host::double::Double;
use crate::host::{HostError, Level};
use crate::root::Root;
use crate::traces;
use proxy_wasm::traits::RootContext as _;
use std::rc::Rc;

/// A config whose secret, for HS256, is this text.
fn document(secret: &str) -> String {
    let more = format!(r#""enable_hs_signatures":true,"client_secret":["{secret}"],"consumer_claim""#);
    config("").replacen(r#""consumer_claim""#, &more, 1)
}

fn has(host: &Double, name: &str, value: &str) {
    host.variables.borrow_mut().insert(name.to_owned(), Ok(value.to_owned()));
}

fn configured(host: &Rc<Double>) -> bool {
    Root::new(Rc::<Double>::clone(host)).on_configure(0)
}

fn secret() -> String {
    let secret = traces::canary("a-secret-of-at-least-32-bytes");
    traces::hide(&secret);
    secret
}

#[test]
fn a_secret_may_stand_in_a_variable_that_the_engine_gives_to_the_filter() {
    for name in ["{vault://env/CLIENT_SECRET}", "{vault://env/client-secret}"] {
        let host = envoy(&document(name), &[]);
        has(&host, "CLIENT_SECRET", &secret());
        assert!(configured(&host), "{:?}", host.logged(Level::Error));
    }
}

#[test]
fn a_reference_that_leads_nowhere_is_an_error_with_its_place_and_what_to_do() {
    let place = "services[0].plugins[0].config.client_secret[0]";
    for (reference, expected) in [
        (
            "{vault://env/ABSENT}",
            "the environment variable ABSENT, found none in the filter's environment; on Envoy name it",
        ),
        ("{vault://env/EMPTY}", "a value in the environment variable EMPTY, found an empty one"),
        ("{vault://env/BYTES}", "the environment variable BYTES to be UTF-8, found other bytes"),
        ("{vault://aws/a}", "{vault://env/NAME}, found \"{vault://aws/a}\""),
        (
            "{file:secret}",
            "{vault://env/NAME}, found \"{file:secret}\"; only the gateway that comes with Claimgate reads",
        ),
    ] {
        for (host, accepts) in
            [(envoy(&document(reference), &[]), false), (nginx(&document(reference), &[]), true)]
        {
            has(&host, "EMPTY", "");
            host.variables.borrow_mut().insert("BYTES".to_owned(), Err(HostError::ParseFailure));
            assert_eq!(configured(&host), accepts);
            let lines = host.logged(Level::Error);
            let expected = format!("claimgate: config: {place}: expected {expected}");
            assert!(lines.len() == 1 && lines[0].starts_with(&expected), "{lines:?}");
        }
    }
}

#[test]
fn members_that_occur_twice_are_refused_as_ever() {
    let twice = document("{vault://env/CLIENT_SECRET}").replacen(
        r#""client_secret""#,
        r#""client_secret":["{vault://env/CLIENT_SECRET}"],"client_secret""#,
        1,
    );
    let host = envoy(&twice, &[]);
    has(&host, "CLIENT_SECRET", &secret());
    assert!(!configured(&host));
    let lines = host.logged(Level::Error);
    assert!(lines.iter().any(|line| line.contains("strict JSON")), "{lines:?}");
}

#[test]
fn what_is_said_of_a_config_shows_references_and_no_values() {
    let reference = "{vault://env/CLIENT_SECRET}";
    let wrong = document(reference).replacen(
        r#""consumer_by""#,
        &format!(r#""leeway":"{reference}","consumer_by""#),
        1,
    );
    let host = envoy(&wrong, &[]);
    let secret = secret();
    has(&host, "CLIENT_SECRET", &secret);
    assert!(!configured(&host));
    let lines = host.logged(Level::Error);
    assert!(lines.iter().any(|line| line.contains("leeway") && line.contains(reference)), "{lines:?}");
    assert!(lines.iter().all(|line| !line.contains(&secret)), "{lines:?}");
}
