use super::*;
use crate::jwt::Unverified;
use crate::keys::KeySet;
use crate::signature::vectors::{EC_JWK, EC_TOKEN, RSA_JWK, RSA_TOKEN, jwks};
use crate::verified;
use alloc::format;

fn keys(document: &str) -> KeySet {
    KeySet::from_jwks(document.as_bytes()).expect(document).0
}

fn proof(token: &str, source: &SourceId) -> Verified {
    let token = Unverified::parse(token.as_bytes()).expect("token");
    verified::verify(&token, source, &keys(&jwks()), None).expect("proof")
}

fn cache(capacity: usize) -> TokenCache {
    TokenCache::new([7; 16], capacity)
}

#[test]
fn gives_back_the_proof_of_the_very_token_and_source() {
    let (cache, idp, other) = (cache(1 << 20), SourceId::new("idp"), SourceId::new("idp2"));
    let (all, token) = (keys(&jwks()), EC_TOKEN.as_bytes());
    assert!(cache.is_empty() && cache.get(&idp, &all, token).is_none());
    cache.put(token, &proof(EC_TOKEN, &idp));
    let found = cache.get(&idp, &all, token).expect("hit");
    assert_eq!(found.claims(), proof(EC_TOKEN, &idp).claims());
    assert!(cache.get(&other, &all, token).is_none(), "another source");
    assert!(cache.get(&idp, &all, &token[..token.len() - 1]).is_none(), "another token");
    assert!(cache.get(&idp, &all, RSA_TOKEN.as_bytes()).is_none());
    assert!(cache.len() == 1 && cache.bytes() > token.len());
}

#[test]
fn forgets_a_token_when_its_key_leaves_and_keeps_it_when_the_same_key_comes_again() {
    let (cache, idp) = (cache(1 << 20), SourceId::new("idp"));
    cache.put(EC_TOKEN.as_bytes(), &proof(EC_TOKEN, &idp));
    let same_key = format!(r#"{{"keys":[{}]}}"#, EC_JWK.replacen('{', r#"{"kid":"new","#, 1));
    let cases = [
        (jwks(), true),
        (same_key, true),
        (format!(r#"{{"keys":[{RSA_JWK}]}}"#), false),
        (format!(r#"{{"keys":[{}]}}"#, EC_JWK.replacen('{', r#"{"use":"enc","#, 1)), false),
        (r#"{"keys":[]}"#.into(), false),
    ];
    for (document, expected) in cases {
        let found = cache.get(&idp, &keys(&document), EC_TOKEN.as_bytes());
        assert_eq!(found.is_some(), expected, "{document}");
    }
}

#[test]
fn compares_the_bytes_where_two_tokens_would_share_a_key() {
    let (cache, idp) = (cache(1 << 20), SourceId::new("idp"));
    let entry = Entry { token: RSA_TOKEN.as_bytes().into(), verified: proof(RSA_TOKEN, &idp) };
    let key = cache.key(&idp, EC_TOKEN.as_bytes());
    cache.state.borrow_mut().insert(key, entry, 100);
    assert!(cache.get(&idp, &keys(&jwks()), EC_TOKEN.as_bytes()).is_none());
}

#[test]
fn separates_source_and_token_and_seeds() {
    let (one, other) = (cache(1 << 20), TokenCache::new([8; 16], 1 << 20));
    let key = |source: &str, token: &[u8]| one.key(&SourceId::new(source), token);
    assert_ne!(key("ab", b"c"), key("a", b"bc"));
    assert_ne!(key("a", b"c"), other.key(&SourceId::new("a"), b"c"));
}

#[test]
fn stays_within_its_bytes_and_keeps_a_used_token_through_a_flood() {
    let (cache, idp, all) = (cache(64 * 1024), SourceId::new("idp"), keys(&jwks()));
    let verified = proof(EC_TOKEN, &idp);
    let used = EC_TOKEN.as_bytes();
    cache.put(used, &verified);
    for number in 0..5_000 {
        assert!(cache.get(&idp, &all, used).is_some(), "after {number}");
        cache.put(format!("{EC_TOKEN}{number}").as_bytes(), &verified);
        assert!(cache.bytes() <= 64 * 1024);
    }
    assert!(cache.len() > 20);
}

#[test]
fn does_not_keep_what_takes_too_large_a_share() {
    let (cache, idp) = (cache(4 * 1024), SourceId::new("idp"));
    cache.put(RSA_TOKEN.as_bytes(), &proof(RSA_TOKEN, &idp));
    assert!(cache.is_empty());
}

#[test]
fn finds_nothing_instead_of_failing_when_it_is_called_from_within() {
    let (cache, idp, all) = (cache(1 << 20), SourceId::new("idp"), keys(&jwks()));
    cache.put(EC_TOKEN.as_bytes(), &proof(EC_TOKEN, &idp));
    let outer = cache.state.borrow_mut();
    cache.put(RSA_TOKEN.as_bytes(), &proof(RSA_TOKEN, &idp));
    assert!(cache.get(&idp, &all, EC_TOKEN.as_bytes()).is_none() && cache.is_empty());
    drop(outer);
    assert_eq!(cache.len(), 1);
}

#[test]
fn shows_no_token_when_it_is_printed() {
    let (cache, idp) = (cache(1 << 20), SourceId::new("idp"));
    cache.put(EC_TOKEN.as_bytes(), &proof(EC_TOKEN, &idp));
    assert!(format!("{cache:?}").starts_with("TokenCache { len: 1, bytes: "));
}
