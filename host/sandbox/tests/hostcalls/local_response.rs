//! proxy_send_local_response.

use crate::embedder::headers;
use crate::probe::{Arg::*, BAD_ARGUMENT, Item, OK, Probe, Script, WILD, call, script, status};

use claimgate_sandbox::{BodyVerdict, Effect, LocalResponse, SandboxError, Verdict, pairs};

const HEAD: [(&str, &str); 1] = [(":method", "GET")];

#[test]
fn an_answer_outweighs_the_action() {
    for script in [respond(403), respond(403).pause()] {
        let mut probe = Probe::new();
        let (verdict, report) = probe.on_request(script, &HEAD);
        assert_eq!((verdict, report), (Verdict::Respond(response(403)), status(OK)));
        assert_eq!(probe.effects(), []);
    }
}

#[test]
fn the_first_of_several_answers_counts() {
    let mut probe = Probe::new();
    let both = respond(403).call(
        "proxy_send_local_response",
        &[Number(200), Text(b""), Text(b"fine"), Text(b""), Number(u32::MAX)],
    );
    let (verdict, report) = probe.on_request(both, &HEAD);
    assert_eq!((verdict, report), (Verdict::Respond(response(403)), vec![Item::Status(OK); 2]));
}

#[test]
fn an_answer_from_another_callback_is_an_effect() {
    let mut probe = Probe::new();
    probe.on_request(script().pause(), &HEAD);
    let stream = probe.stream;
    let later = call("proxy_set_effective_context", &[Number(stream.get())]);
    let later = add_respond(later, 401);
    let (result, report) = probe.during(later, |instance, _| instance.on_tick());
    result.unwrap();
    assert_eq!(report, vec![Item::Status(OK); 2]);
    assert_eq!(probe.effects(), [Effect::Respond { stream, response: response(401) }]);
}

#[test]
fn an_answered_request_takes_no_more_and_is_not_resumed() {
    let mut probe = Probe::new();
    probe.on_request(respond(403), &HEAD);
    let stream = probe.stream;
    let result = probe.instance.on_request_body(stream, "body".into(), true);
    assert!(matches!(result, Err(SandboxError::OutOfOrder { .. })), "{result:?}");
    let resume = call("proxy_set_effective_context", &[Number(stream.get())])
        .call("proxy_continue_stream", &[Number(0)]);
    probe.during(resume, |instance, _| instance.on_tick()).0.unwrap();
    assert_eq!(probe.effects(), []);
}

#[test]
fn the_response_callbacks_run_for_an_answer() {
    let mut probe = Probe::new();
    probe.on_request(respond(403), &HEAD);
    let add = call("proxy_add_header_map_value", &[Number(2), Text(b"set-cookie"), Text(b"a=1")]);
    let head = headers(&[(":status", "403")]);
    let (verdict, report) = probe.during(add, |probe, stream| probe.on_response_headers(stream, head, false));
    assert_eq!((verdict.unwrap(), report), (Verdict::Continue, status(OK)));
}

#[test]
fn an_answer_takes_the_place_of_a_body() {
    let mut probe = Probe::new();
    probe.on_request(script(), &HEAD);
    let (verdict, _) = probe.on_request_body(respond(413), "body", false);
    assert_eq!(verdict, BodyVerdict::Respond(response(413)));
}

#[test]
fn the_root_context_has_nothing_to_answer() {
    let mut probe = Probe::new();
    let (result, report) = probe.during(respond(403), |instance, _| instance.on_tick());
    result.unwrap();
    assert_eq!((report, probe.effects()), (status(OK), vec![]));
}

#[test]
fn what_is_no_final_response_is_a_bad_argument() {
    for status_code in [0, 99, 101, 199, 600, 65_736] {
        assert_eq!(Probe::new().run(respond(status_code)), status(BAD_ARGUMENT), "{status_code}");
    }
    for header in [(":status", "200"), ("a", "b\r\nc"), ("a b", "c")] {
        let list = pairs::encode(headers(&[header]).as_slice()).unwrap();
        let arguments = [Number(403), Text(b""), Text(b""), Text(&list), Number(u32::MAX)];
        let report = Probe::new().run(call("proxy_send_local_response", &arguments));
        assert_eq!(report, status(BAD_ARGUMENT), "{header:?}");
    }
}

#[test]
fn wild_pointers_are_traps() {
    let none = Text(b"");
    let (wild, length, grpc) = (WILD, Number(9), Number(u32::MAX));
    for arguments in [
        [Number(403), wild, length, none, none, grpc],
        [Number(403), none, wild, length, none, grpc],
        [Number(403), none, none, wild, length, grpc],
    ] {
        Probe::new().fatal(call("proxy_send_local_response", &arguments));
    }
}

fn respond(status: u32) -> Script {
    add_respond(script(), status)
}

fn add_respond(script: Script, status: u32) -> Script {
    let list = pairs::encode(headers(&[("A", "1"), ("a", "2")]).as_slice()).unwrap();
    let arguments = [Number(status), Text(b"why"), Text(b"no"), Text(&list), Number(7)];
    script.call("proxy_send_local_response", &arguments)
}

fn response(status: u16) -> LocalResponse {
    LocalResponse {
        status,
        details: "why".into(),
        headers: vec![("a".into(), "1".into()), ("a".into(), "2".into())],
        body: "no".into(),
        grpc_status: Some(7),
    }
}
