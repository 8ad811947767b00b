use super::{ClientAuth, ClientAuthError, Signing};
use crate::fixtures::{Counter, NOW};
use crate::json::{Limits, Value};
use crate::jwt::Unverified;
use crate::keys::{KeySet, SigningKey};
use crate::provider::{Client, Draft, Request, Url};
use crate::request::{arguments, unescaped};
use crate::signature::vectors::{
    EC_JWK, EC_PRIVATE, ED25519_JWK, ED25519_PRIVATE, RSA_JWK, RSA_PRIVATE, with,
};
use crate::signature::{Hash, HmacKey, NativeSigner, SigningError};
use crate::time::UnixTime;
use crate::verified::{self, SourceId};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

const ENDPOINT: &str = "https://idp.example/oauth2/token?tenant=a";

fn draft() -> Draft {
    let mut draft = Draft::new(Url::parse(ENDPOINT).expect("url"));
    draft.form.set("grant_type", b"client_credentials");
    draft
}

fn authenticated(client: &Client, auth: ClientAuth, entropy: u8) -> Result<Request, ClientAuthError> {
    let mut entropy = Counter(entropy);
    let signing = Signing { now: UnixTime::from_seconds(NOW), entropy: &mut entropy, native: None };
    draft().authenticated(client, auth, signing)
}

fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    let (_, value) = request.headers.iter().find(|(found, _)| **found == *name)?;
    core::str::from_utf8(value).ok()
}

fn argument(request: &Request, name: &str) -> Option<String> {
    let (_, value) = arguments(&request.body).find(|(found, _)| *found == name.as_bytes())?;
    String::from_utf8(unescaped(value).into_owned()).ok()
}

fn with_key(jwk: &str) -> Client {
    let jwk = Value::parse(jwk.as_bytes(), &Limits::CONFIG).expect("json");
    let key = SigningKey::from_jwk(&jwk, None).expect("key");
    Client { id: "app".into(), secret: None, hash: Hash::Sha256, key: Some(key) }
}

