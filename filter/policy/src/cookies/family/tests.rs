use super::CookieFamily;
use crate::cookies::{CookieRules, SameSite, Sent};
use crate::request::RequestHead;
use alloc::format;

fn family(host_prefix: bool) -> CookieFamily {
    let rules = CookieRules {
        name: "login".into(),
        path: "/".into(),
        domain: None,
        same_site: SameSite::Lax,
        http_only: true,
        secure: None,
        host_prefix,
    };
    CookieFamily { rules }
}

fn with_head<T>(https: bool, cookie: &str, see: impl FnOnce(&RequestHead<'_>) -> T) -> T {
    see(&RequestHead {
        method: b"GET",
        target: b"/",
        authority: b"a.example",
        headers: &[(b"cookie", cookie.as_bytes())],
        has_body: false,
        https,
    })
}

#[test]
fn each_has_a_cookie_of_its_own_name() {
    let one = family(true).one("aaaa-_09");
    let lines = with_head(true, "__Host-login-aaaa-_092=y", |head| one.set(head, "x", Some(600))).unwrap();
    let attributes = "; Path=/; SameSite=Lax; HttpOnly; Secure; Max-Age";
    assert_eq!(
        lines,
        [
            format!("__Host-login-aaaa-_09=1.x{attributes}=600"),
            format!("__Host-login-aaaa-_092={attributes}=0")
        ]
    );
    let read = |cookie: &str| with_head(true, cookie, |head| one.read(head));
    assert_eq!(read("__Host-login-aaaa-_09=1.x; __Host-login-bbbbbbbb=1.y"), Sent::Whole(b"x".into()));
    assert_eq!(read("__Host-login-bbbbbbbb=1.y; __Host-login=1.y; login-aaaa-_09=1.y"), Sent::Absent);
    assert_eq!(read("__Host-login-aaaa-_09=1.x; __Host-login-aaaa-_09=1.x"), Sent::Unsound);
    // Too long for one cookie.
    let long = "a".repeat(9_000);
    let lines = with_head(true, "", |head| one.set(head, &long, None)).unwrap();
    assert!(lines[2].starts_with("__Host-login-aaaa-_093=a"), "{}", lines.len());
}

#[test]
fn those_that_are_sent_are_known_by_their_tails_once_each_and_in_their_order() {
    let cookie = "login-bbbbbbbb=1.x; a=b; login-aaaaaaaa=2.x; login-aaaaaaaa2=y; login-bbbbbbbb=1.x; \
                  login-cccccccc3=z; login=1.x; login2=y; login-short=1; login-longer-than-that=1; \
                  login-aaaaaa.a=1; login-dddddddd6=1; __Host-login-eeeeeeee=1; login-ffffffff";
    let sent = |https, host_prefix| with_head(https, cookie, |head| family(host_prefix).sent(head).join(" "));
    assert_eq!(sent(false, true), "bbbbbbbb aaaaaaaa cccccccc");
    assert_eq!(sent(true, true), "eeeeeeee", "whoever set the others, it was not over https");
    assert_eq!(sent(true, false), "bbbbbbbb aaaaaaaa cccccccc");
}

/// Neither takes an upstream's cookie away, nor leaves it one of the gateway's.
#[test]
fn all_of_them_are_known_under_both_of_their_names_and_no_others() {
    for (pair, expected) in [
        ("login-aaaaaaaa=1.x", true),
        ("login-aaaaaaaa2=y", true),
        ("login-aaaaaaaa5=y", true),
        ("__Host-login-aaaaaaaa=1.x", true),
        ("__Host-login-Aa0-_aaa3=y", true),
        (" login-aaaaaaaa =1.x", true),
        // What an earlier version wrote.
        ("login=1.x", true),
        ("login2=y", true),
        ("__Host-login=1.x", true),
        ("login-x=1", false),
        ("login-aaaaaaa=1", false),
        ("login-aaaaaaaa1=1", false),
        ("login-aaaaaaaa6=1", false),
        ("login-aaaaaaaa22=1", false),
        ("login-aaaaaa.a=1", false),
        ("login_aaaaaaaa=1", false),
        ("login-=1", false),
        ("logins=1", false),
        ("xlogin-aaaaaaaa=1", false),
        ("login-aaaaaaaa", false),
    ] {
        assert_eq!(family(true).owns(pair.as_bytes()), expected, "{pair}");
    }
    assert!(!family(false).owns(b"__Host-login-aaaaaaaa=1"), "its name has no prefix");
}

#[test]
fn the_tail_is_the_beginning_of_a_name() {
    for (name, expected) in [
        (&b"aA0-_zzzrest"[..], Some("aA0-_zzz")),
        (b"aaaaaaaa", Some("aaaaaaaa")),
        (b"aaaaaaa", None),
        (b"", None),
        (b"aaaa;aaa", None),
        (b"aaaa aaa", None),
        (b"aaaa=aaa", None),
        ("aaaaaa\u{e9}".as_bytes(), None),
        (b"aaaa\0aaa", None),
    ] {
        let expected = expected.map(|tail| family(true).one(tail));
        assert_eq!(family(true).of(name), expected, "{name:?}");
    }
}
