use super::{Registered, check};
use crate::denial::Denial;
use crate::fixtures::{NOW, directory, good, policy_with, verified};
use crate::time::UnixTime;
use crate::world::Policy;
use crate::{authorization, consumer, current};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

const BY_SUB: &str = r#","consumer_claim":["sub"]"#;
const PLUGIN: &str = r#",{"name":"application-registration","config":{"display_name":"Orders"}}"#;
const WITH_CONSUMERS: &str = r#",{"name":"application-registration","config":{"display_name":"Orders","enable_proxy_with_consumer_credential":true}}"#;

/// What `then` makes of the check of a caller with this `sub`, at the first service at `now`.
fn checked<T>(
    policy: &Policy,
    sub: &str,
    now: i64,
    then: impl FnOnce(Result<Registered<'_>, Denial>) -> T,
) -> T {
    let service = policy.config().services.first().expect("a service");
    let rules = service.rules.as_ref().expect("rules");
    let strategy = rules.strategies().next().expect("a strategy");
    let verified = verified(&good(&format!(r#","sub":"{sub}""#)));
    let now = UnixTime::from_seconds(now);
    let current = current::check(&verified, &strategy.token, now).expect("a current token");
    let authorized = authorization::check(&current, &strategy.requirements).expect("an authorized token");
    let caller = consumer::resolve(&authorized, &strategy.consumer, &directory(policy));
    let caller = caller.expect("a caller");
    then(check(&caller, rules, &service.id, now))
}

/// The group of a caller with this `sub` at the service `orders`, under these plugins and registrations.
fn group(sub: &str, plugins: &str, registrations: &str) -> Result<Option<String>, Denial> {
    let policy = policy_with(BY_SUB, plugins, registrations);
    checked(&policy, sub, NOW, |registered| registered.map(|registered| registered.group().map(Into::into)))
}

#[test]
fn an_approved_application_passes_and_is_in_the_service_s_group() {
    let approved = r#"{"service":"orders","status":"approved"}"#;
    assert_eq!(group("app-web", PLUGIN, approved), Ok(Some("s1".into())));
}

#[test]
fn every_other_state_is_refused_with_a_reason_of_its_own() {
    let expired = format!(r#"{{"service":"orders","status":"approved","expires_at":{NOW}}}"#);
    for (registrations, denial) in [
        ("", Denial::ApplicationUnregistered),
        (r#"{"service":"bills","status":"approved"}"#, Denial::ApplicationUnregistered),
        (r#"{"service":"orders","status":"pending"}"#, Denial::ApplicationPending),
        (r#"{"service":"orders","status":"rejected"}"#, Denial::ApplicationRejected),
        (r#"{"service":"orders","status":"revoked"}"#, Denial::ApplicationRevoked),
        (r#"{"service":"orders","status":"approved","suspended":true}"#, Denial::ApplicationSuspended),
        (&expired, Denial::RegistrationExpired { expired: NOW, now: NOW }),
    ] {
        assert_eq!(group("app-web", PLUGIN, registrations), Err(denial), "{registrations}");
    }
}

#[test]
fn a_registration_holds_up_to_its_last_second() {
    let registration = format!(r#"{{"service":"orders","status":"approved","expires_at":{}}}"#, NOW + 1);
    assert!(group("app-web", PLUGIN, &registration).is_ok());
}

#[test]
fn an_ordinary_consumer_passes_only_where_the_service_says_so() {
    assert_eq!(group("42", PLUGIN, ""), Err(Denial::NotAnApplication));
    assert_eq!(group("42", WITH_CONSUMERS, ""), Ok(None));
}

#[test]
fn an_application_without_registration_is_refused_where_consumers_pass() {
    assert_eq!(group("app-web", WITH_CONSUMERS, ""), Err(Denial::ApplicationUnregistered));
}

/// Every group of that caller at `now`.
fn groups(sub: &str, registrations: &str, now: i64) -> Vec<String> {
    let policy = policy_with(BY_SUB, "", registrations);
    checked(&policy, sub, now, |registered| {
        registered.expect("no registration is asked for").groups().map(String::from).collect()
    })
}

#[test]
fn a_consumer_is_in_its_own_groups() {
    assert_eq!(groups("42", "", NOW), ["staff", "night shift"]);
}

#[test]
fn an_application_is_also_in_the_groups_of_the_services_that_it_may_use_now() {
    let registrations = format!(
        r#"{{"service":"orders","status":"approved","expires_at":{}}},{{"service":"bills","status":"approved"}},
           {{"service":"a","status":"pending"}},{{"service":"b","status":"rejected"}},
           {{"service":"c","status":"revoked"}},{{"service":"d","status":"approved","suspended":true}}"#,
        NOW + 1
    );
    assert_eq!(groups("app-web", &registrations, NOW), ["partners", "s1", "s2"]);
    assert_eq!(groups("app-web", &registrations, NOW + 1), ["partners", "s2"]);
}

#[test]
fn nobody_is_no_application() {
    let policy = policy_with(r#","consumer_claim":["azp"],"consumer_optional":true"#, WITH_CONSUMERS, "");
    assert_eq!(checked(&policy, "u-1", NOW, |registered| registered.err()), Some(Denial::NotAnApplication));
}

#[test]
fn without_the_plugin_every_mapped_caller_passes() {
    for sub in ["42", "app-web"] {
        assert_eq!(group(sub, "", ""), Ok(None));
    }
}
