//! proxy_continue_stream and proxy_close_stream, and when a stream moves.

use crate::embedder::headers;
use crate::probe::{Arg, Arg::*, BAD_ARGUMENT, Item, OK, Probe, Script, call, plugin, script, status};

use bytes::Bytes;
use claimgate_sandbox::{BodyVerdict, Direction, Effect, Plugin, SandboxError, Verdict};

const REQUEST: Arg<'static> = Number(0);
const RESPONSE: Arg<'static> = Number(1);
const HEAD: [(&str, &str); 1] = [(":method", "POST")];

#[test]
fn a_paused_stream_goes_on_only_when_the_guest_says_so() {
    let mut probe = Probe::new();
    assert_eq!(probe.on_request(script().pause(), &HEAD).0, Verdict::Pause);
    assert_eq!(probe.effects(), []);
    assert_eq!(on_tick(&mut probe, resume(REQUEST)), vec![Item::Status(OK); 2]);
    let stream = probe.stream;
    let expected = Effect::Resume { stream, direction: Direction::Request, body: Bytes::new() };
    assert_eq!(probe.effects(), [expected]);
}

#[test]
fn a_resume_before_the_pause_is_remembered() {
    let mut probe = Probe::new();
    let script = call("proxy_continue_stream", &[REQUEST]).pause();
    assert_eq!(probe.on_request(script, &HEAD).0, Verdict::Continue);
    assert_eq!(probe.effects(), []);
}

#[test]
fn resuming_what_is_not_paused_does_nothing() {
    let mut probe = Probe::new();
    assert_eq!(probe.on_request(script(), &HEAD).0, Verdict::Continue);
    on_tick(&mut probe, resume(REQUEST));
    assert_eq!(probe.effects(), []);
}

#[test]
fn held_body_goes_with_the_resume() {
    let mut probe = Probe::new();
    probe.on_request(script(), &HEAD);
    assert_eq!(probe.on_request_body(script().pause(), "held", true).0, BodyVerdict::Hold);
    on_tick(&mut probe, resume(REQUEST));
    let stream = probe.stream;
    let expected = Effect::Resume { stream, direction: Direction::Request, body: "held".into() };
    assert_eq!(probe.effects(), [expected]);
}

#[test]
fn held_body_goes_with_the_trailers() {
    let mut probe = Probe::new();
    probe.on_request(script(), &HEAD);
    probe.on_request_body(script().pause(), "held", false);
    let trailers = headers(&[("a", "1")]);
    let (verdict, _) = probe.during(script(), |probe, stream| probe.on_request_trailers(stream, trailers));
    assert_eq!(verdict.unwrap(), Verdict::Continue);
    let stream = probe.stream;
    let expected = Effect::Resume { stream, direction: Direction::Request, body: "held".into() };
    assert_eq!(probe.effects(), [expected]);
}

#[test]
fn body_does_not_pass_paused_headers() {
    let mut probe = Probe::new();
    probe.on_request(script().pause(), &HEAD);
    let stream = probe.stream;
    let result = probe.instance.on_request_body(stream, "body".into(), true);
    assert!(matches!(result, Err(SandboxError::OutOfOrder { .. })), "{result:?}");
    assert!(probe.instance.is_alive());
}

#[test]
fn with_the_flag_body_callbacks_run_and_a_continue_releases_all() {
    let mut probe = Probe::with(Plugin { allow_on_headers_stop_iteration: true, ..plugin() });
    probe.on_request(script().pause(), &HEAD);
    assert_eq!(probe.on_request_body(script().pause(), "one ", false).0, BodyVerdict::Hold);
    assert_eq!(probe.on_request_body(script(), "two", true).0, BodyVerdict::Forward("one two".into()));
}

#[test]
fn a_response_can_be_paused_and_resumed() {
    let mut probe = Probe::new();
    probe.on_request(script(), &HEAD);
    let head = headers(&[(":status", "200")]);
    let (verdict, _) =
        probe.during(script().pause(), |probe, stream| probe.on_response_headers(stream, head, false));
    assert_eq!(verdict.unwrap(), Verdict::Pause);
    on_tick(&mut probe, resume(RESPONSE));
    let stream = probe.stream;
    let expected = Effect::Resume { stream, direction: Direction::Response, body: Bytes::new() };
    assert_eq!(probe.effects(), [expected]);
}

#[test]
fn a_reset_stream_does_not_go_on() {
    let mut probe = Probe::new();
    let script = call("proxy_close_stream", &[REQUEST]).call("proxy_close_stream", &[RESPONSE]);
    let (verdict, report) = probe.on_request(script, &HEAD);
    assert_eq!((verdict, report), (Verdict::Pause, vec![Item::Status(OK); 2]));
    let stream = probe.stream;
    assert_eq!(probe.effects(), [Effect::Close { stream, direction: Direction::Request }]);
    let body = probe.instance.on_request_body(stream, Bytes::new(), true);
    assert!(matches!(body, Err(SandboxError::OutOfOrder { .. })), "{body:?}");
}

#[test]
fn connections_are_a_bad_argument() {
    for name in ["proxy_continue_stream", "proxy_close_stream"] {
        for stream in [2, 3, 4, u32::MAX] {
            assert_eq!(Probe::new().run(call(name, &[Number(stream)])), status(BAD_ARGUMENT));
        }
    }
}

/// From a callback of the root context.
fn resume(direction: Arg<'static>) -> Script {
    call("proxy_set_effective_context", &[Number(2)]).call("proxy_continue_stream", &[direction])
}

fn on_tick(probe: &mut Probe, script: Script) -> Vec<Item> {
    assert_eq!(probe.stream.get(), 2);
    let (result, report) = probe.during(script, |instance, _| instance.on_tick());
    result.unwrap();
    report
}
