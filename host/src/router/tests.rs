use std::path::Path;

use http::Method;

use super::{Ambiguous, Router, upstream_path};
use crate::config::Config;

#[test]
fn finds_the_best_route() {
    // (routes as YAML, host, path, method, the route that wins)
    let table = [
        ("[{name: a, paths: [/]}, {name: b, paths: [/orders]}]", "x", "/orders/1", "GET", "b"),
        ("[{name: a, paths: [/]}, {name: b, paths: [/orders]}]", "x", "/other", "GET", "a"),
        ("[{name: a, paths: [/orders]}]", "x", "/Orders", "GET", "-"),
        ("[{name: a, paths: [/orders]}]", "x", "/ordersandmore", "GET", "a"),
        ("[{name: a, paths: [/orders/]}]", "x", "/orders", "GET", "-"),
        ("[{name: a, paths: [/x, /orders]}]", "x", "/orders", "GET", "a"),
        ("[{name: a, paths: [/], methods: [POST]}]", "x", "/", "GET", "-"),
        ("[{name: a, paths: [/long]}, {name: b, paths: [/], methods: [GET]}]", "x", "/long", "GET", "b"),
        (
            "[{name: a, paths: [/long]}, {name: b, paths: [/], hosts: [h.com]}]",
            "H.com:80",
            "/long",
            "GET",
            "b",
        ),
        ("[{name: a, hosts: ['*.h.com']}, {name: b, hosts: [a.h.com]}]", "a.h.com", "/", "GET", "b"),
        ("[{name: a, hosts: ['*.h.com']}]", "h.com", "/", "GET", "-"),
        ("[{name: a, hosts: ['*.h.com']}]", ".h.com", "/", "GET", "-"),
        ("[{name: a, hosts: ['h.*']}]", "h.org", "/", "GET", "a"),
        ("[{name: a, hosts: ['h.com:81']}]", "h.com:80", "/", "GET", "-"),
        ("[{name: a, hosts: ['h.com:81']}]", "h.com:81", "/", "GET", "a"),
        ("[{name: a, paths: [/long]}, {name: b, hosts: [h.com]}]", "h.com", "/long", "GET", "b"),
        ("[{name: a, methods: [GET]}, {name: b, paths: [/]}]", "x", "/", "GET", "b"),
        ("[{name: a, hosts: ['*.com']}, {name: b, hosts: ['*.h.com']}]", "a.h.com", "/", "GET", "b"),
        ("[{name: a, hosts: [h.com]}]", "h.com.:80", "/", "GET", "a"),
        ("[{name: a, methods: [PURGE]}]", "x", "/", "PURGE", "a"),
        ("[{name: a, paths: [/same]}, {name: b, paths: [/same]}]", "x", "/same", "GET", "a"),
    ];
    for (routes, host, path, method, expected) in table {
        let text = format!("services: [{{name: s, url: 'http://127.0.0.1', routes: {routes}}}]");
        let config = Config::parse(&text, Path::new(".")).unwrap();
        let router = Router::new(&config.services);
        let found = router.find(host, path, true, &Method::from_bytes(method.as_bytes()).unwrap()).unwrap();
        assert_eq!(found.map_or("-", |found| &found.route.name), expected, "{routes} {host} {path} {method}");
    }
}

#[test]
fn a_path_with_two_readings_is_refused_where_a_rule_on_paths_would_decide() {
    let table = [
        ("[{name: a, paths: [/orders]}]", Err(Ambiguous)),
        ("[{name: a, paths: [/]}, {name: b, paths: [/orders]}]", Err(Ambiguous)),
        ("[{name: a, paths: [/]}]", Ok("a")),
        ("[{name: a, hosts: [x]}]", Ok("a")),
        ("[{name: a, hosts: [x]}, {name: b, paths: [/orders]}]", Ok("a")),
        ("[{name: a, hosts: [y], paths: [/orders]}, {name: b, hosts: [x]}]", Ok("b")),
        ("[{name: a, hosts: [y]}]", Ok("-")),
    ];
    for (routes, expected) in table {
        let text = format!("services: [{{name: s, url: 'http://127.0.0.1', routes: {routes}}}]");
        let config = Config::parse(&text, Path::new(".")).unwrap();
        let router = Router::new(&config.services);
        let found = router.find("x", "/orders/..%2f", false, &Method::GET);
        assert_eq!(found.map(|found| found.map_or("-", |found| &found.route.name)), expected, "{routes}");
    }
}

#[test]
fn joins_the_service_path_and_the_rest() {
    // (base, prefix, path, expected); the rows with a base are Kong's for path handling v0
    let table = [
        ("", "/orders", "/orders", "/"),
        ("", "/orders", "/orders/1", "/1"),
        ("", "", "/orders/1", "/orders/1"),
        ("/s", "/orders", "/orders", "/s"),
        ("/s", "/orders", "/orders/1", "/s/1"),
        ("/s", "/orders", "/orders1", "/s/1"),
        ("/s", "/", "/orders", "/s/orders"),
        ("/s/", "/orders", "/orders", "/s/"),
        ("/s/", "/orders", "/orders/1", "/s/1"),
        ("/s", "", "/orders/", "/s/orders/"),
    ];
    for (base, prefix, path, expected) in table {
        assert_eq!(upstream_path(base, prefix, path), expected, "{base} {prefix} {path}");
    }
}
