//! The documents of README.md's pages on identity providers, as they stand there, in the gateway and in the gateway as
//! Kong's engine.

use crate::examples::accept;
use crate::hosted::Hosted;
use crate::support::cloud::{CLOUDS, Idp};
use crate::support::file::Engine;
use crate::support::run::Gate as _;
use crate::support::table::Setting;
use crate::support::upstream::Upstream;
use claimgate_policy::denial::Denial;
use std::sync::Arc;

#[test]
fn each_page_lets_its_application_in_with_a_token_or_its_secret_and_nobody_else() {
    let upstream = Arc::new(Upstream::start());
    for cloud in &CLOUDS {
        let idp = Idp::start(cloud);
        let document = cloud.page(&idp).to_string();
        accept(&document);
        for engine in [Engine::Any, Engine::Nginx] {
            let setting = Setting { document: document.clone(), clock: None, engine };
            cloud.check(&idp, &mut Hosted::beside(&upstream, &setting, &idp), true);
        }
    }
}

#[test]
fn what_goes_wrong_has_the_reason_that_the_page_says() {
    let upstream = Arc::new(Upstream::start());
    for (name, key, value, reason) in MISTAKES {
        let cloud = CLOUDS.iter().find(|cloud| cloud.name == name).unwrap();
        let idp = Idp::start(cloud);
        let mut document = cloud.page(&idp);
        document["services"][0]["plugins"][0]["config"][key] =
            serde_json::from_str(&cloud.here(value, &idp)).unwrap();
        let setting = Setting { document: document.to_string(), clock: None, engine: Engine::Any };
        let observed = Hosted::beside(&upstream, &setting, &idp).answer(&cloud.request_with_secret());
        assert_eq!(observed.outcome.as_deref(), Some(reason), "{name} with {key} {value}: {observed:?}");
    }
}

#[test]
fn every_reason_on_a_page_is_one() {
    for cloud in &CLOUDS {
        let reasons = cloud.reasons();
        let unknown: Vec<&String> =
            reasons.iter().filter(|name| !Denial::NAMES.contains(&name.as_str())).collect();
        assert!(unknown.is_empty() && reasons.len() > 3, "{}: {reasons:?}", cloud.name);
    }
}

/// A provider, a key of openid-connect on its page, a mistaken value, and what becomes of an id with its secret.
const MISTAKES: [(&str, &str, &str, &str); 8] = [
    ("entra", "scopes", r#"["https://graph.microsoft.com/.default"]"#, "GraphToken"),
    ("entra", "scopes", r#"["openid", "API-CLIENT-ID/.default"]"#, "ProviderMisconfigured"),
    ("entra", "audience_required", r#"["api://API-CLIENT-ID"]"#, "AudienceMismatch"),
    ("entra-v1", "issuers_allowed", "null", "TokenVersionMismatch"),
    ("entra", "roles_required", r#"["Orders.Read"]"#, "RoleMissing"),
    ("okta", "scopes", r#"["openid"]"#, "ProviderMisconfigured"),
    ("okta", "scopes", "[]", "ProviderMisconfigured"),
    ("ping", "consumer_claim", r#"["sub"]"#, "ConsumerClaimMissing"),
];
