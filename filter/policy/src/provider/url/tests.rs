use super::{Url, UrlError};
use alloc::string::ToString as _;

#[test]
fn a_url_is_taken_apart() {
    let cases = [
        ("https://idp.example", "https://idp.example", "idp.example:443", "/"),
        ("https://IDP.example:443/a?b=c", "https://idp.example", "idp.example:443", "/a?b=c"),
        ("http://127.0.0.1:9090/realm/", "http://127.0.0.1:9090", "127.0.0.1:9090", "/realm/"),
        ("https://[::1]:8443?x", "https://[::1]:8443", "[::1]:8443", "/?x"),
        ("http://h", "http://h", "h:80", "/"),
    ];
    for (text, origin, host_port, target) in cases {
        let url = Url::parse(text).expect(text);
        assert_eq!(
            (url.origin().as_str(), url.host_port().as_str(), url.target()),
            (origin, host_port, target)
        );
        assert_eq!(Url::parse(&url.to_string()), Ok(url));
    }
}

#[test]
fn what_is_no_url_is_refused() {
    let cases = [
        ("ftp://idp.example", UrlError::Scheme),
        ("HTTPS://idp.example", UrlError::Scheme),
        ("https://user@idp.example", UrlError::Host),
        ("https://user:secret@idp.example", UrlError::Host),
        ("https://", UrlError::Host),
        ("https://[::g]", UrlError::Host),
        ("https://idp.example:0", UrlError::Port),
        ("https://idp.example:65536", UrlError::Port),
        ("https://idp.example:+1", UrlError::Port),
        ("https://idp.example/#a", UrlError::Target),
        ("https://idp.example/\r\nx: y", UrlError::Target),
        ("https://idp.example/\u{e9}", UrlError::Target),
    ];
    for (text, error) in cases {
        assert_eq!(Url::parse(text), Err(error), "{text}");
    }
    assert_eq!(Url::parse(&["https://h/", &"a".repeat(2048)].concat()), Err(UrlError::TooLong));
    let url = Url::parse("https://h/a").expect("url");
    assert_eq!(url.at("b"), Err(UrlError::Target));
    assert_eq!(url.at("/b").map(|url| url.to_string()), Ok("https://h/b".into()));
}
