use super::normalised;

#[test]
fn a_path_is_decoded_before_its_dots_are_resolved_and_its_arguments_stay() {
    let cases = [
        ("/admin%2f..%2fpublic/x", "/public/x"),
        ("/a%3fb=1?c=d", "/a?b=1?c=d"),
        ("/a//b/./c", "/a/b/c"),
        ("/a/..", "/"),
        ("/a/../../b", "/b"),
        ("/a/", "/a/"),
        ("/", "/"),
        ("/%2561", "/%61"),
        ("/a%2", "/a%2"),
        ("/x?a=%2e", "/x?a=%2e"),
    ];
    for (raw, expected) in cases {
        assert_eq!(normalised(raw.as_bytes()), expected, "{raw}");
    }
    assert_eq!(normalised(b"/%ff"), b"/\xff".as_slice());
}
