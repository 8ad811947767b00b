use super::{LOGIN, SECRET, assert_refused, assert_warned, rules};
use std::format;

#[test]
fn a_logout_is_told_by_what_is_written() {
    let logout = |members: &str| rules(&format!("{LOGIN},{members}")).logout.clone();
    assert!(logout(r#""logout_methods":["POST"]"#).is_none());
    let found =
        logout(r#""logout_uri_suffix":"/logout","logout_redirect_uri":["https://app.example/bye"]"#).unwrap();
    assert_eq!((found.uri_suffix.as_deref(), &found.methods[..]), (Some("/logout"), &["POST", "DELETE"][..]));
    assert_eq!((found.redirect_uri(0), found.revocation.is_none()), (Some("https://app.example/bye"), true));
    let found = logout(
        r#""logout_query_arg":"logout","logout_post_arg":"logout","logout_methods":["POST"],"logout_revoke":true,
           "revocation_endpoint":"https://idp.example/r","logout_revoke_access_token":false"#,
    );
    let revocation = found.unwrap().revocation.unwrap();
    assert_eq!(
        (revocation.access_token, revocation.refresh_token, &*revocation.argument),
        (false, true, "token")
    );
    let by = r#""logout_uri_suffix":"/logout""#;
    assert_refused(
        &format!("{LOGIN},{by}"),
        &[
            (r#""logout_revoke":true"#, "revocation_endpoint", "the URL of the endpoint"),
            (r#""logout_post_arg":"a","logout_methods":["DELETE"]"#, "logout_methods", "POST among others"),
            (r#""logout_methods":[]"#, "logout_methods", "at least one"),
            (r#""logout_methods":["PUT"]"#, "logout_methods[0]", "POST, DELETE or GET"),
            (r#""logout_query_arg":"""#, "logout_query_arg", "not empty"),
            (r#""end_session_endpoint":"http://idp.example/e""#, "end_session_endpoint", "an https URL"),
            (
                r#""revocation_token_param_name":"client_id""#,
                "revocation_token_param_name",
                "another argument",
            ),
        ],
    );
    assert_refused(
        &format!("{SECRET},{by}"),
        &[(
            r#""logout_revoke":true,"revocation_endpoint":"https://idp.example/r""#,
            "client_id",
            "revoked for its client",
        )],
    );
    assert_warned(
        &format!("{LOGIN},{by}"),
        &[(r#""logout_methods":["GET"]"#, "logout_methods", "Sec-Fetch-Site")],
    );
}
