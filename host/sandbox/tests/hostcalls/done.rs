//! proxy_set_effective_context and proxy_done.

use crate::probe::{Arg::*, BAD_ARGUMENT, Item, NOT_FOUND, OK, Probe, call, given, script, status};

use claimgate_sandbox::StreamFacts;

#[test]
fn host_functions_act_on_the_effective_context() {
    let mut probe = Probe::new();
    probe.on_request(script().pause(), &[(":method", "GET")]);
    let read = call("proxy_set_effective_context", &[Number(probe.stream.get())])
        .call("proxy_get_header_map_value", &[Number(0), Text(b":method"), Out])
        .given();
    let (_, report) = probe.during(read, |instance, _| instance.on_tick());
    assert_eq!(report, [status(OK), given(b"GET")].concat());
}

#[test]
fn the_effective_context_lasts_for_one_callback() {
    let mut probe = Probe::new();
    probe.on_request(script().pause(), &[(":method", "GET")]);
    let stream = Number(probe.stream.get());
    probe.during(call("proxy_set_effective_context", &[stream]), |instance, _| instance.on_tick()).0.unwrap();
    let read = call("proxy_get_header_map_value", &[Number(0), Text(b":method"), Out]);
    assert_eq!(probe.during(read, |instance, _| instance.on_tick()).1, status(NOT_FOUND));
}

#[test]
fn an_unknown_context_is_a_bad_argument() {
    for context in [0, 99, u32::MAX] {
        let report = Probe::new().run(call("proxy_set_effective_context", &[Number(context)]));
        assert_eq!(report, status(BAD_ARGUMENT));
    }
}

#[test]
fn a_stream_can_end_late() {
    let mut probe = Probe::new();
    let (result, _) = probe.during(script().pause(), |instance, stream| instance.close_stream(stream));
    result.unwrap();
    assert_eq!(probe.instance.live_streams(), 1);

    let done = call("proxy_set_effective_context", &[Number(probe.stream.get())])
        .call("proxy_done", &[])
        .call("proxy_done", &[]);
    let (result, report) = probe.during(done, |instance, _| instance.on_tick());
    result.unwrap();
    let expected: Vec<_> = [OK, OK, NOT_FOUND].map(Item::Status).into();
    assert_eq!(report, expected);
    assert_eq!(probe.instance.live_streams(), 0);
}

#[test]
fn done_without_a_pending_end_is_not_found() {
    assert_eq!(Probe::new().run(call("proxy_done", &[])), status(NOT_FOUND));
    let mut probe = Probe::new();
    assert_eq!(probe.during(call("proxy_done", &[]), |instance, _| instance.on_tick()).1, status(NOT_FOUND));
}

#[test]
fn a_closed_stream_is_gone() {
    let mut probe = Probe::new();
    let first = probe.stream;
    probe.instance.close_stream(first).unwrap();
    assert_eq!(probe.instance.live_streams(), 0);
    let second = probe.instance.open_stream(StreamFacts::default()).unwrap();
    assert_ne!(first, second);
    assert!(probe.instance.close_stream(first).is_err());
    assert!(probe.instance.is_alive());
}
