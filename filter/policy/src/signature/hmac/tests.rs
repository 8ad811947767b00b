use super::*;
use crate::jwt::Unverified;
use crate::signature::vectors::{HS256_SECRET, HS256_TOKEN, RFC_7515_HS256_SECRET, RFC_7515_HS256_TOKEN};
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jwt_compact::{Algorithm as _, AlgorithmSignature as _};

const TEXT: &[u8] = b"header.payload";

fn key(secret: &[u8]) -> HmacKey {
    HmacKey::new(SourceId::new("idp"), secret).expect("key")
}

/// What jwt-compact signs with the secret.
fn signed(algorithm: Algorithm, secret: &[u8]) -> Vec<u8> {
    match algorithm {
        Algorithm::Hs256 => Hs256.sign(&Hs256Key::new(secret), TEXT).as_bytes().into_owned(),
        Algorithm::Hs384 => Hs384.sign(&Hs384Key::new(secret), TEXT).as_bytes().into_owned(),
        _ => Hs512.sign(&Hs512Key::new(secret), TEXT).as_bytes().into_owned(),
    }
}

#[test]
fn verifies_the_tokens_of_rfc_7515_a_1_and_rfc_7520_4_4_and_no_other_signature() {
    for (secret, token) in [(RFC_7515_HS256_SECRET, RFC_7515_HS256_TOKEN), (HS256_SECRET, HS256_TOKEN)] {
        let key = key(&URL_SAFE_NO_PAD.decode(secret).expect("base64url"));
        let token = Unverified::parse(token.as_bytes()).expect("token");
        let verify = |text, signature: &[u8]| key.verify(Algorithm::Hs256, text, signature);
        assert!(verify(token.signing_input(), token.signature()));
        assert!(!verify(TEXT, token.signature()));
        for place in 0..token.signature().len() {
            let mut changed = token.signature().to_vec();
            changed[place] ^= 1;
            assert!(!verify(token.signing_input(), &changed), "byte {place}");
        }
    }
}

#[test]
fn verifies_with_the_algorithms_whose_hash_is_not_longer_than_the_secret() {
    let cases = [
        (32, "HS256"),
        (47, "HS256"),
        (48, "HS256, HS384"),
        (63, "HS256, HS384"),
        (64, "HS256, HS384, HS512"),
        (500, "HS256, HS384, HS512"),
    ];
    for (length, expected) in cases {
        let secret = [&[7; 250][..], &[7; 250]].concat();
        let (secret, key) = (&secret[..length], key(&secret[..length]));
        assert_eq!(key.algorithms().to_string(), expected);
        for algorithm in [Algorithm::Hs256, Algorithm::Hs384, Algorithm::Hs512] {
            let found = key.verify(algorithm, TEXT, &signed(algorithm, secret));
            assert_eq!(found, expected.contains(algorithm.name()), "{length} bytes, {algorithm}");
        }
    }
    assert!(HmacKey::new(SourceId::new("idp"), &[7; 31]).is_none());
}

#[test]
fn refuses_signatures_of_another_length_algorithm_or_secret() {
    let (key, signature) = (key(&[7; 64]), signed(Algorithm::Hs512, &[7; 64]));
    for length in 0..64 {
        for algorithm in [Algorithm::Hs256, Algorithm::Hs384, Algorithm::Hs512] {
            assert!(!key.verify(algorithm, TEXT, &signature[..length]), "{length} bytes, {algorithm}");
        }
    }
    assert!(!key.verify(Algorithm::Hs512, TEXT, &[&signature[..], &[0]].concat()));
    assert!(!key.verify(Algorithm::Hs512, TEXT, &signed(Algorithm::Hs512, &[8; 64])));
    for algorithm in Algorithm::ALL.into_iter().filter(|algorithm| !algorithm.is_symmetric()) {
        assert!(!key.verify(algorithm, TEXT, &signature), "{algorithm}");
    }
}

#[test]
fn shows_its_source_and_not_its_secret() {
    let printed = format!("{:?}", key(b"a secret of thirty-two bytes ...."));
    assert_eq!(printed, r#"HmacKey { source: SourceId("idp"), .. }"#);
}
