//! `claimgate check`.

use crate::directory::Directory;
use crate::process::claimgate;
use claimgate::mint::{Signer, SigningAlgorithm};
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

fn filter_document(leeway: Value) -> Value {
    let key = Signer::generate(SigningAlgorithm::Es256, "k1").unwrap().public_jwk().unwrap();
    json!({
        "version": 1,
        "sources": [{"id": "idp", "issuer": "https://idp.example/", "jwks": {"keys": [key, {"kty": "oct", "kid": "k2"}]}}],
        "services": [{"id": "s1", "name": "orders", "plugins": [
            {"name": "openid-connect", "config": {"issuer": "https://idp.example/", "leeway": leeway}}]}],
    })
}

/// A gateway's file whose one filter has this document; a module is named and need not be one.
fn gateway(directory: &Directory, document: &Value) -> String {
    directory.file("filter.wasm", "\0asm");
    directory.file("filter.json", &document.to_string());
    directory.file(
        "gateway.yaml",
        "listen: [127.0.0.1:0]
services:
  - name: orders
    url: http://127.0.0.1:9/base
    routes: [{name: all, paths: [/]}]
filters:
  - {name: gate, wasm: filter.wasm, configuration_file: filter.json}
",
    )
}

#[test]
fn a_good_document_is_ok_and_may_have_warnings() {
    let directory = Directory::of("check-ok");
    let file = directory.file("filter.json", &filter_document(json!(5)).to_string());
    let checked = claimgate(["check", &file]);
    assert_eq!(checked.code, Some(0), "{checked:?}");
    assert!(checked.stderr.contains("warning: sources[0].jwks"), "{}", checked.stderr);
    assert_eq!(checked.stdout, format!("{file}: ok\n"));
}

#[test]
fn every_error_is_listed_with_its_place() {
    let directory = Directory::of("check-errors");
    let mut document = filter_document(json!("soon"));
    document["nosuch"] = json!(1);
    let file = directory.file("filter.json", &document.to_string());
    let checked = claimgate(["check", &file]);
    assert_eq!(checked.code, Some(1));
    for place in ["nosuch", "services[0].plugins[0].config.leeway", "2 errors"] {
        assert!(checked.stdout.contains(place), "{place} is not in {}", checked.stdout);
    }
    let json: Value = serde_json::from_str(&claimgate(["check", "--json", &file]).stdout).unwrap();
    assert_eq!((&json["ok"], json["errors"].as_array().unwrap().len()), (&json!(false), 2));
}

#[test]
fn a_filter_document_is_checked_inside_of_a_gateways_file() {
    let directory = Directory::of("check-inside");
    let file = gateway(&directory, &filter_document(json!("soon")));
    let checked = claimgate(["check", &file]);
    assert_eq!(checked.code, Some(1), "{checked:?}");
    assert!(
        checked.stdout.contains("filter gate: services[0].plugins[0].config.leeway"),
        "{}",
        checked.stdout
    );
    assert_eq!(claimgate(["check", &gateway(&directory, &filter_document(json!(5)))]).code, Some(0));
}

#[test]
fn a_gateways_errors_are_listed() {
    let directory = Directory::of("check-gateway");
    let file = directory.file("gateway.yaml", "listen: [nowhere]\nnosuch: 1\n");
    let checked = claimgate(["check", &file]);
    assert_eq!(checked.code, Some(1));
    for place in ["listen[0]", "nosuch"] {
        assert!(checked.stdout.contains(place), "{place} is not in {}", checked.stdout);
    }
}

#[test]
fn the_effective_config_has_every_default() {
    let directory = Directory::of("check-effective");
    let file = gateway(&directory, &filter_document(json!(5)));
    let checked = claimgate(["check", "--json", "--effective", &file]);
    let effective = &serde_json::from_str::<Value>(&checked.stdout).unwrap()["effective"];
    assert_eq!(effective["services"][0]["url"], "http://127.0.0.1:9/base");
    assert_eq!(effective["services"][0]["routes"][0]["strip_path"], true);
    assert_eq!(effective["limits"]["idle_timeout"], 60_000);
    assert!(effective["filters"][0]["configuration"].to_string().contains("\"leeway\":5"), "{effective}");
}

#[test]
fn an_effective_document_is_json_by_itself() {
    let directory = Directory::of("check-text");
    let file = directory.file("filter.json", &filter_document(json!(5)).to_string());
    let checked = claimgate(["check", "--effective", &file]);
    assert!(serde_json::from_str::<Value>(&checked.stdout).unwrap().is_object(), "{}", checked.stdout);
}

#[test]
fn a_file_that_cannot_be_read_is_bad_usage() {
    assert_eq!(claimgate(["check", "/nowhere.yaml"]).code, Some(64));
}

#[test]
fn a_secret_that_runs_out_soon_is_a_warning_that_names_the_client_and_the_days() {
    let directory = Directory::of("check-expiry");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let config = json!({
        "issuer": "https://idp.example/", "client_id": ["billing", "portal"], "client_secret": ["s1", "s2"],
        "client_secret_expires_at": [now + 12 * 86_400 + 3_600, now + 400 * 86_400],
    });
    let plugins = json!([{ "name": "openid-connect", "config": config }]);
    let document =
        json!({ "version": 1, "realm": "r", "services": [{ "name": "orders", "plugins": plugins }] });
    let file = directory.file("filter.json", &document.to_string());
    let checked = claimgate(["check", &file]);
    assert_eq!(checked.code, Some(0), "{checked:?}");
    let said: Vec<&str> =
        checked.stderr.lines().filter(|line| line.contains("client_secret_expires_at")).collect();
    let expected = "warning: client_secret_expires_at: the secret of client \"billing\" at source idp.example runs out in \
                    12 days";
    assert!(said.len() == 1 && said[0].contains(expected), "{}", checked.stderr);
}
