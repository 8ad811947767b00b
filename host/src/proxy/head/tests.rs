use http::{HeaderMap, Request, request::Parts};

use super::{Head, Peer, strip_connection_headers};
use crate::proxy::respond::Failure;

fn peer() -> Peer {
    Peer { remote: "192.0.2.1:5000".parse().unwrap(), local: "192.0.2.2:80".parse().unwrap(), id: 1 }
}

fn parts(target: &str, headers: &[(&str, &str)]) -> Parts {
    let mut request = Request::get(target);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap().into_parts().0
}

#[test]
fn survives_the_way_through_filters() {
    let headers = [("host", "a.test:81"), ("x-a", "1"), ("x-a", "2"), ("cookie", "b=\u{e4}")];
    let head = Head::read(parts("/x?y=%2f", &headers), &peer(), &[]).unwrap();
    assert_eq!(Head::from_pairs(head.to_pairs()).unwrap(), head);
    assert_eq!((head.host(), head.path()), ("a.test:81", "/x"));
}

#[test]
fn a_filter_cannot_make_an_invalid_head() {
    let head = Head::read(parts("/", &[("host", "a")]), &peer(), &[]).unwrap();
    let table = [
        (":method", "GATE CLOSED", Failure::FilterOutput),
        (":path", "no slash", Failure::FilterOutput),
        ("x-a", "line\nbreak", Failure::FilterOutput),
    ];
    for (name, value, expected) in table {
        let mut pairs = head.to_pairs();
        pairs.set(name, value);
        assert_eq!(Head::from_pairs(pairs), Err(expected), "{name}");
    }
}

#[test]
fn a_client_cannot_have_a_filters_header_dropped() {
    let headers = [("host", "a"), ("connection", "x-consumer-id"), ("x-consumer-id", "evil")];
    let head = Head::read(parts("/", &headers), &peer(), &[]).unwrap();
    assert!(!head.headers.contains_key("connection") && !head.headers.contains_key("x-consumer-id"));
}

#[test]
fn connection_cannot_name_what_frames_the_message() {
    let mut headers = HeaderMap::new();
    for (name, value) in
        [("connection", "close, Content-Length, X-A , ,\t"), ("content-length", "1"), ("x-a", "1")]
    {
        headers.insert(name, value.parse().unwrap());
    }
    strip_connection_headers(&mut headers);
    assert_eq!(headers.keys().map(http::HeaderName::as_str).collect::<Vec<_>>(), ["content-length"]);
}
