//! The map functions.

use crate::embedder::headers;
use crate::probe::{
    Arg, Arg::*, BAD_ARGUMENT, Item, NOT_FOUND, OK, Probe, Script, WILD, call, given, plugin, script, status,
};

use claimgate_sandbox::{HeaderMap, Limits, Plugin, Verdict, pairs};

const REQUEST: Arg<'static> = Number(0);
const REQUEST_TRAILERS: Arg<'static> = Number(1);
const RESPONSE: Arg<'static> = Number(2);
const GRPC: Arg<'static> = Number(4);
const CALL: Arg<'static> = Number(6);
const UNKNOWN: Arg<'static> = Number(8);

const HEAD: [(&str, &str); 5] = [
    (":method", "GET"),
    (":authority", "example.org"),
    ("x-user", "forged"),
    ("cookie", "a=1"),
    ("X-User", "again"),
];

#[test]
fn all_pairs_come_in_order_with_every_copy() {
    let script = call("proxy_get_header_map_pairs", &[REQUEST, Out]).given();
    let (_, report) = Probe::new().on_request(script, &HEAD);
    let encoded = pairs::encode(headers(&HEAD).as_slice()).unwrap();
    assert_eq!(report, [Item::Status(OK), Item::Given(encoded.into())]);
}

#[test]
fn the_pairs_of_an_absent_map_are_empty() {
    for map in [RESPONSE, REQUEST_TRAILERS, CALL, GRPC] {
        let report = Probe::new().run(call("proxy_get_header_map_pairs", &[map, Out]).given());
        assert_eq!(report, given(b""), "{map:?}");
    }
}

#[test]
fn a_value_is_the_first_copy_whatever_the_case_of_the_name() {
    let script = call("proxy_get_header_map_value", &[REQUEST, Text(b"X-USER"), Out]).given();
    assert_eq!(Probe::new().on_request(script, &HEAD).1, given(b"forged"));
}

#[test]
fn an_absent_value_is_not_found() {
    for (map, name) in [(REQUEST, "x-none"), (RESPONSE, ":status"), (CALL, ":status")] {
        let report = Probe::new().run(call("proxy_get_header_map_value", &[map, Text(name.as_bytes()), Out]));
        assert_eq!(report, status(NOT_FOUND), "{map:?}");
    }
}

#[test]
fn host_and_authority_are_one_header() {
    let read = call("proxy_get_header_map_value", &[REQUEST, Text(b"Host"), Out]).given();
    assert_eq!(Probe::new().on_request(read, &HEAD).1, given(b"example.org"));

    let write = call("proxy_replace_header_map_value", &[REQUEST, Text(b"host"), Text(b"other")]);
    assert_eq!(
        edited(write),
        [":method: GET", ":authority: other", "x-user: forged", "cookie: a=1", "X-User: again"]
    );
}

#[test]
fn replace_leaves_one_copy_and_remove_none() {
    let replace = call("proxy_replace_header_map_value", &[REQUEST, Text(b"X-User"), Text(b"alice")]);
    assert_eq!(edited(replace), [":method: GET", ":authority: example.org", "x-user: alice", "cookie: a=1"]);

    let remove = call("proxy_remove_header_map_value", &[REQUEST, Text(b"x-uSER")]);
    assert_eq!(edited(remove), [":method: GET", ":authority: example.org", "cookie: a=1"]);
}

#[test]
fn add_keeps_copies_and_pseudo_headers_stay_in_front() {
    let add = call("proxy_add_header_map_value", &[REQUEST, Text(b"Cookie"), Text(b"b=2")])
        .call("proxy_add_header_map_value", &[REQUEST, Text(b":path"), Text(b"/")]);
    let expected = [
        ":method: GET",
        ":authority: example.org",
        ":path: /",
        "x-user: forged",
        "cookie: a=1",
        "X-User: again",
        "cookie: b=2",
    ];
    assert_eq!(edited(add), expected);
}

#[test]
fn removing_what_is_absent_is_ok() {
    let report = Probe::new().run(call("proxy_remove_header_map_value", &[REQUEST, Text(b"x-none")]));
    assert_eq!(report, status(OK));
}

#[test]
fn the_whole_map_can_be_replaced() {
    let list = pairs::encode(headers(&[(":method", "POST"), ("A", "1")]).as_slice()).unwrap();
    let script = call("proxy_set_header_map_pairs", &[REQUEST, Text(&list)]);
    assert_eq!(edited(script), [":method: POST", "a: 1"]);
}

#[test]
fn malformed_pairs_are_the_empty_list() {
    for bytes in [&b"\xff\xff\xff\xff"[..], b"\x01\0\0\0", b"garbage"] {
        assert_eq!(edited(call("proxy_set_header_map_pairs", &[REQUEST, Text(bytes)])), [""; 0]);
    }
}

#[test]
fn what_cannot_be_sent_is_a_bad_argument_and_changes_nothing() {
    let cases: [(&[u8], &[u8]); 6] = [
        (b"x", b"line\r\nbreak"),
        (b"x y", b"1"),
        (b"", b"1"),
        (b":invented", b"1"),
        (b":status", b"200"),
        (b":method", b"a second one"),
    ];
    for (name, value) in cases {
        let script = call("proxy_add_header_map_value", &[REQUEST, Text(name), Text(value)]);
        let mut probe = Probe::new();
        let (_, report) = probe.on_request(script, &HEAD);
        assert_eq!(report, status(BAD_ARGUMENT), "{name:?}");
        assert_eq!(probe.instance.request_headers(probe.stream), Some(&headers(&HEAD)));
    }
    let list = pairs::encode(headers(&[("a", "\n")]).as_slice()).unwrap();
    let report = Probe::new().run(call("proxy_set_header_map_pairs", &[REQUEST, Text(&list)]));
    assert_eq!(report, status(BAD_ARGUMENT));
}

