//! A request's head: what guests are shown of it, and what goes upstream.

use super::{HEAD, Row, and, asked, changed, probe, request, told, upstream};
use crate::embedder::headers;
use crate::probe::{Arg::*, Script, call, script};

use claimgate_sandbox::{Quirk, Quirks};

pub(super) const ROWS: &[Row] = &[
    Row {
        quirk: Quirk::RemovedHeadersStay,
        seen: "the header vanishes from get_http_request_headers(), but get_http_request_header(k) still returns it and nginx's proxy_pass still sends it",
        act: |quirks| edited(quirks, remove(b"x-user"), &[("x-user", "forged")]),
        nginx: "shown [], got 0 \"forged\", upstream [\"forged\"]",
        envoy: "shown [], got 1, upstream []",
    },
    Row {
        quirk: Quirk::RemovedHeadersStay,
        seen: "the single existing header is replaced (goes upstream empty / with the value)",
        act: |quirks| {
            let emptied = edited(quirks.clone(), set(b"x-user", b""), &[("x-user", "forged")]);
            let copied = edited(quirks, set(b"x-user", b"me"), &[("x-user", "a"), ("x-user", "b")]);
            and(emptied, copied)
        },
        nginx: "shown [\"\"], got 0 \"\", upstream [\"\"]; shown [\"me\"], got 0 \"me\", upstream [\"me\", \"b\"]",
        envoy: "shown [\"\"], got 0 \"\", upstream [\"\"]; shown [\"me\"], got 0 \"me\", upstream [\"me\"]",
    },
    Row {
        quirk: Quirk::RemovedHeadersStay,
        seen: "remove+set -> both client values and yours",
        act: |quirks| {
            let again = remove(b"x-user")
                .call("proxy_replace_header_map_value", &[REQUEST, Text(b"x-user"), Text(b"me")]);
            let mut probe = probe(quirks);
            request(&mut probe, again, &with(&[("x-user", "a"), ("x-user", "b")]));
            upstream(&probe, "x-user")
        },
        nginx: "[\"a\", \"b\", \"me\"]",
        envoy: "[\"me\"]",
    },
    Row {
        quirk: Quirk::RemovedHeadersStay,
        seen: "set_http_request_headers(map) is no way out (old ones all still go up",
        act: |quirks| {
            let list = super::encoded(&[(":method", "GET"), (":path", "/a"), ("x-other", "1")]);
            edited(
                quirks,
                call("proxy_set_header_map_pairs", &[REQUEST, Text(&list)]),
                &[("x-user", "forged")],
            )
        },
        nginx: "shown [], got 0 \"forged\", upstream [\"forged\"]",
        envoy: "shown [], got 1, upstream []",
    },
    Row {
        quirk: Quirk::UnderscoresDropped,
        seen: "nginx drops names with underscores by default (underscores_in_headers off): `x_under` never arrives.",
        act: |quirks| {
            let on = changed(quirks.clone(), |nginx| nginx.underscores_in_headers = true);
            let arrives = |quirks| {
                let mut probe = probe(quirks);
                request(&mut probe, script(), &with(&[("x_under", "1")]));
                upstream(&probe, "x_under")
            };
            and(arrives(quirks), arrives(on))
        },
        nginx: "[]; [\"1\"]",
        envoy: "[\"1\"]; [\"1\"]",
    },
    Row {
        quirk: Quirk::DecodedPath,
        seen: "`/admin%2f..%2fpublic/x` -> filter sees `/public/x`, upstream gets `/admin%2f..%2fpublic/x`",
        act: |quirks| path(quirks, script(), "/admin%2f..%2fpublic/x"),
        nginx: "\"/public/x\", upstream [\"/admin%2f..%2fpublic/x\"]",
        envoy: "\"/admin%2f..%2fpublic/x\", upstream [\"/admin%2f..%2fpublic/x\"]",
    },
    Row {
        quirk: Quirk::DecodedPath,
        seen: "`/a%3fb=1?c=d` -> `:path` = `/a?b=1?c=d` (query smuggling)",
        act: |quirks| path(quirks, script(), "/a%3fb=1?c=d"),
        nginx: "\"/a?b=1?c=d\", upstream [\"/a%3fb=1?c=d\"]",
        envoy: "\"/a%3fb=1?c=d\", upstream [\"/a%3fb=1?c=d\"]",
    },
    Row {
        quirk: Quirk::DecodedPath,
        seen: "and for \":path\" already on `GET /%ff` (because :path is decoded, S6)",
        act: |quirks| path(quirks, script(), "/%ff"),
        nginx: "\"/\\xff\", upstream [\"/%ff\"]",
        envoy: "\"/%ff\", upstream [\"/%ff\"]",
    },
    Row {
        quirk: Quirk::DecodedPath,
        seen: "set \":path\" returns Ok and reads back, but with `proxy_pass http://up` (no URI) the upstream still gets the original",
        act: |quirks| path(quirks, set(b":path", b"/b"), "/a"),
        nginx: "\"/b\", upstream [\"/a\"]",
        envoy: "\"/b\", upstream [\"/b\"]",
    },
    Row {
        quirk: Quirk::OwnAuthority,
        seen: "`:authority` = \"<machine hostname>:<port>\" here (no server_name set), request.host = hostname (`vm`). Use header \"host\"",
        act: |quirks| {
            let mut probe = probe(changed(quirks, |nginx| nginx.server = "vm:8000".into()));
            let told = asked(&mut probe, get(get(script(), b":authority"), b"host"));
            and(told, upstream(&probe, ":authority"))
        },
        nginx: "0 \"vm:8000\" 0 \"client.test\"; [\"client.test\"]",
        envoy: "0 \"client.test\" 0 \"client.test\"; [\"client.test\"]",
    },
    Row {
        quirk: Quirk::OwnAuthority,
        seen: "Setting :authority or :scheme is refused with an error log but returns Ok; setting \"host\" changes nothing upstream under the default proxy_set_header.",
        act: |quirks| {
            let mut probe = probe(quirks);
            let edits = set(b":authority", b"other")
                .call("proxy_replace_header_map_value", &[REQUEST, Text(b"host"), Text(b"another")]);
            let told = asked(&mut probe, get(edits, b":authority"));
            and(told, upstream(&probe, ":authority"))
        },
        nginx: "0 0 0 \"machine:8000\"; [\"client.test\"]",
        envoy: "0 0 0 \"another\"; [\"another\"]",
    },
    Row {
        quirk: Quirk::LineBreaksEscaped,
        seen: "CR/LF in values is escaped to %0D%0A (both directions).",
        act: |quirks| {
            let mut probe = probe(quirks);
            let told = asked(&mut probe, set(b"x-user", b"a\r\nb: c"));
            and(told, upstream(&probe, "x-user"))
        },
        nginx: "0; [\"a%0D%0Ab: c\"]",
        envoy: "2; []",
    },
    Row {
        quirk: Quirk::NoEndOfStream,
        seen: "eos/end_of_stream is false in request and response headers always, bodies or not.",
        act: |quirks| {
            // The guest takes the end for its number of headers: it says what it was told.
            let embedder = crate::embedder::Embedder::default();
            let plugin = claimgate_sandbox::Plugin { quirks, ..crate::probe::plugin() };
            let mut instance = embedder.start("nginx/end", &plugin).unwrap();
            let stream = instance.open_stream(super::facts()).unwrap();
            instance.on_request_headers(stream, headers(&HEAD), true).unwrap();
            instance.on_response_headers(stream, headers(&[(":status", "200")]), true).unwrap();
            embedder.logs.take().into_iter().map(|(_, line)| line).collect()
        },
        nginx: "openopen",
        envoy: "end end ",
    },
    Row {
        quirk: Quirk::AbsentMap,
        seen: "absent map -> BAD_ARGUMENT [N] -> SDK panics",
        act: |quirks| asked(&mut probe(quirks), call("proxy_get_header_map_pairs", &[Number(2), Out])),
        nginx: "2",
        envoy: "0",
    },
];

