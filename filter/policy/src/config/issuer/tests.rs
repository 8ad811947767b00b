use super::{Issuer, means};

#[test]
fn the_host_of_an_issuer_is_without_port() {
    let cases = [
        ("https://login.example/tenant/v2.0", "login.example"),
        ("http://keycloak.keycloak:8080/realms/kong", "keycloak.keycloak"),
        ("https://idp", "idp"),
        ("https://[2001:db8::1]:8443/a", "[2001:db8::1]"),
        ("https://[::1]", "[::1]"),
    ];
    for (url, host) in cases {
        assert_eq!(Issuer::parse(url), Some(Issuer { url, host }), "{url}");
    }
}

#[test]
fn refuses_what_cannot_be_an_issuer() {
    let cases = [
        "",
        "login.example",
        "ftp://login.example",
        "HTTPS://login.example",
        "https://",
        "https://:443/",
        "https:///path",
        "https://user@login.example/",
        "https://login.example:port/",
        "https://login.example:/",
        "https://login.example:123456/",
        "https://login.example/?tenant=1",
        "https://login.example/#a",
        "https://login.example/a b",
        "https://login.example/\"",
        "https://login.ex\"ample/",
        "https://löwe.example/",
        "https://[::1",
        "https://[]/",
        "https://login.example/.well-known/openid-configuration",
    ];
    for url in cases {
        assert_eq!(Issuer::parse(url), None, "{url}");
    }
}

#[test]
fn a_discovery_url_means_the_issuer_that_publishes_it() {
    let cases = [
        ("https://a.example/", "https://a.example/", true),
        ("https://a.example", "https://a.example/", false),
        ("https://a.example/.well-known/openid-configuration", "https://a.example", true),
        ("https://a.example/.well-known/openid-configuration", "https://a.example/", true),
        ("https://a.example/b/.well-known/openid-configuration", "https://a.example", false),
        ("https://A.example", "https://a.example", false),
    ];
    for (written, issuer, expected) in cases {
        assert_eq!(means(written, issuer), expected, "{written} for {issuer}");
    }
}
