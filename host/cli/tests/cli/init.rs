//! `claimgate init`.

use crate::directory::Directory;
use crate::process::{claimgate, claimgate_given};
use claimgate::mint::{Signer, SigningAlgorithm};
use serde_json::json;

#[test]
fn what_is_printed_for_the_host_passes_the_check_without_a_warning() {
    let directory = Directory::of("init-check");
    std::fs::create_dir_all(directory.path("dist")).unwrap();
    directory.file("dist/claimgate.wasm", "\0asm");
    for provider in PROVIDERS {
        for upstream in ["http://127.0.0.1:9000/anything", "https://api.example"] {
            for callers in [&[][..], &["--client-credentials"], &["--login"]] {
                let arguments = ["init", provider, "--for", "host", "--upstream", upstream];
                let printed = claimgate(arguments.iter().chain(callers));
                assert_eq!((printed.code, &*printed.stderr), (Some(0), ""));
                let file = directory.file("gateway.yaml", &printed.stdout);
                let checked = claimgate_given(&SECRETS, "", ["check", &file]);
                assert_eq!((checked.code, &*checked.stderr), (Some(0), ""), "{provider}: {}", checked.stdout);
            }
        }
    }
}

#[test]
fn what_is_given_stands_in_the_config() {
    let directory = Directory::of("init-given");
    let key = Signer::generate(SigningAlgorithm::Es256, "k1").unwrap().public_jwk().unwrap();
    let jwks = directory.file("jwks.json", &json!({ "keys": [key] }).to_string());
    let arguments =
        ["--issuer", "https://idp.example/", "--audience", "orders", "--client-id", "c-1", "--jwks", &jwks];
    for target in ["host", "envoy", "kong"] {
        let printed = claimgate(["init", "auth0", "--for", target].iter().chain(&arguments)).stdout;
        for text in ["https://idp.example/", "orders", "c-1", "\"k1\""] {
            assert!(printed.contains(text), "{target}: {text} is not in {printed}");
        }
        assert!(!printed.contains("replace-"), "{target}: a placeholder is left in {printed}");
    }
}

#[test]
fn without_a_key_set_it_is_fetched_and_nothing_is_left_to_replace() {
    let arguments = ["--issuer", "https://idp.example/", "--audience", "orders", "--client-id", "c-1"];
    for target in ["host", "envoy", "kong"] {
        let printed = claimgate(["init", "auth0", "--for", target].iter().chain(&arguments)).stdout;
        assert!(!printed.contains("replace-") && !printed.contains("jwks\":"), "{target}: {printed}");
        assert!(printed.contains("claimgate doctor --issuer https://idp.example/"), "{target}: {printed}");
    }
}

