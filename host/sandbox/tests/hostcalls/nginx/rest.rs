//! What is not built, the timer, randomness, and how a stream ends.

use super::{HEAD, Row, asked, done, facts, probe};
use crate::embedder::{Embedder, headers};
use crate::probe::{Arg::*, call, configure_with, plugin};

use claimgate_sandbox::{Plugin, Quirk};

pub(super) const ROWS: &[Row] = &[
    Row {
        quirk: Quirk::UnbuiltTraps,
        seen: "proxy_done, close_stream/reset_http_request, unknown foreign function -> trap (500).",
        act: |quirks| {
            let functions = [
                call("proxy_done", &[]),
                call("proxy_close_stream", &[Number(0)]),
                call("proxy_grpc_close", &[Number(1)]),
                call("proxy_get_status", &[Word, Out]),
                call("proxy_resolve_shared_queue", &[Text(b"vm"), Text(b"q"), Word]),
            ];
            functions.map(|script| asked(&mut probe(quirks.clone()), script)).join("; ")
        },
        nginx: "trap; trap; trap; trap; trap",
        envoy: "1; 0 waits; 1; 0; 1",
    },
    Row {
        quirk: Quirk::ForeignTraps,
        seen: "unknown foreign function -> trap (500).",
        act: |quirks| {
            let call = call("proxy_call_foreign_function", &[Text(b"verify_signature"), Text(b""), Out]);
            asked(&mut probe(quirks), call)
        },
        nginx: "trap",
        envoy: "2",
    },
    Row {
        quirk: Quirk::TickOnce,
        seen: "set_tick_period may be called ONCE per root context; a second call (also from on_tick, also to change it) traps.",
        act: |quirks| {
            let set = |period| call("proxy_set_tick_period_milliseconds", &[Number(period)]);
            let (mut instance, _) = configure_with(Plugin { quirks: quirks.clone(), ..plugin() }, set(5));
            let serves = instance.open_stream(facts()).is_ok();
            let mut ticking = probe(quirks.clone());
            let mut tick = || done(ticking.during(set(5), |probe, _| probe.on_tick()).0);
            let (first, second) = (tick(), tick());
            format!("{serves}; {first}; {second}; {}", asked(&mut probe(quirks), set(5)))
        },
        nginx: "true; fine; trap; trap",
        envoy: "true; fine; fine; 0",
    },
    Row {
        quirk: Quirk::WeakRandom,
        seen: "ok but **ngx_random() = random(3), not cryptographic**",
        act: |quirks| {
            let plugin = Plugin { quirks, ..plugin() };
            let drawn = || {
                let mut instance = Embedder::default().start("nginx/random", &plugin).unwrap();
                let stream = instance.open_stream(facts()).unwrap();
                instance.on_request_headers(stream, headers(&HEAD), true).unwrap();
                instance.request_headers(stream).unwrap().get("x-random").unwrap().clone()
            };
            let (first, second) = (drawn(), drawn());
            format!("{} bytes, foreseen {}", first.len(), first == second)
        },
        nginx: "8 bytes, foreseen true",
        envoy: "8 bytes, foreseen false",
    },
    Row {
        quirk: Quirk::DoneBeforeLog,
        seen: "ngx: …-> on_done -> on_log -> on_delete(pool cleanup).",
        act: |quirks| {
            let embedder = Embedder::default();
            let mut instance = embedder.start("nginx/end_of_stream", &Plugin { quirks, ..plugin() }).unwrap();
            let stream = instance.open_stream(facts()).unwrap();
            instance.close_stream(stream).unwrap();
            let said: Vec<_> = embedder.logs.take().into_iter().map(|(_, line)| line).collect();
            format!("{}; {} left", said.join(" "), instance.live_streams())
        },
        nginx: "done log delete; 0 left",
        envoy: "log done; 1 left",
    },
];
