use super::Metrics;
use crate::host::Level;
use crate::host::double::Double;
use claimgate_policy::Denial;
use claimgate_policy::gate::Outcome;
use claimgate_policy::permit::Grounds;
use std::sync::Arc;

fn service(name: &str) -> Option<Arc<str>> {
    Some(name.into())
}

#[test]
fn requests_are_counted_by_service_outcome_and_reason() {
    let (host, metrics) = (Double::new(), Metrics::default());
    metrics.count(&host, &service("orders"), &PERMITTED);
    metrics.count(&host, &service("orders"), &Outcome::Denied(Denial::CredentialMissing));
    metrics.count(&host, &service("orders"), &PERMITTED);
    metrics.count(&host, &None, &Outcome::Denied(Denial::RouteUnknown));
    let counters = [
        ("claimgate.requests.service.orders.outcome.permitted.reason.none", 2),
        ("claimgate.requests.service.orders.outcome.denied.reason.CredentialMissing", 1),
        ("claimgate.requests.service.none.outcome.denied.reason.RouteUnknown", 1),
    ];
    assert_eq!(host.counters(), counters.map(|(name, count)| (name.into(), count)));
}

#[test]
fn one_reason_is_one_counter_whatever_it_found() {
    let (host, metrics) = (Double::new(), Metrics::default());
    for exp in 0..10 {
        metrics.count(&host, &service("orders"), &Outcome::Denied(Denial::Expired { exp, now: 10 }));
    }
    assert_eq!(
        host.counters(),
        [("claimgate.requests.service.orders.outcome.denied.reason.Expired".into(), 10)]
    );
}

#[test]
fn a_service_s_name_cannot_break_a_counter_s() {
    for (name, expected) in [("a.b", "a_b"), ("Zo\u{eb} \n", "Zo___"), ("x-y_z9", "x-y_z9"), ("", "")] {
        let (host, metrics) = (Double::new(), Metrics::default());
        metrics.count(&host, &service(name), &PERMITTED);
        let counter = format!("claimgate.requests.service.{expected}.outcome.permitted.reason.none");
        assert_eq!(host.counters(), [(counter, 1)]);
    }
}

#[test]
fn a_counter_s_name_stays_below_the_limit_of_kong_s_engine() {
    let (host, metrics) = (Double::new(), Metrics::default());
    metrics.count(&host, &service(&"n".repeat(1000)), &Outcome::Denied(Denial::ApplicationUnregistered));
    assert!(host.counters()[0].0.len() < 256 - "pw.claimgate.".len());
}

#[test]
fn a_counter_that_the_engine_does_not_define_is_reported_once() {
    let (host, metrics) = (Double::new(), Metrics::default());
    host.defines_counters.set(false);
    metrics.count(&host, &service("orders"), &PERMITTED);
    metrics.count(&host, &service("orders"), &PERMITTED);
    assert_eq!(host.logged(Level::Warn).len(), 1);
}

const PERMITTED: Outcome = Outcome::Permitted(Grounds::Authenticated);

#[test]
fn what_was_forwarded_without_a_token_is_counted_by_its_grounds_or_its_reason() {
    let (host, metrics) = (Double::new(), Metrics::default());
    for outcome in [
        Outcome::Permitted(Grounds::Anonymous),
        Outcome::Permitted(Grounds::Preflight),
        Outcome::Reported(Denial::CredentialMissing),
    ] {
        metrics.count(&host, &service("orders"), &outcome);
    }
    let name = |rest: &str| (format!("claimgate.requests.service.orders.outcome.{rest}"), 1);
    assert_eq!(
        host.counters(),
        [
            name("permitted.reason.anonymous"),
            name("permitted.reason.preflight"),
            name("reported.reason.CredentialMissing"),
        ]
    );
}