/// A usual request with more headers.
fn with(more: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    [&HEAD, more].concat()
}

/// What becomes of `x-user` when a script edits the head.
fn edited(quirks: Quirks, edits: Script, more: &[(&'static str, &'static str)]) -> String {
    let mut probe = probe(quirks);
    request(&mut probe, edits, &with(more));
    let read = get(script(), b"x-user").call("proxy_get_header_map_pairs", &[REQUEST, Out]).given();
    let (_, report) = probe.during(read, |probe, stream| {
        probe.on_response_headers(stream, headers(&[(":status", "200")]), true).unwrap()
    });
    let [got @ .., _, list] = &report[..] else { panic!("{report:?}") };
    format!("shown {:?}, got {}, upstream {}", shown(list), told(got), upstream(&probe, "x-user"))
}

/// The values of `x-user` in an encoded list.
fn shown(list: &crate::probe::Item) -> Vec<String> {
    let crate::probe::Item::Given(bytes) = list else { panic!("{list:?}") };
    let limits = claimgate_sandbox::pairs::PairLimits { bytes: 1 << 16, pairs: 100 };
    let pairs = claimgate_sandbox::pairs::decode(bytes, limits).unwrap();
    let named = pairs.into_iter().filter(|(name, _)| *name == "x-user");
    named.map(|(_, value)| super::text(&value)).collect()
}

/// What `:path` is for the guest after this script, and for the upstream.
fn path(quirks: Quirks, edits: Script, target: &'static str) -> String {
    let mut probe = probe(quirks);
    let head = [(":method", "GET"), (":path", target), (":scheme", "http"), (":authority", "client.test")];
    let (_, report) = request(&mut probe, get(edits, b":path"), &head);
    let seen = report.split(' ').next_back().unwrap().to_owned();
    format!("{seen}, upstream {}", upstream(&probe, ":path"))
}

fn get(script: Script, name: &[u8]) -> Script {
    script.call("proxy_get_header_map_value", &[REQUEST, Text(name), Out]).given()
}

fn set(name: &[u8], value: &[u8]) -> Script {
    call("proxy_replace_header_map_value", &[REQUEST, Text(name), Text(value)])
}

fn remove(name: &[u8]) -> Script {
    call("proxy_remove_header_map_value", &[REQUEST, Text(name)])
}

const REQUEST: crate::probe::Arg<'static> = Number(0);
