use super::{CookieRules, SameSite, Sent, TooLong};
use crate::request::RequestHead;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

fn rules() -> CookieRules {
    CookieRules {
        name: "session".into(),
        path: "/".into(),
        domain: None,
        same_site: SameSite::Lax,
        http_only: true,
        secure: None,
        host_prefix: false,
    }
}

fn with_head<T>(cookies: &[&str], see: impl FnOnce(&RequestHead<'_>) -> T) -> T {
    let headers: Vec<(&[u8], &[u8])> =
        cookies.iter().map(|line| (b"Cookie".as_slice(), line.as_bytes())).collect();
    see(&RequestHead {
        method: b"GET",
        target: b"/",
        authority: b"a.example",
        headers: &headers,
        has_body: false,
    })
}

fn read(cookies: &[&str]) -> Sent {
    with_head(cookies, |head| rules().read(head))
}

fn set(cookies: &[&str], value: &str) -> Vec<String> {
    with_head(cookies, |head| rules().set(head, value, false, None)).unwrap()
}

/// What a browser sends back that got these lines.
fn kept(lines: &[String]) -> String {
    let pairs: Vec<&str> = lines.iter().map(|line| line.split(';').next().unwrap()).collect();
    pairs.join("; ")
}

#[test]
fn a_value_comes_back_whole_however_long_it_is() {
    for length in [0, 1, 3_989, 3_990, 8_000, 19_000] {
        let value = "a".repeat(length);
        let lines = set(&[], &value);
        assert!(lines.iter().all(|line| line.split(';').next().unwrap().len() <= 4_096));
        assert_eq!(read(&[&kept(&lines)]), Sent::Whole(value.into_bytes()), "{length}");
    }
    let too_long = with_head(&[], |head| rules().set(head, &"a".repeat(20_000), false, None));
    assert_eq!(too_long, Err(TooLong));
}

#[test]
fn parts_are_read_in_their_order_wherever_they_stand() {
    for (cookies, expected) in [
        (&["session=1.abc"][..], Sent::Whole(b"abc".into())),
        (&["other=1; session2=def; session=2.abc"], Sent::Whole(b"abcdef".into())),
        (&["session2=def", "session=2.abc"], Sent::Whole(b"abcdef".into())),
        // What an earlier value left behind.
        (&["session=1.abc; session2=def"], Sent::Whole(b"abc".into())),
        (&["other=1"], Sent::Absent),
        (&["session2=def"], Sent::Absent),
        (&["Session=1.abc"], Sent::Absent),
        (&[], Sent::Absent),
    ] {
        assert_eq!(read(cookies), expected, "{cookies:?}");
    }
}

#[test]
fn a_value_that_somebody_else_may_have_set_is_no_value() {
    for cookies in [
        &["session=1.abc; session=1.abc"][..],
        &["session=1.abc", "session=1.xyz"],
        &["session=2.abc; session2=def; session2=ghi"],
        &["session=2.abc"],
        &["session=0.abc"],
        &["session=6.abc"],
        &["session=:.abc"],
        &["session=abc"],
        &["session="],
        &["session=1"],
    ] {
        assert_eq!(read(cookies), Sent::Unsound, "{cookies:?}");
    }
}

#[test]
fn attributes_say_on_which_requests_it_comes_back() {
    let line = |rules: CookieRules, https, seconds| {
        with_head(&[], |head| rules.set(head, "x", https, seconds)).unwrap().remove(0)
    };
    assert_eq!(line(rules(), false, None), "session=1.x; Path=/; SameSite=Lax; HttpOnly");
    assert_eq!(
        line(rules(), true, Some(600)),
        "session=1.x; Path=/; SameSite=Lax; HttpOnly; Secure; Max-Age=600"
    );
    let other = CookieRules {
        name: "s".into(),
        path: "/orders".into(),
        domain: Some("example.com".into()),
        same_site: SameSite::None,
        http_only: false,
        secure: Some(true),
        host_prefix: false,
    };
    assert_eq!(
        line(other.clone(), false, None),
        "s=1.x; Path=/orders; Domain=example.com; SameSite=None; Secure"
    );
    let never = CookieRules { secure: Some(false), same_site: SameSite::Default, ..other.clone() };
    assert_eq!(line(never, true, None), "s=1.x; Path=/orders; Domain=example.com");
    let strict = CookieRules { same_site: SameSite::Strict, domain: None, ..other };
    assert_eq!(line(strict, false, None), "s=1.x; Path=/orders; SameSite=Strict; Secure");
}

#[test]
fn a_shorter_value_and_none_forget_what_a_longer_one_left() {
    let sent = &["session=3.a; session2=b; session3=c; other=1"];
    let forgotten = |place: &str| format!("session{place}=; Path=/; SameSite=Lax; HttpOnly; Max-Age=0");
    assert_eq!(set(sent, "x")[1..], [forgotten("2"), forgotten("3")]);
    let all = with_head(sent, |head| rules().forget(head, false));
    assert_eq!(all, [forgotten(""), forgotten("2"), forgotten("3")]);
    assert!(with_head(&["other=1"], |head| rules().forget(head, false)).is_empty());
}

#[test]
fn the_upstream_sees_the_other_cookies_alone() {
    for (cookies, expected) in [
        (&["a=1; session=2.x; session2=y; b=2"][..], Some("a=1; b=2")),
        (&["session=1.x"], Some("")),
        (&["session=1.x; session=1.y; session5=z; session6=w"], Some("session6=w")),
        (&["a=1; sessions=2"], None),
        (&[], None),
    ] {
        let rest = with_head(cookies, |head| rules().without(head));
        let rest = rest.map(|rest| String::from_utf8(rest).unwrap());
        assert_eq!(rest, expected.map(|rest| rest.to_string()), "{cookies:?}");
    }
}
