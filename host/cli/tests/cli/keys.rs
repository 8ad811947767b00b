//! `claimgate keys new`.

use crate::directory::Directory;
use crate::process::{Finished, claimgate};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

fn new_key(directory: &Directory, alg: &str, kid: &str, more: &[&str]) -> Finished {
    let (private, jwks) = (directory.path(&format!("{kid}.jwk")), directory.path("jwks.json"));
    let mut arguments =
        vec!["keys", "new", "--alg", alg, "--kid", kid, "--private", &private, "--jwks", &jwks];
    arguments.extend(more);
    claimgate(arguments)
}

fn kids(directory: &Directory) -> Vec<String> {
    let jwks: Value = serde_json::from_slice(&fs::read(directory.path("jwks.json")).unwrap()).unwrap();
    let keys = jwks["keys"].as_array().unwrap();
    keys.iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn only_the_owner_may_read_the_private_key() {
    let directory = Directory::of("keys-mode");
    assert_eq!(new_key(&directory, "RS256", "a", &[]).code, Some(0));
    let mode = fs::metadata(directory.path("a.jwk")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn adds_the_public_key_to_a_jwks_that_exists() {
    let directory = Directory::of("keys-add");
    assert_eq!(new_key(&directory, "RS256", "a", &[]).code, Some(0));
    assert_eq!(new_key(&directory, "ES256", "b", &[]).code, Some(0));
    assert_eq!(kids(&directory), ["a", "b"]);
    assert!(!fs::read_to_string(directory.path("jwks.json")).unwrap().contains("\"d\""));
}

#[test]
fn overwrites_only_with_force() {
    let directory = Directory::of("keys-force");
    assert_eq!(new_key(&directory, "ES256", "a", &[]).code, Some(0));
    let before = fs::read(directory.path("a.jwk")).unwrap();
    let refused = new_key(&directory, "ES256", "a", &[]);
    assert_eq!(refused.code, Some(64));
    assert!(refused.stderr.contains("--force"), "{}", refused.stderr);
    assert_eq!(fs::read(directory.path("a.jwk")).unwrap(), before);
    assert_eq!(new_key(&directory, "ES256", "a", &["--force"]).code, Some(0));
    assert_ne!(fs::read(directory.path("a.jwk")).unwrap(), before);
    assert_eq!(kids(&directory), ["a"]);
}

#[test]
fn leaves_a_private_file_alone_whose_name_is_taken() {
    let directory = Directory::of("keys-taken");
    let taken = directory.file("a.jwk", "mine");
    let refused = new_key(&directory, "ES256", "a", &[]);
    assert_eq!(refused.code, Some(64));
    assert_eq!(fs::read_to_string(taken).unwrap(), "mine");
    assert!(fs::metadata(directory.path("jwks.json")).is_err(), "no public key without its private one");
}

#[test]
fn refuses_a_jwks_that_is_none() {
    let directory = Directory::of("keys-none");
    directory.file("jwks.json", "{\"keys\": 1}");
    assert_eq!(new_key(&directory, "ES256", "a", &[]).code, Some(64));
    assert!(fs::metadata(directory.path("a.jwk")).is_err());
}
