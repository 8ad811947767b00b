use super::{Arrival, Fields};
use crate::host::HostError;
use crate::host::double::Double;
use claimgate_policy::Denial;
use claimgate_policy::capabilities::Capabilities;

/// Method, target, authority and header fields, as text.
type Shown = (String, String, String, Vec<(String, String)>);

fn read(host: &Double, engine: Capabilities) -> Result<Shown, Denial> {
    let arrival = Arrival::read(host, &engine, true)?;
    let fields = arrival.fields()?;
    let head = Fields::head(&fields);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let headers = head.headers.iter().map(|(name, value)| (text(name), text(value))).collect();
    Ok((text(head.method), text(head.target), text(head.authority), headers))
}

fn with(headers: &[(&str, &str)]) -> Double {
    let host = Double::new();
    host.has_headers(headers);
    host
}

#[test]
fn pseudo_headers_become_parts_of_the_head_and_the_others_stay_in_order() {
    let host = with(&[
        (":scheme", "https"),
        (":method", "GET"),
        (":path", "/a%2fb?c"),
        (":authority", "api.example:8443"),
        ("b", "1"),
        ("A", "2"),
        ("b", "3"),
    ]);
    let headers = [("b", "1"), ("A", "2"), ("b", "3")].map(|(name, value)| (name.into(), value.into()));
    let expected = ("GET".into(), "/a%2fb?c".into(), "api.example:8443".into(), headers.to_vec());
    assert_eq!(read(&host, Capabilities::ENVOY), Ok(expected));
    assert!(host.asked().is_empty(), "one call to the engine is enough");
}

/// Kong's engine lists `:scheme` among the pairs as Envoy does, so it needs no property there.
#[test]
fn a_client_came_over_https_only_where_the_engine_says_so() {
    let head = [(":method", "GET"), (":path", "/")];
    for (fields, https) in [
        (&[(":scheme", "https")][..], true),
        (&[(":scheme", "HTTPS")], true),
        (&[(":scheme", "http")], false),
        (&[(":scheme", "http"), (":scheme", "https")], false),
        (&[("scheme", "https"), ("x-forwarded-proto", "https")], false),
        (&[], false),
    ] {
        for engine in [Capabilities::ENVOY, Capabilities::NGINX] {
            let host = with(&[&head, fields].concat());
            host.has_property("request.path", Ok(b"/".to_vec()));
            let arrival = Arrival::read(&host, &engine, true).unwrap();
            assert_eq!(arrival.fields().unwrap().head().https, https, "{fields:?}");
        }
    }
}

#[test]
fn where_path_is_not_raw_target_and_authority_are_the_client_s() {
    let host = with(&[(":method", "GET"), (":path", "/b"), (":authority", "vm:80"), ("Host", "api.example")]);
    host.has_property("request.path", Ok(b"/a%2f..%2fb".to_vec()));
    let (_, target, authority, _) = read(&host, Capabilities::NGINX).unwrap();
    assert_eq!((&*target, &*authority), ("/a%2f..%2fb", "api.example"));
}

#[test]
fn where_path_is_raw_authority_comes_before_host() {
    let pseudo = [(":method", "GET"), (":path", "/")];
    for (fields, expected) in [
        (&[("host", "b"), (":authority", "a")][..], "a"),
        (&[(":authority", "a"), (":authority", "c")], "a"),
        (&[("HOST", "b")], "b"),
        (&[], ""),
    ] {
        let host = with(&[&pseudo, fields].concat());
        assert_eq!(read(&host, Capabilities::ENVOY).unwrap().2, expected, "{fields:?}");
    }
}

#[test]
fn a_head_that_the_engine_does_not_tell_in_full_is_refused() {
    let silent = Double::new();
    assert_eq!(read(&silent, Capabilities::ENVOY).unwrap_err().name(), "Internal");

    let malformed = Double::new();
    *malformed.headers.borrow_mut() = Ok(vec![1, 0, 0, 0, 9]);
    assert_eq!(read(&malformed, Capabilities::ENVOY).unwrap_err().name(), "Internal");

    let without_method = with(&[(":path", "/")]);
    assert_eq!(read(&without_method, Capabilities::ENVOY).unwrap_err().name(), "Internal");

    let without_target = with(&[(":method", "GET"), (":path", "/")]);
    without_target.has_property("request.path", Err(HostError::NotFound));
    assert_eq!(read(&without_target, Capabilities::NGINX).unwrap_err().name(), "Internal");
}

#[test]
fn a_request_without_a_path_has_no_route() {
    let connect = with(&[(":method", "CONNECT"), (":authority", "api.example:443")]);
    assert_eq!(read(&connect, Capabilities::ENVOY), Err(Denial::RouteUnknown));
}
