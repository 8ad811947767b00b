use super::HostPattern;
use crate::capabilities::Capabilities;
use crate::request::RequestHead;
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
        let found = matches(pattern, host, &Capabilities::CLAIMGATE);
        assert_eq!(found, Some(expected), "{pattern} on {}", host.escape_ascii());
    }
}

#[test]
fn where_the_engine_routes_by_the_whole_authority_a_port_or_a_final_dot_that_decides_is_unclear() {
    let cases: [(&str, &[u8], Option<bool>); 7] = [
        ("example.com", b"example.com", Some(true)),
        ("example.com", b"example.com:1", None),
        ("example.com", b"example.com.", None),
        ("*.example.com", b"a.example.com:1", None),
        ("example.*", b"example.com:1", Some(true)),
        ("example.com", b"example.org:1", Some(false)),
        ("example.com", b"example.com:x", Some(false)),
    ];
    for (pattern, authority, expected) in cases {
        let found = matches(pattern, authority, &Capabilities::ENVOY);
        assert_eq!(found, expected, "{pattern} on {}", authority.escape_ascii());
    }
}

fn matches(pattern: &str, authority: &[u8], engine: &Capabilities) -> Option<bool> {
    let head =
        RequestHead { method: b"GET", target: b"/", authority, headers: &[], has_body: false, https: false };
    HostPattern::parse(pattern).unwrap().matches(&head, engine)
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
