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

#[test]
fn a_bearer_token_beside_a_token_in_another_place_is_refused() {
    let bearer: (&[u8], &[u8]) = (b"authorization", b"Bearer t");
    let beside = |target: &'static str, name: &'static str| {
        let headers: [(&[u8], &[u8]); 2] = [bearer, (name.as_bytes(), b"u")];
        let head =
            RequestHead { method: b"GET", target: target.as_bytes(), authority: b"", headers: &headers };
        Credential::find(&head).map(|credential| credential.token().len())
    };
    for (target, name) in [
        ("/", "X-Access-Token"),
        ("/", "Access_Token"),
        ("/?a=b&access_token=u", "accept"),
        ("/?%61ccess%5Ftoken", "accept"),
    ] {
        assert_eq!(beside(target, name), Err(Denial::MultipleCredentials), "{target} {name}");
    }
    assert_eq!(beside("/access_token?a=access_token&xaccess_token=1", "x-access-tokens"), Ok(1));
}
