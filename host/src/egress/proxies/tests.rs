use std::sync::Arc;

use super::{Address, Exception, Proxies, Proxy};

#[test]
fn a_proxy_is_a_url_with_or_without_credentials() {
    let table = [
        ("http://proxy.test:3128", "http://proxy.test:3128", None),
        ("proxy.test:3128", "http://proxy.test:3128", None),
        ("http://proxy.test/", "http://proxy.test", None),
        ("http://user:word@proxy.test:3128", "http://proxy.test:3128", Some("Basic dXNlcjp3b3Jk")),
        ("http://user:w%40rd@proxy.test", "http://proxy.test", Some("Basic dXNlcjp3QHJk")),
        ("user:w@rd@proxy.test", "http://proxy.test", Some("Basic dXNlcjp3QHJk")),
        ("http://user@proxy.test", "http://proxy.test", Some("Basic dXNlcjo=")),
    ];
    for (url, address, credentials) in table {
        let proxy = Proxy::parse(url).unwrap();
        assert_eq!(proxy.to_string(), address);
        assert_eq!(proxy.credentials().map(|value| value.to_str().unwrap()), credentials, "{url}");
    }
    for wrong in [
        "",
        "https://proxy.test",
        "socks5://proxy.test",
        "http://proxy.test/path",
        "http://%ff:a@proxy.test",
        "http://",
    ] {
        assert!(Proxy::parse(wrong).is_none(), "{wrong:?}");
    }
}

#[test]
fn credentials_are_not_shown() {
    let proxy = Proxy::parse("http://user:word@proxy.test").unwrap();
    for shown in [proxy.to_string(), format!("{proxy:?}"), format!("{:?}", proxy.credentials())] {
        assert!(!shown.contains("word") && !shown.contains("dXNlcjp3b3Jk"), "{shown}");
    }
}

#[test]
fn the_scheme_chooses_the_proxy_and_exceptions_go_around_it() {
    let proxy = |url| Some(Arc::new(Proxy::parse(url).unwrap()));
    let proxies = Proxies {
        https: proxy("http://secure.test"),
        http: proxy("http://plain.test"),
        exceptions: vec![Exception::parse("direct.test").unwrap()],
    };
    let table = [
        ("https://idp.test", Some("http://secure.test")),
        ("http://idp.test", Some("http://plain.test")),
        ("https://direct.test", None),
        ("http://direct.test", None),
        ("https://localhost:8443", None),
        ("http://127.0.0.1", None),
    ];
    for (address, expected) in table {
        let found = proxies.towards(&Address::parse(address).unwrap()).map(ToString::to_string);
        assert_eq!(found.as_deref(), expected, "{address}");
    }
}
