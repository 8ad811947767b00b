use super::Credential;
use crate::denial::Denial;
use crate::request::RequestHead;
use alloc::string::String;
use alloc::vec::Vec;

fn find(fields: &[&str]) -> Result<String, Denial> {
    let headers: Vec<(&[u8], &[u8])> =
        fields.iter().map(|field| (&b"Authorization"[..], field.as_bytes())).collect();
    let head = RequestHead { method: b"GET", target: b"/", authority: b"", headers: &headers };
    Credential::find(&head).map(|credential| String::from_utf8(credential.token.to_vec()).expect("utf-8"))
}

#[test]
fn the_scheme_is_bearer_in_any_case_with_any_number_of_spaces() {
    for field in ["Bearer t", "bearer t", "BEARER  t", " Bearer t ", "bEaReR\tt"] {
        assert_eq!(find(&[field]), Ok("t".into()), "{field:?}");
    }
}

#[test]
fn anything_else_is_no_credential() {
    for field in ["", "Bearer", "Bearer ", "Bearert", "t", "Basic dTpw", "Bearer:t", "Digest a=b, c=d"] {
        assert_eq!(find(&[field]), Err(Denial::CredentialMissing), "{field:?}");
    }
    assert_eq!(find(&[]), Err(Denial::CredentialMissing));
    assert_eq!(find(&["Basic a", "Basic b"]), Err(Denial::CredentialMissing));
}

#[test]
fn a_bearer_token_that_is_not_alone_is_refused_however_the_engine_hands_it_over() {
    let cases: [&[&str]; 7] = [
        &["Bearer a", "Bearer b"],
        &["Bearer a", "Basic b"],
        &["Basic b", "Bearer a"],
        &["Bearer a,Bearer b"],
        &["Bearer a, Basic b"],
        &["Basic b,Bearer a"],
        &["Bearer a,"],
    ];
    for fields in cases {
        assert_eq!(find(fields), Err(Denial::MultipleCredentials), "{fields:?}");
    }
}
