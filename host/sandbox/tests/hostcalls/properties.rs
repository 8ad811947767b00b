//! proxy_get_property and proxy_set_property.

use crate::embedder::headers;
use crate::probe::{Arg::*, BAD_ARGUMENT, Item, NOT_FOUND, OK, Probe, WILD, call, given, plugin, status};

use bytes::Bytes;
use claimgate_sandbox::{Limits, Plugin, StreamFacts, TlsFacts};

const HEAD: [(&str, &str); 6] = [
    (":method", "GET"),
    (":path", "/a/b?c=d?e"),
    (":scheme", "https"),
    (":authority", "example.org"),
    ("user-agent", "curl"),
    ("content-length", "258"),
];

#[test]
fn each_property_is_encoded_as_in_envoy() {
    let cases: [(&str, &[u8]); 31] = [
        ("plugin_name", b"test"),
        ("plugin_root_id", b"root"),
        ("plugin_vm_id", b"vm"),
        ("claimgate.host", env!("CARGO_PKG_VERSION").as_bytes()),
        ("request.method", b"GET"),
        ("request.path", b"/a/b?c=d?e"),
        ("request.url_path", b"/a/b"),
        ("request.query", b"c=d?e"),
        ("request.scheme", b"https"),
        ("request.host", b"example.org"),
        ("request.useragent", b"curl"),
        ("request.headers.user-agent", b"curl"),
        ("request.id", b"id-1"),
        ("request.protocol", b"HTTP/1.1"),
        ("request.time", &5_i64.to_le_bytes()),
        ("request.size", &258_i64.to_le_bytes()),
        ("source.address", b"192.0.2.1:4711"),
        ("source.port", &4711_i64.to_le_bytes()),
        ("destination.address", b"[2001:db8::1]:443"),
        ("destination.port", &443_i64.to_le_bytes()),
        ("upstream.address", b"192.0.2.9:80"),
        ("connection.id", &9_i64.to_le_bytes()),
        ("connection.mtls", &[1]),
        ("connection.tls_version", b"TLSv1.3"),
        ("connection.requested_server_name", b"example.org"),
        ("connection.sha256_peer_certificate_digest", b"abcd"),
        ("connection.subject_peer_certificate", b"CN=c"),
        ("connection.uri_san_peer_certificate", b"urn:c"),
        ("route_name", b"route"),
        ("xds.route_name", b"route"),
        ("cluster_name", b"service"),
    ];
    for (path, expected) in cases {
        assert_eq!(read(path, facts()), Some(Bytes::copy_from_slice(expected)), "{path}");
    }
}

#[test]
fn what_is_not_known_is_not_found() {
    let paths = ["source.address", "source.port", "connection.tls_version", "request.id", "xds.route_name"];
    for path in
        paths.into_iter().chain(["request.referer", "request.headers.x", "response.code", "", "no.such"])
    {
        assert_eq!(read(path, StreamFacts::default()), None, "{path}");
    }
    assert_eq!(read("connection.mtls", StreamFacts::default()).unwrap().as_ref(), [0]);
}

#[test]
fn the_response_has_properties_once_it_is_there() {
    let mut probe = Probe::new();
    let head = headers(&[(":status", "404"), ("a", "1")]);
    let ask = get("response.code").call("proxy_get_property", &[Text(b"response\0headers\0a"), Out]).given();
    let (_, report) = probe.during(ask, |probe, stream| probe.on_response_headers(stream, head, true));
    let code = vec![Item::Status(OK), Item::Given(Bytes::copy_from_slice(&404_i64.to_le_bytes()))];
    assert_eq!(report, [code, given(b"1")].concat());
}

#[test]
fn the_root_context_knows_the_plugin_only() {
    let mut probe = Probe::new();
    let ask = get("plugin_name").call("proxy_get_property", &[Text(b"source\0address"), Out]);
    let (_, report) = probe.during(ask, |instance, _| instance.on_tick());
    assert_eq!(report, [given(b"test"), status(NOT_FOUND)].concat());
}

