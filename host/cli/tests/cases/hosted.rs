//! The filter in this project's host, whose clock can be set; and in the same host as Kong's engine.

use crate::support::audit::AuditLog;
use crate::support::cloud::Idp;
use crate::support::file::{Engine, Place, repository};
use crate::support::observed::{Effect, Observed};
use crate::support::proxied::Proxied;
use crate::support::run::Gate;
use crate::support::table::{Material, Request, Setting, Table};
use crate::support::upstream::Upstream;
use crate::support::{one_token, run, traces, wasm, wire};
use claimgate_host::egress::Address;
use claimgate_host::{Clock, Config, Origin, Quirks, Shared, SystemClock};
use serde_json::json;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, mpsc};
use std::thread::{self, JoinHandle};
use tokio::sync::oneshot;
use tracing::Level;

/// A gateway that serves until it is dropped.
pub(crate) struct Hosted {
    pub(crate) proxied: Proxied,
    engine: Engine,
    /// What its filters share.
    pub(crate) shared: Arc<Shared>,
    pub(crate) admin: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// A clock that stands still, seconds since 1970.
struct Stopped(i64);

/// Takes in the log, a line at a time.
struct Log;

impl Hosted {
    /// Starts a gateway with one worker, and waits until it takes connections.
    pub(crate) fn start(upstream: &Arc<Upstream>, setting: &Setting) -> Self {
        Self::changed(upstream, setting, |_| ())
    }

    /// The same beside an identity provider, which its calls reach.
    pub(crate) fn beside(upstream: &Arc<Upstream>, setting: &Setting, idp: &Idp) -> Self {
        let origin = Address::split(idp.origin()).unwrap().0;
        let name = match setting.engine {
            Engine::Nginx => origin.authority_with_port(),
            Engine::Any | Engine::Envoy => idp.origin().to_owned(),
        };
        Self::changed(upstream, setting, |config| {
            let address =
                Address::new(false, &idp.address.ip().to_string(), Some(idp.address.port())).unwrap();
            let origin = Origin { address, ..config.services[0].origin.clone() };
            config.upstreams.push(claimgate_host::Upstream { name, origin });
        })
    }

    /// The same with a change of the gateway's config.
    pub(crate) fn changed(
        upstream: &Arc<Upstream>,
        setting: &Setting,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let audit = Arc::clone(&AUDIT);
        let clock: Arc<dyn Clock> = match setting.clock {
            Some(seconds) => Arc::new(Stopped(seconds)),
            None => Arc::new(SystemClock),
        };
        let name = format!("claimgate-{}", STARTED.fetch_add(1, Ordering::Relaxed));
        let mut config = config(upstream.address, setting, &name);
        change(&mut config);
        let (stop, stopped) = oneshot::channel();
        let (ready, addresses) = mpsc::channel();
        let thread = thread::spawn(move || serve(config, clock, &ready, stopped));
        let (address, admin, shared) =
            addresses.recv().unwrap_or_else(|_| panic!("the gateway did not start"));
        let filter = (setting.engine == Engine::Nginx).then_some(name);
        let proxied = Proxied { address, upstream: Arc::clone(upstream), audit, filter };
        Self { proxied, engine: setting.engine, shared, admin, stop: Some(stop), thread: Some(thread) }
    }
}

fn config(upstream: SocketAddr, setting: &Setting, name: &str) -> Config {
    let route = json!({ "name": "all", "paths": ["/"], "strip_path": false, "preserve_host": true });
    let service = json!({ "name": "echo", "url": format!("http://{upstream}"), "routes": [route] });
    let filter = json!({
        "name": name,
        "vm_id": VM_ID,
        "wasm": wasm::path(),
        "configuration": setting.document,
        "allow_on_headers_stop_iteration": setting.engine != Engine::Nginx && setting.takes_bodies(),
    });
    let mut config =
        json!({ "listen": ["127.0.0.1:0"], "workers": 1, "services": [service], "filters": [filter] });
    config["admin_listen"] = json!("127.0.0.1:0");
    // A busy machine may stop a thread for longer than a guest may run.
    config["limits"] = json!({ "callback_timeout": 2000 });
    let parsed = Config::parse(&config.to_string(), &repository());
    let mut config = parsed.unwrap_or_else(|errors| panic!("{errors}"));
    if setting.engine == Engine::Nginx {
        config.filters[0].quirks = Quirks::kong();
    }
    config
}

fn serve(
    config: Config,
    clock: Arc<dyn Clock>,
    ready: &mpsc::Sender<(SocketAddr, SocketAddr, Arc<Shared>)>,
    stopped: oneshot::Receiver<()>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let running = claimgate_host::run(config, clock).await;
        let running = running.unwrap_or_else(|error| panic!("{error}"));
        let shared = Arc::clone(running.shared());
        ready.send((running.addresses()[0], running.admin_address().unwrap(), shared)).unwrap();
        drop(stopped.await);
        running.shutdown().await;
    });
}

