//! Calls, and what becomes of the requests that wait for them.

use super::{
    HEAD, Row, and, answered, asked, calls, dispatch, dispatch_to, done, effects, facts, fault, outcome,
    probe, request, respond, told, trap,
};
use crate::embedder::{Embedder, headers};
use crate::probe::{Arg::*, Probe, Script, call, plugin, script};

use claimgate_sandbox::{CallId, CallOutcome, Effect, Plugin, Quirk, Quirks, StreamId};

pub(super) const ROWS: &[Row] = &[
    Row {
        quirk: Quirk::TrapInCallOpens,
        seen: "S1 **A trap in on_http_call_response FAILS OPEN.** panic!, or any host trap",
        act: |quirks| {
            let (mut probe, id) = waiting(quirks, 1);
            let result = answer(&mut probe, id, trap());
            and(result, effects(&mut probe))
        },
        nginx: "trap; goes upstream",
        envoy: "trap; stays",
    },
    Row {
        quirk: Quirk::TrapInCallOpens,
        seen: "2nd send_http_response...) inside the callback: the client gets 200 and the request IS proxied upstream.",
        act: |quirks| {
            let (mut probe, id) = waiting(quirks, 1);
            let once = respond(acting_for(probe.stream), 403, &[], b"");
            let result = answer(&mut probe, id, respond(once, 403, &[], b""));
            and(result, effects(&mut probe))
        },
        nginx: "trap; goes upstream",
        envoy: "fine; answers 403 \"\"",
    },
    Row {
        quirk: Quirk::TrapOpensOthers,
        seen: "Request A is paused on a dispatch; request B panics (500); A's answer then arrives",
        act: |quirks| {
            let (mut probe, id) = waiting(quirks, 1);
            let waits = probe.stream;
            probe.stream = probe.instance.open_stream(facts()).unwrap();
            let panics = request(&mut probe, trap(), &HEAD).0;
            let cancelled = effects(&mut probe);
            let outlived = probe.instance.is_outlived_by(waits);
            let result = done(probe.instance.on_call_response(id, answered()));
            format!("{panics}, {cancelled}, outlived {outlived}; {result}, {}", effects(&mut probe))
        },
        nginx: "trap, stays, outlived true; fine, goes upstream",
        envoy: "trap, cancels a call, outlived false; dead, stays",
    },
    Row {
        quirk: Quirk::StrayAnswers,
        seen: "a new instance is made, the SDK panics with \"invalid token_id\", and A goes UPSTREAM with 200.",
        act: |quirks| {
            let (embedder, plugin) = (Embedder::default(), Plugin { quirks, ..plugin() });
            let start = || embedder.start("nginx/tokens", &plugin).unwrap();
            let (mut lost, mut next) = (start(), start());
            let waits = lost.open_stream(facts()).unwrap();
            lost.on_request_headers(waits, headers(&[("a", "1")]), true).unwrap();
            let Some(Effect::HttpCall { call, .. }) = lost.take_effects().pop() else { panic!("no call") };
            let panics = lost.open_stream(facts()).unwrap();
            lost.on_request_headers(panics, headers(&[("a", "1"), ("b", "1")]), true).unwrap_err();
            done(next.on_stray_answer(call, answered()))
        },
        nginx: "trap",
        envoy: "fine",
    },
    Row {
        quirk: Quirk::AutoResume,
        seen: "when the last pending call's callback returns without a local response or a new dispatch, the request continues upstream",
        act: |quirks| {
            let (mut probe, id) = waiting(quirks, 1);
            and(answer(&mut probe, id, script()), effects(&mut probe))
        },
        nginx: "fine; goes upstream",
        envoy: "fine; stays",
    },
    Row {
        quirk: Quirk::AutoResume,
        seen: "Timeouts and refused connections too (seen: 200, upstream reached).",
        act: |quirks| {
            let (mut probe, id) = waiting(quirks, 1);
            let result = probe.instance.on_call_response(id, CallOutcome::Failed);
            and(done(result), effects(&mut probe))
        },
        nginx: "fine; goes upstream",
        envoy: "fine; stays",
    },
    Row {
        quirk: Quirk::AutoResume,
        seen: "Every path of the callback must end in send_http_response or a deliberate allow.",
        act: |quirks| {
            let (mut refused, id) = waiting(quirks.clone(), 1);
            let refuse = respond(acting_for(refused.stream), 403, &[], b"");
            let refusal = and(answer(&mut refused, id, refuse), effects(&mut refused));
            let (mut chained, id) = waiting(quirks, 1);
            let next = dispatch(acting_for(chained.stream));
            let first = answer(&mut chained, id, next);
            let id = calls(&mut chained)[0];
            format!("{refusal}; {first}, {}", and(answer(&mut chained, id, script()), effects(&mut chained)))
        },
        nginx: "fine; answers 403 \"\"; fine, fine; goes upstream",
        envoy: "fine; answers 403 \"\"; fine, fine; stays",
    },
    Row {
        quirk: Quirk::CallsHoldRequests,
        seen: "resume_http_request() while a 2nd call is pending does not resume early",
        act: |quirks| {
            let (mut probe, id) = waiting(quirks, 2);
            let resume = acting_for(probe.stream).call("proxy_continue_stream", &[Number(0)]);
            and(answer(&mut probe, id, resume), effects(&mut probe))
        },
        nginx: "fine; stays",
        envoy: "fine; goes upstream",
    },
    Row {
        quirk: Quirk::CallsHoldRequests,
        seen: "a local response cancels the pending ones (notice in log).",
        act: |quirks| {
            let (mut probe, id) = waiting(quirks, 2);
            let refuse = respond(acting_for(probe.stream), 403, &[], b"");
            and(answer(&mut probe, id, refuse), effects(&mut probe))
        },
        nginx: "fine; cancels a call, answers 403 \"\"",
        envoy: "fine; answers 403 \"\"",
    },
    Row {
        quirk: Quirk::ContinueAfterDispatch,
        seen: "returning Action::Continue after dispatch_http_call: upstream is answered without waiting, then the worker segfaults when the reply comes.",
        act: |quirks| {
            let mut probe = probe(quirks);
            let verdict = request(&mut probe, dispatch(script()), &HEAD).0;
            let id = calls(&mut probe)[0];
            let stream = probe.stream;
            probe.instance.close_stream(stream).unwrap();
            and(verdict, answer(&mut probe, id, script()))
        },
        nginx: "goes on; crash ContinueAfterDispatch",
        envoy: "goes on; fine",
    },
    Row {
        quirk: Quirk::DispatchPhases,
        seen: "in on_configure -> trap -> worker dead (C5); in response headers -> trap.",
        act: |quirks| {
            let (mut configured, _) = crate::probe::configure_with(
                Plugin { quirks: quirks.clone(), ..plugin() },
                dispatch(script()),
            );
            let started =
                configured.open_stream(facts()).map_or_else(|error| fault(&error), |_| "serves".to_owned());
            let mut responding = probe(quirks);
            let (verdict, _) = responding.during(dispatch(script()), |probe, stream| {
                probe.on_response_headers(stream, headers(&[(":status", "200")]), true)
            });
            let made = effects(&mut responding);
            format!("{started}; {}, {made}, alive {}", outcome(verdict), responding.instance.is_alive())
        },
        nginx: "crash NotConfigured; goes on, stays, alive false",
        envoy: "serves; goes on, calls, alive true",
    },
    Row {
        quirk: Quirk::DispatchTarget,
        seen: "Dispatch target is \"IP[:port]\" or hostname, not a cluster name",
        act: |quirks| asked(&mut probe(quirks), dispatch_to(script(), b"127.0.0.1:8080", &GET).pause()),
        nginx: "0 waits",
        envoy: "2 waits",
    },
    Row {
        quirk: Quirk::DispatchTarget,
        seen: "`:method` and `:path` are required (missing -> trap, not Err); :authority optional (default = target). Port > 65535 -> trap",
        act: |quirks| {
            let at = |target: &[u8], head: &[(&'static str, &'static str)]| {
                asked(&mut probe(quirks.clone()), dispatch_to(script(), target, head).pause())
            };
            [
                at(b"known", &GET[1..]),
                at(b"known", &GET[..1]),
                at(b"known", &GET[..2]),
                at(b"known:65536", &GET),
                at(b"known:x", &GET),
            ]
            .join("; ")
        },
        nginx: "trap; trap; 0 waits; trap; trap",
        envoy: "2 waits; 2 waits; 2 waits; 2 waits; 2 waits",
    },
    Row {
        quirk: Quirk::DispatchStatus,
        seen: "Failure -> callback with nh=0,bs=0, no \":status\", \":dispatch_status\" = timeout | broken connection | resolver failure | tls handshake failure.",
        act: |quirks| {
            let (mut probe, id) = waiting(quirks, 1);
            let read =
                call("proxy_get_header_map_value", &[Number(6), Text(b":dispatch_status"), Out]).given();
            let (_, report) = probe.during(read, |probe, _| probe.on_call_response(id, CallOutcome::Failed));
            told(&report)
        },
        nginx: "0 \"broken connection\"",
        envoy: "1",
    },
    Row {
        quirk: Quirk::EffectiveContextFixed,
        seen: "no-op OK",
        act: |quirks| {
            let mut probe = probe(quirks);
            assert_eq!(request(&mut probe, script().pause(), &HEAD).0, "waits");
            let waits = probe.stream;
            probe.stream = probe.instance.open_stream(facts()).unwrap();
            let resume_other = acting_for(waits).call("proxy_continue_stream", &[Number(0)]);
            let told = asked(&mut probe, resume_other);
            and(told, effects(&mut probe))
        },
        nginx: "0 0; stays",
        envoy: "0 0; goes upstream",
    },
];

/// A request that waits for so many calls, and the first of them.
fn waiting(quirks: Quirks, number: usize) -> (Probe, CallId) {
    let mut probe = probe(quirks);
    let script = (0..number).fold(script().pause(), |script, _| dispatch(script));
    assert_eq!(request(&mut probe, script, &HEAD).0, "waits");
    let call = calls(&mut probe)[0];
    (probe, call)
}

/// Answers a call; the script runs in its callback.
fn answer(probe: &mut Probe, call: CallId, script: Script) -> String {
    done(probe.during(script, |probe, _| probe.on_call_response(call, answered())).0)
}

/// A script that acts for the stream, as an SDK has it.
fn acting_for(stream: StreamId) -> Script {
    call("proxy_set_effective_context", &[Number(stream.get())])
}

const GET: [(&str, &str); 3] = [(":method", "GET"), (":path", "/"), (":authority", "a")];
