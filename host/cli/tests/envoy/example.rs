//! `examples/envoy/envoy.yaml` as it is, but for ports and the issuer's keys.

use crate::bootstrap;
use crate::process::Envoy;
use crate::support::observed::{Effect, Observed};
use crate::support::proxied::Proxied;
use crate::support::run::Gate as _;
use crate::support::table::{Request, real_time};
use crate::support::traces;
use crate::support::upstream::Upstream;
use claimgate::mint::{Signer, SigningAlgorithm};
use serde_json::{Value, json};
use std::sync::Arc;

/// The token of an application of the example.
fn token(signer: &Signer, application: &str) -> String {
    let claims = json!({
        "iss": "https://issuer.example/demo",
        "aud": "https://api.example",
        "azp": application,
        "exp": real_time() + 600,
        "canary": traces::canary("claim"),
    });
    let token = signer.sign(&signer.header(), claims.as_object().unwrap()).unwrap();
    token.split('.').skip(1).for_each(traces::hide);
    token
}

fn request(target: &str, token: &str) -> Request {
    let mut request = Request::get(target, "gateway.example");
    request.headers.push(("authorization".to_owned(), format!("Bearer {token}")));
    request
}

#[test]
#[ignore = "needs Envoy, see scripts/test.sh"]
fn the_example_lets_an_approved_application_pass_and_nobody_else() {
    let (upstream, signer) =
        (Arc::new(Upstream::start()), Signer::generate(SigningAlgorithm::Es256, "demo").unwrap());
    let mut bootstrap = bootstrap::example(upstream.address);
    let document = bootstrap::document(&mut bootstrap);
    let mut config: Value = serde_json::from_str(document.as_str().unwrap()).unwrap();
    config["sources"][0]["jwks"]["keys"] = json!([signer.public_jwk().unwrap()]);
    *document = json!(config.to_string());
    let envoy = Envoy::start("example", &bootstrap);
    let audit = Arc::clone(&envoy.audit);
    let mut gate = Proxied { address: envoy.listeners["gateway"], upstream, audit, filter: None };

    let warehouse = token(&signer, "a1b2c3d4-0000-4000-8000-000000000001");
    let newsletter = token(&signer, "a1b2c3d4-0000-4000-8000-000000000002");
    let mut outcome = |target: &str, token: &str| gate.answer(&request(target, token));

    let Observed { outcome: permitted, effect: Effect::Forwarded(headers), .. } =
        outcome("/orders", &warehouse)
    else {
        panic!("expected the approved application's request at the upstream");
    };
    assert_eq!(permitted.as_deref(), Some("permitted"));
    assert_eq!(headers["x-consumer-custom-id"], ["a1b2c3d4-0000-4000-8000-000000000001"]);
    assert_eq!(outcome("/orders", &newsletter).outcome.as_deref(), Some("ApplicationPending"));
    assert_eq!(outcome("/profile", &newsletter).outcome.as_deref(), Some("permitted"));
    assert_eq!(outcome("/orders", "none").outcome.as_deref(), Some("MalformedToken"));
    assert_eq!(outcome("/other", &warehouse).outcome.as_deref(), Some("RouteUnknown"));

    let counters = envoy.admin("/stats?filter=claimgate.requests");
    for counter in [
        "service.orders.outcome.permitted.reason.none: 1",
        "service.orders.outcome.denied.reason.ApplicationPending: 1",
        "service.profile.outcome.permitted.reason.none: 1",
        "service.none.outcome.denied.reason.RouteUnknown: 1",
    ] {
        assert!(counters.contains(counter), "expected {counter} in\n{counters}");
    }
}
