use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use super::{Egress, Origins, PlainHttp};
use crate::config::ConfigErrors;
use crate::config::read::text_in;
use crate::egress::Address;

fn environment(name: &str) -> Option<OsString> {
    match name {
        "HTTPS_PROXY" => Some("http://user:word@upper.test:3128".into()),
        "https_proxy" => Some("http://lower.test".into()),
        "http_proxy" => Some("plain.test:8080".into()),
        "NO_PROXY" => Some("direct.test, .internal.test,,10.0.0.0/8".into()),
        "PROXY_URL" => Some("http://user:word@proxy.test:3128".into()),
        "WRONG_URL" => Some("socks5://user:word@proxy.test".into()),
        _ => None,
    }
}

fn parse(keys: &str) -> Result<Egress, ConfigErrors> {
    text_in(&format!("egress: {{{keys}}}"), Path::new("."), Vec::new(), environment)
        .map(|config| config.egress)
}

fn proxy(egress: &Egress, address: &str) -> Option<String> {
    egress.proxies.towards(&Address::parse(address).unwrap()).map(ToString::to_string)
}

#[test]
fn without_a_word_any_https_origin_may_be_called_and_no_proxy_is_used() {
    let egress = parse("").unwrap();
    assert_eq!((egress.origins, egress.plain_http), (Origins::Any, PlainHttp::Loopback));
    assert_eq!(egress.connect_timeout, Duration::from_secs(10));
    assert_eq!((egress.origins_kept, egress.connections_per_origin), (32, 16));
    assert_eq!(proxy(&egress, "https://idp.test"), None);
}

#[test]
fn the_environment_counts_only_where_the_file_says_so() {
    let egress = parse("proxy_from_environment: true").unwrap();
    let table = [
        ("https://idp.test", Some("http://upper.test:3128")),
        ("http://idp.test", Some("http://plain.test:8080")),
        ("https://direct.test", None),
        ("https://a.internal.test", None),
        ("https://10.1.1.1", None),
    ];
    for (address, expected) in table {
        assert_eq!(proxy(&egress, address).as_deref(), expected, "{address}");
    }
    let egress = parse("proxy_from_environment: false").unwrap();
    assert_eq!(proxy(&egress, "https://idp.test"), None);
}

#[test]
fn the_file_comes_before_the_environment() {
    let keys = "proxy_from_environment: true, https_proxy: 'http://file.test', no_proxy: [idp.test]";
    let egress = parse(keys).unwrap();
    assert_eq!(proxy(&egress, "https://direct.test").as_deref(), Some("http://file.test"));
    assert_eq!(proxy(&egress, "https://idp.test"), None);
    assert_eq!(proxy(&egress, "http://other.test").as_deref(), Some("http://plain.test:8080"));
}

#[test]
fn credentials_come_through_a_reference_and_are_not_shown() {
    let egress = parse("https_proxy: '{vault://env/PROXY_URL}'").unwrap();
    assert_eq!(proxy(&egress, "https://idp.test").as_deref(), Some("http://proxy.test:3128"));
    assert!(!format!("{egress:?}").contains("word"));
    for (keys, expected) in [
        ("'{vault://env/WRONG_URL}'", "egress.https_proxy: expected a proxy's URL"),
        (
            "'{vault://env/ABSENT}'",
            "egress.https_proxy: expected the environment variable ABSENT, found none",
        ),
        ("'http://user:word@proxy.test'", "egress.https_proxy: expected a proxy's URL"),
    ] {
        let errors = parse(&format!("https_proxy: {keys}")).unwrap_err().to_string();
        assert!(errors.starts_with(expected) && !errors.contains("word"), "{errors}");
    }
}
