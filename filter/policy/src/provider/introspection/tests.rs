use super::{Introspection, IntrospectionRequest};
use crate::credential::Sent;
use crate::provider::{Blame, Extras, Failure, MalformedAnswer, Unavailable, Url};
use crate::request::RequestHead;
use crate::step::HttpResponse;

fn read(may_be_silent: bool, status: u16, body: &str) -> Result<Introspection, Failure> {
    Introspection::read(may_be_silent, Ok(&HttpResponse { status, headers: &[], body: body.as_bytes() }))
}

#[test]
fn a_token_is_asked_about_as_rfc_7662_2_1_says() {
    let endpoint = Url::parse("https://idp.example/introspect").expect("url");
    let head = RequestHead {
        method: b"GET",
        target: b"/?tenant=t",
        authority: b"",
        headers: &[],
        has_body: false,
        https: false,
    };
    let client_arguments = ["tenant".into()].into();
    let extras = Extras { client_arguments, ..Extras::default() };
    let request = |argument, hint| IntrospectionRequest {
        endpoint: &endpoint,
        token: b"mF_9.B5f-4.1JqM",
        argument,
        hint,
        extras: &extras,
        sent: Sent::new(&head, None),
    };
    let encoded = request("token", "access_token").draft().form.encoded();
    assert_eq!(encoded, "token=mF_9.B5f-4.1JqM&token_type_hint=access_token&tenant=t");
    assert_eq!(request("jwt", "").draft().form.encoded(), "jwt=mF_9.B5f-4.1JqM&tenant=t");
}

#[test]
fn no_value_of_the_client_s_is_asked_about_instead_of_the_token() {
    let endpoint = Url::parse("https://idp.example/introspect").expect("url");
    let head = RequestHead {
        method: b"GET",
        target: b"/?jwt=another",
        authority: b"",
        headers: &[],
        has_body: false,
        https: false,
    };
    let extras = Extras {
        arguments: [("jwt".into(), "a".into())].into(),
        client_arguments: ["jwt".into()].into(),
        ..Extras::default()
    };
    let sent = Sent::new(&head, None);
    let request = IntrospectionRequest {
        endpoint: &endpoint,
        token: b"t",
        argument: "jwt",
        hint: "",
        extras: &extras,
        sent,
    };
    assert_eq!(request.draft().form.encoded(), "jwt=t");
}

#[test]
fn a_token_is_good_that_is_said_to_be_active_and_no_other() {
    let malformed = || Err(Failure::Malformed(MalformedAnswer::Member { name: "active" }));
    for may_be_silent in [false, true] {
        let active = read(may_be_silent, 200, r#"{"active":true,"sub":"Z5O3upPC88QrAjx00dis"}"#);
        assert!(matches!(active, Ok(Introspection::Active(claims)) if claims.get("sub").is_some()));
        assert_eq!(read(may_be_silent, 200, r#"{"active":false,"sub":"a"}"#), Ok(Introspection::Inactive));
        for written in [r#""true""#, "1", "null", "[true]"] {
            let body = alloc::format!(r#"{{"active":{written}}}"#);
            assert_eq!(read(may_be_silent, 200, &body), malformed(), "{written}");
        }
    }
    assert_eq!(read(false, 200, r#"{"sub":"a"}"#), malformed());
    assert!(matches!(read(true, 200, r#"{"sub":"a"}"#), Ok(Introspection::Active(_))));
}

#[test]
fn a_refusal_is_the_gateway_s_fault_whose_credentials_they_are() {
    for (status, body, code) in [
        (401, r#"{"error":"invalid_client"}"#, "invalid_client"),
        (403, "<html>", "no error code"),
        (400, r#"{"error":7}"#, "no error code"),
    ] {
        let refused = Failure::Refused { code: code.into(), blame: Blame::Gateway };
        assert_eq!(read(false, status, body), Err(refused), "{status} {body}");
    }
    let unavailable = Unavailable::Status { found: 503, retry_after: None };
    assert_eq!(read(false, 503, ""), Err(Failure::Unavailable(unavailable)));
}

#[test]
fn an_answer_as_a_jwt_is_not_taken_for_one_in_json() {
    let jwt = "eyJhbGciOiJub25lIn0.eyJhY3RpdmUiOnRydWV9.";
    assert_eq!(read(false, 200, jwt), Err(Failure::Malformed(MalformedAnswer::Json)));
}
