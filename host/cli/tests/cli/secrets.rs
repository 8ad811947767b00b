//! Secrets that stand in variables and files, and what is shown of them: nothing.

use crate::directory::Directory;
use crate::http::get;
use crate::process::{Finished, Serving, claimgate, claimgate_given};
use crate::traces;
use claimgate::mint::{Signer, SigningAlgorithm, base64url};
use serde_json::{Value, json};
use std::fs;

/// A secret that no output may hold.
fn secret() -> String {
    let secret = traces::canary("a-secret-of-at-least-32-bytes");
    traces::hide(&secret);
    secret
}

fn document(client_secret: &str) -> Value {
    let key = Signer::generate(SigningAlgorithm::Es256, "k1").unwrap().public_jwk().unwrap();
    let config = json!({
        "issuer": "https://idp.example/", "enable_hs_signatures": true, "client_secret": [client_secret],
        "consumer_optional": true,
    });
    json!({
        "version": 1,
        "sources": [{"id": "idp", "issuer": "https://idp.example/", "jwks": {"keys": [key]}}],
        "services": [{"id": "s1", "name": "orders", "plugins": [{"name": "openid-connect", "config": config}]}],
    })
}

fn token(secret: &str) -> String {
    let jwk = json!({"kty": "oct", "k": base64url(secret.as_bytes())});
    let signer = Signer::from_jwk(jwk.to_string().as_bytes()).unwrap();
    let claims = json!({"iss": "https://idp.example/", "exp": 2000});
    let token = signer.sign(&signer.header(), claims.as_object().unwrap()).unwrap();
    token.split('.').skip(1).for_each(traces::hide);
    token
}

fn assert_silent(finished: &Finished, secret: &str) {
    assert!(!finished.stdout.contains(secret) && !finished.stderr.contains(secret), "{finished:?}");
}

#[test]
fn check_and_inspect_find_what_a_document_refers_to() {
    let (directory, secret) = (Directory::of("secrets-document"), secret());
    directory.file("client-secret", &format!("{secret}\n"));
    for reference in ["{vault://env/CLIENT_SECRET}", "{file:client-secret}"] {
        let file = directory.file("filter.json", &document(reference).to_string());
        let environment = [("CLIENT_SECRET", secret.as_str())];
        let checked = claimgate_given(&environment, "", ["check", "--effective", &file]);
        assert_eq!(checked.code, Some(0), "{checked:?}");
        assert_silent(&checked, &secret);
        let (right, wrong) = (token(&secret), token(&secret.replace("secret", "guess")));
        for (token, code) in [(right, 0), (wrong, 1)] {
            let arguments = ["token", "inspect", "--now", "1000", "--config", &file, &token];
            let inspected = claimgate_given(&environment, "", arguments);
            assert_eq!(inspected.code, Some(code), "{inspected:?}");
            assert_silent(&inspected, &secret);
        }
    }
}

#[test]
fn a_reference_that_leads_nowhere_is_an_error_with_its_place() {
    let directory = Directory::of("secrets-nowhere");
    for (reference, expected) in [
        (
            "{vault://env/CLAIMGATE_NO_SUCH}",
            "expected the environment variable CLAIMGATE_NO_SUCH, found none",
        ),
        ("{file:absent}", "expected a file that can be read, found "),
    ] {
        let file = directory.file("filter.json", &document(reference).to_string());
        let place = format!("services[0].plugins[0].config.client_secret[0]: {expected}");
        let checked = claimgate(["check", &file]);
        assert_eq!(checked.code, Some(1));
        assert!(checked.stdout.contains(&place), "{}", checked.stdout);
        let inspected = claimgate(["token", "inspect", "--config", &file, "a.b.c"]);
        assert_eq!(inspected.code, Some(64));
        assert!(inspected.stderr.contains(&place), "{}", inspected.stderr);
    }
}

#[test]
fn an_error_names_the_reference_where_the_value_is_wrong() {
    let (directory, secret) = (Directory::of("secrets-wrong"), secret());
    let mut document = document("{vault://env/CLIENT_SECRET}");
    document["services"][0]["plugins"][0]["config"]["leeway"] = json!("{vault://env/CLIENT_SECRET}");
    let filter = directory.file("filter.json", &document.to_string());
    directory.file("filter.wasm", "\0asm");
    let gateway = directory
        .file("gateway.yaml", "filters: [{name: gate, wasm: filter.wasm, configuration_file: filter.json}]");
    for file in [filter, gateway] {
        for more in [&[][..], &["--json"]] {
            let arguments = [&["check", &file], more].concat();
            let checked = claimgate_given(&[("CLIENT_SECRET", &secret)], "", arguments);
            assert_eq!(checked.code, Some(1), "{checked:?}");
            assert!(checked.stdout.contains("{vault://env/CLIENT_SECRET}"), "{}", checked.stdout);
            assert_silent(&checked, &secret);
        }
    }
}

#[test]
fn credentials_of_a_proxy_are_in_no_effective_config() {
    let (directory, secret) = (Directory::of("secrets-proxy"), secret());
    let url = format!("http://user:{secret}@proxy.example:3128");
    let file = directory
        .file("gateway.yaml", "egress: {https_proxy: '{vault://env/PROXY_URL}', no_proxy: [.internal]}");
    let checked = claimgate_given(&[("PROXY_URL", &url)], "", ["check", "--effective", "--json", &file]);
    assert_silent(&checked, &secret);
    let effective = &serde_json::from_str::<Value>(&checked.stdout).unwrap()["effective"]["egress"];
    assert_eq!(effective["https_proxy"], "http://proxy.example:3128");
    assert_eq!((&effective["origins"], &effective["no_proxy"]), (&json!("any"), &json!([".internal"])));
}

#[test]
fn a_watched_gateway_takes_a_secret_that_changes_without_a_restart() {
    let (directory, first, second) = (Directory::of("secrets-watch"), secret(), secret());
    fs::write(directory.path("show.wasm"), wat::parse_str(SHOWS).unwrap()).unwrap();
    directory.file("client-secret", &first);
    let file = directory.file(
        "gateway.yaml",
        "listen: [127.0.0.1:0]
filters: [{name: show, wasm: show.wasm, configuration: {secret: '{file:client-secret}'}}]
",
    );
    let mut running = Serving::start(["run", "--config", &file, "--watch"]);
    let address = running.address();
    assert_eq!(get(address, "/", &[]).json(), json!({"secret": first}));
    directory.file("client-secret", &format!("{second}-and-more"));
    running.line_with("reloaded");
    assert_eq!(get(address, "/", &[]).json(), json!({"secret": format!("{second}-and-more")}));
}

/// A filter that answers every request with what it is configured with.
const SHOWS: &str = r#"(module
  (import "env" "proxy_get_buffer_bytes" (func $buffer (param i32 i32 i32 i32 i32) (result i32)))
  (import "env" "proxy_send_local_response" (func $respond (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "proxy_abi_version_0_2_1"))
  (func (export "proxy_on_memory_allocate") (param i32) (result i32) (i32.const 1024))
  (func (export "proxy_on_context_create") (param i32 i32))
  (func (export "proxy_on_configure") (param i32 i32) (result i32)
    (i32.eqz (call $buffer (i32.const 7) (i32.const 0) (i32.const 60000) (i32.const 0) (i32.const 4))))
  (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
    (drop (call $respond (i32.const 200) (i32.const 0) (i32.const 0) (i32.load (i32.const 0)) (i32.load (i32.const 4))
      (i32.const 0) (i32.const 0) (i32.const -1)))
    (i32.const 1)))"#;
