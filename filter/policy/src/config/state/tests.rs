use super::Feed;
use crate::capabilities::CalloutTarget;

#[test]
fn an_engine_that_calls_by_host_and_port_gets_no_target_that_it_could_not_read() {
    let good = [
        "registry.internal",
        "registry",
        "10.0.0.1",
        "registry:1",
        "10.0.0.1:65535",
        "[::1]",
        "[::1]:9100",
        "a_b-c.d:80",
    ];
    let bad = [
        "",
        ":80",
        "registry:",
        "registry:0",
        "registry:65536",
        "registry:99999",
        "registry:+80",
        "registry:http",
        "::1",
        "[::1",
        "[]",
        "[registry]:80",
        "[::1]80",
        "registry:80:80",
        "http://registry",
        "registry/feed",
        "a b",
        "r\u{e9}gistry",
    ];
    for (names, expected) in [(&good[..], true), (&bad[..], false)] {
        for name in names {
            assert_eq!(feed(name).suits(CalloutTarget::HostPort), expected, "{name}");
            assert!(feed(name).suits(CalloutTarget::Cluster), "{name}");
        }
    }
}

fn feed(upstream: &str) -> Feed {
    Feed {
        upstream: upstream.into(),
        authority: "registry".into(),
        path: "/".into(),
        first: "snapshot.json".into(),
        poll_seconds: 1,
    }
}
