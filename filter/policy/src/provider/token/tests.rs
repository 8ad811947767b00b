use super::{Grant, TokenAnswer, TokenRequest};
use crate::config::HeaderName;
use crate::credential::Sent;
use crate::provider::{Blame, Extras, Failure, MalformedAnswer, Unavailable, Url};
use crate::request::RequestHead;
use crate::step::{CallError, HttpResponse};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

const PASSWORD: Grant<'_> = Grant::Password { username: "johndoe", password: "A3ddj3w" };
const REFRESH: Grant<'_> = Grant::RefreshToken { token: "tGzv3JOkF0XG5Qx2TlKWIA" };

const NOBODY: RequestHead<'_> =
    RequestHead { method: b"GET", target: b"/", authority: b"", headers: &[], has_body: false, https: false };

fn form(grant: Grant<'_>, scopes: &[&str], extras: &Extras) -> String {
    let endpoint = Url::parse("https://idp.example/token").expect("url");
    let scopes: Vec<Box<str>> = scopes.iter().map(|scope| Box::from(*scope)).collect();
    let sent = Sent::new(&NOBODY, None);
    TokenRequest { endpoint: &endpoint, grant, scopes: &scopes, extras, sent }.draft().form.encoded()
}

#[test]
fn each_grant_asks_as_rfc_6749_says() {
    let extras = Extras::default();
    for (grant, scopes, expected) in [
        (PASSWORD, &[][..], "grant_type=password&username=johndoe&password=A3ddj3w"),
        (Grant::ClientCredentials, &[], "grant_type=client_credentials"),
        (
            Grant::ClientCredentials,
            &["api://a/.default", "b"],
            "grant_type=client_credentials&scope=api%3A%2F%2Fa%2F.default+b",
        ),
        (REFRESH, &[], "grant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA"),
    ] {
        assert_eq!(form(grant, scopes, &extras), expected);
    }
}

#[test]
fn what_the_config_adds_goes_along() {
    let extras = Extras {
        arguments: Vec::from([("audience".into(), "https://api/".into())]),
        headers: Vec::from([(HeaderName::new("X-A").expect("name"), "b".into())]),
        ..Extras::default()
    };
    assert_eq!(
        form(Grant::ClientCredentials, &[], &extras),
        "grant_type=client_credentials&audience=https%3A%2F%2Fapi%2F"
    );
    let endpoint = Url::parse("https://idp.example/token").expect("url");
    let request = TokenRequest {
        endpoint: &endpoint,
        grant: PASSWORD,
        scopes: &[],
        extras: &extras,
        sent: Sent::new(&NOBODY, None),
    };
    assert_eq!(request.draft().headers, [("x-a".into(), b"b".as_slice().into())]);
}

#[test]
fn no_value_of_the_client_s_stands_for_what_the_token_is_asked_for_with() {
    let head = RequestHead { target: b"/?password=p&scope=s&grant_type=g", ..NOBODY };
    let names = ["grant_type", "password", "scope"];
    let extras = Extras { client_arguments: names.map(Box::from).into(), ..Extras::default() };
    let endpoint = Url::parse("https://idp.example/token").expect("url");
    let sent = Sent::new(&head, None);
    let request = TokenRequest { endpoint: &endpoint, grant: PASSWORD, scopes: &[], extras: &extras, sent };
    let expected = "grant_type=password&username=johndoe&password=A3ddj3w&scope=s";
    assert_eq!(request.draft().form.encoded(), expected);
}

fn read(grant: Grant<'_>, status: u16, body: &str) -> Result<TokenAnswer, Failure> {
    TokenAnswer::read(grant, Ok(&HttpResponse { status, headers: &[], body: body.as_bytes() }))
}

#[test]
fn the_answer_of_rfc_6749_5_1_is_read() {
    let answer = read(
        PASSWORD,
        200,
        r#"{"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"example","expires_in":3600,
            "refresh_token":"tGzv3JOkF0XG5Qx2TlKWIA","example_parameter":"example_value"}"#
            .replace(r#""example","#, r#""BEARER","#)
            .as_str(),
    )
    .expect("answer");
    assert_eq!(&*answer.access_token, "2YotnFZFEjr1zCsicMWpAA");
    assert_eq!(
        (answer.expires_in, answer.refresh_token.as_deref()),
        (Some(3_600), Some("tGzv3JOkF0XG5Qx2TlKWIA"))
    );
    assert_eq!((answer.id_token, answer.scope), (None, None));
}

