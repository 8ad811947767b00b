use super::{RequestHead, arguments, unescaped};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

fn head<'a>(target: &'a str, authority: &'a str) -> RequestHead<'a> {
    RequestHead {
        method: b"GET",
        target: target.as_bytes(),
        authority: authority.as_bytes(),
        headers: &[],
        has_body: false,
        https: false,
    }
}

#[test]
fn path_ends_at_the_first_question_mark() {
    for (target, path) in [("/a", "/a"), ("/a?b", "/a"), ("/a?b?c", "/a"), ("?b", ""), ("", "")] {
        assert_eq!(head(target, "").path(), path.as_bytes(), "{target}");
    }
}

#[test]
fn host_loses_its_port_and_nothing_else() {
    for (authority, host) in [
        ("a.example", "a.example"),
        ("a.example:8000", "a.example"),
        ("[::1]:80", "[::1]"),
        ("[::1]", "[::1]"),
        ("", ""),
    ] {
        assert_eq!(head("/", authority).host(), host.as_bytes(), "{authority}");
    }
}

#[test]
fn values_are_found_in_any_case_and_in_order() {
    let headers: &[(&[u8], &[u8])] = &[(b"A", b"1"), (b"b", b"2"), (b"a", b"3")];
    let head =
        RequestHead { method: b"GET", target: b"/", authority: b"", headers, has_body: false, https: false };
    assert!(head.values("a").eq([&b"1"[..], b"3"]));
}

#[test]
fn arguments_are_taken_apart_and_unescaped() {
    for (query, expected) in [
        ("a=1&b=2", &[("a", "1"), ("b", "2")][..]),
        ("%61ccess_token=x?y=z", &[("access_token", "x?y=z")]),
        ("a%=b+c&%zz", &[("a%", "b c"), ("%zz", "")]),
        ("", &[("", "")]),
    ] {
        let text = |bytes: &[u8]| String::from_utf8(unescaped(bytes).into_owned()).expect("utf-8");
        let found: Vec<(String, String)> =
            arguments(query.as_bytes()).map(|(name, value)| (text(name), text(value))).collect();
        let expected: Vec<(String, String)> =
            expected.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        assert_eq!(found, expected, "{query}");
    }
}

#[test]
fn grpc_is_told_by_its_media_type() {
    for (media_type, grpc) in [
        ("application/grpc", true),
        ("application/grpc+proto", true),
        ("Application/GRPC; charset=x", true),
        ("application/grpc-web", false),
        ("application/json", false),
        ("", false),
    ] {
        let headers: &[(&[u8], &[u8])] = &[(b"content-type", media_type.as_bytes())];
        let head = RequestHead {
            method: b"POST",
            target: b"/",
            authority: b"",
            headers,
            has_body: true,
            https: false,
        };
        assert_eq!(head.is_grpc(), grpc, "{media_type}");
    }
}

#[test]
fn a_preflight_has_what_only_browsers_send() {
    let origin: (&[u8], &[u8]) = (b"Origin", b"https://shop.example");
    let method: (&[u8], &[u8]) = (b"Access-Control-Request-Method", b"GET");
    for (verb, headers, preflight) in [
        ("OPTIONS", &[origin, method][..], true),
        ("OPTIONS", &[origin], false),
        ("OPTIONS", &[method], false),
        ("GET", &[origin, method], false),
        ("options", &[origin, method], false),
    ] {
        let head = RequestHead {
            method: verb.as_bytes(),
            target: b"/",
            authority: b"",
            headers,
            has_body: false,
            https: false,
        };
        assert_eq!(head.is_preflight(), preflight, "{verb} {}", headers.len());
    }
}

#[test]
fn debug_shows_no_value_that_could_be_a_credential() {
    let headers: &[(&[u8], &[u8])] = &[(b"authorization", b"Bearer s3cret")];
    let head = RequestHead {
        method: b"GET",
        target: b"/a?access_token=s3cret",
        authority: b"",
        headers,
        has_body: false,
        https: false,
    };
    assert!(!format!("{head:?}").contains("s3cret"));
}
