//! `claimgate idp`.

use crate::directory::Directory;
use crate::http::{get, send};
use crate::process::{Serving, claimgate};

const FORM: [&str; 1] = ["Content-Type: application/x-www-form-urlencoded"];

#[test]
fn serves_tokens_and_says_that_it_is_not_for_production() {
    let mut idp = Serving::start(["idp", "--listen", "127.0.0.1:0"]);
    idp.line_with("never for production");
    let address = idp.address();
    let form = b"grant_type=client_credentials&client_id=billing&client_secret=billing-secret";
    let tokens = send(address, "POST", "/shop/token", &FORM, form).json();
    assert_eq!(tokens["token_type"], "Bearer");
    let document = get(address, "/shop/.well-known/openid-configuration", &[]).json();
    assert_eq!(document["issuer"], format!("http://{address}/shop"));
    idp.signal("TERM");
    assert_eq!(idp.wait(), Some(0));
}

#[test]
fn logs_paths_and_no_secret() {
    let mut idp = Serving::start(["idp", "--listen", "127.0.0.1:0"]);
    let address = idp.address();
    send(
        address,
        "POST",
        "/shop/token?client_secret=c4n4ry-query",
        &FORM,
        b"client_id=a&client_secret=c4n4ry-form",
    );
    let line = idp.line_with("/shop/token");
    assert!(line.ends_with("POST /shop/token 401"), "{line}");
}

#[test]
fn an_address_that_others_can_reach_wants_an_option() {
    let refused = claimgate(["idp", "--listen", "0.0.0.0:0"]);
    assert_eq!(refused.code, Some(64));
    assert!(refused.stderr.contains("--allow-remote"), "{}", refused.stderr);
    let mut idp = Serving::start(["idp", "--listen", "0.0.0.0:0", "--allow-remote"]);
    idp.line_with("listening on http://0.0.0.0:");
}

#[test]
fn clients_may_reach_it_by_another_address() {
    let mut idp = Serving::start(["idp", "--listen", "127.0.0.1:0", "--base-url", "http://idp.test:9090"]);
    idp.line_with("listening on http://idp.test:9090");
}

#[test]
fn the_config_that_it_prints_is_one_that_it_takes() {
    let printed = claimgate(["idp", "--print-config"]);
    assert_eq!(printed.code, Some(0));
    let directory = Directory::of("the_config_that_it_prints_is_one_that_it_takes");
    let file = directory.file("idp.yaml", &printed.stdout);
    let again = claimgate(["idp", "--config", &file, "--print-config"]);
    assert_eq!((again.code, again.stdout), (Some(0), printed.stdout));
}

#[test]
fn every_mistake_of_a_config_is_named() {
    let directory = Directory::of("every_mistake_of_a_config_is_named");
    let file = directory.file("idp.yaml", "realms: [{ name: a b, shape: plain }, { name: c, shape: ping }]");
    let refused = claimgate(["idp", "--config", &file]);
    assert_eq!(refused.code, Some(64));
    for place in [&file, "realms[0].name: expected", "realms[0].apis: expected", "realms[1].id: expected"] {
        assert!(refused.stderr.contains(place), "{place}: {}", refused.stderr);
    }
}
