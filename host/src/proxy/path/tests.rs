use super::is_unambiguous;

#[test]
fn takes_plain_paths() {
    for path in ["/", "/orders", "/orders/", "/a.b/..c/...", "/a%20b", "/a;b=c", "/~x", "*", "/%25"] {
        assert!(is_unambiguous(path), "{path}");
    }
}

#[test]
fn refuses_what_servers_read_differently() {
    let paths = [
        "//",
        "/a//b",
        "/./a",
        "/a/.",
        "/../a",
        "/a/..",
        "/a/../b",
        "/a/..;/b",
        "/a/.;x",
        "/a%2fb",
        "/a%2Fb",
        "/%2e%2E/a",
        "/a%00",
        "/a%",
        "/a%2",
        "/a%zz",
        "/a%5cb",
        "/a%5Cb",
        "/a\\b",
        "/ä",
        "/a b",
        "/a\u{7f}",
        "/a\u{0}",
    ];
    for path in paths {
        assert!(!is_unambiguous(path), "{path}");
    }
}
