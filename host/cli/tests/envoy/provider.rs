//! `examples/envoy/provider.yaml` as it is, but for ports: a provider that is asked for its keys.

use crate::bodies::form;
use crate::bootstrap;
use crate::process::Envoy;
use crate::support::provider::{self, Provider};
use crate::support::proxied::Proxied;
use crate::support::registry::Issuer;
use crate::support::table::Request;
use crate::support::upstream::Upstream;
use crate::support::wire;
use crate::upload::FRAMINGS;
use serde_json::{Value, json};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

/// An Envoy, its provider and its upstream.
pub(crate) struct Asked {
    provider: Provider,
    envoy: Envoy,
    upstream: Arc<Upstream>,
}

impl Asked {
    fn start(test: &str, change: impl FnOnce(&mut Value)) -> Self {
        Self::try_start(test, change).unwrap_or_else(|log| panic!("Envoy did not start:\n{log}"))
    }

    pub(crate) fn try_start(test: &str, change: impl FnOnce(&mut Value)) -> Result<Self, String> {
        let (provider, upstream) = (Provider::start(test), Arc::new(Upstream::start()));
        let mut bootstrap = bootstrap::provider(upstream.address, &provider);
        change(&mut bootstrap);
        Ok(Self { envoy: Envoy::try_start(test, &bootstrap)?, provider, upstream })
    }

    fn gate(&self) -> Proxied {
        let (upstream, audit) = (Arc::clone(&self.upstream), Arc::clone(&self.envoy.audit));
        Proxied { address: self.envoy.listeners["gateway"], upstream, audit, filter: None }
    }

    /// Whether a request for which keys have to be fetched is let go with them.
    pub(crate) fn lets_go(&self) -> bool {
        let (one, two) = (Issuer::new("one"), Issuer::new("two"));
        let status = |request: &Request| {
            let answer = wire::send(self.envoy.listeners["gateway"], request, ("x-marker", "go"));
            answer.map_or(0, |answer| answer.status)
        };
        self.provider.has(&[one.jwk()]);
        let known = self.provider.request(&one);
        if !comes_true(|| status(&known) == 200) {
            return false;
        }
        self.provider.has(&[two.jwk()]);
        status(&self.provider.request(&two)) == 200
    }

    /// Whether a token that is signed with this secret is let go.
    pub(crate) fn knows(&self, secret: &str) -> bool {
        self.provider.has(&[Issuer::new("one").jwk()]);
        let request = self.provider.request(&Issuer::with_secret(secret));
        comes_true(|| {
            let answer = wire::send(self.envoy.listeners["gateway"], &request, ("x-marker", "secret"));
            answer.is_ok_and(|answer| answer.status == 200)
        })
    }

    /// Whether a gauge tells that a client's secret is good for so many days.
    pub(crate) fn tells_days_left(&self, client: &str, days: u64) -> bool {
        let gauge = format!("wasmcustom.claimgate.client.{client}.secret_days_left");
        comes_true(|| self.envoy.count(&[&gauge]) == days)
    }

    /// Whether the filter does not say that its workers cannot.
    pub(crate) fn meets_other_workers(&self) -> bool {
        self.envoy.log.has("claimgate: configured") && !self.envoy.log.has("claimgate: without shared data")
    }

    /// Whether keys are fetched without a request.
    pub(crate) fn looks_ahead(&self) -> bool {
        self.provider.has(&[Issuer::new("one").jwk()]);
        comes_true(|| self.provider.asked() > 0)
    }
}

/// Whether it is true within a time that is long for it.
fn comes_true(is_true: impl Fn() -> bool) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < LONG_FOR_A_RETRY {
        if is_true() {
            return true;
        }
        thread::park_timeout(Duration::from_millis(20));
    }
    false
}

