//! proxy_http_call, and the outcome of calls.

use std::time::Duration;

use crate::embedder::headers;
use crate::probe::{
    Arg, Arg::*, BAD_ARGUMENT, INTERNAL_FAILURE, Item, NOT_FOUND, OK, Probe, Script, WILD, call, configure,
    given, script, status,
};

use bytes::Bytes;
use claimgate_sandbox::{CallId, CallOutcome, Effect, HeaderMap, SandboxError, pairs};

const HEAD: [(&str, &str); 3] = [(":method", "GET"), (":path", "/keys"), ("Host", "idp")];

#[test]
fn a_call_is_an_effect() {
    let mut probe = Probe::new();
    let report = probe.run(dispatch(b"known", &HEAD, 5_000).word());
    let id = call_of(&probe.effects()[0]);
    assert_eq!(report, [Item::Status(OK), Item::Word(id.get().into())]);
}

#[test]
fn a_call_carries_what_the_guest_gave() {
    let mut probe = Probe::new();
    probe.run(dispatch(b"known", &HEAD, 5_000));
    let effects = probe.effects();
    let expected = Effect::HttpCall {
        call: call_of(&effects[0]),
        stream: Some(probe.stream),
        upstream: "known".into(),
        headers: headers(&[(":method", "GET"), (":path", "/keys"), (":authority", "idp")]),
        body: "body".into(),
        trailers: headers(&[("t", "1")]),
        timeout: Duration::from_secs(5),
    };
    assert_eq!(effects, [expected]);
}

#[test]
fn what_cannot_be_called_is_a_bad_argument() {
    let with_line_break = [HEAD[0], HEAD[1], HEAD[2], ("a", "\n")];
    let cases = [
        (&b"unknown"[..], &HEAD[..], 5),
        (b"\xff", &HEAD, 5),
        (b"known", &HEAD[1..], 5),
        (b"known", &[HEAD[0], HEAD[2]], 5),
        (b"known", &HEAD[..2], 5),
        (b"known", &with_line_break, 5),
        (b"known", &HEAD, u32::MAX),
    ];
    for (upstream, head, timeout) in cases {
        let mut probe = Probe::new();
        assert_eq!(
            probe.run(dispatch(upstream, head, timeout)),
            status(BAD_ARGUMENT),
            "{upstream:?} {head:?}"
        );
        assert_eq!(probe.effects(), []);
    }
}

#[test]
fn the_answer_is_readable_in_its_callback_only() {
    let mut probe = Probe::new();
    probe.run(dispatch(b"known", &HEAD, 0));
    let id = call_of(&probe.effects()[0]);
    let read = || {
        call("proxy_get_header_map_value", &[Number(6), Text(b":status"), Out])
            .given()
            .call("proxy_get_buffer_bytes", &[Number(4), Number(0), Number(99), Out])
            .given()
            .call("proxy_get_header_map_value", &[Number(7), Text(b"t"), Out])
            .given()
    };
    let outcome = CallOutcome::Answer {
        headers: headers(&[(":status", "200")]),
        body: "{}".into(),
        trailers: headers(&[("t", "1")]),
    };
    let (result, report) = probe.during(read(), |instance, _| instance.on_call_response(id, outcome));
    result.unwrap();
    assert_eq!(report, [given(b"200"), given(b"{}"), given(b"1")].concat());

    let (_, report) = probe
        .during(call("proxy_get_buffer_bytes", &[Number(4), Number(0), Number(9), Out]), |instance, _| {
            instance.on_tick()
        });
    assert_eq!(report, status(NOT_FOUND));
}

#[test]
fn a_failure_is_an_empty_answer() {
    let mut probe = Probe::new();
    probe.run(dispatch(b"known", &HEAD, 0));
    let id = call_of(&probe.effects()[0]);
    let read = call("proxy_get_header_map_value", &[Number(6), Text(b":status"), Out])
        .call("proxy_get_header_map_pairs", &[Number(6), Out])
        .given();
    let (_, report) = probe.during(read, |instance, _| instance.on_call_response(id, CallOutcome::Failed));
    assert_eq!(report, [status(NOT_FOUND), given(b"")].concat());
}

