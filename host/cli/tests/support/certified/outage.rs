//! The provider goes away, with requests in the gateway that need it.

use super::grants::with;
use super::introspection::{bearer, introspecting, of_secret};
use super::process::{Certified, Keys};
use super::{CROWD, OPAQUE, Place, RS256, Site, in_short};
use crate::support::observed::Observed;
use crate::support::wait;
use serde_json::{Value, json};
use std::thread;
use std::time::{Duration, Instant};

pub(crate) fn a_provider_that_is_gone_is_missed_where_it_must_be_asked_until_it_is_back(
    here: (&Place, &str),
) {
    let keys = Keys::new("one");
    let mut site = Site::open(here, &keys, services);
    let (signed, opaque) = (site.provider.machine_token(RS256), site.provider.machine_token(OPAQUE));
    assert_eq!(site.bearer("bearer", &signed), "permitted");
    assert_eq!(site.bearer("introspection", &opaque), "permitted");

    site.provider.kill();
    assert_eq!(site.bearer("bearer", &signed), "permitted", "its keys are known");
    let (observed, _) = timed(&mut site, &opaque);
    assert_unavailable(&observed);

    site.provider.start_again(&[&keys]);
    let opaque = site.provider.machine_token(OPAQUE);
    wait::until("the provider counts again", || {
        let outcome = site.bearer("introspection", &opaque);
        assert!(["permitted", "ProviderUnavailable 503"].contains(&&*outcome), "{outcome}");
        (outcome == "permitted").then_some(())
    });
}

pub(crate) fn a_provider_that_hangs_is_given_up_in_time(here: (&Place, &str)) {
    let keys = Keys::new("one");
    let mut site = Site::open(here, &keys, services);
    let opaque = site.provider.machine_token(OPAQUE);
    assert_eq!(site.bearer("introspection", &opaque), "permitted");
    site.provider.freeze();
    let (observed, took) = timed(&mut site, &opaque);
    assert_unavailable(&observed);
    println!("{}: given up after {took:?}", here.0.name);
    assert!(took >= TIMEOUT, "it was given the time: {took:?}");
    assert!(took < TIMEOUT + SLOW, "{took:?}");
    site.provider.restart(&[&keys]);
    let opaque = site.provider.machine_token(OPAQUE);
    wait::until("the provider counts again", || {
        (site.bearer("introspection", &opaque) == "permitted").then_some(())
    });
}

pub(crate) fn a_provider_that_dies_while_it_is_asked_leaves_a_refusal(here: (&Place, &str)) {
    let keys = Keys::new("one");
    let mut site = Site::open(here, &keys, services);
    let opaque = site.provider.machine_token(OPAQUE);
    assert_eq!(site.bearer("introspection", &opaque), "permitted");
    site.provider.freeze();
    let death = site.provider.death();
    let (observed, took) = thread::scope(|scope| {
        scope.spawn(|| {
            wait::until("it is asked", || death.is_asked().then_some(()));
            death.comes();
        });
        timed(&mut site, &opaque)
    });
    assert_unavailable(&observed);
    println!("{}: given up after {took:?}", here.0.name);
    assert!(took < TIMEOUT, "there is nothing to wait for: {took:?}");
}

pub(crate) fn a_crowd_that_waits_for_a_provider_that_dies_is_refused(here: (&Place, &str)) {
    let mut site = Site::open(here, &Keys::new("one"), |provider| {
        let own = introspecting(&of_secret(provider, "basic", "client_secret_basic"));
        json!({ "keeping": with(own, &json!({ "timeout": TIMEOUT.as_millis() })) })
    });
    let [known, opaque] = [(); 2].map(|()| site.provider.machine_token(OPAQUE));
    assert_eq!(site.bearer("keeping", &known), "permitted");
    site.provider.freeze();
    let death = site.provider.death();
    let begun = Instant::now();
    let statuses = site.crowd("keeping", ("authorization", &format!("Bearer {opaque}")), || {
        wait::until("it is asked", || death.is_asked().then_some(()));
        death.comes();
    });
    assert_eq!(statuses, [503; CROWD]);
    assert!(begun.elapsed() < TIMEOUT + SLOW, "{:?}", begun.elapsed());
    assert_eq!(site.reached_upstream(), 1, "the request before");
}

fn services(provider: &Certified) -> Value {
    let own = introspecting(&of_secret(provider, "basic", "client_secret_basic"));
    let asking = json!({ "cache_introspection": false, "timeout": TIMEOUT.as_millis() });
    json!({
        "bearer": bearer(),
        "introspection": with(own, &asking),
    })
}

fn timed(site: &mut Site, opaque: &str) -> (Observed, Duration) {
    let begun = Instant::now();
    let observed = site.send("introspection", ("authorization", &format!("Bearer {opaque}")));
    (observed, begun.elapsed())
}

/// Nothing was forwarded, and the client knows when to come again.
fn assert_unavailable(observed: &Observed) {
    assert_eq!(in_short(observed), "ProviderUnavailable 503");
    let [seconds] = &observed.client["retry-after"][..] else { panic!("{:?}", observed.client) };
    assert!((1..=60).contains(&seconds.parse::<u64>().unwrap()), "{seconds}");
}

const TIMEOUT: Duration = Duration::from_millis(1_500);

/// What a busy machine may take besides.
const SLOW: Duration = Duration::from_secs(1);
