use super::discovery::Metadata;
use super::{Asked, Check, Paste, State, certificate, clock, keys};
use crate::mint::{Signer, SigningAlgorithm};
use claimgate_host::egress::Address;
use claimgate_policy::config::Config;
use http::header::DATE;
use http::{HeaderMap, HeaderValue};
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use serde_json::{Value, json};

fn document(changes: Value) -> Metadata {
    let mut document = json!({
        "issuer": "https://idp.test", "jwks_uri": "https://idp.test/keys",
        "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        "grant_types_supported": ["authorization_code", "client_credentials"],
        "response_types_supported": ["code"], "code_challenge_methods_supported": ["S256"],
    });
    changes.as_object().unwrap().iter().for_each(|(name, value)| document[name] = value.clone());
    Metadata::read(document.to_string().as_bytes()).unwrap()
}

fn judged(asked: &str, changes: Value, name: &str) -> Check {
    let checks = document(changes).judge(&Asked::parse(asked).unwrap());
    checks.into_iter().find(|check| check.name == name).unwrap()
}

#[test]
fn an_issuer_is_asked_for_below_itself_however_it_is_given() {
    for (given, issuer, path) in [
        ("https://idp.test", "https://idp.test", "/.well-known/openid-configuration"),
        ("https://idp.test/", "https://idp.test/", "/.well-known/openid-configuration"),
        ("https://idp.test/t/v2.0", "https://idp.test/t/v2.0", "/t/v2.0/.well-known/openid-configuration"),
        (
            "https://idp.test/t/.well-known/openid-configuration",
            "https://idp.test/t",
            "/t/.well-known/openid-configuration",
        ),
    ] {
        let asked = Asked::parse(given).unwrap();
        assert_eq!((asked.issuer.as_str(), asked.discovery_path()), (issuer, path.to_owned()), "{given}");
    }
    for wrong in
        ["idp.test", "ftp://idp.test", "https://u:p@idp.test", "https://idp.test?a", "https://idp.test/a b"]
    {
        assert!(Asked::parse(wrong).is_none(), "{wrong}");
    }
}

#[test]
fn the_issuer_of_the_document_is_the_text_to_configure() {
    let table = [
        ("https://sts.test/t", "https://sts.test/t", State::Good),
        ("https://sts.test/t", "https://sts.test/t/", State::Bad),
        ("https://sts.test/t/", "https://sts.test/t", State::Bad),
        ("https://sts.test/t/.well-known/openid-configuration", "https://sts.test/t/", State::Good),
        ("https://sts.test/t/.well-known/openid-configuration", "https://sts.test/t", State::Good),
        ("https://sts.test/t/.well-known/openid-configuration", "https://sts.test/u", State::Bad),
        ("https://sts.test/common", "https://sts.test/{tenantid}", State::Bad),
    ];
    for (asked, named, state) in table {
        let check = judged(asked, json!({"issuer": named}), "issuer");
        assert_eq!(check.state, state, "{asked} {check:?}");
        let advice = check.advice.unwrap_or_default();
        let expected = if named.contains('{') { "the issuer of your own" } else { named };
        assert!(state == State::Good || advice.ends_with(expected) || advice.contains(expected), "{advice}");
    }
}

#[test]
fn what_a_document_does_not_say_is_needed_or_not() {
    for (changes, name, state) in [
        (json!({}), "algorithms", State::Good),
        (json!({"id_token_signing_alg_values_supported": ["HS256"]}), "algorithms", State::Bad),
        (json!({"id_token_signing_alg_values_supported": null}), "algorithms", State::Warning),
        (json!({"grant_types_supported": null}), "grants", State::Warning),
        (json!({}), "responses", State::Good),
        (json!({"code_challenge_methods_supported": ["plain"]}), "PKCE", State::Warning),
        (json!({}), "PKCE", State::Good),
    ] {
        assert_eq!(judged("https://idp.test", changes, name).state, state, "{name}");
    }
    for (document, expected) in [
        ("<html>", "expected a discovery document in JSON"),
        ("{\"issuer\":\"a\",\"issuer\":\"a\"}", "expected a discovery document in JSON"),
        ("{\"issuer\":\"a\"}", "expected a member jwks_uri"),
        ("{\"jwks_uri\":\"a\"}", "expected a member issuer"),
    ] {
        let check = Metadata::read(document.as_bytes()).unwrap_err();
        assert!(check.state == State::Bad && check.found.starts_with(expected), "{check:?}");
    }
}

