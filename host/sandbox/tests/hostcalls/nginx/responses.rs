//! Answers of the guest, and what it does to responses.

use super::{
    HEAD, Row, and, asked, body_outcome, effects, outcome, probe, request, respond, text, told, trap,
    with_zone,
};
use crate::embedder::headers;
use crate::probe::{Arg::*, Probe, Script, call, script};

use claimgate_sandbox::{HeaderMap, Quirk, Quirks};

pub(super) const ROWS: &[Row] = &[
    Row {
        quirk: Quirk::LastOfRepeated,
        seen: "S8 **send_http_response collapses duplicate names to the LAST one** (case-insensitively)",
        act: |quirks| {
            let cookies = [("Set-Cookie", "a=1"), ("location", "/"), ("set-cookie", "b=2")];
            request(&mut probe(quirks), respond(script(), 302, &cookies, b""), &HEAD).0
        },
        nginx: "answers 302 set-cookie=b=2 location=/ \"\"",
        envoy: "answers 302 set-cookie=a=1 location=/ set-cookie=b=2 \"\"",
    },
    Row {
        quirk: Quirk::NewlineAppended,
        seen: "a \"\\n\" is always appended to a non-empty body (Content-Length counts it)",
        act: |quirks| {
            let answer =
                |body| request(&mut probe(quirks.clone()), respond(script(), 403, &[], body), &HEAD).0;
            and(answer(b"no"), answer(b""))
        },
        nginx: "answers 403 \"no\\n\"; answers 403 \"\"",
        envoy: "answers 403 \"no\"; answers 403 \"\"",
    },
    Row {
        quirk: Quirk::ResponseHeadersOwn,
        seen: "own content-length/date ignored, server/connection honoured",
        act: |quirks| {
            let own = [("content-length", "9"), ("date", "now"), ("server", "me")];
            request(&mut probe(quirks), respond(script(), 403, &own, b""), &HEAD).0
        },
        nginx: "answers 403 server=me \"\"",
        envoy: "answers 403 content-length=9 date=now server=me \"\"",
    },
    Row {
        quirk: Quirk::ResponseHeadersOwn,
        seen: "send_http_response from request headers, request body and on_http_call_response (HEAD, HTTP/2, 302, 401, 204, 999).",
        act: |quirks| {
            let answer =
                |status| request(&mut probe(quirks.clone()), respond(script(), status, &[], b""), &HEAD).0;
            and(answer(999), answer(0))
        },
        nginx: "answers 999 \"\"; goes on",
        envoy: "goes on; goes on",
    },
    Row {
        quirk: Quirk::ResponseTwiceTraps,
        seen: "twice in one step -> trap (client gets the FIRST)",
        act: |quirks| {
            let mut probe = probe(quirks);
            let twice = respond(respond(script(), 403, &[], b""), 404, &[], b"");
            let first = request(&mut probe, twice, &HEAD).0;
            and(first, format!("alive {}", probe.instance.is_alive()))
        },
        nginx: "answers 403 \"\"; alive false",
        envoy: "answers 403 \"\"; alive true",
    },
    Row {
        quirk: Quirk::ResponseFromResponse,
        seen: "From on_http_response_headers: status/body replaced but headers you pass are dropped",
        act: |quirks| responding(&mut probe(quirks), respond(script(), 403, &[("a", "1")], b"no")),
        nginx: "answers 403 \"no\\n\"",
        envoy: "answers 403 a=1 \"no\"",
    },
    Row {
        quirk: Quirk::ResponsePauseIgnored,
        seen: "Pause in response headers: warning only.",
        act: |quirks| responding(&mut probe(quirks), script().pause()),
        nginx: "goes on",
        envoy: "waits",
    },
    Row {
        quirk: Quirk::ResponseTrapPasses,
        seen: "S10 A trap in response phases (on_http_response_headers / _body) passes the upstream response through unmodified (200).",
        act: |quirks| {
            let mut probe = probe(quirks);
            let edit = call("proxy_replace_header_map_value", &[Number(2), Text(b"a"), Text(b"edited")]);
            let edit_and_trap = edit.call("proxy_log", &[Number(2), crate::probe::WILD, Number(9)]);
            let verdict = responding(&mut probe, edit_and_trap);
            let passed = probe.instance.response_headers(probe.stream).map(values).unwrap_or_default();
            let body = probe.instance.on_response_body(probe.stream, "body".into(), true);
            format!("{verdict} with {passed:?}, {}", body_outcome(body))
        },
        nginx: "goes on with [\"200\", \"original\"], sends \"body\"",
        envoy: "trap with [\"200\", \"edited\"], dead",
    },
    Row {
        quirk: Quirk::ResponseTrapPasses,
        seen: "passes the upstream response through unmodified (200).",
        act: |quirks| {
            let mut probe = probe(quirks);
            responding(&mut probe, script());
            let (verdict, _) =
                probe.during(trap(), |probe, stream| probe.on_response_body(stream, "body".into(), true));
            let told = probe.instance.take_fault().is_some();
            format!("{}, told {told}, alive {}", body_outcome(verdict), probe.instance.is_alive())
        },
        nginx: "sends \"body\", told true, alive false",
        envoy: "trap, told false, alive false",
    },
    Row {
        quirk: Quirk::CallsHoldRequests,
        seen: "resume_http_request() while a 2nd call is pending does not resume early; a local response cancels the pending ones",
        act: |quirks| {
            let mut probe = probe(quirks);
            let both = respond(super::dispatch(script()), 403, &[], b"").pause();
            and(asked(&mut probe, both), effects(&mut probe))
        },
        nginx: "0 0 answers 403 \"\"; calls, cancels a call",
        envoy: "0 0 answers 403 \"\"; calls",
    },
];

