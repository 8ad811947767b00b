use super::{Issuer, means, meant};
use crate::config::AcceptedIssuer;
use crate::tenant::{IssuerTemplate, Tenants};
use alloc::string::ToString;

#[test]
fn the_host_of_an_issuer_is_without_port() {
    let cases = [
        ("https://login.example/tenant/v2.0", "login.example"),
        ("http://keycloak.keycloak:8080/realms/kong", "keycloak.keycloak"),
        ("https://idp", "idp"),
        ("https://[2001:db8::1]:8443/a", "[2001:db8::1]"),
        ("https://[::1]", "[::1]"),
        ("https://sts.windows.net/{tenantid}/", "sts.windows.net"),
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
        "https://login.example/{tenant}/",
        "https://login.example/{tenantid}/{tenantid}/",
        "https://{tenantid}.example/",
        "https://login.example/a{tenantid}/",
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

#[test]
fn a_template_s_issuer_is_meant_as_a_whole_or_by_one_tenant() {
    let (ours, stranger) = ("72f988bf-86f1-41af-91ab-2d7cd011db47", "11111111-2222-4333-8444-555555555555");
    let other = "22222222-2222-4333-8444-555555555555";
    for url in ["https://login.microsoftonline.com/{tenantid}/v2.0", "https://sts.windows.net/{tenantid}/"] {
        let template = IssuerTemplate::parse(url).expect("template");
        let issuer =
            AcceptedIssuer::OfTenants { template: template.clone(), tenants: Tenants::new([ours, other]) };
        let discovery = |url: &str| {
            alloc::format!("{}/.well-known/openid-configuration", url.strip_suffix('/').unwrap_or(url))
        };
        for (written, expected) in [
            (url.to_string(), Some(url.to_string())),
            (discovery(url), Some(url.to_string())),
            (template.with(ours), Some(template.with(ours))),
            (discovery(&template.with(ours)), Some(template.with(ours))),
            (template.with(stranger), None),
            (template.with("common"), None),
            ("https://idp.example/".into(), None),
        ] {
            let found = meant(&written, &issuer).map(|issuer| issuer.to_string());
            assert_eq!(found, expected, "{written}");
        }
    }
}
