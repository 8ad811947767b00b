use super::RequestHead;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

fn head<'a>(target: &'a str, authority: &'a str) -> RequestHead<'a> {
    RequestHead { method: b"GET", target: target.as_bytes(), authority: authority.as_bytes(), headers: &[] }
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
    let head = RequestHead { method: b"GET", target: b"/", authority: b"", headers };
    assert!(head.values("a").eq([&b"1"[..], b"3"]));
}

#[test]
fn names_of_query_arguments_are_unescaped() {
    for (target, names) in [
        ("/?a=1&b=2", &["a", "b"][..]),
        ("/?%61ccess_token=x?y=z", &["access_token"]),
        ("/?a%=b&%zz", &["a%", "%zz"]),
        ("/?", &[""]),
        ("/", &[""]),
    ] {
        let found: Vec<String> =
            head(target, "").query_names().map(|name| name.map(char::from).collect()).collect();
        assert_eq!(found, names, "{target}");
    }
}

#[test]
fn debug_shows_no_value_that_could_be_a_credential() {
    let headers: &[(&[u8], &[u8])] = &[(b"authorization", b"Bearer s3cret")];
    let head = RequestHead { method: b"GET", target: b"/a?access_token=s3cret", authority: b"", headers };
    assert!(!format!("{head:?}").contains("s3cret"));
}
