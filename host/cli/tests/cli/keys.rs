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

#[test]
fn makes_a_key_for_every_algorithm() {
    let directory = Directory::of("keys-algorithms");
    let pairs = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];
    for alg in pairs {
        assert_eq!(new_key(&directory, alg, alg, &[]).code, Some(0), "{alg}");
        let minted = claimgate(["token", "mint", "--key", &directory.path(&format!("{alg}.jwk"))]);
        let inspected =
            claimgate(["token", "inspect", "--jwks", &directory.path("jwks.json"), minted.stdout.trim()]);
        assert_eq!((minted.code, inspected.code), (Some(0), Some(0)), "{alg} {}", inspected.stderr);
    }
    assert_eq!(kids(&directory), pairs);
}

#[test]
fn a_secret_goes_into_no_jwks() {
    let directory = Directory::of("keys-secret");
    assert_eq!(new_key(&directory, "HS256", "a", &[]).code, Some(64));
    assert!(fs::metadata(directory.path("jwks.json")).is_err());
    assert!(fs::metadata(directory.path("a.jwk")).is_err());
    for alg in ["HS256", "HS384", "HS512"] {
        let private = directory.path(alg);
        let made = claimgate(["keys", "new", "--alg", alg, "--kid", alg, "--private", &private]);
        assert_eq!(made.code, Some(0), "{}", made.stderr);
        let jwk: Value = serde_json::from_slice(&fs::read(&private).unwrap()).unwrap();
        assert_eq!((&jwk["kty"], &jwk["alg"]), (&"oct".into(), &alg.into()));
        assert!(!made.stdout.contains(jwk["k"].as_str().unwrap()));
        assert_eq!(claimgate(["token", "mint", "--key", &private]).code, Some(0));
    }
}

#[test]
fn a_key_pair_needs_a_jwks() {
    let directory = Directory::of("keys-no-jwks");
    let private = directory.path("a.jwk");
    let refused = claimgate(["keys", "new", "--alg", "ES256", "--kid", "a", "--private", &private]);
    assert_eq!(refused.code, Some(64));
    assert!(refused.stderr.contains("--jwks"), "{}", refused.stderr);
}
