use super::{EntraVersion, IssuerTemplate, Tenants, entra, is_guid};
use alloc::string::ToString;

const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";

#[test]
fn a_template_has_one_place_for_a_tenant_as_a_part_of_its_path() {
    for url in [
        "https://login.microsoftonline.com/{tenantid}/v2.0",
        "https://sts.windows.net/{tenantid}/",
        "https://idp.example/{tenantid}",
    ] {
        assert_eq!(IssuerTemplate::parse(url).expect(url).to_string(), url);
    }
    for url in [
        "https://idp.example/",
        "https://idp.example/{tenantid}/{tenantid}/",
        "https://idp.example/{tenant}/",
        "https://idp.example/{tenantid}/{version}",
        "https://idp.example/t-{tenantid}/",
        "https://idp.example/{tenantid}x/",
        "https://idp.example/{TENANTID}/",
    ] {
        assert_eq!(IssuerTemplate::parse(url), None, "{url}");
    }
}

#[test]
fn a_tenant_is_read_from_its_place_only_and_only_if_it_is_a_guid() {
    let template = IssuerTemplate::parse("https://login.microsoftonline.com/{tenantid}/v2.0").expect("one");
    let issuer = template.with(TENANT);
    assert_eq!(template.tenant_of(&issuer), Some(TENANT));
    for iss in [
        "https://login.microsoftonline.com/common/v2.0",
        "https://login.microsoftonline.com/{tenantid}/v2.0",
        "https://login.microsoftonline.com//v2.0",
        "https://login.microsoftonline.com/v2.0",
        &issuer.replace("/v2.0", ""),
        &issuer.replace("/v2.0", "/v2.0/"),
        &issuer.replace(TENANT, &alloc::format!("{TENANT}/{TENANT}")),
        &issuer.replace("https", "http"),
    ] {
        assert_eq!(template.tenant_of(iss), None, "{iss}");
    }
}

#[test]
fn a_guid_has_five_groups_of_hexadecimal_digits() {
    for (text, expected) in [
        (TENANT, true),
        ("72F988BF-86F1-41AF-91AB-2D7CD011DB47", true),
        ("72f988bf86f141af91ab2d7cd011db47", false),
        ("72f988bf-86f1-41af-91ab-2d7cd011db4", false),
        ("72f988bf-86f1-41af-91ab-2d7cd011db47-", false),
        ("72f988bg-86f1-41af-91ab-2d7cd011db47", false),
        ("{72f988bf-86f1-41af-91ab-2d7cd011db47}", false),
        ("", false),
    ] {
        assert_eq!(is_guid(text), expected, "{text}");
    }
}

#[test]
fn tenants_are_kept_in_lower_case_and_compared_as_they_are() {
    let tenants =
        Tenants::new([TENANT.to_uppercase().as_str(), "00000000-0000-4000-8000-000000000000", TENANT]);
    assert_eq!(tenants.iter().count(), 2);
    assert!(tenants.contains(TENANT) && tenants.only().is_none());
    assert!(!tenants.contains(&TENANT.to_uppercase()), "a token's tid is taken byte for byte");
    assert!(!tenants.contains("00000000-0000-4000-8000-000000000001"));
    assert_eq!(Tenants::new([TENANT]).only(), Some(TENANT));
}

#[test]
fn a_tenant_of_entra_has_two_names() {
    let first = alloc::format!("https://sts.windows.net/{TENANT}/");
    let second = alloc::format!("https://login.microsoftonline.com/{TENANT}/v2.0");
    assert_eq!(entra(&first), Some((EntraVersion::V1, TENANT)));
    assert_eq!(entra(&second), Some((EntraVersion::V2, TENANT)));
    for iss in [first.trim_end_matches('/'), &alloc::format!("{second}/"), "https://sts.windows.net/common/"]
    {
        assert_eq!(entra(iss), None, "{iss}");
    }
    let template = |url| IssuerTemplate::parse(url).expect(url).entra();
    assert_eq!(template("https://sts.windows.net/{tenantid}/"), Some(EntraVersion::V1));
    assert_eq!(template("https://idp.example/{tenantid}/"), None);
}
