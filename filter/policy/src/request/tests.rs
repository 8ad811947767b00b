use super::RequestHead;

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