#[test]
fn keys_are_fetched_over_tls_or_from_this_machine() {
    for (uri, expected) in [
        ("https://keys.test/a?b=c", Some(("https://keys.test", "/a?b=c"))),
        ("https://keys.test", Some(("https://keys.test", "/"))),
        ("http://127.0.0.1:8080/keys", Some(("http://127.0.0.1:8080", "/keys"))),
        ("http://keys.test/keys", None),
        ("https://user@keys.test", None),
        ("keys", None),
    ] {
        let found = document(json!({"jwks_uri": uri})).keys_at().ok();
        let found = found.map(|(address, path)| (address.to_string(), path));
        assert_eq!(found, expected.map(|(address, path)| (address.to_owned(), path.to_owned())), "{uri}");
    }
}

#[test]
fn what_a_terminal_would_act_on_is_not_shown() {
    let check = judged("https://idp.test", json!({"issuer": "\u{1b}[31mhttps://idp.test"}), "issuer");
    assert!(!check.found.contains('\u{1b}'), "{check:?}");
}

#[test]
fn keys_are_counted_and_those_that_are_not_used_named() {
    let good = Signer::generate(SigningAlgorithm::Es256, "good").unwrap().public_jwk().unwrap();
    let secret = json!({"kty": "oct", "kid": "shared", "k": "c2VjcmV0"});
    let judge = |keys: Value| keys::judge(json!({ "keys": keys }).to_string().as_bytes());
    let (checks, usable) = judge(json!([good, secret]));
    assert_eq!(checks.iter().map(|check| check.state).collect::<Vec<_>>(), [State::Warning, State::Good]);
    assert!(checks[0].found.contains("(kid shared) is not used"), "{checks:?}");
    assert_eq!(checks[1].found, "1 key can be used: good (ES256)");
    assert!(usable);
    for none in [json!([]), json!([secret])] {
        let (checks, usable) = judge(none);
        assert!(!usable && checks.last().unwrap().state == State::Bad, "{checks:?}");
    }
    assert_eq!(keys::judge(b"{}").0[0].found, "expected a key set with an array named keys, found none");
}

#[test]
fn clocks_agree_within_what_the_way_and_a_leeway_account_for() {
    let date = |text: &'static str| HeaderMap::from_iter([(DATE, HeaderValue::from_static(text))]);
    let headers = date("Wed, 25 Nov 2026 12:00:00 GMT");
    let moment = 1_795_608_000;
    for (now, state, found) in [
        (moment, State::Good, "agree"),
        (moment + 5, State::Good, "5 s ahead of"),
        (moment + 60, State::Warning, "60 s ahead of"),
        (moment - 6, State::Warning, "6 s behind"),
        (moment - 61, State::Bad, "61 s behind"),
        (moment + 3_600, State::Bad, "3600 s ahead of"),
    ] {
        let check = clock::judge(&headers, now);
        assert!(check.state == state && check.found.contains(found), "{now} {check:?}");
    }
    for headers in [date("yesterday"), HeaderMap::new()] {
        assert_eq!(clock::judge(&headers, moment).state, State::Warning);
    }
}

#[test]
fn a_certificate_tells_its_end() {
    // 2026-11-25.
    let now = 1_795_564_800;
    for (year, month, day, state, found) in [
        (2026, 12, 8, State::Warning, "expires in 13 days"),
        (2026, 12, 9, State::Good, "expires in 14 days"),
        (2049, 12, 31, State::Good, "expires in 8437 days"),
        (2050, 1, 1, State::Good, "expires in 8438 days"),
    ] {
        let mut params = CertificateParams::new(vec!["idp.test".to_owned()]).unwrap();
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(year, month, day);
        let own = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
        let check = certificate::judge("idp.test", &[own.der()], now);
        assert!(check.state == state && check.found.contains(found), "{check:?}");
    }
    for other in [&b"\x30\x03\x30\x01\x00"[..], b"", b"\x30\x80"] {
        let check = certificate::judge("idp.test", &[other], now);
        assert_eq!((check.state, check.found.contains("expires")), (State::Good, false));
    }
}

#[test]
fn what_is_to_be_pasted_is_a_valid_config() {
    let (issuer, _) = Address::split("https://idp.test/").unwrap();
    let (keys, _) = Address::split("https://keys.idp.test/v1").unwrap();
    let Paste { source, plugin, origins } = Paste::new("https://idp.test/", &[&issuer, &keys, &issuer]);
    assert_eq!(origins.as_array().unwrap().len(), 2, "{origins}");
    let document = json!({
        "version": 1,
        "sources": [source],
        "origins": origins,
        "services": [{"id": "s1", "name": "orders", "plugins": [plugin]}],
        "consumers": [{"id": "c1", "username": "u1"}],
    });
    let config = Config::parse(document.to_string().as_bytes()).unwrap();
    assert!(config.warnings.is_empty(), "{:?}", config.warnings);
}