#[test]
fn seconds_are_a_number_or_a_text_of_one() {
    for (written, expected) in [
        ("3600", Some(3_600)),
        (r#""3599""#, Some(3_599)),
        ("60.9", Some(60)),
        ("0", Some(0)),
        ("-5", Some(-5)),
        (r#""-5""#, Some(-5)),
        ("null", None),
    ] {
        let body = format!(r#"{{"access_token":"t","token_type":"Bearer","expires_in":{written}}}"#);
        assert_eq!(read(PASSWORD, 200, &body).map(|answer| answer.expires_in), Ok(expected), "{written}");
    }
    for written in [r#""soon""#, r#""""#, "true", "[]", "1e300", r#""1e3""#] {
        let body = format!(r#"{{"access_token":"t","token_type":"Bearer","expires_in":{written}}}"#);
        let malformed = Failure::Malformed(MalformedAnswer::Member { name: "expires_in" });
        assert_eq!(read(PASSWORD, 200, &body), Err(malformed), "{written}");
    }
}

#[test]
fn an_answer_without_a_bearer_token_that_can_be_sent_is_malformed() {
    for (body, name) in [
        ("{}", "token_type"),
        (r#"{"access_token":"t"}"#, "token_type"),
        (r#"{"access_token":"t","token_type":"mac"}"#, "token_type"),
        (r#"{"access_token":"t","token_type":7}"#, "token_type"),
        (r#"{"token_type":"bearer"}"#, "access_token"),
        (r#"{"token_type":"bearer","access_token":""}"#, "access_token"),
        (r#"{"token_type":"bearer","access_token":7}"#, "access_token"),
        (r#"{"token_type":"bearer","access_token":"a b"}"#, "access_token"),
        (r#"{"token_type":"bearer","access_token":"a\r\nx: y"}"#, "access_token"),
        (r#"{"token_type":"bearer","access_token":"a","refresh_token":{}}"#, "refresh_token"),
    ] {
        assert_eq!(
            read(PASSWORD, 200, body),
            Err(Failure::Malformed(MalformedAnswer::Member { name })),
            "{body}"
        );
    }
}

#[test]
fn a_refusal_is_the_caller_s_fault_where_its_own_credentials_are_refused_and_else_the_gateway_s() {
    let (caller, gateway) = (Blame::Caller, Blame::Gateway);
    for (code, of_client, of_user) in [
        ("access_denied", caller, caller),
        ("consent_required", gateway, caller),
        ("interaction_required", gateway, caller),
        ("invalid_client", caller, gateway),
        ("invalid_grant", caller, caller),
        ("invalid_request", gateway, gateway),
        ("invalid_scope", gateway, gateway),
        ("unauthorized_client", caller, gateway),
        ("unsupported_grant_type", gateway, gateway),
        ("something_else", gateway, gateway),
    ] {
        for status in [400, 401, 403] {
            let body = format!(r#"{{"error":"{code}","error_description":"AADSTS7000215"}}"#);
            for (grant, blame) in
                [(Grant::ClientCredentials, of_client), (PASSWORD, of_user), (REFRESH, of_user)]
            {
                let refused = Failure::Refused { code: code.into(), blame };
                assert_eq!(read(grant, status, &body), Err(refused), "{status} {code} {grant:?}");
            }
        }
    }
}

#[test]
fn a_code_is_cut_to_text_that_can_be_logged() {
    let body = format!(r#"{{"error":"a\nb{}"}}"#, "c".repeat(100));
    let Err(Failure::Refused { code, .. }) = read(PASSWORD, 400, &body) else { panic!("a refusal") };
    assert!(code.len() < 70 && code.starts_with(r"a\nb") && code.ends_with("c..."), "{code}");
}

#[test]
fn what_says_nothing_of_the_credentials_is_unavailable_or_malformed() {
    let status = |found| Failure::Unavailable(Unavailable::Status { found, retry_after: None });
    let json = Failure::Malformed(MalformedAnswer::Json);
    for (code, body, expected) in [
        (400, r#"{"error":"temporarily_unavailable"}"#, status(400)),
        (400, r#"{"error":"server_error"}"#, status(400)),
        (429, r#"{"error":"invalid_client"}"#, status(429)),
        (500, r#"{"error":"invalid_client"}"#, status(500)),
        (302, "", status(302)),
        (403, "<html>blocked</html>", json.clone()),
        (401, "", json),
        (400, "{}", Failure::Malformed(MalformedAnswer::Member { name: "error" })),
    ] {
        assert_eq!(read(Grant::ClientCredentials, code, body), Err(expected), "{code} {body}");
    }
    let none = TokenAnswer::read(PASSWORD, Err(CallError::Failed));
    assert_eq!(none, Err(Failure::Unavailable(Unavailable::NoAnswer(CallError::Failed))));
}

#[test]
fn debug_and_reasons_show_no_secret() {
    let answer =
        read(PASSWORD, 200, r#"{"access_token":"s3cret","token_type":"bearer","refresh_token":"s3cret"}"#);
    let shown = format!("{:?} {PASSWORD:?} {REFRESH:?}", answer.expect("answer"));
    assert!(!shown.contains("s3cret") && !shown.contains("A3ddj3w") && !shown.contains("tGzv"), "{shown}");
    let failure = read(PASSWORD, 200, r#"{"access_token":"s3 cret","token_type":"bearer"}"#).unwrap_err();
    assert_eq!(failure.to_string(), "expected a valid member access_token in the answer, found none");
}
