use super::HostPattern;
use std::string::ToString;

#[test]
fn hosts_are_compared_without_regard_to_case_and_final_dot() {
    let cases: [(&str, &[u8], bool); 18] = [
        ("example.com", b"example.com", true),
        ("Example.com", b"EXAMPLE.com", true),
        ("example.com", b"example.com.", true),
        ("example.com.", b"example.com", true),
        ("example.com", b"example.org", false),
        ("example.com", b"a.example.com", false),
        ("example.com", b"", false),
        ("*.example.com", b"a.example.com", true),
        ("*.example.com", b"a.b.Example.com", true),
        ("*.example.com", b"example.com", false),
        ("*.example.com", b".example.com", false),
        ("*.example.com", b"badexample.com", false),
        ("example.*", b"example.com", true),
        ("example.*", b"EXAMPLE.co.uk", true),
        ("example.*", b"example.", false),
        ("example.*", b"example", false),
        ("example.*", b"a.example.com", false),
        ("[::1]", b"[::1]", true),
    ];
    for (pattern, host, expected) in cases {
        let found = HostPattern::parse(pattern).unwrap().matches(host);
        assert_eq!(found, expected, "{pattern} on {}", host.escape_ascii());
    }
}

#[test]
fn refuses_what_is_no_host() {
    for text in [
        "", ".", "*", "*.", "**", "*a.com", "a*", "a.*.b", "*.a.*", "a:80", "a/b", "a b", "é.com", "[]",
        "[x]",
    ] {
        assert_eq!(HostPattern::parse(text), None, "{text}");
    }
}

#[test]
fn a_pattern_is_shown_as_it_was_written() {
    for text in ["example.com", "*.example.com", "example.*"] {
        assert_eq!(HostPattern::parse(text).unwrap().to_string(), text);
    }
}
