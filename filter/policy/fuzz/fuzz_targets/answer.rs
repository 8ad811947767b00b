//! Whatever a provider answers is read or refused: a token that is read can stand in a header, and what is said of a
//! token or its user is an object.
#![no_main]
use claimgate_policy::provider::{Failure, Grant, Introspection, TokenAnswer, userinfo};
use claimgate_policy::step::HttpResponse;

// The first byte is the status, less 200 and in halves; the rest is the body.
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((status, body)) = data.split_first() else { return };
    let retry_after: [(&[u8], &[u8]); 1] = [(b"retry-after", body)];
    let response = HttpResponse { status: 200 + u16::from(*status) * 2, headers: &retry_after, body };
    for grant in [Grant::ClientCredentials, Grant::RefreshToken { token: "r" }] {
        match TokenAnswer::read(grant, Ok(&response)) {
            Ok(answer) => assert!(answer.access_token.bytes().all(|byte| byte.is_ascii_graphic())),
            Err(failure) => check(&failure),
        }
    }
    match Introspection::read(false, Ok(&response)) {
        Ok(Introspection::Active(claims)) => assert!(claims.get("active").is_some()),
        Ok(Introspection::Inactive) => {}
        Err(failure) => check(&failure),
    }
    match userinfo::read(None, Ok(&response)) {
        Ok(claims) => assert!(claims.get("sub").is_some()),
        Err(failure) => check(&failure),
    }
});

/// What is logged of a failure is one short line.
fn check(failure: &Failure) {
    let line = failure.to_string();
    assert!(line.len() < 512 && !line.chars().any(char::is_control), "{line}");
}
