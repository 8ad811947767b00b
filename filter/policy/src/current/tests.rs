use super::check;
use crate::config::Config;
use crate::denial::Denial;
use crate::fixtures::{ISSUER, NOW, jwks, policy, verified};
use crate::tenant::EntraVersion;
use crate::time::UnixTime;
use alloc::format;

/// The decision on a token with these members, with `leeway` seconds.
fn decide(members: &str, leeway: i64) -> Result<(), Denial> {
    decide_under(&format!(r#","leeway":{leeway}"#), members)
}

/// The same, with these further members of openid-connect's config (with a leading comma).
fn decide_under(openid: &str, members: &str) -> Result<(), Denial> {
    decide_by(policy(openid, "").config(), members)
}

fn decide_by(config: &Config, members: &str) -> Result<(), Denial> {
    let service = config.services.first().expect("a service");
    let rules = &service.rules.as_ref().expect("rules").strategies().next().expect("a strategy");
    check(&verified(members), &rules.token, UnixTime::from_seconds(NOW)).map(|_| ())
}

/// A config whose source has Entra's template with two tenants, and whose plugin has these members.
fn tenants(issuer: &str, openid: &str) -> Config {
    let jwks = jwks();
    let document = format!(
        r#"{{"version":1,
            "sources":[{{"id":"entra","issuer":"{issuer}","tenants":["{OURS}","{PARTNER}"],"jwks":{jwks}}}],
            "services":[{{"id":"s1","plugins":[{{"name":"openid-connect","config":{{{openid}}}}}]}}]}}"#
    );
    Config::parse(document.as_bytes()).expect("a valid config")
}