/// Runs a script on the headers of a response to a request that went through.
fn responding(probe: &mut Probe, on_response: Script) -> String {
    assert_eq!(request(probe, script(), &HEAD).0, "goes on");
    let head = headers(&[(":status", "200"), ("a", "original")]);
    outcome(probe.during(on_response, |probe, stream| probe.on_response_headers(stream, head, false)).0)
}

/// "Works: put one set-cookie in send_http_response and add the others by add_http_response_header("set-cookie", ..) in
/// on_http_response_headers, which IS called for local responses", "Upstream responses: add_http_response_header twice
/// keeps both."
#[test]
fn headers_that_are_added_to_a_response_stand_beside_those_that_are_there_on_each_engine() {
    let cookie = |script: Script, value: &'static [u8]| {
        script.call("proxy_add_header_map_value", &[Number(2), Text(b"set-cookie"), Text(value)])
    };
    let added = || cookie(cookie(script(), b"b=2"), b"c=3");
    for quirks in [with_zone(), Quirks::Envoy] {
        for (what, on_request) in [
            ("the upstream's", script()),
            ("an answer", respond(script(), 302, &[("set-cookie", "a=1"), ("location", "/")], b"")),
        ] {
            let mut probe = probe(quirks.clone());
            request(&mut probe, on_request, &HEAD);
            let head = headers(&[("set-cookie", "a=1"), ("location", "/")]);
            let (verdict, report) =
                probe.during(added(), |probe, stream| probe.on_response_headers(stream, head, false));
            assert_eq!((outcome(verdict), told(&report)), ("goes on".into(), "0 0".into()), "{what}");
            let cookies = probe.instance.response_headers(probe.stream).unwrap().get_all("set-cookie");
            assert_eq!(cookies.map(text).collect::<Vec<_>>(), ["a=1", "b=2", "c=3"], "{what}");
        }
    }
}

fn values(map: &HeaderMap) -> Vec<String> {
    map.iter().map(|(_, value)| text(value)).collect()
}