#[test]
fn a_map_cannot_outgrow_its_limits() {
    let limits = Limits { map_pairs: 5, ..Limits::default() };
    let mut probe = Probe::with(Plugin { limits, ..plugin() });
    let script = call("proxy_add_header_map_value", &[REQUEST, Text(b"x"), Text(b"1")]);
    assert_eq!(probe.on_request(script, &HEAD).1, status(BAD_ARGUMENT));
}

#[test]
fn a_write_to_a_map_that_is_absent_or_unknown_is_a_bad_argument() {
    for map in [RESPONSE, REQUEST_TRAILERS, CALL, GRPC, UNKNOWN] {
        let report = Probe::new().run(
            call("proxy_add_header_map_value", &[map, Text(b"a"), Text(b"1")])
                .call("proxy_replace_header_map_value", &[map, Text(b"a"), Text(b"1")])
                .call("proxy_remove_header_map_value", &[map, Text(b"a")])
                .call("proxy_set_header_map_pairs", &[map, Text(b"")]),
        );
        assert_eq!(report, vec![Item::Status(BAD_ARGUMENT); 4], "{map:?}");
    }
}

#[test]
fn an_unknown_map_cannot_be_read() {
    let report = Probe::new().run(
        call("proxy_get_header_map_pairs", &[UNKNOWN, Out])
            .call("proxy_get_header_map_value", &[UNKNOWN, Text(b"a"), Out])
            .call("proxy_get_header_map_size", &[UNKNOWN, Word]),
    );
    assert_eq!(report, vec![Item::Status(BAD_ARGUMENT); 3]);
}

#[test]
fn the_size_counts_names_and_values() {
    let script = call("proxy_get_header_map_size", &[REQUEST, Word]).word();
    let (_, report) = Probe::new().on_request(script, &[("ab", "c"), ("d", "")]);
    assert_eq!(report, [Item::Status(OK), Item::Word(4)]);
}

#[test]
fn headers_that_have_left_can_be_read_and_writes_to_them_change_nothing() {
    let mut probe = Probe::new();
    assert_eq!(probe.on_request(script(), &HEAD).0, Verdict::Continue);
    let script = call("proxy_remove_header_map_value", &[REQUEST, Text(b"x-user")])
        .call("proxy_get_header_map_value", &[REQUEST, Text(b"x-user"), Out])
        .given();
    let (_, report) = probe.on_request_body(script, "body", true);
    assert_eq!(report, [vec![Item::Status(OK)], given(b"forged")].concat());
}

#[test]
fn trailers_and_response_headers_are_maps_like_any_other() {
    let mut probe = Probe::new();
    probe.on_request(script(), &HEAD);
    let add = call("proxy_add_header_map_value", &[REQUEST_TRAILERS, Text(b"b"), Text(b"2")]);
    let (verdict, report) =
        probe.during(add, |probe, stream| probe.on_request_trailers(stream, headers(&[("a", "1")])));
    assert_eq!((verdict.unwrap(), report), (Verdict::Continue, status(OK)));
    assert_eq!(texts(probe.instance.request_trailers(probe.stream)), ["a: 1", "b: 2"]);

    let set = call("proxy_replace_header_map_value", &[RESPONSE, Text(b":status"), Text(b"404")]);
    let (verdict, report) = probe
        .during(set, |probe, stream| probe.on_response_headers(stream, headers(&[(":status", "200")]), true));
    assert_eq!((verdict.unwrap(), report), (Verdict::Continue, status(OK)));
    assert_eq!(texts(probe.instance.response_headers(probe.stream)), [":status: 404"]);
}

#[test]
fn wild_pointers_are_traps() {
    let length = Number(9);
    let cases: [Script; 6] = [
        call("proxy_get_header_map_pairs", &[REQUEST, WILD, WILD]),
        call("proxy_set_header_map_pairs", &[REQUEST, WILD, length]),
        call("proxy_get_header_map_value", &[REQUEST, WILD, length, Out]),
        call("proxy_get_header_map_value", &[REQUEST, Text(b":method"), WILD, WILD]),
        call("proxy_add_header_map_value", &[REQUEST, Text(b"a"), WILD, length]),
        call("proxy_remove_header_map_value", &[REQUEST, WILD, length]),
    ];
    for script in cases {
        Probe::new().fatal(script);
    }
}

/// Runs a script that must succeed on [`HEAD`], and tells what is left of it.
fn edited(script: Script) -> Vec<String> {
    let mut probe = Probe::new();
    let (_, report) = probe.on_request(script, &HEAD);
    assert!(report.iter().all(|item| *item == Item::Status(OK)), "{report:?}");
    texts(probe.instance.request_headers(probe.stream))
}

fn texts(map: Option<&HeaderMap>) -> Vec<String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    map.unwrap().iter().map(|(name, value)| format!("{}: {}", text(name), text(value))).collect()
}
