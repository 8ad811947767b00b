//! `examples/envoy/envoy.yaml` as it is, but for ports and the issuer's keys.

use crate::process::Envoy;
use crate::scene::{APPROVED, PENDING, Scene, request};
use crate::support::observed::{Effect, Observed};
use crate::support::run::Gate as _;

#[test]
#[ignore = "needs Envoy, see scripts/test.sh"]
fn the_example_lets_an_approved_application_pass_and_nobody_else() {
    let scene = Scene::new();
    let envoy = Envoy::start("example", &scene.bootstrap());
    let mut gate = scene.gate(&envoy);

    let (warehouse, newsletter) = (scene.token(APPROVED), scene.token(PENDING));
    let mut outcome = |target: &str, token: &str| gate.answer(&request(target, token));

    let Observed { outcome: permitted, effect: Effect::Forwarded(headers), .. } =
        outcome("/orders", &warehouse)
    else {
        panic!("expected the approved application's request at the upstream");
    };
    assert_eq!(permitted.as_deref(), Some("permitted"));
    assert_eq!(headers["x-consumer-custom-id"], [APPROVED]);
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
