//! Kong's engine, emulated: each quirk, with the words of who saw it on the real engine.
//!
//! A row does the same with Envoy's semantics and with nginx's quirks, and says what has to come of it in each:
//! a quirk that changes nothing is none.

use std::fmt::Display;

use crate::embedder::headers;
use crate::probe::{Arg::*, Item, OK, Probe, Script, call, plugin};

use bytes::Bytes;
use claimgate_sandbox::{
    BodyVerdict, CallId, CallOutcome, Effect, HeaderMap, LocalResponse, Nginx, Plugin, Quirk, Quirks,
    SandboxError, ShmKv, StreamFacts, Verdict, pairs,
};

mod bodies;
mod calls;
mod crashes;
mod data;
mod heads;
mod properties;
mod responses;
mod rest;

/// A quirk, and how it was seen.
struct Row {
    quirk: Quirk,
    /// A part of a line of the notes on ngx_wasm_module, as it stands there: where `nginx` comes from.
    seen: &'static str,
    /// Brings it about, and tells what came of it.
    act: fn(Quirks) -> String,
    nginx: &'static str,
    envoy: &'static str,
}

fn rows() -> impl Iterator<Item = &'static Row> {
    let all = [
        heads::ROWS,
        calls::ROWS,
        crashes::ROWS,
        bodies::ROWS,
        responses::ROWS,
        data::ROWS,
        properties::ROWS,
        rest::ROWS,
    ];
    all.into_iter().flatten()
}

