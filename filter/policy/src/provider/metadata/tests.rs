use super::{Metadata, MetadataError};
use crate::provider::Url;
use alloc::format;
use alloc::string::{String, ToString as _};

const ISSUER: &str = "https://sts.example/t";

fn parse(document: &str, place: &str, issuer: &str) -> Result<Metadata, MetadataError> {
    Metadata::parse(document.as_bytes(), &Url::parse(place).expect("url"), issuer)
}

fn document(issuer: &str, more: &str) -> String {
    format!(r#"{{"issuer":"{issuer}","jwks_uri":"https://sts.example/keys?appid=1"{more}}}"#)
}

#[test]
fn an_issuer_may_differ_by_the_slash_at_its_end_and_by_nothing_else() {
    let place = "https://sts.example/t/.well-known/openid-configuration";
    for found in ["https://sts.example/t", "https://sts.example/t/"] {
        let metadata = parse(&document(found, ""), place, ISSUER).expect(found);
        assert_eq!(&*metadata.issuer, found);
        assert_eq!(metadata.jwks_uri.to_string(), "https://sts.example/keys?appid=1");
    }
    for found in ["https://sts.example/T", "https://sts.example/t//", "https://sts.example/", "x"] {
        let expected = MetadataError::Issuer { expected: ISSUER.into(), found: found.into() };
        assert_eq!(parse(&document(found, ""), place, ISSUER), Err(expected), "{found}");
    }
}

#[test]
fn endpoints_and_lists_are_kept() {
    let more = r#","token_endpoint":"https://sts.example/token","userinfo_endpoint":null,
        "scopes_supported":["openid",7,"orders"],"grant_types_supported":"none""#;
    let metadata = parse(&document(ISSUER, more), "https://sts.example/", ISSUER).expect("document");
    assert_eq!(metadata.token_endpoint.as_ref().map(Url::target), Some("/token"));
    assert_eq!(metadata.userinfo_endpoint, None);
    assert_eq!(metadata.supported("scopes_supported"), Some(&["openid".into(), "orders".into()][..]));
    assert_eq!(metadata.supported("grant_types_supported"), None);
}

#[test]
fn every_endpoint_has_a_member_of_its_own() {
    let names = [
        "token_endpoint",
        "introspection_endpoint",
        "userinfo_endpoint",
        "authorization_endpoint",
        "end_session_endpoint",
        "revocation_endpoint",
    ];
    for (place, name) in names.iter().enumerate() {
        let more = format!(r#","{name}":"https://sts.example/here""#);
        let found = parse(&document(ISSUER, &more), "https://sts.example/", ISSUER).expect(name);
        let all = [
            found.token_endpoint,
            found.introspection_endpoint,
            found.userinfo_endpoint,
            found.authorization_endpoint,
            found.end_session_endpoint,
            found.revocation_endpoint,
        ];
        for (other, url) in all.iter().enumerate() {
            assert_eq!(url.as_ref().map(Url::target), (other == place).then_some("/here"), "{name}");
        }
        let plain = format!(r#","{name}":"http://sts.example/here""#);
        let error = parse(&document(ISSUER, &plain), "https://sts.example/", ISSUER);
        assert_eq!(error, Err(MetadataError::Plain { member: name }));
    }
}

#[test]
fn iss_is_expected_in_responses_where_the_document_says_true() {
    for (said, expected) in [("true", true), ("false", false), ("null", false), ("\"true\"", false)] {
        let more = format!(r#","authorization_response_iss_parameter_supported":{said}"#);
        let found = parse(&document(ISSUER, &more), "https://sts.example/", ISSUER).expect(said);
        assert_eq!(found.iss_in_responses, expected, "{said}");
    }
    let silent = parse(&document(ISSUER, ""), "https://sts.example/", ISSUER).expect("document");
    assert!(!silent.iss_in_responses);
}

#[test]
fn what_is_no_discovery_document_is_refused() {
    let cases = [
        ("<html>", "expected"),
        (r#"{"jwks_uri":"https://sts.example/keys"}"#, "expected the member issuer, found none"),
        (r#"{"issuer":"https://sts.example/t"}"#, "expected the member jwks_uri, found none"),
        (r#"{"issuer":"https://sts.example/t","issuer":"https://sts.example/t"}"#, "issuer"),
        (r#"{"issuer":"https://sts.example/t","jwks_uri":"keys"}"#, "jwks_uri: expected a URL that begins"),
        (
            r#"{"issuer":"https://sts.example/t","jwks_uri":"http://sts.example/"}"#,
            "jwks_uri: expected https",
        ),
    ];
    for (document, says) in cases {
        let error = parse(document, "https://sts.example/", ISSUER).expect_err(document).to_string();
        assert!(error.contains(says), "{document}: {error}");
    }
    let plain = r#"{"issuer":"http://h","jwks_uri":"http://h/keys"}"#;
    assert!(parse(plain, "http://h/", "http://h").is_ok());
    let long = format!("{}{}", " ".repeat(Metadata::LONGEST), document(ISSUER, ""));
    assert!(matches!(parse(&long, "https://h/", ISSUER), Err(MetadataError::TooLong { .. })));
}
