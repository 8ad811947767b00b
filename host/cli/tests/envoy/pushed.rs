//! `examples/envoy/pushed.yaml` as it is, but for ports: a publisher that gets callers and keys from a file server.

use crate::bootstrap;
use crate::process::Envoy;
use crate::support::file_server::FileServer;
use crate::support::latency::Latencies;
use crate::support::proxied::Proxied;
use crate::support::registry::{self, Issuer, application, page};
use crate::support::run::Gate as _;
use crate::support::table::Request;
use crate::support::upstream::Upstream;
use crate::support::wire;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// An Envoy, its feed and its upstream.
pub(crate) struct Site {
    feed: FileServer,
    pub(crate) envoy: Envoy,
    upstream: Arc<Upstream>,
    issuer: Issuer,
}

impl Site {
    /// With a load in which the application `web` is approved and `batch` is not.
    fn start(test: &str) -> Self {
        Self::try_start(test, |_| {}).unwrap_or_else(|log| panic!("Envoy did not start:\n{log}"))
    }

    pub(crate) fn try_start(test: &str, change: impl FnOnce(&mut Value)) -> Result<Self, String> {
        let (feed, upstream) = (FileServer::start(test), Arc::new(Upstream::start()));
        let issuer = Issuer::new("one");
        let more = json!({ "keys": issuer.keys(), "complete": true });
        let applications = [application("web", "approved"), application("batch", "pending")];
        feed.put("snapshot.json", &page("change-1.json", &applications, &more));
        let mut bootstrap = bootstrap::pushed(upstream.address, feed.address);
        change(&mut bootstrap);
        Ok(Self { envoy: Envoy::try_start(test, &bootstrap)?, feed, upstream, issuer })
    }

    /// Whether the load gets where requests see it, in a time that is long for it.
    pub(crate) fn lands(&self) -> bool {
        let (request, begun) = (self.issuer.request("web"), Instant::now());
        let status =
            || wire::send(self.envoy.listeners["gateway"], &request, ("x-marker", "lands")).unwrap().status;
        while begun.elapsed() < LONG_FOR_A_LOAD {
            match status() {
                200 => return true,
                status => assert_eq!(status, 503),
            }
        }
        false
    }

    fn gate(&self, listener: &str) -> Proxied {
        let address = self.envoy.listeners[listener];
        let audit = Arc::clone(&self.envoy.audit);
        Proxied { address, upstream: Arc::clone(&self.upstream), audit, filter: None }
    }

    /// How many changes were announced.
    fn changes(&self) -> u64 {
        let stats = self.envoy.admin("/stats?filter=claimgate_changes");
        stats.trim().rsplit_once(": ").map_or(0, |(_, count)| count.parse().unwrap())
    }

    /// Waits until so many changes were announced.
    fn wait_for(&self, changes: u64) {
        let begun = Instant::now();
        while self.changes() < changes {
            assert!(begun.elapsed() < DEADLINE, "no change {changes} in {DEADLINE:?}");
        }
    }
}

fn outcome(gate: &mut Proxied, request: &Request) -> String {
    gate.answer(request).outcome.unwrap_or_default()
}

#[test]
#[ignore = "needs Envoy, see scripts/test.sh"]
fn an_application_that_is_revoked_in_the_feed_is_refused_by_the_next_request_with_a_warm_token() {
    let site = Site::start("revoked");
    site.wait_for(1);
    let (mut gate, issuer) = (site.gate("gateway"), &site.issuer);
    let (web, batch) = (issuer.request("web"), issuer.request("batch"));
    assert_eq!([outcome(&mut gate, &web), outcome(&mut gate, &web)], ["permitted", "permitted"]);
    assert_eq!(outcome(&mut gate, &batch), "ApplicationPending");

    let applications = [application("web", "revoked"), application("batch", "approved")];
    let begun = Instant::now();
    site.feed.put("change-1.json", &page("change-2.json", &applications, &json!({})));
    site.wait_for(2);
    let announced = begun.elapsed();
    assert_eq!(outcome(&mut gate, &web), "ApplicationRevoked");
    println!(
        "envoy: the feed's change counted after {announced:?}, the next request was refused after {:?}",
        begun.elapsed()
    );
    assert_eq!(outcome(&mut gate, &batch), "permitted");
    assert_eq!(site.feed.asked("snapshot.json"), 1);
}

#[test]
#[ignore = "needs Envoy, see scripts/test.sh"]
fn a_key_that_is_taken_back_in_the_feed_proves_nothing_any_more_and_a_new_one_does() {
    let (site, new) = (Site::start("rotated"), Issuer::new("two"));
    site.wait_for(1);
    let (mut gate, before, after) = (site.gate("gateway"), site.issuer.request("web"), new.request("web"));
    assert_eq!([outcome(&mut gate, &before), outcome(&mut gate, &before)], ["permitted", "permitted"]);
    assert_eq!(outcome(&mut gate, &after), "KeyUnknown");
    site.feed.put("change-1.json", &page("change-2.json", &[], &json!({ "keys": new.keys() })));
    site.wait_for(2);
    assert_eq!(outcome(&mut gate, &before), "KeyUnknown");
    assert_eq!(outcome(&mut gate, &after), "permitted");
}

#[test]
#[ignore = "needs Envoy, see scripts/test.sh"]
fn a_filter_with_another_vm_id_or_another_key_sees_nothing_of_it() {
    let site = Site::try_start("apart", |bootstrap| {
        bootstrap::add_listener(bootstrap, "another vm_id", |config| {
            config["vm_config"]["vm_id"] = json!("another");
        });
        bootstrap::add_listener(bootstrap, "another key", |config| {
            let document = config["configuration"]["value"].as_str().unwrap();
            config["configuration"]["value"] = json!(document.replace("AAECAwQF", "BBECAwQF"));
        });
    });
    let site = site.unwrap_or_else(|log| panic!("Envoy did not start:\n{log}"));
    site.wait_for(1);
    let request = site.issuer.request("web");
    assert_eq!(outcome(&mut site.gate("gateway"), &request), "permitted");
    for apart in ["another vm_id", "another key"] {
        assert_eq!(outcome(&mut site.gate(apart), &request), "StateUnavailable", "{apart}");
    }
}

#[test]
#[ignore = "needs Envoy, and measures latencies, so it runs alone: see scripts/test.sh"]
fn a_load_of_a_hundred_thousand_applications_holds_up_no_request() {
    let site = Site::start("load");
    site.wait_for(1);
    let (gate, request) = (site.gate("gateway"), site.issuer.request("web"));
    let before = Latencies::measure(&gate, &request, |sent| sent < 2000);

    let named = [application("web", "approved")];
    for (name, page) in registry::load("snapshot.json", 100_000, &named, &site.issuer) {
        site.feed.put(&name, &page);
    }
    let begun = Instant::now();
    site.feed.take_away("change-1.json");
    let during = Latencies::measure(&gate, &request, |_| site.changes() < 2);
    during.bear_a_load("envoy", begun.elapsed(), &before);
}

/// A load of two applications takes a tenth of it.
const LONG_FOR_A_LOAD: Duration = Duration::from_secs(2);

/// How long a change may take to be announced.
const DEADLINE: Duration = Duration::from_secs(60);