#[test]
fn basic_is_the_example_of_rfc_6749_2_3_1() {
    let client = Client::with_secret("s6BhdRkqt3", b"7Fjfp0ZBr1KtDRbnfVdmIw");
    let request = authenticated(&client, ClientAuth::Basic, 0).expect("request");
    assert_eq!(header(&request, "authorization"), Some("Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3"));
    assert_eq!(&*request.body, b"grant_type=client_credentials");
    assert_eq!(header(&request, "content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(header(&request, "accept"), Some("application/json"));
}

#[test]
fn basic_escapes_each_half_so_that_neither_has_a_colon() {
    let client = Client::with_secret("a:b", "p w\u{e9}:~%".as_bytes());
    let request = authenticated(&client, ClientAuth::Basic, 0).expect("request");
    let expected = STANDARD.encode("a%3Ab:p+w%C3%A9%3A~%25");
    assert_eq!(header(&request, "authorization"), Some(format!("Basic {expected}").as_str()));
}

#[test]
fn post_and_none_name_the_client_in_the_form() {
    let client = Client::with_secret("a b", b"s&t");
    let post = authenticated(&client, ClientAuth::Post, 0).expect("request");
    assert_eq!(&*post.body, b"grant_type=client_credentials&client_id=a+b&client_secret=s%26t");
    let none = authenticated(&client, ClientAuth::None, 0).expect("request");
    assert_eq!(&*none.body, b"grant_type=client_credentials&client_id=a+b");
    assert_eq!((header(&post, "authorization"), header(&none, "authorization")), (None, None));
}

#[test]
fn an_assertion_says_what_rfc_7523_3_asks_for_and_each_has_a_name_of_its_own() {
    let client = Client::with_secret("app", &[b's'; 64]);
    let mut names = Vec::new();
    for entropy in [0, 1] {
        let request = authenticated(&client, ClientAuth::SecretJwt, entropy).expect("request");
        assert_eq!(argument(&request, "client_id").as_deref(), Some("app"));
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        assert_eq!(argument(&request, "client_assertion_type").as_deref(), Some(kind));
        let assertion = argument(&request, "client_assertion").expect("an assertion");
        let claims = Unverified::parse(assertion.as_bytes()).expect("token").payload().expect("claims");
        for (name, expected) in [("iss", "app"), ("sub", "app"), ("aud", ENDPOINT)] {
            assert_eq!(claims.get(name).and_then(Value::as_str), Some(expected), "{name}");
        }
        for (name, expected) in [("iat", NOW), ("exp", NOW + 60)] {
            assert_eq!(claims.get(name), Some(&Value::Number(expected.into())), "{name}");
        }
        names.push(claims.get("jti").and_then(Value::as_str).map(String::from).expect("jti"));
    }
    assert_ne!(names[0], names[1]);
    assert_eq!(names[0].len(), 22);
}

#[test]
fn a_secret_signs_with_the_hash_of_its_client() {
    let secret = [b's'; 64];
    let key = HmacKey::new(SourceId::new("idp"), &secret).expect("key");
    for (hash, alg) in [(Hash::Sha256, "HS256"), (Hash::Sha384, "HS384"), (Hash::Sha512, "HS512")] {
        let client = Client { hash, ..Client::with_secret("app", &secret) };
        let request = authenticated(&client, ClientAuth::SecretJwt, 0).expect("request");
        let assertion = argument(&request, "client_assertion").expect("an assertion");
        let token = Unverified::parse(assertion.as_bytes()).expect("token");
        let algorithm = token.header().algorithm.clone().expect("alg");
        assert_eq!(algorithm.name(), alg);
        assert!(key.verify(algorithm, token.signing_input(), token.signature()));
    }
}

#[test]
fn a_private_key_signs_and_is_named_in_the_header() {
    let names = r#""kid":"k1","x5t":"4pNenEBLv0JpLIdugWxQkOsZcK0""#;
    for (jwk, private) in [(EC_JWK, EC_PRIVATE), (ED25519_JWK, ED25519_PRIVATE)] {
        let request =
            authenticated(&with_key(&with(&with(jwk, private), names)), ClientAuth::PrivateKeyJwt, 0);
        let assertion = argument(&request.expect("request"), "client_assertion").expect("an assertion");
        let token = Unverified::parse(assertion.as_bytes()).expect("token");
        let keys = format!(r#"{{"keys":[{}]}}"#, with(jwk, r#""kid":"k1""#));
        let (keys, _) = KeySet::from_jwks(keys.as_bytes()).expect("keys");
        assert!(verified::verify(&token, &SourceId::new("idp"), &keys, None).is_ok(), "{jwk}");
        let header = assertion.split('.').next().expect("header");
        let header = URL_SAFE_NO_PAD.decode(header).expect("base64url");
        let header = Value::parse(&header, &Limits::TOKEN).expect("json");
        assert_eq!(header.get("typ").and_then(Value::as_str), Some("JWT"));
        assert_eq!(header.get("x5t").and_then(Value::as_str), Some("4pNenEBLv0JpLIdugWxQkOsZcK0"));
        assert_eq!(header.get("x5t#S256"), None);
    }
}

#[test]
fn a_client_without_what_its_method_needs_makes_no_request() {
    let bare = Client { id: "app".into(), secret: None, hash: Hash::Sha256, key: None };
    for auth in [ClientAuth::Basic, ClientAuth::Post, ClientAuth::SecretJwt] {
        assert_eq!(authenticated(&bare, auth, 0), Err(ClientAuthError::NoSecret), "{auth:?}");
        assert!(auth.takes_secret());
    }
    assert_eq!(authenticated(&bare, ClientAuth::PrivateKeyJwt, 0), Err(ClientAuthError::NoKey));
    let rsa = with_key(&with(RSA_JWK, RSA_PRIVATE));
    let error = authenticated(&rsa, ClientAuth::PrivateKeyJwt, 0);
    assert_eq!(error, Err(ClientAuthError::Signing(SigningError::NoNativeSigner)));
}

#[test]
fn an_rsa_key_signs_where_the_engine_does() {
    struct Engine;
    impl NativeSigner for Engine {
        fn sign(&self, hash: Hash, _: &[u8], text: &[u8]) -> Option<Vec<u8>> {
            (hash == Hash::Sha256 && !text.is_empty()).then(|| [7].repeat(256))
        }
    }
    let signing =
        Signing { now: UnixTime::from_seconds(NOW), entropy: &mut Counter(0), native: Some(&Engine) };
    let client = with_key(&with(RSA_JWK, RSA_PRIVATE));
    let request = draft().authenticated(&client, ClientAuth::PrivateKeyJwt, signing).expect("request");
    let assertion = argument(&request, "client_assertion").expect("an assertion");
    let token = Unverified::parse(assertion.as_bytes()).expect("token");
    assert_eq!(token.signature(), [7].repeat(256));
}

#[test]
fn debug_shows_no_secret() {
    let client = Client::with_secret("app", b"s3cret");
    let request = authenticated(&client, ClientAuth::Post, 0).expect("request");
    let mut draft = draft();
    draft.form.set("password", b"s3cret");
    let shown = format!("{client:?} {request:?} {draft:?}");
    assert!(!shown.contains("s3cret"), "{shown}");
}
