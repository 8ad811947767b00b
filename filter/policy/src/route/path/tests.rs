use super::{PathPrefix, RequestPath};

#[test]
fn escapes_are_resolved_before_prefixes_are_compared() {
    let cases = [
        ("/admin", "/admin", true),
        ("/admin", "/admin/x", true),
        ("/admin", "/administration", true), // plain prefixes, as in Kong
        ("/admin", "/%61dmin/x", true),
        ("/%61dmin", "/admin", true),
        ("/admin", "/Admin", false),
        ("/admin", "/adm", false),
        ("/admin", "/", false),
        ("/", "/anything", true),
        ("/admin", "/admin;v=1/x", true),
        ("/a%25", "/a%25", true),
    ];
    for (prefix, path, expected) in cases {
        let read = RequestPath::read(path.as_bytes()).unwrap();
        assert_eq!(PathPrefix::parse(prefix).unwrap().matches(&read), Some(expected), "{prefix} on {path}");
    }
}

#[test]
fn parameters_that_decide_whether_a_prefix_matches_are_ambiguous() {
    for (prefix, path) in [
        ("/open/staff", "/open;v=1/staff"),
        ("/open/staff", "/open%3bv=1/staff"),
        ("/open/staff", "/open/staff;v=1/x/..;a/"),
        ("/open/", "/open;v=1/staff"),
    ] {
        let read = RequestPath::read(path.as_bytes());
        assert_eq!(
            read.and_then(|read| PathPrefix::parse(prefix).unwrap().matches(&read)),
            None,
            "{prefix} on {path}"
        );
    }
}

#[test]
fn a_prefix_has_no_parameters() {
    assert_eq!(PathPrefix::parse("/open;v=1"), None);
}

#[test]
fn a_path_that_servers_read_differently_is_ambiguous() {
    let cases: [&[u8]; 33] = [
        b"",
        b"*",
        b"admin",
        b"http://host/admin",
        b"//",
        b"//admin",
        b"/a//b",
        b"/.",
        b"/..",
        b"/a/.",
        b"/a/./b",
        b"/a/../b",
        b"/a/..",
        b"/a\\b",
        b"/a/..\\b",
        b"/a%2fb",
        b"/a%2Fb",
        b"/a%5cb",
        b"/a%5Cb",
        b"/%2e%2e/b",
        b"/.%2E/b",
        b"/a%2eb",
        b"/a/..;/b",
        b"/a/..%3b/b",
        b"/a/.;x=y/b",
        b"/;x/admin",
        b"/a/;x",
        b"/a%",
        b"/a%2",
        b"/a%zz",
        b"/a%00",
        b"/a\0",
        b"/\xc3\xa9",
    ];
    for path in cases {
        assert_eq!(RequestPath::read(path), None, "{}", path.escape_ascii());
    }
}

#[test]
fn usual_paths_have_one_reading() {
    let cases: [&[u8]; 12] = [
        b"/",
        b"/a",
        b"/a/",
        b"/a/b.json",
        b"/.well-known/x",
        b"/...",
        b"/..a/b",
        b"/a;v=1/b",
        b"/a%20b",
        b"/%C3%A9",
        b"/a%252fb",
        b"/a~b!$&'()*+,=:@",
    ];
    for path in cases {
        assert!(RequestPath::read(path).is_some(), "{}", path.escape_ascii());
    }
}

#[test]
fn a_prefix_is_shown_as_it_was_written() {
    assert_eq!(std::string::ToString::to_string(&PathPrefix::parse("/%61").unwrap()), "/%61");
}

#[test]
fn a_prefix_that_no_path_can_have_is_refused() {
    for text in ["", "a", "~/a$", "/a//b", "/../a", "/a%2Fb", "/a?b", "/a#b", "/a b", "/é"] {
        assert_eq!(PathPrefix::parse(text), None, "{text}");
    }
}
