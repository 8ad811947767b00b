//! Pushed state in the host as Kong's engine: every worker's filter is a publisher, names are compared by a checksum,
//! and what there is no room for is dropped.

use crate::hosted::Hosted;
use crate::pushed::document;
use crate::support::file::Engine;
use crate::support::file_server::FileServer;
use crate::support::observed::{Effect, Observed};
use crate::support::registry::{Issuer, application, page};
use crate::support::run::Gate as _;
use crate::support::table::{Request, Setting};
use crate::support::upstream::Upstream;
use crate::support::wait::until;
use crate::support::wire;
use claimgate_host::egress::Address;
use claimgate_host::{Config, Nginx, Quirks, ShmKv};
use serde_json::{Value, json};
use std::num::NonZero;
use std::sync::Arc;
use std::time::Instant;

/// A gateway of two workers, its feed, and who signs.
struct Site {
    gateway: Hosted,
    feed: FileServer,
    issuer: Issuer,
}

impl Site {
    /// `zones` are those of nginx's configuration: names and bytes.
    fn start(test: &str, zones: &[(&str, usize)], applications: &[Value]) -> Self {
        let (feed, issuer) = (FileServer::start(test), Issuer::new("one"));
        let more = json!({ "keys": issuer.keys(), "complete": true });
        feed.put("snapshot.json", &page("change-1.json", applications, &more));
        let upstream = feed.address.to_string();
        let document = document().replace("\"registry\"", &format!("\"{upstream}\""));
        let setting = Setting { document, clock: None, engine: Engine::Nginx };
        let shm_kv =
            zones.iter().map(|(name, bytes)| ShmKv { name: (*name).to_owned(), bytes: *bytes }).collect();
        let gateway = Hosted::changed(&Arc::new(Upstream::start()), &setting, |config| {
            config.workers = NonZero::new(2).unwrap();
            config.filters[0].quirks = Quirks::Nginx(Nginx { shm_kv, ..Nginx::default() });
            config.upstreams.push(target(config, &feed));
        });
        Self { gateway, feed, issuer }
    }

    fn outcome(&mut self, request: &Request) -> String {
        self.gateway.answer(request).outcome.unwrap_or_default()
    }

    /// Waits until the first load counts.
    fn wait(&mut self, request: &Request) {
        until("the load counts", || (self.outcome(request) != "StateUnavailable").then_some(()));
    }
}

/// The feed under the name that the filter calls it by: its address.
fn target(config: &Config, feed: &FileServer) -> claimgate_host::Upstream {
    let mut origin = config.services[0].origin.clone();
    origin.address = Address::parse(&format!("http://{}", feed.address)).unwrap();
    claimgate_host::Upstream { name: feed.address.to_string(), origin }
}

/// Who the upstream is told that calls.
fn caller(observed: &Observed) -> Option<&str> {
    match &observed.effect {
        Effect::Forwarded(headers) => headers["x-consumer-custom-id"].first().map(|id| &**id),
        Effect::Refused(_) | Effect::Unclear(_) => None,
    }
}

#[test]
fn a_change_of_the_feed_is_seen_by_every_worker_and_the_feed_is_asked_by_one() {
    let mut site = Site::start("nginx-change", &[("*", 1 << 20)], &[application("web", "approved")]);
    let request = request(&site.issuer, "web");
    site.wait(&request);
    let several = |site: &mut Site| (0..4).map(|_| site.outcome(&request)).collect::<Vec<_>>();
    assert_eq!(several(&mut site), ["permitted"; 4]);
    let begun = Instant::now();
    site.feed.put("change-1.json", &page("change-2.json", &[application("web", "revoked")], &json!({})));
    until("the change counts", || (site.outcome(&request) == "ApplicationRevoked").then_some(()));
    println!("Kong's engine, emulated: refused {:?} after the feed changed", begun.elapsed());
    assert_eq!(several(&mut site), ["ApplicationRevoked"; 4]);
    assert_eq!(site.feed.asked("snapshot.json"), 1);
}

#[test]
fn a_feed_that_cannot_tell_what_changed_is_loaded_anew() {
    let mut site = Site::start("nginx-gone", &[("*", 1 << 20)], &[application("web", "approved")]);
    let request = request(&site.issuer, "web");
    site.wait(&request);
    let more = json!({ "keys": site.issuer.keys(), "complete": true });
    site.feed.put("snapshot.json", &page("change-9.json", &[application("web", "pending")], &more));
    site.feed.take_away("change-1.json");
    until("the load counts", || (site.outcome(&request) == "ApplicationPending").then_some(()));
}

#[test]
fn callers_whose_names_are_compared_by_a_checksum_are_themselves_and_nobody_else() {
    let names: Vec<String> = (0..400).map(|number| format!("application-{number}")).collect();
    let applications: Vec<Value> = names.iter().map(|name| application(name, "approved")).collect();
    let mut site = Site::start("nginx-checksum", &[("claimgate", 1 << 20)], &applications);
    let requests: Vec<Request> = names.iter().map(|name| request(&site.issuer, name)).collect();
    site.wait(&requests[0]);
    for (name, request) in names.iter().zip(&requests) {
        assert_eq!(caller(&site.gateway.answer(request)), Some(&**name));
    }
}

#[test]
fn callers_that_the_engine_drops_are_refused_and_nobody_becomes_another() {
    let names: Vec<String> = (0..400).map(|number| format!("application-{number}")).collect();
    let applications: Vec<Value> = names.iter().map(|name| application(name, "approved")).collect();
    let mut site = Site::start("nginx-dropped", &[("*", 64 << 10)], &applications);
    let requests: Vec<Request> = names.iter().map(|name| request(&site.issuer, name)).collect();
    let mut refused = 0;
    for (name, request) in names.iter().zip(&requests) {
        let observed = site.gateway.answer(request);
        match caller(&observed) {
            Some(told) => assert_eq!(told, name),
            None => {
                let reasons = ["ConsumerUnknown", "StateUnavailable"];
                assert!(reasons.contains(&observed.outcome.as_deref().unwrap_or_default()), "{observed:?}");
                refused += 1;
            }
        }
    }
    assert!(refused > names.len() / 4, "a zone of 64 KiB has no room for most of them: {refused}");
}

#[test]
fn without_a_zone_nothing_passes() {
    let site = Site::start("nginx-zone", &[], &[application("web", "approved")]);
    let request = request(&site.issuer, "web");
    for _ in 0..4 {
        // The filter traps, so there is no audit line to wait for.
        let answer = wire::send(site.gateway.proxied.address, &request, ("x-marker", "no zone"));
        assert!(answer.is_err() || answer.is_ok_and(|answer| answer.status == 503));
    }
    assert_eq!(site.gateway.proxied.upstream.all().len(), 0);
}

fn request(issuer: &Issuer, application: &str) -> Request {
    Request { target: "/anything".to_owned(), ..issuer.request(application) }
}