impl Hosted {
    /// The value of a metric; 0 if there is none of that name.
    pub(crate) fn metric(&self, name: &str) -> u64 {
        let answer =
            wire::send(self.admin, &Request::get("/metrics", "admin"), ("x-marker", "none")).unwrap();
        let value =
            answer.body.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok());
        value.unwrap_or(0)
    }
}

impl Gate for Hosted {
    fn answer(&mut self, request: &Request) -> Observed {
        let observed = self.proxied.answer(request);
        if self.engine == Engine::Nginx { without_line_break(observed) } else { observed }
    }
}

/// nginx ends the body of every answer of a filter with a line break; one without was not sent by it.
fn without_line_break(observed: Observed) -> Observed {
    let Effect::Refused(mut refusal) = observed.effect else { return observed };
    let effect = match refusal.body.strip_suffix('\n').map(str::to_owned) {
        Some(body) => {
            refusal.body = body;
            Effect::Refused(refusal)
        }
        None if refusal.body.is_empty() => Effect::Refused(refusal),
        None => Effect::Unclear(format!("expected a line break at the end of the answer, found {refusal:?}")),
    };
    Observed { effect, ..observed }
}

impl Drop for Hosted {
    fn drop(&mut self) {
        let metrics = wire::send(self.admin, &Request::get("/metrics", "admin"), ("x-marker", "none"));
        traces::saw("host.metrics", &metrics.map_or_else(|error| error.to_string(), |answer| answer.body));
        drop(self.stop.take());
        drop(self.thread.take().map(JoinHandle::join));
    }
}

impl Clock for Stopped {
    fn unix_nanos(&self) -> u64 {
        u64::try_from(self.0).unwrap() * 1_000_000_000
    }
}

impl io::Write for Log {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        AUDIT.read(&String::from_utf8_lossy(line));
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn every_case_has_the_expected_answer_in_the_host_cold_and_warm() {
    let table = Table::of(Place::Host, &Material::load());
    let upstream = Arc::new(Upstream::start());
    run::run("host", &table.groups(Place::Host), |setting| Hosted::start(&upstream, setting));
}

#[test]
fn every_case_has_the_expected_answer_in_the_host_as_kong_s_engine_cold_and_warm() {
    let table = Table::of(Place::Nginx, &Material::load());
    let upstream = Arc::new(Upstream::start());
    run::run("nginx", &table.groups(Place::Nginx), |setting| Hosted::start(&upstream, setting));
}

#[test]
fn one_token_and_two_services_that_differ_in_each_rule_give_the_same_answers_warm_and_cold_in_the_host() {
    let upstream = Arc::new(Upstream::start());
    let rules = one_token::rules(&Material::load());
    one_token::check("host", &rules, |setting| Hosted::start(&upstream, setting));
}

#[test]
fn one_token_and_two_services_that_differ_in_each_rule_give_the_same_answers_in_the_host_as_kong_s_engine() {
    let upstream = Arc::new(Upstream::start());
    let mut rules = one_token::rules(&Material::load());
    rules.iter_mut().for_each(|rule| rule.setting.engine = Engine::Nginx);
    one_token::check("nginx", &rules, |setting| Hosted::start(&upstream, setting));
}

/// Gateways so far.
static STARTED: AtomicU64 = AtomicU64::new(0);

/// Whose shared data a filter's is.
pub(crate) const VM_ID: &str = "claimgate";

/// The host logs through the process's one subscriber, so the gateways of all tests share a log.
static AUDIT: LazyLock<Arc<AuditLog>> = LazyLock::new(|| {
    let everything = tracing_subscriber::fmt().with_max_level(Level::TRACE);
    everything.with_ansi(false).with_writer(|| Log).init();
    Arc::new(AuditLog::of("host"))
});