#[test]
fn client_credentials_need_a_provider_that_is_asked_and_a_scope_needs_them() {
    let directory = Directory::of("init-credentials");
    let jwks = directory.file("jwks.json", r#"{"keys":[]}"#);
    for arguments in [&["--client-credentials", "--jwks", &jwks][..], &["--scope", "orders"]] {
        let refused = claimgate(["init", "okta", "--for", "host"].iter().chain(arguments));
        assert_eq!((refused.code, &*refused.stdout), (Some(64), ""), "{}", refused.stderr);
    }
    let arguments = ["init", "okta", "--for", "host", "--client-credentials", "--scope", "orders"];
    let printed = claimgate(arguments);
    assert!(printed.stdout.contains("scopes: [\"orders\"]"), "{}", printed.stdout);
}

#[test]
fn a_login_has_the_gateways_own_client_and_excludes_what_needs_none() {
    let login = ["init", "keycloak", "--for", "host", "--login"];
    let given = ["--client-id", "website", "--redirect-uri", "http://localhost:8000/callback"];
    let printed = claimgate(login.iter().chain(&given)).stdout;
    for member in [
        r#"client_id: ["website"]"#,
        r#"redirect_uri: ["http://localhost:8000/callback"]"#,
        r#"logout_redirect_uri: ["http://localhost:8000/"]"#,
        r#"custom_id: "website""#,
    ] {
        assert!(printed.contains(member), "{member} is not in {printed}");
    }
    for others in [&["--client-credentials"][..], &["--jwks", "jwks.json"]] {
        let refused = claimgate(login.iter().chain(others));
        assert_eq!((refused.code, &*refused.stdout), (Some(64), ""), "{}", refused.stderr);
    }
    let refused =
        claimgate(["init", "keycloak", "--for", "host", "--redirect-uri", "http://localhost:8000/"]);
    assert_eq!((refused.code, &*refused.stdout), (Some(64), ""), "{}", refused.stderr);
}

#[test]
fn without_its_secrets_a_printed_login_is_refused_with_what_is_missing() {
    let directory = Directory::of("init-secrets");
    std::fs::create_dir_all(directory.path("dist")).unwrap();
    directory.file("dist/claimgate.wasm", "\0asm");
    let file =
        directory.file("gateway.yaml", &claimgate(["init", "ping", "--for", "host", "--login"]).stdout);
    let absent = claimgate(["check", &file]);
    assert_eq!(absent.code, Some(1), "{}", absent.stderr);
    assert!(SECRETS.iter().all(|(name, _)| absent.stdout.contains(name)), "{}", absent.stdout);
    let short = claimgate_given(&[SECRETS[0], (SECRETS[1].0, "too-short")], "", ["check", &file]);
    assert_eq!(short.code, Some(1), "{}", short.stderr);
    assert!(short.stdout.contains("session_secret") && short.stdout.contains("32"), "{}", short.stdout);
}

#[test]
fn a_private_key_is_refused_and_not_shown() {
    let directory = Directory::of("init-private");
    let key = Signer::generate(SigningAlgorithm::Es256, "k1").unwrap().private_jwk().unwrap();
    let secret = key["d"].as_str().unwrap().to_owned();
    let jwks = directory.file("jwks.json", &json!({ "keys": [key] }).to_string());
    let refused = claimgate(["init", "okta", "--for", "host", "--jwks", &jwks]);
    assert_eq!((refused.code, &*refused.stdout), (Some(64), ""));
    assert!(refused.stderr.contains("private") && !refused.stderr.contains(&secret), "{}", refused.stderr);
}

#[test]
fn a_value_that_cannot_stand_in_a_config_is_bad_usage_and_named() {
    let directory = Directory::of("init-refused");
    let unusable = directory.file("unusable.json", r#"{"keys":[{"kty":"nosuch"}]}"#);
    let no_set = directory.file("no-set.json", "[]");
    let long = "x".repeat(600);
    let refused = [
        ("--issuer", "not a URL", "--issuer: expected"),
        ("--audience", " ", "--audience: expected"),
        ("--client-id", &*long, "--client-id: expected"),
        ("--jwks", &*unusable, "--jwks: expected at least one key"),
        ("--jwks", &*no_set, "no-set.json: expected"),
        ("--jwks", "/nowhere.json", "cannot read /nowhere.json"),
        ("--scope", "a\tb", "--scope: expected"),
        ("--redirect-uri", "/callback", "--redirect-uri: expected an absolute URL"),
        ("--redirect-uri", "https://shop.example/callback?a=b", "--redirect-uri: expected an absolute URL"),
        ("--upstream", "ftp://api.example", "'--upstream <URL>': expected"),
    ];
    for (option, value, message) in refused {
        let more = match option {
            "--scope" => &["--client-credentials"][..],
            "--redirect-uri" => &["--login"],
            _ => &[],
        };
        let refused = claimgate(["init", "ping", "--for", "kong", option, value].iter().chain(more));
        assert_eq!((refused.code, &*refused.stdout), (Some(64), ""), "{option} {value}");
        assert!(refused.stderr.contains(message), "{option} {value}: {}", refused.stderr);
    }
}

#[test]
fn a_key_that_cannot_be_used_is_a_warning_beside_one_that_can() {
    let directory = Directory::of("init-warning");
    let key = Signer::generate(SigningAlgorithm::Es256, "k1").unwrap().public_jwk().unwrap();
    let jwks =
        directory.file("jwks.json", &json!({ "keys": [key, { "kty": "nosuch", "kid": "k2" }] }).to_string());
    let printed = claimgate(["init", "okta", "--for", "host", "--jwks", &jwks]);
    assert_eq!(printed.code, Some(0), "{}", printed.stderr);
    assert!(printed.stderr.contains("k2"), "{}", printed.stderr);
}

/// What a printed login refers to.
const SECRETS: [(&str, &str); 2] = [
    ("CLAIMGATE_CLIENT_SECRET", "c4n4ry-client-secret"),
    ("CLAIMGATE_SESSION_SECRET", "c4n4ry-session-secret-of-many-bytes"),
];

const PROVIDERS: [&str; 5] = ["entra", "okta", "ping", "keycloak", "auth0"];
