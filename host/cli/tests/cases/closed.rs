//! The filter in the host as Kong's engine: what fails open there must not let anybody through.

use crate::hosted::Hosted;
use crate::support::file::Place;
use crate::support::observed::{Effect, Observed};
use crate::support::run::Gate as _;
use crate::support::table::{Case, Material, Request, Table};
use crate::support::traces;
use crate::support::upstream::Upstream;
use crate::support::wire;
use claimgate_host::{Config, Nginx, Quirks};
use claimgate_policy::headers::{CREDENTIAL_IDENTIFIER, IDENTITY};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A request that is permitted, and the config that permits it.
fn permitted() -> Case {
    let cases = Table::of(Place::Nginx, &Material::load()).cases;
    let plain = "nginx: a forged header is overwritten with an empty value";
    let mut case = cases.into_iter().find(|case| case.id == plain).unwrap();
    case.request.headers.retain(|(name, _)| name == "authorization");
    case
}

fn start(case: &Case, change: impl FnOnce(&mut Config)) -> Hosted {
    Hosted::changed(&Arc::new(Upstream::start()), &case.setting, change)
}

/// The request with more headers.
fn with(request: &Request, more: &[(&str, &str)]) -> Request {
    let mut request = request.clone();
    request.headers.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    request
}

fn without_token(request: &Request) -> Request {
    Request { headers: Vec::new(), ..request.clone() }
}

/// `permitted`, or the refusal's name with the status of its answer.
fn outcome(observed: &Observed) -> String {
    let outcome = observed.outcome.as_deref().unwrap_or("unknown");
    match &observed.effect {
        Effect::Forwarded(_) => outcome.to_owned(),
        Effect::Refused(refusal) => format!("{outcome} {}", refusal.status),
        Effect::Unclear(why) => why.clone(),
    }
}

/// What became of a request with these headers, in which the upstream must not see the client's own words.
fn forge(gate: &mut Hosted, request: &Request, headers: &[&str]) -> String {
    let word = traces::canary("forged");
    let forged: Vec<_> = headers.iter().map(|name| (*name, &*word)).collect();
    let observed = gate.answer(&with(request, &forged));
    if let Effect::Forwarded(seen) = &observed.effect {
        let leaked: Vec<_> =
            seen.iter().filter(|(_, values)| values.iter().any(|value| value.contains(&word))).collect();
        assert!(leaked.is_empty(), "{headers:?}: {leaked:?}");
    }
    outcome(&observed)
}

#[test]
fn no_owned_header_of_a_client_reaches_the_upstream_in_any_number_or_spelling() {
    let case = permitted();
    let mut kong = start(&case, |_| ());
    let mut plain = start(&case, |config| config.filters[0].quirks = Quirks::nginx());
    for name in IDENTITY.into_iter().chain([CREDENTIAL_IDENTIFIER]) {
        let (capitals, underscores) = (name.to_ascii_uppercase(), name.replace('-', "_"));
        for gate in [&mut kong, &mut plain] {
            assert_eq!(forge(gate, &case.request, &[name]), "permitted", "{name}");
            assert_eq!(forge(gate, &case.request, &[&capitals]), "permitted", "{name}");
            assert_eq!(forge(gate, &case.request, &[name, &capitals]), "OwnedHeader 400", "{name}");
        }
        // Kong lets names with underscores through, nginx itself drops them.
        for headers in [&[&*underscores][..], &[&underscores, name]] {
            assert_eq!(forge(&mut kong, &case.request, headers), "OwnedHeader 400", "{name}");
            assert_eq!(forge(&mut plain, &case.request, headers), "permitted", "{name}");
        }
    }
    assert_eq!(kong.metric(LOST) + plain.metric(LOST), 0);
}

#[test]
fn a_config_that_is_broken_refuses_every_request_and_the_worker_lives() {
    let mut case = permitted();
    for document in ["", "{", "{\"version\": 2}", "{\"version\": 1, \"engine\": \"envoy\"}"] {
        case.setting.document = document.to_owned();
        let mut gate = start(&case, |_| ());
        for request in [&case.request, &without_token(&case.request), &case.request] {
            assert_eq!(outcome(&gate.answer(request)), "ConfigInvalid 503", "{document}");
        }
        assert_eq!(gate.metric(LOST), 0, "{document}");
    }
}

#[test]
fn a_trap_in_one_request_lets_no_other_one_through() {
    let case = permitted();
    let mut gate = start(&case, |config| {
        config.limits.request_header_bytes = 4 << 20;
        // Enough to start with, and not for a head of nearly a megabyte.
        config.limits.filter_memory_bytes = MEMORY;
    });
    assert_eq!(outcome(&gate.answer(&case.request)), "permitted");
    let (huge, started) = ("x".repeat(900_000), Instant::now());
    for lost in 1..3 {
        while gate.metric("claimgate_filter_spares") == 0 {
            assert!(started.elapsed() < DEADLINE, "no spare instance");
        }
        let request = with(&case.request, &[("x-huge", &huge)]);
        let trapped = wire::send(gate.proxied.address, &request, ("x-marker", "trap")).unwrap();
        assert_eq!((trapped.status, gate.metric(LOST)), (503, lost));
        assert_eq!(gate.proxied.upstream.seen("trap").len(), 0);
        assert_eq!(outcome(&gate.answer(&without_token(&case.request))), "CredentialMissing 401");
        assert_eq!(outcome(&gate.answer(&case.request)), "permitted");
    }
}

#[test]
fn foreseeable_randomness_changes_no_answer() {
    let case = permitted();
    let [mut first, mut second] = [(); 2].map(|()| start(&case, |_| ()));
    let stranger = with(&without_token(&case.request), &[("authorization", "Bearer a.b.c")]);
    for request in [&case.request, &stranger, &case.request, &without_token(&case.request)] {
        assert_eq!(outcome(&first.answer(request)), outcome(&second.answer(request)));
    }
    assert_eq!(outcome(&first.answer(&case.request)), "permitted");
    assert_eq!(outcome(&first.answer(&stranger)), "MalformedToken 401");
}

#[test]
fn shared_data_and_its_zones_are_not_needed() {
    let case = permitted();
    let none = Quirks::Nginx(Nginx { shm_kv: Vec::new(), ..Nginx::default() });
    let mut gate = start(&case, |config| config.filters[0].quirks = none);
    assert_eq!(outcome(&gate.answer(&case.request)), "permitted");
    assert_eq!(gate.metric(LOST), 0);
}

/// Counts instances that died.
const LOST: &str = "claimgate_filter_instances_lost_total";
const MEMORY: usize = 2 << 20;
/// How long a spare instance may take.
const DEADLINE: Duration = Duration::from_secs(20);