/// Members of a token that names these tenants in `iss` and in `tid`.
fn of_tenant(iss: &str, tid: &str) -> alloc::string::String {
    format!(r#""iss":"{iss}","tid":"{tid}","exp":{}"#, NOW + 60)
}

fn v1(tenant: &str) -> alloc::string::String {
    format!("https://sts.windows.net/{tenant}/")
}

fn v2(tenant: &str) -> alloc::string::String {
    format!("https://login.microsoftonline.com/{tenant}/v2.0")
}

const OURS: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";
const PARTNER: &str = "11111111-2222-4333-8444-555555555555";
const STRANGER: &str = "99999999-2222-4333-8444-555555555555";
const V1: &str = "https://sts.windows.net/{tenantid}/";
const V2: &str = "https://login.microsoftonline.com/{tenantid}/v2.0";

fn with(claim: &str) -> alloc::string::String {
    let exp = if claim.contains("\"exp\"") {
        alloc::string::String::new()
    } else {
        format!(r#","exp":{}"#, NOW + 60)
    };
    format!(r#""iss":"{ISSUER}"{exp},{claim}"#)
}

#[test]
fn exp_is_over_when_its_second_begins_and_leeway_moves_it() {
    for (exp, leeway, expired) in
        [(NOW + 1, 0, false), (NOW, 0, true), (NOW - 1, 0, true), (NOW - 9, 10, false), (NOW - 10, 10, true)]
    {
        let expected = if expired { Err(Denial::Expired { exp, now: NOW }) } else { Ok(()) };
        assert_eq!(decide(&with(&format!(r#""exp":{exp}"#)), leeway), expected, "exp {exp} leeway {leeway}");
    }
}

#[test]
fn nbf_and_iat_hold_from_their_second_on_and_leeway_moves_them() {
    for (time, leeway, early) in
        [(NOW, 0, false), (NOW + 1, 0, true), (NOW + 10, 10, false), (NOW + 11, 10, true)]
    {
        let nbf = decide(&with(&format!(r#""nbf":{time}"#)), leeway);
        let iat = decide(&with(&format!(r#""iat":{time}"#)), leeway);
        let refused = |denial| if early { Err(denial) } else { Ok(()) };
        assert_eq!(nbf, refused(Denial::NotYetValid { nbf: time, now: NOW }), "nbf {time} leeway {leeway}");
        assert_eq!(
            iat,
            refused(Denial::IssuedInFuture { iat: time, now: NOW }),
            "iat {time} leeway {leeway}"
        );
    }
}

#[test]
fn fractions_of_a_second_are_taken_toward_refusal() {
    assert_eq!(decide(&with(&format!(r#""exp":{NOW}.9"#)), 0), Err(Denial::Expired { exp: NOW, now: NOW }));
    assert_eq!(
        decide(&with(&format!(r#""nbf":{NOW}.1"#)), 0),
        Err(Denial::NotYetValid { nbf: NOW + 1, now: NOW })
    );
}

#[test]
fn a_token_without_exp_is_refused() {
    assert_eq!(decide(&format!(r#""iss":"{ISSUER}""#), 0), Err(Denial::ExpiryMissing));
}

#[test]
fn a_time_that_is_no_number_is_refused() {
    for (claim, value, found) in [
        ("exp", "\"1760000060\"", "1760000060"),
        ("nbf", "null", "null"),
        ("iat", "[]", "an array"),
        ("exp", "-1", "-1"),
    ] {
        let refused = decide(&with(&format!(r#""{claim}":{value}"#)), 0);
        assert_eq!(
            refused,
            Err(Denial::MalformedClaim {
                claim: if claim == "exp" {
                    "exp"
                } else if claim == "nbf" {
                    "nbf"
                } else {
                    "iat"
                },
                found: found.into()
            })
        );
    }
}

#[test]
fn the_issuer_is_compared_byte_for_byte() {
    for (iss, found) in [
        (r#""https://idp.example""#, "https://idp.example"),
        (r#""https://IDP.example/""#, "https://IDP.example/"),
        (r#"["https://idp.example/"]"#, "an array"),
        ("null", "null"),
    ] {
        let refused = decide(&format!(r#""iss":{iss},"exp":{}"#, NOW + 60), 0);
        assert_eq!(refused, Err(Denial::IssuerMismatch { expected: ISSUER.into(), found: found.into() }));
    }
    let refused = decide(&format!(r#""exp":{}"#, NOW + 60), 0);
    assert_eq!(refused, Err(Denial::IssuerMismatch { expected: ISSUER.into(), found: "none".into() }));
}

#[test]
fn issuers_allowed_are_the_accepted_ones_and_take_the_place_of_the_issuer_s_own() {
    let allowed = r#","issuers_allowed":["https://a.example","accounts.example"]"#;
    for (iss, accepted) in [
        ("https://a.example", true),
        ("accounts.example", true),
        ("https://a.example/", false),
        ("https://A.example", false),
        (ISSUER, false),
    ] {
        let decision = decide_under(allowed, &format!(r#""iss":"{iss}","exp":{}"#, NOW + 60));
        let refused = Denial::IssuerMismatch {
            expected: "https://a.example or accounts.example".into(),
            found: iss.into(),
        };
        assert_eq!(decision, if accepted { Ok(()) } else { Err(refused) }, "{iss}");
    }
}

#[test]
fn a_token_names_one_tenant_of_the_list_in_iss_and_in_tid() {
    for (template, issuer) in [(V1, v1 as fn(&str) -> _), (V2, v2)] {
        let config = tenants(template, &format!(r#""issuer":"{template}""#));
        let decide = |iss: &str, tid: &str| decide_by(&config, &of_tenant(iss, tid));
        assert_eq!(decide(&issuer(OURS), OURS), Ok(()));
        assert_eq!(decide(&issuer(PARTNER), PARTNER), Ok(()));
        assert_eq!(
            decide(&issuer(STRANGER), STRANGER),
            Err(Denial::TenantNotAllowed { found: STRANGER.into() })
        );
        let mismatch =
            |found: &str| Err(Denial::TenantMismatch { expected: OURS.into(), found: found.into() });
        assert_eq!(decide(&issuer(OURS), PARTNER), mismatch(PARTNER));
        assert_eq!(decide(&issuer(OURS), &OURS.to_uppercase()), mismatch(&OURS.to_uppercase()));
        let without = format!(r#""iss":"{}","exp":{}"#, issuer(OURS), NOW + 60);
        assert_eq!(decide_by(&config, &without), mismatch("none"));
        for iss in [template, &template.replace("{tenantid}", "common"), "https://idp.example/"] {
            let refused = Denial::IssuerMismatch { expected: template.into(), found: iss.into() };
            assert_eq!(decide(iss, OURS), Err(refused), "{iss}");
        }
    }
}

#[test]
fn a_service_may_name_one_tenant_of_a_template() {
    for issuer in [v2(OURS), format!("{}/.well-known/openid-configuration", v2(OURS))] {
        let config = tenants(V2, &format!(r#""issuer":"{issuer}""#));
        assert_eq!(decide_by(&config, &of_tenant(&v2(OURS), OURS)), Ok(()));
        let refused = Denial::TenantNotAllowed { found: PARTNER.into() };
        assert_eq!(decide_by(&config, &of_tenant(&v2(PARTNER), PARTNER)), Err(refused), "{issuer}");
    }
}

#[test]
fn issuers_allowed_of_a_template_s_source_are_bound_to_its_tenants() {
    let both = tenants(V2, &format!(r#""issuer":"{V2}","issuers_allowed":["{V1}","{V2}"]"#));
    let partly = tenants(V2, &format!(r#""issuer":"{V2}","issuers_allowed":["{V2}","{}"]"#, v1(OURS)));
    for (config, iss, tid, accepted) in [
        (&both, v1(OURS), OURS, true),
        (&both, v2(PARTNER), PARTNER, true),
        (&both, v1(STRANGER), STRANGER, false),
        (&both, v1(OURS), PARTNER, false),
        (&partly, v1(OURS), OURS, true),
        (&partly, v1(OURS), PARTNER, false),
        (&partly, v1(PARTNER), PARTNER, false),
        (&partly, v2(PARTNER), PARTNER, true),
    ] {
        assert_eq!(decide_by(config, &of_tenant(&iss, tid)).is_ok(), accepted, "{iss} {tid}");
    }
}

#[test]
fn the_same_tenant_s_other_token_version_has_a_reason_of_its_own() {
    let mismatch = |expected, iss: &str| Err(Denial::TokenVersionMismatch { expected, found: iss.into() });
    let several = tenants(V2, &format!(r#""issuer":"{V2}""#));
    assert_eq!(decide_by(&several, &of_tenant(&v1(OURS), OURS)), mismatch(EntraVersion::V2, &v1(OURS)));
    let first = format!(r#","issuers_allowed":["{}"]"#, v1(OURS));
    let decide = |iss: &str| decide_under(&first, &of_tenant(iss, OURS));
    assert_eq!(decide(&v2(OURS)), mismatch(EntraVersion::V1, &v2(OURS)));
    let refused =
        |expected: &str, iss: &str| Denial::IssuerMismatch { expected: expected.into(), found: iss.into() };
    assert_eq!(decide(&v2(STRANGER)), Err(refused(&v1(OURS), &v2(STRANGER))));
    assert_eq!(decide_by(&several, &of_tenant(&v1(STRANGER), STRANGER)), Err(refused(V2, &v1(STRANGER))));
}

#[test]
fn max_age_wants_an_auth_time_that_is_neither_too_old_nor_ahead() {
    let rule = r#","max_age":600,"leeway":10"#;
    let decide = |time: &str| decide_under(rule, &with(&format!(r#""auth_time":{time}"#)));
    let (too_old, ahead) = (
        |auth_time| Err(Denial::AuthTimeTooOld { auth_time, max_age: 600, now: NOW }),
        |auth_time| Err(Denial::AuthTimeInFuture { auth_time, now: NOW }),
    );
    for (seconds, expected) in
        [(0, Ok(())), (-610, Ok(())), (-611, too_old(NOW - 611)), (10, Ok(())), (11, ahead(NOW + 11))]
    {
        assert_eq!(decide(&format!("{}", NOW + seconds)), expected, "{seconds}");
    }
    assert_eq!(decide(&format!("{}.5", NOW - 611)), too_old(NOW - 611));
    assert_eq!(decide(&format!("{}.5", NOW + 10)), ahead(NOW + 11));
    assert_eq!(decide_under(rule, &with(r#""sub":"a""#)), Err(Denial::AuthTimeMissing));
    let malformed = Denial::MalformedClaim { claim: "auth_time", found: "yesterday".into() };
    assert_eq!(decide(r#""yesterday""#), Err(malformed));
    assert_eq!(decide_under("", &with(r#""auth_time":"yesterday""#)), Ok(()), "nothing asks for it");
}

#[test]
fn maximum_expiration_limits_what_is_left_and_the_whole_life() {
    let token = |exp: i64, iat: Option<i64>| {
        let iat = iat.map(|iat| format!(r#","iat":{}"#, NOW + iat)).unwrap_or_default();
        format!(r#""iss":"{ISSUER}","exp":{}{iat}"#, NOW + exp)
    };
    let too_long = |found| Err(Denial::LifetimeTooLong { found, maximum: 3600 });
    for (leeway, exp, iat, expected) in [
        (0, 3600, None, Ok(())),
        (0, 3601, None, too_long(3601)),
        (30, 3630, None, Ok(())),
        (30, 3631, None, too_long(3631)),
        (0, 3600, Some(0), Ok(())),
        (0, 3599, Some(-2), too_long(3601)),
        (30, 3599, Some(-2), too_long(3601)),
    ] {
        let rule = format!(r#","maximum_expiration":3600,"leeway":{leeway}"#);
        assert_eq!(decide_under(&rule, &token(exp, iat)), expected, "leeway {leeway} exp {exp} iat {iat:?}");
    }
    let fraction = format!(r#""iss":"{ISSUER}","exp":{}.5"#, NOW + 3600);
    assert_eq!(decide_under(r#","maximum_expiration":3600"#, &fraction), too_long(3601));
    for unlimited in ["", r#","maximum_expiration":0"#] {
        assert_eq!(decide_under(unlimited, &token(99_999_999, Some(0))), Ok(()));
    }
}

#[test]
fn domains_are_what_hd_may_be() {
    let rule = r#","domains":["a.example","b.example"]"#;
    for (hd, found) in [
        (r#""b.example""#, None),
        (r#""c.example""#, Some("c.example")),
        (r#""A.example""#, Some("A.example")),
        (r#"["a.example"]"#, Some("an array")),
        ("null", Some("null")),
    ] {
        let refused = |found: &str| Denial::DomainMismatch {
            expected: "a.example or b.example".into(),
            found: found.into(),
        };
        let expected = found.map_or(Ok(()), |found| Err(refused(found)));
        assert_eq!(decide_under(rule, &with(&format!(r#""hd":{hd}"#))), expected, "{hd}");
    }
    assert!(decide_under(rule, &with(r#""sub":"a""#)).is_err(), "an account without domain");
}
