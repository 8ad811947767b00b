use super::{RevocationRequest, read};
use crate::provider::{Blame, Failure, Unavailable, Url};
use crate::step::{CallError, HttpResponse};

#[test]
fn the_request_holds_the_token_and_what_kind_it_is_of() {
    let endpoint = Url::parse("https://idp.example/revoke").unwrap();
    let request =
        RevocationRequest { endpoint: &endpoint, token: "r 1", argument: "token", hint: "refresh_token" };
    assert_eq!(request.draft().form.encoded(), "token=r+1&token_type_hint=refresh_token");
}

#[test]
fn a_token_is_revoked_where_the_endpoint_says_so_alone() {
    let answered = |status, body: &'static str| {
        let response = HttpResponse { status, headers: &[], body: body.as_bytes() };
        read(Ok(&response))
    };
    assert_eq!(answered(200, ""), Ok(()));
    assert_eq!(answered(204, ""), Ok(()));
    for (status, body, code) in
        [(400, r#"{"error":"unsupported_token_type"}"#, "unsupported_token_type"), (401, "", "no error code")]
    {
        let blame = Blame::Gateway;
        assert_eq!(answered(status, body), Err(Failure::Refused { code: code.into(), blame }));
    }
    assert!(matches!(answered(503, ""), Err(Failure::Unavailable(Unavailable::Status { found: 503, .. }))));
    let lost = read(Err(CallError::Failed));
    assert_eq!(lost, Err(Failure::Unavailable(Unavailable::NoAnswer(CallError::Failed))));
}
