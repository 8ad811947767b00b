use super::Address;

#[test]
fn an_origin_is_scheme_host_and_port_and_nothing_more() {
    let table = [
        ("https://idp.test", "https://idp.test", "idp.test", 443, "idp.test:443"),
        ("https://IDP.test:443", "https://idp.test", "idp.test", 443, "idp.test:443"),
        ("HTTPS://idp.test:8443", "https://idp.test:8443", "idp.test", 8443, "idp.test:8443"),
        ("http://127.0.0.1", "http://127.0.0.1", "127.0.0.1", 80, "127.0.0.1:80"),
        ("https://[::1]:9", "https://[::1]:9", "::1", 9, "[::1]:9"),
    ];
    for (text, shown, host, port, tunnel) in table {
        let address = Address::parse(text).unwrap();
        assert_eq!((address.host(), address.port()), (host, port), "{text}");
        assert_eq!(
            (address.to_string(), address.authority_with_port()),
            (shown.to_owned(), tunnel.to_owned())
        );
    }
}

#[test]
fn what_is_more_or_less_than_an_origin_is_none() {
    for text in [
        "idp",
        "idp.test:443",
        "",
        "://idp.test",
        "ftp://idp.test",
        "https://",
        "https://idp.test/",
        "https://idp.test/path",
        "https://idp.test?a",
        "https://idp.test#a",
        "https://user@idp.test",
        "https://user:secret@idp.test",
        "https://idp.test:",
        "https://idp.test:0",
        "https://idp.test:65536",
        "https://idp.test:443:443",
        "https://a b",
        "https://idp.test\r\nx: y",
        "https://[::1",
        " https://idp.test",
    ] {
        assert_eq!(Address::parse(text), None, "{text:?}");
    }
}

#[test]
fn a_url_is_an_origin_and_the_rest() {
    for (url, origin, rest) in [
        ("https://idp.test", "https://idp.test", ""),
        ("https://idp.test/a/b?c", "https://idp.test", "/a/b?c"),
        ("https://idp.test?c=@", "https://idp.test", "?c=@"),
    ] {
        let (address, found) = Address::split(url).unwrap();
        assert_eq!((address.to_string().as_str(), found), (origin, rest));
    }
}

#[test]
fn loopback_is_this_machine_however_it_is_written() {
    for (text, expected) in [
        ("http://localhost:1", true),
        ("http://LOCALHOST", true),
        ("http://127.0.0.1", true),
        ("http://127.9.9.9", true),
        ("http://[::1]", true),
        ("http://[::ffff:127.0.0.1]", true),
        ("http://localhost.test", false),
        ("http://127.0.0.1.test", false),
        ("http://10.0.0.1", false),
        ("http://[::2]", false),
        // Not the form of an IPv4 address, whatever a resolver makes of it.
        ("http://2130706433", false),
    ] {
        assert_eq!(Address::parse(text).unwrap().is_loopback(), expected, "{text}");
    }
}