#[test]
fn every_quirk_is_as_it_was_seen_and_absent_with_envoy_s_semantics() {
    let mut wrong = Vec::new();
    for Row { quirk, seen, act, nginx, envoy } in rows() {
        for (engine, quirks, expected) in [("nginx", with_zone(), nginx), ("envoy", Quirks::Envoy, envoy)] {
            let found = act(quirks);
            if found != *expected {
                wrong.push(format!("{quirk:?} in {engine}: expected {expected}, found {found} (\"{seen}\")"));
            }
        }
        if nginx == envoy {
            wrong.push(format!("{quirk:?} changes nothing"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_quirk_has_a_row() {
    let missing: Vec<_> = Quirk::ALL.iter().filter(|quirk| !rows().any(|row| row.quirk == **quirk)).collect();
    assert_eq!(missing, Vec::<&Quirk>::new());
}

/// nginx with a zone for shared data, through which the probe gets its scripts.
fn with_zone() -> Quirks {
    changed(Quirks::nginx(), |nginx| nginx.shm_kv.push(ShmKv { name: "*".into(), bytes: 1 << 16 }))
}

/// With another configuration of nginx, if it is nginx.
fn changed(mut quirks: Quirks, change: impl FnOnce(&mut Nginx)) -> Quirks {
    if let Quirks::Nginx(nginx) = &mut quirks {
        change(nginx);
    }
    quirks
}

/// The probe with an open stream.
fn probe(quirks: Quirks) -> Probe {
    Probe::knowing(Plugin { quirks, ..plugin() }, facts())
}

fn facts() -> StreamFacts {
    StreamFacts {
        source_address: "192.0.2.1:4711".into(),
        destination_address: "192.0.2.2:443".into(),
        route_name: "route".into(),
        start_unix_nanos: 1_700_000_000_123_000_000,
        connection_id: 9,
        ..StreamFacts::default()
    }
}

/// A request without body that this script is run on: what comes of it, and what the guest was told.
fn request(probe: &mut Probe, script: Script, head: &[(&'static str, &'static str)]) -> (String, String) {
    let (verdict, report) =
        probe.during(script, |probe, stream| probe.on_request_headers(stream, headers(head), true));
    (outcome(verdict), told(&report))
}

/// What a script on the head of a usual request is told; how it ends, if that is no leave to go on.
fn asked(probe: &mut Probe, script: Script) -> String {
    match request(probe, script, &HEAD) {
        (verdict, report) if verdict == "goes on" => report,
        (verdict, report) => [report, verdict].join(" ").trim_start().to_owned(),
    }
}

/// Statuses, what was given in quotes, and numbers. A call that failed has given nothing.
fn told(report: &[Item]) -> String {
    let mut words = Vec::new();
    let mut failed = false;
    for item in report {
        match item {
            Item::Status(status) => {
                failed = *status != OK;
                words.push(status.to_string());
            }
            Item::Given(_) if failed => {}
            Item::Given(bytes) => words.push(format!("\"{}\"", bytes.escape_ascii())),
            Item::Word(word) => words.push(format!("={word}")),
        }
    }
    words.join(" ")
}

/// What a callback on headers came to.
fn outcome(verdict: Result<Verdict, SandboxError>) -> String {
    match verdict {
        Ok(Verdict::Continue) => "goes on".to_owned(),
        Ok(Verdict::Pause) => "waits".to_owned(),
        Ok(Verdict::Respond(response)) => answer(&response),
        Err(error) => fault(&error),
    }
}

/// What a callback on a body came to.
fn body_outcome(verdict: Result<BodyVerdict, SandboxError>) -> String {
    match verdict {
        Ok(BodyVerdict::Forward(body)) => format!("sends \"{}\"", body.escape_ascii()),
        Ok(BodyVerdict::Hold) => "waits".to_owned(),
        Ok(BodyVerdict::TooLarge) => "too large".to_owned(),
        Ok(BodyVerdict::Respond(response)) => answer(&response),
        Err(error) => fault(&error),
    }
}

fn answer(LocalResponse { status, headers, body, .. }: &LocalResponse) -> String {
    let headers: String =
        headers.iter().map(|(name, value)| format!(" {}={}", text(name), text(value))).collect();
    format!("answers {status}{headers} \"{}\"", body.escape_ascii())
}

fn fault(error: &SandboxError) -> String {
    match error {
        SandboxError::Trap { .. } => "trap".to_owned(),
        SandboxError::WorkerCrash(crash) => format!("crash {crash:?}"),
        SandboxError::Dead => "dead".to_owned(),
        SandboxError::OutOfOrder { .. } => "out of order".to_owned(),
        other => other.to_string(),
    }
}

fn done(result: Result<(), SandboxError>) -> String {
    result.map_or_else(|error| fault(&error), |()| "fine".to_owned())
}

/// What was asked of the embedder, in order.
fn effects(probe: &mut Probe) -> String {
    let effect = |effect: Effect| match effect {
        Effect::HttpCall { .. } => "calls".to_owned(),
        Effect::CancelCall(_) => "cancels a call".to_owned(),
        Effect::Resume { body, .. } if body.is_empty() => "goes upstream".to_owned(),
        Effect::Resume { body, .. } => format!("goes upstream with \"{}\"", body.escape_ascii()),
        Effect::Respond { response, .. } => answer(&response),
        Effect::Close { .. } => "is reset".to_owned(),
        Effect::TickEvery(_) => "sets a timer".to_owned(),
    };
    let effects: Vec<_> = probe.effects().into_iter().map(effect).collect();
    if effects.is_empty() { "stays".to_owned() } else { effects.join(", ") }
}

/// The values of a header that goes upstream.
fn upstream(probe: &Probe, name: &str) -> String {
    let map = probe.instance.request_headers(probe.stream).unwrap();
    let values: Vec<_> = map.get_all(name).map(text).collect();
    format!("{values:?}")
}

fn text(bytes: &Bytes) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn and(left: impl Display, right: impl Display) -> String {
    format!("{left}; {right}")
}

/// A script that makes a call to `target` with these headers.
fn dispatch_to(script: Script, target: &[u8], head: &[(&'static str, &'static str)]) -> Script {
    let head = encoded(head);
    let arguments = [Text(target), Text(&head), Text(b""), Text(b""), Number(1_000), Word];
    script.call("proxy_http_call", &arguments)
}

/// A script that makes a usual call.
fn dispatch(script: Script) -> Script {
    dispatch_to(script, b"known", &[(":method", "GET"), (":path", "/"), (":authority", "a")])
}

/// A script that answers with these headers.
fn respond(script: Script, status: u32, head: &[(&'static str, &'static str)], body: &[u8]) -> Script {
    let head = encoded(head);
    let arguments = [Number(status), Text(b""), Text(body), Text(&head), Number(u32::MAX)];
    script.call("proxy_send_local_response", &arguments)
}

/// A script that traps on every engine.
fn trap() -> Script {
    call("proxy_log", &[Number(2), crate::probe::WILD, Number(9)])
}

fn encoded(head: &[(&'static str, &'static str)]) -> Bytes {
    let map: HeaderMap = headers(head);
    pairs::encode(map.as_slice()).unwrap().into()
}

/// The calls that were made since the last time.
fn calls(probe: &mut Probe) -> Vec<CallId> {
    let call = |effect| match effect {
        Effect::HttpCall { call, .. } => Some(call),
        _ => None,
    };
    probe.effects().into_iter().filter_map(call).collect()
}

/// An answer of an upstream that was called.
fn answered() -> CallOutcome {
    CallOutcome::Answer {
        headers: headers(&[(":status", "200"), ("a", "1")]),
        body: Bytes::new(),
        trailers: HeaderMap::new(),
    }
}

/// A usual request.
const HEAD: [(&str, &str); 4] =
    [(":method", "GET"), (":path", "/a"), (":scheme", "http"), (":authority", "client.test")];
