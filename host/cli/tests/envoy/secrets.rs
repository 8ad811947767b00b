//! Secrets that the filter finds in its environment: what Envoy hands on of its own, and what its config says of others.

use crate::bootstrap;
use crate::process::Envoy;
use crate::scene::{APPROVED, Scene, request};
use crate::support::registry::Issuer;
use crate::support::table::real_time;
use crate::support::traces;
use crate::support::wait::until;
use crate::support::wire;
use crate::updates::{Delivery, Fed};
use serde_json::{Value, json};

/// The variable that the config refers to.
pub(crate) const VARIABLE: &str = "CLIENT_SECRET";

/// What it may hold.
pub(crate) const SECRET: &str = "c4n4ry-a-secret-of-at-least-32-bytes";

/// Has tokens by HS256 verified with the secret of the variable. `variables`: what Envoy is told of the environment.
pub(crate) fn refer(bootstrap: &mut Value, variables: Value) {
    bootstrap::plugin(bootstrap)["vm_config"]["environment_variables"] = variables;
    bootstrap::edit(bootstrap, |document| {
        for service in document["services"].as_array_mut().unwrap() {
            let config = &mut service["plugins"][0]["config"];
            config["enable_hs_signatures"] = json!(true);
            config["client_secret"] = json!([REFERENCE]);
        }
    });
}

/// Gives the gateway a client whose secret runs out in so many days.
pub(crate) fn expires(bootstrap: &mut Value, client: &str, days: i64) {
    bootstrap::edit(bootstrap, |document| {
        let config = &mut document["services"][0]["plugins"][0]["config"];
        config["client_id"] = json!([client]);
        config["client_secret"] = json!(["a-secret"]);
        config["client_secret_expires_at"] = json!([real_time() + days * DAY + HOUR]);
    });
}

/// The same, where the list of functions is that of `envoy.yaml`.
fn refer_and_allow(bootstrap: &mut Value, variables: Value) {
    bootstrap::plugin(bootstrap)["capability_restriction_config"]["allowed_capabilities"]["environ_get"] =
        json!({});
    refer(bootstrap, variables);
}

fn secret() -> String {
    let secret = traces::canary("a-secret-of-at-least-32-bytes");
    traces::hide(&secret);
    secret
}

/// The status for a token that is signed with this secret.
fn status(envoy: &Envoy, secret: &str) -> u16 {
    let token = Issuer::with_secret(secret).token(APPROVED);
    wire::send(envoy.listeners["gateway"], &request("/orders", &token), ("x-marker", "none")).unwrap().status
}

#[test]
#[ignore = "needs Envoy, see scripts/test.sh"]
fn a_secret_of_envoys_own_environment_verifies_tokens_and_nothing_shows_it() {
    let (scene, secret) = (Scene::new(), secret());
    let mut bootstrap = scene.bootstrap();
    refer_and_allow(&mut bootstrap, json!({ "host_env_keys": [VARIABLE] }));
    let envoy = Envoy::try_start_given(&[(VARIABLE, &secret)], "secrets", &bootstrap).unwrap();
    assert_eq!(status(&envoy, &secret), 200);
    assert_eq!(status(&envoy, &secret.replace("secret", "guess")), 401);
    let dump = envoy.admin("/config_dump");
    assert!(dump.contains(REFERENCE) && !dump.contains(&secret), "{dump}");
    assert!(!envoy.log.has(&secret));
}

#[test]
#[ignore = "needs Envoy, see scripts/test.sh"]
fn envoys_log_says_of_a_secret_that_it_runs_out() {
    let mut bootstrap = Scene::new().bootstrap();
    expires(&mut bootstrap, "billing", 12);
    let envoy = Envoy::start("secrets-expiry", &bootstrap);
    let line = envoy.log.line("the secret of client \"billing\"");
    assert!(line.is_some_and(|line| line.contains("runs out in 12 days")));
}

#[test]
#[ignore = "needs Envoy, see scripts/test.sh"]
fn without_the_variable_envoy_does_not_start_and_its_log_says_what_to_set() {
    let mut bootstrap = Scene::new().bootstrap();
    refer_and_allow(&mut bootstrap, json!({ "host_env_keys": [VARIABLE] }));
    let Err(log) = Envoy::try_start("secrets-unset", &bootstrap) else {
        panic!("expected Envoy not to start")
    };
    let place =
        "services[0].plugins[0].config.client_secret[0]: expected the environment variable CLIENT_SECRET";
    let line = log.lines().find(|line| line.contains(place));
    assert!(line.is_some_and(|line| line.contains("host_env_keys")), "{log}");
}

#[test]
#[ignore = "needs Envoy, see scripts/test.sh"]
fn a_secret_that_an_update_changes_counts_for_tokens_that_were_verified_before() {
    let (first, second) = (secret(), secret());
    let with = |secret: &str| json!({ "key_values": { VARIABLE: secret } });
    for delivery in [Delivery::Listeners, Delivery::Extensions] {
        let fed = Fed::start("secrets", delivery, |bootstrap| refer_and_allow(bootstrap, with(&first)));
        let statuses = || [&first, &second].map(|secret| status(&fed.envoy, secret));
        assert_eq!(statuses(), [200, 401], "{delivery:?}");
        fed.feed(|bootstrap| refer_and_allow(bootstrap, with(&second)), "update_success");
        // The workers take it over a moment later.
        until("the new secret counts", || (statuses() == [401, 200]).then_some(()));
    }
}

const DAY: i64 = 86_400;

/// The test takes less.
const HOUR: i64 = 3_600;

const REFERENCE: &str = "{vault://env/CLIENT_SECRET}";