#[test]
fn a_property_of_one_part_can_be_set_and_read_back() {
    let mut probe = Probe::new();
    let set = |value| call("proxy_set_property", &[Text(b"consumer"), Text(value)]);
    probe.run(set(b"alice"));
    let report = probe.run(set(b"bob").call("proxy_get_property", &[Text(b"consumer"), Out]).given());
    assert_eq!(report, [status(OK), given(b"bob")].concat());
    assert_eq!(probe.instance.property(probe.stream, "consumer"), Some(&b"bob"[..]));
    assert_eq!(probe.instance.property(probe.stream, "other"), None);
}

#[test]
fn what_the_host_knows_cannot_be_overwritten() {
    let mut probe = Probe::new();
    let set = call("proxy_set_property", &[Text(b"plugin_name"), Text(b"forged")])
        .call("proxy_set_property", &[Text(b"request\0method"), Text(b"forged")])
        .call("proxy_get_property", &[Text(b"plugin_name"), Out])
        .given()
        .call("proxy_get_property", &[Text(b"request\0method"), Out])
        .given();
    let (_, report) = probe.on_request(set, &HEAD);
    assert_eq!(report, [vec![Item::Status(OK); 2], given(b"test"), given(b"GET")].concat());
}

#[test]
fn set_properties_are_bounded() {
    let limits = Limits { properties: 1, property_bytes: 10, ..Limits::default() };
    let mut probe = Probe::with(Plugin { limits, ..plugin() });
    let report = probe.run(
        call("proxy_set_property", &[Text(b"a"), Text(b"1")])
            .call("proxy_set_property", &[Text(b"b"), Text(b"2")])
            .call("proxy_set_property", &[Text(b"a"), Text(b"more than ten")]),
    );
    let expected: Vec<_> = [OK, BAD_ARGUMENT, BAD_ARGUMENT].map(Item::Status).into();
    assert_eq!(report, expected);
}

#[test]
fn the_root_context_stores_nothing() {
    let mut probe = Probe::new();
    let set = call("proxy_set_property", &[Text(b"a"), Text(b"1")]);
    assert_eq!(probe.during(set, |instance, _| instance.on_tick()).1, status(NOT_FOUND));
}

#[test]
fn wild_pointers_are_traps() {
    Probe::new().fatal(call("proxy_get_property", &[WILD, Number(9), Out]));
    Probe::new().fatal(call("proxy_get_property", &[Text(b"plugin_name"), WILD, WILD]));
    Probe::new().fatal(call("proxy_set_property", &[Text(b"a"), WILD, Number(9)]));
}

fn read(path: &str, facts: StreamFacts) -> Option<Bytes> {
    let mut probe = Probe::new();
    probe.stream = probe.instance.open_stream(facts).unwrap();
    let (_, report) = probe.on_request(get(path), &HEAD);
    match report.as_slice() {
        [Item::Status(OK), Item::Given(value)] => Some(value.clone()),
        [Item::Status(NOT_FOUND), _] => None,
        other => panic!("expected a property or none, got {other:?}"),
    }
}

fn get(path: &str) -> crate::probe::Script {
    call("proxy_get_property", &[Text(path.replace('.', "\0").as_bytes()), Out]).given()
}

fn facts() -> StreamFacts {
    StreamFacts {
        source_address: "192.0.2.1:4711".into(),
        destination_address: "[2001:db8::1]:443".into(),
        protocol: "HTTP/1.1".into(),
        scheme: "https".into(),
        request_id: "id-1".into(),
        route_name: "route".into(),
        service_name: "service".into(),
        upstream_address: "192.0.2.9:80".into(),
        start_unix_nanos: 5,
        connection_id: 9,
        tls: Some(TlsFacts {
            version: "TLSv1.3".into(),
            server_name: "example.org".into(),
            mutual: true,
            peer_certificate_sha256: "abcd".into(),
            peer_subject: "CN=c".into(),
            peer_uri_san: "urn:c".into(),
        }),
    }
}
