//! Bodies of requests, trailers and buffers.

use super::{HEAD, Row, and, asked, body_outcome, changed, outcome, probe, told};
use crate::embedder::headers;
use crate::probe::{Arg::*, Probe, Script, call, script};

use bytes::Bytes;
use claimgate_sandbox::Quirk;

pub(super) const ROWS: &[Row] = &[
    Row {
        quirk: Quirk::WholeBody,
        seen: "on_http_request_body is called once with the complete body, eos=true, and NOT at all when there is no body",
        act: |quirks| {
            let mut whole = open(probe(quirks.clone()));
            let first = piece(&mut whole, read(), "some ", false);
            let last = piece(&mut whole, read(), "body", true);
            let mut none = open(probe(quirks));
            format!("{first}; {last}; {}", piece(&mut none, read(), "", true))
        },
        nginx: "waits []; sends \"some body\" [0 \"some body\"]; sends \"\" []",
        envoy: "sends \"some \" [0 \"some \"]; sends \"body\" [0 \"body\"]; sends \"\" [0 \"\"]",
    },
    Row {
        quirk: Quirk::SpilledBody,
        seen: "body > client_body_buffer_size (default 16k) goes to a file: get_http_request_body returns None + error log.",
        act: |quirks| {
            let mut probe = open(probe(changed(quirks, |nginx| nginx.client_body_buffer_size = 8)));
            let fits = piece(&mut probe, read(), "nine byte", true);
            and(fits, probe.embedder.logs.take().len())
        },
        nginx: "sends \"nine byte\" [1]; 1",
        envoy: "sends \"nine byte\" [0 \"nine byte\"]; 0",
    },
    Row {
        quirk: Quirk::BodyKeepsLength,
        seen: "set_http_request_body(0,n,longer) sent only the first n bytes (Content-Length not updated).",
        act: |quirks| {
            let mut probe = open(probe(quirks));
            let replace = call("proxy_set_buffer_bytes", &[Number(0), Number(0), Number(4), Text(b"longer")]);
            piece(&mut probe, replace, "body", true)
        },
        nginx: "sends \"long\" [0]",
        envoy: "sends \"longer\" [0]",
    },
    Row {
        quirk: Quirk::BufferPhases,
        seen: "wrong phase -> trap (host.c:59-126)",
        act: |quirks| asked(&mut probe(quirks), read()),
        nginx: "trap",
        envoy: "1",
    },
    Row {
        quirk: Quirk::BufferPhases,
        seen: "**start ignored** [N]; body spilled to file -> NOT_FOUND",
        act: |quirks| {
            let mut probe = open(probe(quirks));
            let from_two = call("proxy_get_buffer_bytes", &[Number(0), Number(2), Number(9), Out]).given();
            piece(&mut probe, from_two, "body", true)
        },
        nginx: "sends \"body\" [0 \"body\"]",
        envoy: "sends \"body\" [0 \"dy\"]",
    },
    Row {
        quirk: Quirk::NoTrailers,
        seen: "proxy_on_request_trailers, proxy_on_response_trailers | (id,n)->action | | ok | no |",
        act: |quirks| {
            let mut probe = open(probe(quirks));
            let (verdict, report) = probe.during(call("proxy_done", &[]), |probe, stream| {
                probe.on_request_trailers(stream, headers(&[("x-user", "forged")]))
            });
            let sent = probe.instance.request_trailers(probe.stream).unwrap().len();
            format!("{} [{}]; {sent}", outcome(verdict), told(&report))
        },
        nginx: "goes on []; 0",
        envoy: "goes on [1]; 1",
    },
];

/// With a request whose body has yet to come.
fn open(mut probe: Probe) -> Probe {
    let (verdict, _) =
        probe.during(script(), |probe, stream| probe.on_request_headers(stream, headers(&HEAD), false));
    assert_eq!(outcome(verdict), "goes on");
    probe
}

/// Hands in a piece: what comes of it, and what the guest was told.
fn piece(probe: &mut Probe, script: Script, body: &'static str, end: bool) -> String {
    let (verdict, report) = probe.during(script, |probe, stream| {
        probe.on_request_body(stream, Bytes::from_static(body.as_bytes()), end)
    });
    format!("{} [{}]", body_outcome(verdict), told(&report))
}

fn read() -> Script {
    call("proxy_get_buffer_bytes", &[Number(0), Number(0), Number(100), Out]).given()
}
