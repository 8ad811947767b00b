use super::find;
use crate::capabilities::Capabilities;
use crate::config::Config;
use crate::denial::Denial;
use crate::fixtures::{ISSUER, jwks};
use crate::request::RequestHead;
use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

/// One case: the routes as `name: attributes`, a request, and the name of the route that gets it.
type Case =
    (&'static [(&'static str, &'static str)], (&'static str, &'static str, &'static str), &'static str);

const CASES: [Case; 15] = [
    // A longer path before a shorter one, wherever it stands.
    (&[("short", r#""paths":["/a"]"#), ("long", r#""paths":["/a/b"]"#)], ("GET", "h", "/a/b/c"), "long"),
    (&[("short", r#""paths":["/a"]"#), ("long", r#""paths":["/a/b"]"#)], ("GET", "h", "/a/c"), "short"),
    // The path that matches counts, not the longest of its route.
    (&[("one", r#""paths":["/a","/x/y/z"]"#), ("two", r#""paths":["/a/b"]"#)], ("GET", "h", "/a/b"), "two"),
    // More attributes before a longer path.
    (
        &[("path", r#""paths":["/a/b"]"#), ("both", r#""paths":["/a"],"methods":["GET"]"#)],
        ("GET", "h", "/a/b"),
        "both",
    ),
    (
        &[("path", r#""paths":["/a/b"]"#), ("both", r#""paths":["/a"],"methods":["GET"]"#)],
        ("PUT", "h", "/a/b"),
        "path",
    ),
    // Of as many, hosts before headers, headers before paths, paths before methods.
    (&[("path", r#""paths":["/a"]"#), ("host", r#""hosts":["h"]"#)], ("GET", "h", "/a"), "host"),
    (
        &[("path", r#""paths":["/a"]"#), ("header", r#""headers":{"x-v":["1"]}"#)],
        ("GET", "h", "/a"),
        "header",
    ),
    (&[("method", r#""methods":["GET"]"#), ("path", r#""paths":["/a"]"#)], ("GET", "h", "/a"), "path"),
    // An exact host before a wildcard, a longer wildcard before a shorter.
    (&[("any", r#""hosts":["*.b"]"#), ("exact", r#""hosts":["a.b"]"#)], ("GET", "a.b", "/"), "exact"),
    (&[("short", r#""hosts":["*.b"]"#), ("long", r#""hosts":["*.c.b"]"#)], ("GET", "a.c.b", "/"), "long"),
    // The port is no part of the host.
    (&[("exact", r#""hosts":["a.b"]"#)], ("GET", "a.b:8443", "/"), "exact"),
    // More headers before fewer.
    (
        &[("one", r#""headers":{"x-v":["1"]}"#), ("two", r#""headers":{"x-v":["1"],"x-w":["a","b"]}"#)],
        ("GET", "h", "/"),
        "two",
    ),
    // The earlier of two equal ones.
    (&[("first", r#""paths":["/a"]"#), ("second", r#""paths":["/a"]"#)], ("GET", "h", "/a"), "first"),
    // The query is no part of the path.
    (&[("a", r#""paths":["/a"]"#), ("b", r#""paths":["/b"]"#)], ("GET", "h", "/a?x=/b/../c"), "a"),
    // Nothing decides by path, so the path may be anything.
    (&[("method", r#""methods":["GET"]"#)], ("GET", "h", "//a/../b"), "method"),
];

#[test]
fn the_most_specific_route_gets_the_request() {
    for (routes, (method, authority, target), expected) in CASES {
        let config = config(routes, "");
        let found = find(&config, &head(method, authority, target), &Capabilities::CLAIMGATE).unwrap();
        assert_eq!(
            found.route.map(|route| &*route.name),
            Some(expected),
            "{method} {authority}{target} on {routes:?}"
        );
    }
}

#[test]
fn every_attribute_must_match() {
    let config =
        config(&[("r", r#""hosts":["h"],"paths":["/a"],"methods":["GET"],"headers":{"x-v":["1"]}"#)], "");
    assert!(find(&config, &head("GET", "h", "/a"), &Capabilities::CLAIMGATE).is_ok());
    let misses =
        [("GET", "i", "/a"), ("GET", "h", "/b"), ("PUT", "h", "/a"), ("get", "h", "/a"), ("GET", "", "/a")];
    for (method, authority, target) in misses {
        assert_eq!(
            find(&config, &head(method, authority, target), &Capabilities::CLAIMGATE).unwrap_err(),
            Denial::RouteUnknown
        );
    }
    let without_header = RequestHead { headers: &[], ..head("GET", "h", "/a") };
    assert_eq!(find(&config, &without_header, &Capabilities::CLAIMGATE).unwrap_err(), Denial::RouteUnknown);
}

#[test]
fn an_ambiguous_path_is_refused_where_a_path_would_decide() {
    let config = config(&[("public", r#""paths":["/"]"#), ("admin", r#""paths":["/admin"]"#)], "");
    for target in ["/public/..;/admin", "//admin", "/%2e/admin", "/public/../admin?x", "/a\\admin"] {
        assert_eq!(
            find(&config, &head("GET", "h", target), &Capabilities::CLAIMGATE).unwrap_err(),
            Denial::AmbiguousPath,
            "{target}"
        );
    }
}

#[test]
fn an_ambiguous_path_is_refused_before_it_falls_to_the_service_without_routes() {
    let config = config(&[("admin", r#""paths":["/admin"]"#)], r#",{"id":"rest"}"#);
    assert_eq!(
        find(&config, &head("GET", "h", "/x//admin"), &Capabilities::CLAIMGATE).unwrap_err(),
        Denial::AmbiguousPath
    );
}

#[test]
fn a_path_rule_for_another_host_decides_nothing() {
    let config = config(&[("other", r#""hosts":["other"],"paths":["/a"]"#)], r#",{"id":"rest"}"#);
    let found = find(&config, &head("GET", "h", "/x//a"), &Capabilities::CLAIMGATE).unwrap();
    assert_eq!((&*found.service.id, found.route.is_none()), ("rest", true));
}

#[test]
fn the_service_without_routes_gets_what_no_route_takes() {
    let config = config(&[("a", r#""paths":["/a"]"#)], r#",{"id":"rest"}"#);
    assert_eq!(
        &*find(&config, &head("GET", "h", "/b"), &Capabilities::CLAIMGATE).unwrap().service.id,
        "rest"
    );
    assert_eq!(&*find(&config, &head("GET", "h", "/a"), &Capabilities::CLAIMGATE).unwrap().service.id, "s");
}

#[test]
fn a_match_names_the_source_of_its_rules() {
    let config = config(&[("a", r#""paths":["/a"]"#)], "");
    assert_eq!(
        find(&config, &head("GET", "h", "/a"), &Capabilities::CLAIMGATE)
            .unwrap()
            .rules
            .strategies()
            .next()
            .unwrap()
            .source
            .id
            .to_string(),
        "idp"
    );
}

fn head<'a>(method: &'a str, authority: &'a str, target: &'a str) -> RequestHead<'a> {
    RequestHead {
        method: method.as_bytes(),
        target: target.as_bytes(),
        authority: authority.as_bytes(),
        headers: &[(b"X-V", b"0"), (b"x-v", b"1"), (b"X-W", b"b")],
        has_body: false,
        https: false,
    }
}

fn config(routes: &[(&str, &str)], more_services: &str) -> Config {
    let jwks = jwks();
    let route = |(name, attributes): &(&str, &str)| format!(r#"{{"name":"{name}",{attributes}}}"#);
    let routes: Vec<String> = routes.iter().map(route).collect();
    let document = format!(
        r#"{{"version":1,"sources":[{{"id":"idp","issuer":"{ISSUER}","jwks":{jwks}}}],
            "defaults":{{"plugins":[{{"name":"openid-connect","config":{{"issuer":"{ISSUER}"}}}}]}},
            "services":[{{"id":"s","routes":[{}]}}{more_services}]}}"#,
        routes.join(",")
    );
    Config::parse(document.as_bytes()).unwrap()
}
