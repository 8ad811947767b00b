//! Shared data and metrics.

use super::{HEAD, Row, and, asked, changed, outcome, probe};
use crate::embedder::{Embedder, headers};
use crate::probe::{Arg::*, Script, call, plugin, script};

use claimgate_sandbox::{Plugin, Quirk, ShmKv};

pub(super) const ROWS: &[Row] = &[
    Row {
        quirk: Quirk::ZoneNeeded,
        seen: "NO `shm_kv` in wasm{} (Kong's default config has none: operator sets nginx_wasm_shm_kv) -> even get_shared_data TRAPS.",
        act: |quirks| {
            let asks = |quirks| {
                let plugin = Plugin { quirks, ..plugin() };
                let mut instance = Embedder::default().start("nginx/shared_data", &plugin).unwrap();
                let stream = instance.open_stream(super::facts()).unwrap();
                outcome(instance.on_request_headers(stream, headers(&HEAD), true))
            };
            let without = changed(quirks.clone(), |nginx| nginx.shm_kv.clear());
            and(asks(without), asks(quirks))
        },
        nginx: "trap; goes on",
        envoy: "goes on; goes on",
    },
    Row {
        quirk: Quirk::ZoneNeeded,
        seen: "Key prefix \"name/\" picks a `shm_kv name` zone if there is one, else `*`.",
        act: |quirks| {
            let small = ShmKv { name: "small".into(), bytes: 100 };
            let mut probe = probe(changed(quirks, |nginx| nginx.shm_kv.push(small)));
            asked(&mut probe, set(script(), b"small/key", &[b'x'; 200], 0))
        },
        nginx: "trap",
        envoy: "0",
    },
    Row {
        quirk: Quirk::CasZeroCreates,
        seen: "cas None/0 means \"only if absent\": a plain set on an existing key returns Err(CasMismatch) (Envoy overwrites).",
        act: |quirks| asked(&mut probe(quirks), set(set(script(), b"key", b"1", 0), b"key", b"2", 0)),
        nginx: "0 8",
        envoy: "0 0",
    },
    Row {
        quirk: Quirk::CasZeroCreates,
        seen: "cas!=0 on an absent key: Envoy sets; ngx mismatch.",
        act: |quirks| asked(&mut probe(quirks), set(script(), b"key", b"1", 7)),
        nginx: "8",
        envoy: "0",
    },
    Row {
        quirk: Quirk::EmptyDeletes,
        seen: "Delete = set None with the current cas (works; with cas None: CasMismatch); the key can then be set again with cas None.",
        act: |quirks| {
            let mut probe = probe(quirks);
            let first = asked(&mut probe, get(set(script(), b"key", b"1", 0), b"key").word());
            let cas = first.rsplit_once('=').unwrap().1.parse().unwrap();
            let wrong = set(script(), b"key", b"", 0);
            asked(&mut probe, get(set(set(wrong, b"key", b"", cas), b"key", b"2", 0), b"key"))
        },
        nginx: "8 0 0 0 \"2\"",
        envoy: "0 8 0 0 \"2\"",
    },
    Row {
        quirk: Quirk::KeysByCrc,
        seen: "**CRC32 of key only, no comparison** [N]",
        act: |quirks| asked(&mut probe(quirks), get(set(script(), b"plumless", b"1", 0), b"buckeroo")),
        nginx: "0 0 \"1\"",
        envoy: "0 1",
    },
    Row {
        quirk: Quirk::ZoneFull,
        seen: "Value larger than the free zone -> trap; many small ones are evicted (LRU) silently.",
        act: |quirks| {
            let small = ShmKv { name: "small".into(), bytes: 600 };
            let quirks = changed(quirks, |nginx| nginx.shm_kv.push(small));
            let value = [b'x'; 60];
            let names = [&b"small/a"[..], b"small/b", b"small/c"];
            let filled = names.into_iter().fold(script(), |script, name| set(script, name, &value, 0));
            // Read again, the first is not the one that was used least lately.
            let used = set(call_get(filled, b"small/a"), b"small/d", &value, 0);
            let left = [&b"small/a"[..], b"small/b", b"small/d"].into_iter().fold(used, call_get);
            let small = asked(&mut probe(quirks.clone()), left);
            and(small, asked(&mut probe(quirks), set(script(), b"small/e", &[b'x'; 700], 0)))
        },
        nginx: "0 0 0 0 0 0 1 0; trap",
        envoy: "0 0 0 0 0 0 0 0; 0",
    },
    Row {
        quirk: Quirk::MetricByName,
        seen: "defining an existing name returns the old id even with another type.",
        act: |quirks| {
            asked(&mut probe(quirks), define(define(script(), 0, b"hits").word(), 1, b"hits").word())
        },
        nginx: "0 =1 0 =1",
        envoy: "0 =1 0 =2",
    },
    Row {
        quirk: Quirk::MetricTraps,
        seen: "increment on gauge, record on counter, get on histogram, unknown id, name > 256, full slab -> TRAP (not Err).",
        act: |quirks| {
            let long = [b'a'; 257];
            let uses = [
                define(script(), 1, b"m").call("proxy_increment_metric", &[Number(1), Long(1)]),
                define(script(), 0, b"m").call("proxy_record_metric", &[Number(1), Long(1)]),
                define(script(), 2, b"m").call("proxy_get_metric", &[Number(1), Word]),
                call("proxy_increment_metric", &[Number(7), Long(1)]),
                define(script(), 0, &long),
            ];
            uses.map(|script| asked(&mut probe(quirks.clone()), script)).join("; ")
        },
        nginx: "trap; trap; trap; trap; trap",
        envoy: "0 0; 0 0; 0 2; 1; 2",
    },
    Row {
        quirk: Quirk::CounterLowers,
        seen: "Counter decrement is accepted.",
        act: |quirks| {
            let up = define(script(), 0, b"m").call("proxy_increment_metric", &[Number(1), Long(5)]);
            let down = up.call("proxy_increment_metric", &[Number(1), Long((-2_i64) as u64)]);
            asked(&mut probe(quirks), down.call("proxy_get_metric", &[Number(1), Word]).word())
        },
        nginx: "0 0 0 0 =3",
        envoy: "0 0 2 0 =5",
    },
];

fn set(script: Script, key: &[u8], value: &[u8], cas: u32) -> Script {
    script.call("proxy_set_shared_data", &[Text(key), Text(value), Number(cas)])
}

fn call_get(script: Script, key: &[u8]) -> Script {
    script.call("proxy_get_shared_data", &[Text(key), Out, Word])
}

fn get(script: Script, key: &[u8]) -> Script {
    call_get(script, key).given()
}

fn define(script: Script, kind: u32, name: &[u8]) -> Script {
    script.call("proxy_define_metric", &[Number(kind), Text(name), Word])
}
