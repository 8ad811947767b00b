use super::Section::{self, Request, Response, Trailers};

use bytes::Bytes;

#[test]
fn names_come_out_in_lower_case() {
    assert_eq!(pair(Request, b"X-User", b"Alice"), Some(("x-user".into(), "Alice".into())));
}

#[test]
fn refuses_what_cannot_be_sent() {
    let cases: &[(Section, &[u8], &[u8])] = &[
        (Request, b"", b"empty name"),
        (Request, b"a b", b"space in the name"),
        (Request, b"a:b", b"colon in the name"),
        (Request, b"a\r\nb", b"line break in the name"),
        (Request, b"\xc3\xa4", b"name beyond ascii"),
        (Request, b"a", b"line\r\nbreak"),
        (Request, b"a", b"nul\0"),
        (Request, b"a", b"delete\x7f"),
        (Request, b":status", b"200"),
        (Request, b":invented", b"1"),
        (Request, b":Path", b"/"),
        (Response, b":path", b"/"),
        (Response, b":status", b"abc"),
        (Response, b":status", b"2000"),
        (Trailers, b":status", b"200"),
    ];
    for (section, name, value) in cases {
        assert_eq!(pair(*section, name, value), None, "{section:?} {name:?} {value:?}");
    }
}

#[test]
fn values_may_hold_tabs_and_bytes_beyond_ascii() {
    assert!(pair(Response, b"a", b"\t \xff").is_some());
    assert!(pair(Request, b":path", b"/\xff").is_some());
    assert!(pair(Response, b":status", b"204").is_some());
}

#[test]
fn a_list_with_one_bad_header_or_a_repeated_pseudo_header_is_refused() {
    assert!(list(&[(":method", "GET"), ("a", "1"), ("a", "2")]).is_some());
    assert!(list(&[(":method", "GET"), (":method", "POST")]).is_none());
    assert!(list(&[("a", "1"), ("b", "\n")]).is_none());
}

#[test]
fn host_in_a_request_is_the_authority() {
    assert_eq!(Request.alias(b"Host"), b":authority");
    assert_eq!(Response.alias(b"host"), b"host");
    let map = list(&[("host", "a"), ("x", "1")]).unwrap();
    assert_eq!(map.into_iter().next().unwrap().0, ":authority");
}

fn pair(section: Section, name: &[u8], value: &[u8]) -> Option<(Bytes, Bytes)> {
    section.pair(Bytes::copy_from_slice(name), Bytes::copy_from_slice(value))
}

fn list(pairs: &[(&'static str, &'static str)]) -> Option<crate::HeaderMap> {
    Request.list(pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect())
}
