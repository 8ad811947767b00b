use super::{SigningKey, SigningKeyProblem};
use crate::json::{Limits, Value};
use crate::keys::KeyProblem;
use crate::signature::Algorithm;
use crate::signature::vectors::{
    EC_JWK, EC_PRIVATE, ED25519_JWK, ED25519_PRIVATE, ED25519_TOKEN, P521_JWK, RSA_JWK, RSA_PRIVATE, with,
};
use alloc::format;
use alloc::string::ToString;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

fn read(jwk: &str, wanted: Option<Algorithm>) -> Result<SigningKey, SigningKeyProblem> {
    SigningKey::from_jwk(&Value::parse(jwk.as_bytes(), &Limits::CONFIG).expect("json"), wanted)
}

#[test]
fn the_private_keys_of_rfc_7515_and_rfc_8037_are_read_with_what_names_them() {
    let names = r#""kid":"k","x5t":"4pNenEBLv0JpLIdugWxQkOsZcK0","x5t#S256":"pJBPtcjH5s2J4GN0lJPxx4SWUmHmjkdMN0cOgZLBhtA","key_ops":["sign"],"alg":null"#;
    for (jwk, private, algorithm) in [
        (RSA_JWK, RSA_PRIVATE, Algorithm::Rs256),
        (EC_JWK, EC_PRIVATE, Algorithm::Es256),
        (ED25519_JWK, ED25519_PRIVATE, Algorithm::EdDsa),
    ] {
        let key = read(&with(&with(jwk, private), names), None).expect(jwk);
        assert_eq!((key.algorithm(), key.kid()), (algorithm, Some("k")));
        assert_eq!(key.x5t(), Some("4pNenEBLv0JpLIdugWxQkOsZcK0"));
        assert_eq!(key.x5t_s256(), Some("pJBPtcjH5s2J4GN0lJPxx4SWUmHmjkdMN0cOgZLBhtA"));
        assert_eq!(key.needs_native_signer(), algorithm == Algorithm::Rs256);
        let debug = format!("{key:?}");
        let secret = private.split('"').nth(3).expect("d");
        assert!(!debug.contains(secret) && debug.contains("PrivateKey"), "{debug}");
    }
}

#[test]
fn ed25519_signs_what_rfc_8037_a_4_says() {
    let key = read(&with(ED25519_JWK, ED25519_PRIVATE), None).expect("key");
    let (text, signature) = ED25519_TOKEN.rsplit_once('.').expect("token");
    assert_eq!(key.sign(text.as_bytes(), None), Ok(URL_SAFE_NO_PAD.decode(signature).expect("base64url")));
}

#[test]
fn an_algorithm_is_the_one_that_is_asked_for_if_the_key_can() {
    let rsa = with(RSA_JWK, RSA_PRIVATE);
    for algorithm in [Algorithm::Rs256, Algorithm::Rs384, Algorithm::Rs512] {
        assert_eq!(read(&rsa, Some(algorithm)).map(|key| key.algorithm()), Ok(algorithm));
        let named = with(&rsa, &format!(r#""alg":"{algorithm}""#));
        assert_eq!(read(&named, None).map(|key| key.algorithm()), Ok(algorithm));
    }
    let ec = with(EC_JWK, EC_PRIVATE);
    for (jwk, wanted) in [
        (rsa.clone(), Some(Algorithm::Ps256)),
        (rsa.clone(), Some(Algorithm::Es256)),
        (with(&rsa, r#""alg":"PS256""#), None),
        (with(&rsa, r#""alg":"RS256""#), Some(Algorithm::Rs512)),
        (with(&ec, r#""alg":"ES384""#), None),
        (ec, Some(Algorithm::Hs256)),
    ] {
        let problem = read(&jwk, wanted).err();
        assert!(matches!(problem, Some(SigningKeyProblem::Algorithm { .. })), "{wanted:?} {problem:?}");
    }
}

#[test]
fn what_cannot_sign_is_refused_without_a_word_of_its_private_part() {
    let other = r#""d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2E""#;
    let short = RSA_PRIVATE.replace(r#""qi""#, r#""qq""#);
    let with_ec = |members: &str| with(&with(EC_JWK, EC_PRIVATE), members);
    for (jwk, problem) in [
        (with(EC_JWK, other), SigningKeyProblem::Mismatch),
        (with(ED25519_JWK, &ED25519_PRIVATE.replace("nWG", "nWH")), SigningKeyProblem::Mismatch),
        (with(P521_JWK, EC_PRIVATE), SigningKeyProblem::Curve { found: "P-521" }),
        (with(&with(RSA_JWK, RSA_PRIVATE), r#""oth":[]"#), SigningKeyProblem::MorePrimes),
        (with_ec(r#""key_ops":["verify"]"#), SigningKeyProblem::Operations),
        (with_ec(r#""use":"enc""#), SigningKeyProblem::Part(KeyProblem::Use { found: "enc".into() })),
        (with_ec(r#""x5t":"AAAA""#), SigningKeyProblem::Part(KeyProblem::Member { name: "x5t" })),
        (EC_JWK.to_string(), SigningKeyProblem::Part(KeyProblem::Member { name: "d" })),
        (RSA_JWK.to_string(), SigningKeyProblem::Part(KeyProblem::Member { name: "d" })),
        (with(RSA_JWK, &short), SigningKeyProblem::Part(KeyProblem::Member { name: "qi" })),
        (r#"{"kty":"oct","k":"c2VjcmV0"}"#.to_string(), SigningKeyProblem::Part(KeyProblem::Symmetric)),
    ] {
        let found = read(&jwk, None).expect_err(&jwk);
        assert_eq!(found, problem);
        assert!(!found.to_string().contains("nWG") && !found.to_string().contains("c2Vj"), "{found}");
    }
}
