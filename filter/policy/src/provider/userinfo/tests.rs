use super::{read, request};
use crate::config::HeaderName;
use crate::credential::Sent;
use crate::provider::{Blame, Extras, Failure, MalformedAnswer, Method, Unavailable, Url, UrlError};
use crate::request::RequestHead;
use crate::step::HttpResponse;
use alloc::string::ToString;
use alloc::vec::Vec;

const HEAD: RequestHead<'_> = RequestHead {
    method: b"GET",
    target: b"/?lang=de",
    authority: b"",
    headers: &[(b"X-Trace", b"7"), (b"accept-language", b"de\x01")],
    has_body: false,
    https: false,
};

fn answer(expected: Option<&str>, status: u16, body: &str) -> Result<(), Failure> {
    read(expected, Ok(&HttpResponse { status, headers: &[], body: body.as_bytes() })).map(|_| ())
}

#[test]
fn the_token_is_sent_as_oidc_core_5_3_1_says() {
    let endpoint = Url::parse("https://idp.example/userinfo").expect("url");
    let request =
        request(&endpoint, "SlAV32hkKG", &Extras::default(), Sent::new(&HEAD, None)).expect("request");
    assert_eq!((request.method, request.url), (Method::Get, endpoint));
    let expected: [(&str, &[u8]); 2] =
        [("accept", b"application/json"), ("authorization", b"Bearer SlAV32hkKG")];
    assert!(request.headers.iter().map(|(name, value)| (&**name, &**value)).eq(expected));
    assert!(request.body.is_empty());
}

#[test]
fn what_the_config_adds_goes_into_query_and_headers() {
    let name = |name| HeaderName::new(name).expect("name");
    let extras = Extras {
        arguments: Vec::from([("schema".into(), "openid x".into())]),
        client_arguments: Vec::from(["lang".into(), "none".into()]),
        headers: Vec::from([(name("x-trace"), "0".into()), (name("x-own"), "1".into())]),
        client_headers: Vec::from([name("x-trace"), name("accept-language")]),
        ..Extras::default()
    };
    let sent = Sent::new(&HEAD, None);
    let with_query = Url::parse("https://idp.example/userinfo?v=2").expect("url");
    let asked = request(&with_query, "t", &extras, sent).expect("request");
    assert_eq!(asked.url.target(), "/userinfo?v=2&schema=openid+x&lang=de");
    let expected: [(&str, &[u8]); 2] = [("x-own", b"1"), ("x-trace", b"7")];
    assert!(asked.headers[2..].iter().map(|(name, value)| (&**name, &**value)).eq(expected));
    let long = Extras { arguments: Vec::from([("a".into(), "b".repeat(2_048).into())]), ..Extras::default() };
    assert_eq!(request(&with_query, "t", &long, sent), Err(UrlError::TooLong));
}

#[test]
fn the_subject_is_that_of_the_token() {
    let body = r#"{"sub":"248289761001","email":"j@example.com"}"#;
    assert_eq!(answer(None, 200, body), Ok(()));
    assert_eq!(answer(Some("248289761001"), 200, body), Ok(()));
    assert_eq!(answer(Some("248289761002"), 200, body), Err(Failure::Malformed(MalformedAnswer::Subject)));
    for body in ["{}", r#"{"sub":7}"#, r#"{"sub":""}"#] {
        let malformed = Failure::Malformed(MalformedAnswer::Member { name: "sub" });
        assert_eq!(answer(None, 200, body), Err(malformed), "{body}");
    }
}

#[test]
fn a_refused_token_is_the_caller_s_fault_and_all_else_is_nobody_s() {
    for (status, code) in [(401, "invalid_token"), (403, "insufficient_scope")] {
        let refused = Failure::Refused { code: code.into(), blame: Blame::Caller };
        assert_eq!(answer(None, status, "").unwrap_err(), refused);
        assert!(refused.to_string().contains(code));
    }
    for found in [400, 404, 500] {
        let unavailable = Unavailable::Status { found, retry_after: None };
        assert_eq!(answer(None, found, ""), Err(Failure::Unavailable(unavailable)));
    }
    assert_eq!(answer(None, 200, "eyJ.eyJ."), Err(Failure::Malformed(MalformedAnswer::Json)));
}