/// Has keys fetched for requests as often as once in so many seconds.
pub(crate) fn eager(bootstrap: &mut Value, seconds: i64) {
    bootstrap::edit(bootstrap, |document| {
        document["services"][0]["plugins"][0]["config"]["rediscovery_lifetime"] = json!(seconds);
    });
}

/// Has sessions get other tokens by a client of the gateway's own.
pub(crate) fn keeps_sessions(bootstrap: &mut Value) {
    bootstrap::edit(bootstrap, |document| {
        let config = &mut document["services"][0]["plugins"][0]["config"];
        config["auth_methods"] = json!(["session", "authorization_code"]);
        config["session_secret"] = json!("a secret of sessions, for tests alone");
        config["client_id"] = json!(["gateway"]);
        config["client_secret"] = json!(["a secret of the gateway's, for tests"]);
    });
}

#[test]
#[ignore = "needs Envoy, see scripts/test.sh"]
fn a_provider_may_be_away_at_first_and_change_its_key() {
    let site = Asked::start("provider", |bootstrap| eager(bootstrap, 2));
    provider::comes_and_changes_its_key(&site.provider, &mut site.gate());
}

/// Held for its body, then for its key; the body that goes on has no token in it.
#[test]
#[ignore = "needs Envoy, see scripts/test.sh"]
fn a_token_in_a_body_waits_for_its_key_in_every_framing() {
    let site = Asked::start("provider-bodies", |bootstrap| {
        eager(bootstrap, 0);
        bootstrap::edit(bootstrap, |document| {
            document["body_tokens"] = json!(true);
            let config = &mut document["services"][0]["plugins"][0]["config"];
            config["bearer_token_param_type"] = json!(["header", "body"]);
        });
        bootstrap::plugin(bootstrap)["allow_on_headers_stop_iteration"] = json!(true);
        bootstrap::manager(bootstrap)["http_protocol_options"] = json!({ "enable_trailers": true });
    });
    for (number, framing) in FRAMINGS.into_iter().enumerate() {
        let key = Issuer::new(&format!("key-{number}"));
        site.provider.has(&[key.jwk()]);
        let before = site.upstream.all().len();
        let status = form(framing, &site.provider.token(&key)).send(site.envoy.listeners["gateway"]);
        assert_eq!(status, Some(200), "{framing:?}");
        let records = site.upstream.all();
        let bodies: Vec<&str> = records[before..].iter().map(|record| &*record.body).collect();
        assert_eq!(bodies, [""], "{framing:?}");
        let unknown = form(framing, &site.provider.token(&Issuer::new("nobody's")));
        assert_eq!(unknown.send(site.envoy.listeners["gateway"]), Some(401), "{framing:?}");
        assert_eq!(site.upstream.all().len(), records.len(), "{framing:?}");
    }
}

#[test]
#[ignore = "needs Envoy, see scripts/test.sh"]
fn many_requests_at_once_cause_one_fetch_per_thread_and_all_go_on() {
    let site = Asked::start("provider-many", |_| {});
    let key = Issuer::new("one");
    let request = site.provider.request(&key);
    site.provider.has(&[key.jwk()]);
    let gateway = site.envoy.listeners["gateway"];
    let statuses: Vec<u16> = thread::scope(|scope| {
        let send = || wire::send(gateway, &request, ("x-marker", "many")).unwrap().status;
        let threads: Vec<_> = (0..40).map(|_| scope.spawn(send)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let permitted = statuses.iter().filter(|status| **status == 200).count();
    assert_eq!(permitted, 40, "{statuses:?}");
    println!("40 requests at once: {} fetches", site.provider.asked());
    assert!(site.provider.asked() <= THREADS, "{}", site.provider.asked());
}

/// The threads of an Envoy that a test starts: one worker, and the main thread, which runs the filter too, without
/// requests. Its timer may look for keys before or after they are there.
const THREADS: usize = 2;

/// What failed is tried again after five seconds.
const LONG_FOR_A_RETRY: Duration = Duration::from_secs(12);
