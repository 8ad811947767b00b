use super::KeyIssuer;
use crate::json::{Limits, Value};
use alloc::format;

const OURS: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";
const OTHER: &str = "11111111-2222-4333-8444-555555555555";
const TEMPLATE: &str = "https://login.microsoftonline.com/{tenantid}/v2.0";

fn admits(issuer: &str, claims: &str) -> bool {
    KeyIssuer::new(issuer).admits(&Value::parse(claims.as_bytes(), &Limits::TOKEN).expect(claims))
}

/// Entra's issuer of a tenant, in the later form or the earlier one.
fn v2(tenant: &str) -> alloc::string::String {
    format!("https://login.microsoftonline.com/{tenant}/v2.0")
}

fn v1(tenant: &str) -> alloc::string::String {
    format!("https://sts.windows.net/{tenant}/")
}

#[test]
fn a_key_of_one_issuer_signs_for_that_issuer_only() {
    for (issuer, iss, expected) in [
        ("https://idp.example/", "https://idp.example/", true),
        ("https://idp.example/", "https://idp.example", false),
        ("https://idp.example/{tenant}/", "https://idp.example/{tenant}/", true),
        (&v2(OURS), &v2(OURS), true),
        (&v2(OURS), &v1(OURS), true),
        (&v2(OURS), &v2(OTHER), false),
        (&v2(OURS), &v1(OTHER), false),
        (&v2(OURS), "https://idp.example/", false),
    ] {
        assert_eq!(admits(issuer, &format!(r#"{{"iss":"{iss}"}}"#)), expected, "{issuer} for {iss}");
    }
    assert!(!admits("https://idp.example/", "{}"));
    assert!(!admits("https://idp.example/", r#"{"iss":["https://idp.example/"]}"#));
}

#[test]
fn a_key_of_every_tenant_signs_for_the_tenant_that_the_token_names_twice() {
    for (iss, tid, expected) in [
        (v2(OURS), OURS, true),
        (v1(OURS), OURS, true),
        (v2(OURS), OTHER, false),
        (v1(OURS), OTHER, false),
        (v2("common"), "common", false),
        ("https://idp.example/".into(), OURS, false),
    ] {
        let claims = format!(r#"{{"iss":"{iss}","tid":"{tid}"}}"#);
        assert_eq!(admits(TEMPLATE, &claims), expected, "{claims}");
    }
    assert!(!admits(TEMPLATE, &format!(r#"{{"iss":"{}"}}"#, v2(OURS))), "no tid");
    assert!(!admits(TEMPLATE, &format!(r#"{{"iss":"{TEMPLATE}","tid":"{{tenantid}}"}}"#)));
}

#[test]
fn the_two_names_are_one_for_entra_only() {
    let claims = |iss: &str| format!(r#"{{"iss":"{iss}","tid":"{OURS}"}}"#);
    let template = "https://idp.example/{tenantid}/";
    assert!(admits(template, &claims(&format!("https://idp.example/{OURS}/"))));
    assert!(!admits(template, &claims(&v1(OURS))));
}
