//! `claimgate token mint`.

use crate::directory::Directory;
use crate::process::{Finished, claimgate};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use claimgate::mint::{Signer, SigningAlgorithm};
use serde_json::{Value, json};

fn mint(directory: &Directory, arguments: &[&str]) -> Finished {
    let signer = Signer::generate(SigningAlgorithm::Es256, "k1").unwrap();
    let key = directory.file("key.jwk", &signer.private_jwk().unwrap().to_string());
    claimgate(["token", "mint", "--key", &key].iter().chain(arguments))
}

fn parts(finished: &Finished) -> (Value, Value) {
    let part = |index| {
        let part = finished.stdout.trim().split('.').nth(index).unwrap();
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    };
    (part(0), part(1))
}

#[test]
fn makes_a_token_that_holds_for_an_hour() {
    let minted = mint(&Directory::of("mint-plain"), &["--claim", "sub=a"]);
    assert_eq!(minted.code, Some(0), "{}", minted.stderr);
    let (header, claims) = parts(&minted);
    assert_eq!(header, json!({"alg": "ES256", "kid": "k1", "typ": "JWT"}));
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3600);
    assert_eq!(claims["sub"], "a");
}

#[test]
fn later_claims_win_over_earlier_ones() {
    let directory = Directory::of("mint-order");
    let file = directory.file("claims.json", r#"{"sub":"file","aud":["x"],"exp":1}"#);
    let minted = mint(
        &directory,
        &["--claims", &format!("@{file}"), "--claim", "sub=7", "--claim", "n=\"7\"", "--without", "iat"],
    );
    assert_eq!(parts(&minted).1, json!({"sub": 7, "n": "7", "aud": ["x"], "exp": 1}));
    let minted = mint(
        &directory,
        &["--claims", r#"{"exp":1}"#, "--expires-in", "-60", "--not-before", "5", "--issued-at", "-90"],
    );
    let claims = parts(&minted).1;
    let time = |name: &str| claims[name].as_i64().unwrap();
    assert_eq!((time("exp") - time("iat"), time("nbf") - time("iat")), (30, 95));
}

#[test]
fn the_header_is_the_callers() {
    let directory = Directory::of("mint-header");
    let minted = mint(&directory, &["--kid", "k2", "--header", "alg=none", "--header", "crit=[\"x\"]"]);
    assert_eq!(parts(&minted).0, json!({"alg": "none", "kid": "k2", "typ": "JWT", "crit": ["x"]}));
}

#[test]
fn refuses_what_is_not_a_key_or_a_claim() {
    let directory = Directory::of("mint-refuse");
    let no_key = directory.file("no.jwk", "{\"kty\":\"oct\",\"k\":\"c2VjcmV0\"}");
    let refused = claimgate(["token", "mint", "--key", &no_key]);
    assert_eq!(refused.code, Some(64));
    assert!(!refused.stderr.contains("c2VjcmV0"), "{}", refused.stderr);
    for arguments in
        [["--claim", "novalue"], ["--claims", "[1]"], ["--claims", "@/nowhere"], ["--expires-in", "soon"]]
    {
        assert_eq!(mint(&directory, &arguments).code, Some(64), "{arguments:?}");
    }
}
