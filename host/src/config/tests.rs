use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use super::{Config, HostPattern, Network};

fn parse(text: &str) -> Config {
    Config::parse(text, Path::new(".")).unwrap()
}

#[test]
fn an_empty_map_listens_on_the_local_port_8000() {
    let config = parse("{}");
    assert_eq!(config.listen, ["127.0.0.1:8000".parse().unwrap()]);
    assert!(config.admin_listen.is_none() && config.services.is_empty() && config.filters.is_empty());
    assert_eq!(config.limits.idle_timeout, Duration::from_secs(60));
}

#[test]
fn a_service_is_a_url_or_its_parts() {
    let table = [
        ("url: 'http://a.test'", "a.test", 80, "a.test", "", false),
        ("url: 'http://a.test:8080/'", "a.test", 8080, "a.test:8080", "", false),
        ("url: 'https://a.test/base/'", "a.test", 443, "a.test", "/base/", true),
        ("url: 'https://[::1]:8443/x'", "::1", 8443, "[::1]:8443", "/x", true),
        ("host: a.test", "a.test", 80, "a.test", "", false),
        ("protocol: https, host: a.test, path: /x", "a.test", 443, "a.test", "/x", true),
        ("host: a.test, port: 81", "a.test", 81, "a.test:81", "", false),
    ];
    for (keys, host, port, authority, path, tls) in table {
        let service = parse(&format!("services: [{{name: s, {keys}, routes: []}}]")).services.remove(0);
        let origin = &service.origin;
        let (address, written) = (&origin.address, origin.address.authority());
        let found = (address.host(), address.port(), written.as_str(), service.path.as_str());
        assert_eq!((found, origin.tls.is_some()), ((host, port, authority, path), tls), "{keys}");
    }
}

#[test]
fn routes_have_kongs_defaults() {
    let text = "services: [{name: s, url: 'http://a', routes: [{name: r, hosts: [A.test, '*.b', 'c.*']}]}]";
    let route = parse(text).services.remove(0).routes.remove(0);
    assert!(route.strip_path && !route.preserve_host);
    let hosts = [
        ("a.test", HostPattern::Exact as fn(String) -> _),
        (".b", HostPattern::Suffix),
        ("c.", HostPattern::Prefix),
    ];
    assert_eq!(route.hosts, hosts.map(|(text, kind)| kind(text.to_owned())));
}

#[test]
fn networks_contain_what_lies_in_them() {
    let table = [
        ("10.0.0.0/8", "10.1.2.3", true),
        ("10.0.0.0/8", "11.0.0.0", false),
        ("10.0.0.0/8", "::ffff:10.0.0.1", true),
        ("0.0.0.0/0", "255.255.255.255", true),
        ("1.2.3.4", "1.2.3.4", true),
        ("1.2.3.4", "1.2.3.5", false),
        ("fe80::/10", "fe80::1", true),
        ("fe80::/10", "ff00::1", false),
        ("::/0", "1.2.3.4", false),
    ];
    for (network, address, expected) in table {
        let address: IpAddr = address.parse().unwrap();
        assert_eq!(Network::parse(network).unwrap().contains(address), expected, "{network} {address}");
    }
    for wrong in ["10.0.0.0/33", "::/129", "10.0.0/8", "", "/8", "1.2.3.4/"] {
        assert_eq!(Network::parse(wrong), None, "{wrong}");
    }
}
