use super::{SECRET, assert_refused, assert_warned, rules};
use crate::config::Method;
use crate::cookies::SameSite;
use std::format;

#[test]
fn a_session_cookie_is_as_its_keys_say() {
    let plain = rules(SECRET).session.clone().unwrap().cookie;
    assert_eq!((&*plain.name, &*plain.path, plain.domain.as_deref()), ("session", "/", None));
    assert_eq!((plain.same_site, plain.http_only, plain.secure), (SameSite::Lax, true, None));
    assert!(plain.host_prefix);
    for (members, prefixed) in [
        (r#""session_cookie_path":"/app""#, false),
        (r#""session_cookie_domain":".example.com""#, false),
        (r#""session_cookie_name":"session""#, false),
        (r#""session_cookie_secure":false"#, false),
        (r#""session_cookie_secure":true"#, true),
        (r#""session_cookie_samesite":"Strict","session_cookie_httponly":false"#, true),
    ] {
        let cookie = rules(&format!("{SECRET},{members}")).session.clone().unwrap().cookie;
        assert_eq!(cookie.host_prefix, prefixed, "{members}");
    }
    let written = rules(&format!(
        r#"{SECRET},"session_cookie_samesite":"off","session_cookie_httponly":false,"session_cookie_domain":".Example.com",
           "session_cookie_path":"/app","session_cookie_name":"sid","session_cookie_secure":true"#
    ));
    let cookie = &written.session.as_ref().unwrap().cookie;
    assert_eq!(
        (&*cookie.name, &*cookie.path, cookie.domain.as_deref()),
        ("sid", "/app", Some("Example.com"))
    );
    assert_eq!((cookie.same_site, cookie.http_only, cookie.secure), (SameSite::Lax, false, Some(true)));
}

#[test]
fn a_cookie_that_browsers_drop_is_refused() {
    assert_refused(
        SECRET,
        &[
            (r#""session_cookie_name":"a b""#, "session_cookie_name", "a cookie's name"),
            (r#""session_cookie_name":"a=b""#, "session_cookie_name", "a cookie's name"),
            (
                r#""session_cookie_name":"0123456789012345678901234567890123456789012345678901234567890123x""#,
                "session_cookie_name",
                "64",
            ),
            (
                r#""session_cookie_name":"__host-s","session_cookie_path":"/a""#,
                "session_cookie_name",
                "Path=/",
            ),
            (
                r#""session_cookie_name":"__Host-s","session_cookie_domain":"a.example""#,
                "session_cookie_name",
                "no domain",
            ),
            (
                r#""session_cookie_name":"__Secure-s","session_cookie_secure":false"#,
                "session_cookie_name",
                "__Secure-",
            ),
            (
                r#""session_cookie_same_site":"None","session_cookie_secure":false"#,
                "session_cookie_secure",
                "SameSite=None",
            ),
            (r#""session_cookie_same_site":"lax""#, "session_cookie_same_site", "Strict, Lax"),
            (r#""session_cookie_path":"app""#, "session_cookie_path", "begins with a slash"),
            (r#""session_cookie_path":"/a;b""#, "session_cookie_path", "semicolons"),
            (r#""session_cookie_domain":"a;b""#, "session_cookie_domain", "letters, digits"),
            (r#""session_cookie_domain":".""#, "session_cookie_domain", "letters, digits"),
        ],
    );
    let kept = rules(&format!(r#"{SECRET},"session_cookie_name":"__Host-s""#));
    assert!(!kept.session.as_ref().unwrap().cookie.host_prefix);
}

#[test]
fn timeouts_may_be_off_and_are_compared() {
    let timeouts = |members: &str| rules(&format!("{SECRET},{members}")).session.as_ref().unwrap().timeouts;
    let plain = timeouts(r#""leeway":0"#);
    assert_eq!((plain.rolling, plain.idling, plain.absolute), (Some(3_600), Some(900), Some(86_400)));
    let older =
        timeouts(r#""session_cookie_lifetime":60,"session_cookie_idletime":0,"session_absolute_timeout":0"#);
    assert_eq!((older.rolling, older.idling, older.absolute), (Some(60), None, None));
    assert_refused(
        SECRET,
        &[
            (r#""session_rolling_timeout":-1"#, "session_rolling_timeout", "from 0 to 31536000"),
            (
                r#""session_rolling_timeout":60,"session_cookie_lifetime":61"#,
                "session_cookie_lifetime",
                "older name",
            ),
            (
                r#""session_cookie_same_site":"Lax","session_cookie_samesite":"Strict""#,
                "session_cookie_samesite",
                "older name",
            ),
        ],
    );
    assert_warned(
        SECRET,
        &[
            (
                r#""session_rolling_timeout":60,"session_cookie_lifetime":60,"session_idling_timeout":60"#,
                "",
                "",
            ),
            (r#""session_rolling_timeout":60"#, "session_idling_timeout", "900 s are never reached"),
            (r#""session_absolute_timeout":60"#, "session_rolling_timeout", "ends a session after 60 s"),
        ],
    );
}

#[test]
fn a_session_is_begun_by_methods_that_are_not_disabled() {
    let session = rules(&format!(
        r#"{SECRET},"disable_session":["bearer","session","kong_oauth2"],"session_audience":"shop","refresh_tokens":false,
           "unauthorized_destroy_session":false"#
    ));
    let session = session.session.as_ref().unwrap();
    assert_eq!(session.disabled, [Method::Bearer]);
    assert_eq!((&*session.audience, session.refreshes), ("shop", false));
    assert_eq!((session.ends_at(401), session.ends_at(403)), (false, true));
    assert_refused(
        SECRET,
        &[
            (r#""disable_session":["bearers"]"#, "disable_session[0]", "found \"bearers\""),
            (r#""session_audience":"a b""#, "session_audience", "visible"),
            (r#""session_storage":"redis""#, "session_storage", "gateways share nothing"),
            (r#""session_remember":true"#, "session_remember", "not supported yet"),
        ],
    );
}
