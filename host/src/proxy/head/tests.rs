use http::{HeaderMap, Request, request::Parts};

use super::{Head, Peer, strip_connection_headers};
use crate::config::Network;
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

#[test]
fn the_client_came_over_https_where_trusted_proxies_say_nothing_else() {
    let trusted: &[Network] = &[Network::parse("192.0.2.0/24").unwrap()];
    let table: [(&[&str], &[Network], &str); 10] = [
        (&[], &[], "http"),
        (&[], trusted, "http"),
        (&["https"], &[], "http"),
        (&["https"], trusted, "https"),
        (&["HTTPS "], trusted, "https"),
        (&["http"], trusted, "http"),
        (&["https, https"], trusted, "https"),
        (&["https, http"], trusted, "http"),
        (&["https", "http"], trusted, "http"),
        (&[""], trusted, "http"),
    ];
    for (said, trusted, expected) in table {
        let said = said.iter().map(|proto| ("x-forwarded-proto", *proto));
        let headers: Vec<_> = [("host", "a"), ("scheme", "https")].into_iter().chain(said).collect();
        let head = Head::read(parts("/", &headers), &peer(), trusted).unwrap();
        let pairs = head.to_pairs();
        assert_eq!(pairs.get(":scheme").unwrap(), expected, "{headers:?}, trusted: {trusted:?}");
        assert_eq!(Head::from_pairs(pairs).unwrap(), head);
    }
}

#[test]
fn an_absolute_target_does_not_say_how_the_client_came() {
    let head = Head::read(parts("https://a.test/x", &[("host", "a.test")]), &peer(), &[]).unwrap();
    assert_eq!(head.to_pairs().get(":scheme").unwrap(), "http");
}

#[test]
fn the_client_is_who_trusted_proxies_say() {
    let trusted: Vec<_> = ["192.0.2.0/24", "10.0.0.0/8"].map(|text| Network::parse(text).unwrap()).into();
    let table: [(&str, &[Network], &str); 8] = [
        ("198.51.100.7", &[], "192.0.2.1:5000"),
        ("", &trusted, "192.0.2.1:5000"),
        ("198.51.100.7", &trusted, "198.51.100.7:0"),
        ("6.6.6.6, 198.51.100.7", &trusted, "198.51.100.7:0"),
        ("6.6.6.6, 198.51.100.7, 10.0.0.1", &trusted, "198.51.100.7:0"),
        ("10.0.0.2,10.0.0.1", &trusted, "10.0.0.2:0"),
        ("198.51.100.7, unknown", &trusted, "192.0.2.1:5000"),
        ("2001:db8::1", &trusted, "[2001:db8::1]:0"),
    ];
    for (said, trusted, expected) in table {
        let headers = [("host", "a"), ("x-forwarded-for", said)];
        let head = Head::read(parts("/", &headers), &peer(), trusted).unwrap();
        assert_eq!(head.client(&peer(), trusted).to_string(), expected, "{said}");
    }
}
