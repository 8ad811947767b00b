use super::{Callback, Outcome};
use crate::config::ResponseMode;
use crate::request::RequestHead;
use alloc::format;

fn head<'a>(method: &'a str, target: &'a str, headers: &'a [(&'a [u8], &'a [u8])]) -> RequestHead<'a> {
    let (method, target) = (method.as_bytes(), target.as_bytes());
    RequestHead { method, target, authority: b"gw.example", headers, has_body: false, https: true }
}

fn in_query(query: &str) -> Option<Callback> {
    Callback::read(&head("GET", &format!("/callback?{query}"), &[]), None, ResponseMode::Query)
}

fn code(state: &str, code: &str, issuer: Option<&str>) -> Option<Callback> {
    let (state, issuer) = (state.as_bytes().into(), issuer.map(Into::into));
    Some(Callback { state, issuer, outcome: Outcome::Code(code.into()) })
}

#[test]
fn a_code_or_an_error_comes_back_with_the_state() {
    for (query, expected) in [
        ("code=c&state=s", code("s", "c", None)),
        ("state=s&code=a%2Fb&session_state=x", code("s", "a/b", None)),
        ("code=c&state=s&iss=https%3A%2F%2Fidp.example", code("s", "c", Some("https://idp.example"))),
        ("code=c&state=s%20t", code("s t", "c", None)),
        ("code=c", None),
        ("state=s", None),
        ("code=&state=s", None),
        ("code=c&code=d&state=s", None),
        ("code=c&state=s&state=t", None),
        ("code=c&state=s&iss=a&iss=b", None),
        ("code=c&error=e&state=s", None),
        ("code=a%0Ab&state=s", None),
        ("code=a%20b&state=s", None),
        ("", None),
    ] {
        assert_eq!(in_query(query), expected, "{query}");
    }
    let error = in_query("error=access%0Adenied&error_description=x&state=s").expect("a callback");
    assert_eq!(error.outcome, Outcome::Error("access\\ndenied".into()));
    assert_eq!(in_query(&format!("code={}&state=s", "c".repeat(4_097))), None);
}

#[test]
fn it_comes_as_it_was_asked_for_and_not_otherwise() {
    let form: &[(&[u8], &[u8])] = &[(b"Content-Type", b"application/x-www-form-urlencoded; charset=utf-8")];
    let json: &[(&[u8], &[u8])] = &[(b"content-type", b"application/json")];
    let body = b"code=c&state=s".as_slice();
    let (query, posted) = (ResponseMode::Query, ResponseMode::FormPost);
    for (method, headers, body, mode, is_one) in [
        ("POST", form, Some(body), posted, true),
        ("POST", form, None, posted, false),
        ("POST", json, Some(body), posted, false),
        ("GET", form, Some(body), posted, false),
        ("POST", form, Some(body), query, false),
        ("HEAD", &[], None, query, false),
        ("GET", &[], None, query, true),
    ] {
        let target = if mode == query { "/?code=c&state=s" } else { "/" };
        let read = Callback::read(&head(method, target, headers), body, mode);
        assert_eq!(read.is_some(), is_one, "{method} {mode:?}");
    }
}

#[test]
fn what_is_shown_of_it_holds_neither_code_nor_state() {
    let shown = format!("{:?}", in_query("code=canary&state=canary&iss=x"));
    assert!(!shown.contains("canary"), "{shown}");
}
