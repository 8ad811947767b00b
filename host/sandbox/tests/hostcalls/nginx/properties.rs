//! Properties.

use super::{HEAD, Row, asked, probe, request, told};
use crate::embedder::headers;
use crate::probe::{Arg::*, Script, call, script};

use claimgate_sandbox::{Quirk, Quirks};

pub(super) const ROWS: &[Row] = &[
    Row {
        quirk: Quirk::TextProperties,
        seen: "get_property values are strings (response.code \"000\" before a response, request.time text), unlike Envoy's binary ints.",
        act: |quirks| ask(quirks, &[b"response\0code", b"request\0time", b"connection\0id"]),
        nginx: "0 \"000\" 0 \"1700000000.123\" 0 \"9\"",
        envoy: "1 0 \"\\xc0\\xd4~=\\xfe\\x9c\\x97\\x17\" 0 \"\\t\\x00\\x00\\x00\\x00\\x00\\x00\\x00\"",
    },
    Row {
        quirk: Quirk::TextProperties,
        seen: "source.address = ip without port (Envoy: with). destination.* None.",
        act: |quirks| ask(quirks, &[b"source\0address", b"destination\0address"]),
        nginx: "0 \"192.0.2.1\" 1",
        envoy: "0 \"192.0.2.1:4711\" 0 \"192.0.2.2:443\"",
    },
    Row {
        quirk: Quirk::TextProperties,
        seen: "node/cluster_name/route_name/listener_* -> None + error log per call.",
        act: |quirks| {
            let mut probe = probe(quirks);
            let told = asked(&mut probe, of(script(), b"route_name"));
            super::and(told, probe.embedder.logs.take().len())
        },
        nginx: "1; 1",
        envoy: "0 \"route\"; 0",
    },
    Row {
        quirk: Quirk::TextProperties,
        seen: "get_property([\"request\",\"path\"]) (= $request_uri) is the raw target",
        act: |quirks| {
            let mut probe = probe(quirks);
            let head = [(":method", "GET"), (":path", "/a%3fb=1?c=d"), (":authority", "client.test")];
            let both = call("proxy_get_header_map_value", &[Number(0), Text(b":path"), Out]).given();
            request(&mut probe, of(of(both, b"request\0path"), b"request\0host"), &head).1
        },
        nginx: "0 \"/a?b=1?c=d\" 0 \"/a%3fb=1?c=d\" 0 \"machine\"",
        envoy: "0 \"/a%3fb=1?c=d\" 0 \"/a%3fb=1?c=d\" 0 \"client.test\"",
    },
    Row {
        quirk: Quirk::TextProperties,
        seen: "plugin_root_id / plugin_vm_id | config | \"0\" / none",
        act: |quirks| {
            ask(quirks, &[b"plugin_root_id", b"plugin_vm_id", b"claimgate\0host"])
                .replace(env!("CARGO_PKG_VERSION"), "*")
        },
        nginx: "0 \"0\" 1 1",
        envoy: "0 \"root\" 0 \"vm\" 0 \"*\"",
    },
    Row {
        quirk: Quirk::TextProperties,
        seen: "bool connection.mtls | 1 byte | \"true\"/\"false\"; NotFound without TLS",
        act: |quirks| ask(quirks, &[b"connection\0mtls"]),
        nginx: "1",
        envoy: "0 \"\\x00\"",
    },
    Row {
        quirk: Quirk::RootProperties,
        seen: "request.*/ngx.* there -> Err(InternalFailure)",
        act: |quirks| {
            let mut probe = probe(quirks);
            let all = of(of(script(), b"source\0address"), b"request\0path");
            told(&probe.during(all, |probe, _| probe.on_tick()).1)
        },
        nginx: "10 10",
        envoy: "1 1",
    },
    Row {
        quirk: Quirk::SetProperty,
        seen: "set_property on read-only -> SDK panic; on an unsupported path -> SDK panic; ngx.<var> settable if the var is `set` in conf; wasmx.* ok in requests.",
        act: |quirks| {
            let mut probe = probe(quirks);
            let each = [&b"request\0path"[..], b"foo", b"wasmx\0foo"];
            let set =
                |script: Script, path: &&[u8]| script.call("proxy_set_property", &[Text(path), Text(b"1")]);
            let sets = each.iter().fold(script(), set);
            let told = asked(&mut probe, of(sets, b"wasmx\0foo"));
            // Readable in later callbacks of the request, too.
            let later = of(script(), b"wasmx\0foo");
            let (_, report) = probe.during(later, |probe, stream| {
                probe.on_response_headers(stream, headers(&[(":status", "200")]), true)
            });
            super::and(told, super::told(&report))
        },
        nginx: "1 1 0 0 \"1\"; 0 \"1\"",
        envoy: "0 0 0 1; 1",
    },
];

fn ask(quirks: Quirks, paths: &[&[u8]]) -> String {
    let script = paths.iter().fold(script(), |script, path| of(script, path));
    request(&mut probe(quirks), script, &HEAD).1
}

fn of(script: Script, path: &[u8]) -> Script {
    script.call("proxy_get_property", &[Text(path), Out]).given()
}