#[test]
fn an_outcome_is_delivered_once() {
    let mut probe = Probe::new();
    probe.run(dispatch(b"known", &HEAD, 0));
    let id = call_of(&probe.effects()[0]);
    probe.instance.on_call_response(id, CallOutcome::Failed).unwrap();
    let again = probe.instance.on_call_response(id, CallOutcome::Failed);
    assert!(matches!(again, Err(SandboxError::UnknownCall(found)) if found == id), "{again:?}");
    assert!(probe.instance.is_alive());
}

#[test]
fn an_outcome_is_delivered_when_its_stream_is_gone() {
    let mut probe = Probe::new();
    probe.run(dispatch(b"known", &HEAD, 0));
    let id = call_of(&probe.effects()[0]);
    probe.instance.close_stream(probe.stream).unwrap();
    let log = call("proxy_log", &[Number(2), Text(b"delivered")]);
    let (result, report) =
        probe.during(log, |instance, _| instance.on_call_response(id, CallOutcome::Failed));
    result.unwrap();
    assert_eq!(report, status(OK));
}

#[test]
fn calls_in_flight_are_bounded_for_each_stream() {
    let mut probe = Probe::new();
    let mut all = script();
    for _ in 0..5 {
        all = add_dispatch(all, b"known", &HEAD, 0);
    }
    let report = probe.run(all);
    let expected: Vec<_> = [OK, OK, OK, OK, INTERNAL_FAILURE].map(Item::Status).into();
    assert_eq!(report, expected);
    let first = call_of(&probe.effects()[0]);
    probe.instance.on_call_response(first, CallOutcome::Failed).unwrap();
    assert_eq!(probe.run(dispatch(b"known", &HEAD, 0)), status(OK));
}

#[test]
fn the_root_context_can_call_while_it_configures() {
    assert_eq!(configure(dispatch(b"known", &HEAD, 0)), status(OK));
}

#[test]
fn shutdown_cancels_what_is_in_flight() {
    let mut probe = Probe::new();
    probe.run(dispatch(b"known", &HEAD, 0));
    let id = call_of(&probe.effects()[0]);
    probe.instance.shutdown();
    assert_eq!(probe.effects(), [Effect::CancelCall(id)]);
    let late = probe.instance.on_call_response(id, CallOutcome::Failed);
    assert!(matches!(late, Err(SandboxError::Dead)), "{late:?}");
}

#[test]
fn wild_pointers_are_traps() {
    let list = encoded(&HEAD);
    let (name, head, none, timeout) = (Text(b"known"), Text(&list), Text(b""), Number(0));
    let (wild, length) = (WILD, Number(9));
    let cases: [&[Arg<'_>]; 5] = [
        &[wild, length, head, none, none, timeout, Word],
        &[name, wild, length, none, none, timeout, Word],
        &[name, head, wild, length, none, timeout, Word],
        &[name, head, none, wild, length, timeout, Word],
        &[name, head, none, none, timeout, wild],
    ];
    for arguments in cases {
        let mut probe = Probe::new();
        probe.fatal(call("proxy_http_call", arguments));
        let calls = probe.effects().into_iter().filter(|effect| matches!(effect, Effect::HttpCall { .. }));
        assert_eq!(calls.count(), 0);
    }
}

fn dispatch(upstream: &[u8], head: &[(&'static str, &'static str)], timeout: u32) -> Script {
    add_dispatch(script(), upstream, head, timeout)
}

fn add_dispatch(
    script: Script,
    upstream: &[u8],
    head: &[(&'static str, &'static str)],
    timeout: u32,
) -> Script {
    let (head, trailers) = (encoded(head), encoded(&[("t", "1")]));
    let arguments: [Arg<'_>; 6] =
        [Text(upstream), Text(&head), Text(b"body"), Text(&trailers), Number(timeout), Word];
    script.call("proxy_http_call", &arguments)
}

fn encoded(head: &[(&'static str, &'static str)]) -> Bytes {
    let map: HeaderMap = headers(head);
    pairs::encode(map.as_slice()).unwrap().into()
}

fn call_of(effect: &Effect) -> CallId {
    match effect {
        Effect::HttpCall { call, .. } => *call,
        other => panic!("expected a call, got {other:?}"),
    }
}
