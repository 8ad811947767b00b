//! proxy_get_buffer_bytes, proxy_set_buffer_bytes and proxy_get_buffer_status.

use crate::probe::{
    Arg, Arg::*, BAD_ARGUMENT, Item, NOT_FOUND, OK, Probe, Script, WILD, call, configure, given, plugin,
    script, status,
};

use claimgate_sandbox::{BodyVerdict, Limits, Plugin, Verdict};

const BODY: Arg<'static> = Number(0);
const RESPONSE_BODY: Arg<'static> = Number(1);
const VM_CONFIGURATION: Arg<'static> = Number(6);
const CONFIGURATION: Arg<'static> = Number(7);
const ALL: Arg<'static> = Number(1_000);

#[test]
fn a_window_of_the_body_is_given() {
    let cases: [(u32, u32, &'static [u8]); 5] =
        [(0, 100, b"body"), (1, 2, b"od"), (3, 9, b"y"), (4, 1, b""), (99, 1, b"")];
    for (start, max, expected) in cases {
        let (_, report) = body(get(BODY, Number(start), Number(max)), "body");
        assert_eq!(report, given(expected), "{start} {max}");
    }
}

#[test]
fn body_is_held_while_the_guest_pauses_and_comes_out_whole() {
    let mut probe = open();
    assert_eq!(probe.on_request_body(script().pause(), "one ", false).0, BodyVerdict::Hold);
    assert_eq!(probe.on_request_body(script().pause(), "two ", false).0, BodyVerdict::Hold);
    let (verdict, report) = probe.on_request_body(get(BODY, Number(0), ALL), "three", true);
    assert_eq!(report, given(b"one two three"));
    assert_eq!(verdict, BodyVerdict::Forward("one two three".into()));
}

#[test]
fn a_body_that_is_let_through_is_not_held() {
    let mut probe = open();
    assert_eq!(probe.on_request_body(script(), "one", false).0, BodyVerdict::Forward("one".into()));
    assert_eq!(probe.on_request_body(script(), "two", true).0, BodyVerdict::Forward("two".into()));
}

#[test]
fn more_held_body_than_the_limit_is_too_large() {
    let limits = Limits { buffered_body_bytes: 5, ..Limits::default() };
    let mut probe = Probe::with(Plugin { limits, ..plugin() });
    probe.on_request(script(), &[(":method", "POST")]);
    assert_eq!(probe.on_request_body(script().pause(), "12345", false).0, BodyVerdict::Hold);
    assert_eq!(probe.on_request_body(script().pause(), "6", false).0, BodyVerdict::TooLarge);
}

#[test]
fn the_guest_can_prepend_replace_and_append() {
    let cases = [(0, 0, "newbody"), (0, 2, "newdy"), (0, 99, "new"), (4, 0, "bodynew"), (9, 9, "bodynew")];
    for (start, size, expected) in cases {
        let (verdict, report) = body(set(Number(start), Number(size)), "body");
        assert_eq!(report, status(OK), "{start} {size}");
        assert_eq!(verdict, BodyVerdict::Forward(expected.into()), "{start} {size}");
    }
}

#[test]
fn a_write_inside_the_body_is_a_bad_argument() {
    let (verdict, report) = body(set(Number(2), Number(1)), "body");
    assert_eq!(report, status(BAD_ARGUMENT));
    assert_eq!(verdict, BodyVerdict::Forward("body".into()));
}

#[test]
fn the_guest_cannot_grow_a_body_beyond_the_limit() {
    let limits = Limits { buffered_body_bytes: 5, ..Limits::default() };
    let mut probe = Probe::with(Plugin { limits, ..plugin() });
    probe.on_request(script(), &[(":method", "POST")]);
    let (_, report) = probe.on_request_body(set(Number(0), Number(0)), "body", true);
    assert_eq!(report, status(BAD_ARGUMENT));
}

#[test]
fn the_status_is_the_length() {
    let script = call("proxy_get_buffer_status", &[BODY, Word, Number(1_036)]).word();
    assert_eq!(body(script, "body").1, [Item::Status(OK), Item::Word(4)]);
}

#[test]
fn the_plugins_configuration_is_there_in_configure_only() {
    assert_eq!(Probe::new().run(get(CONFIGURATION, Number(0), ALL))[0], Item::Status(NOT_FOUND));
    assert_eq!(configure(get(CONFIGURATION, Number(0), ALL)), given(b"configuration"));
}

#[test]
fn the_vm_configuration_is_always_there() {
    assert_eq!(Probe::new().run(get(VM_CONFIGURATION, Number(0), ALL)), given(b"vm configuration"));
}

#[test]
fn absent_and_unknown_buffers_are_told_apart() {
    for (buffer, expected) in
        [(0, NOT_FOUND), (1, NOT_FOUND), (2, NOT_FOUND), (4, NOT_FOUND), (8, NOT_FOUND), (9, BAD_ARGUMENT)]
    {
        let report = Probe::new().run(
            call("proxy_get_buffer_bytes", &[Number(buffer), Number(0), ALL, Out])
                .call("proxy_get_buffer_status", &[Number(buffer), Word, Word]),
        );
        assert_eq!(report, vec![Item::Status(expected); 2], "{buffer}");
    }
}

#[test]
fn a_window_that_overflows_is_a_bad_argument() {
    let (_, report) = body(call("proxy_get_buffer_bytes", &[BODY, Number(2), Number(u32::MAX), Out]), "body");
    assert_eq!(report, status(BAD_ARGUMENT));
}

#[test]
fn only_bodies_in_their_callbacks_can_be_written() {
    let write = |buffer| call("proxy_set_buffer_bytes", &[buffer, Number(0), Number(0), Text(b"x")]);
    assert_eq!(Probe::new().run(write(BODY)), status(NOT_FOUND));
    assert_eq!(Probe::new().run(write(RESPONSE_BODY)), status(NOT_FOUND));
    assert_eq!(Probe::new().run(write(CONFIGURATION)), status(BAD_ARGUMENT));
}

#[test]
fn wild_pointers_are_traps() {
    Probe::new().fatal(call("proxy_get_buffer_bytes", &[VM_CONFIGURATION, Number(0), ALL, WILD, WILD]));
    Probe::new().fatal(call("proxy_set_buffer_bytes", &[BODY, Number(0), Number(0), WILD, Number(9)]));
    Probe::new().fatal(call("proxy_get_buffer_status", &[VM_CONFIGURATION, WILD, WILD]));
}

fn get(buffer: Arg<'static>, start: Arg<'static>, max: Arg<'static>) -> Script {
    call("proxy_get_buffer_bytes", &[buffer, start, max, Out]).given()
}

fn set(start: Arg<'static>, size: Arg<'static>) -> Script {
    call("proxy_set_buffer_bytes", &[BODY, start, size, Text(b"new")])
}

fn open() -> Probe {
    let mut probe = Probe::new();
    assert_eq!(probe.on_request(script(), &[(":method", "POST")]).0, Verdict::Continue);
    probe
}

fn body(script: Script, chunk: &'static str) -> (BodyVerdict, Vec<Item>) {
    open().on_request_body(script, chunk, true)
}
