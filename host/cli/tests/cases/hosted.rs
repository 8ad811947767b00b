//! The filter in this project's host, whose clock can be set.

use crate::support::audit::AuditLog;
use crate::support::file::{Place, repository};
use crate::support::observed::Observed;
use crate::support::proxied::Proxied;
use crate::support::run::Gate;
use crate::support::table::{Material, Request, Setting, Table};
use crate::support::upstream::Upstream;
use crate::support::{one_token, run, traces, wasm, wire};
use claimgate_host::{Clock, Config, Shared, SystemClock};
use serde_json::json;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock, mpsc};
use std::thread::{self, JoinHandle};
use tokio::sync::oneshot;
use tracing::Level;

/// A gateway that serves until it is dropped.
pub(crate) struct Hosted {
    pub(crate) proxied: Proxied,
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
        let audit = Arc::clone(&AUDIT);
        let clock: Arc<dyn Clock> = match setting.clock {
            Some(seconds) => Arc::new(Stopped(seconds)),
            None => Arc::new(SystemClock),
        };
        let config = config(upstream.address, setting);
        let (stop, stopped) = oneshot::channel();
        let (ready, addresses) = mpsc::channel();
        let thread = thread::spawn(move || serve(config, clock, &ready, stopped));
        let (address, admin, shared) =
            addresses.recv().unwrap_or_else(|_| panic!("the gateway did not start"));
        let proxied = Proxied { address, upstream: Arc::clone(upstream), audit };
        Self { proxied, shared, admin, stop: Some(stop), thread: Some(thread) }
    }
}

fn config(upstream: SocketAddr, setting: &Setting) -> Config {
    let route = json!({ "name": "all", "paths": ["/"], "strip_path": false, "preserve_host": true });
    let service = json!({ "name": "echo", "url": format!("http://{upstream}"), "routes": [route] });
    let filter = json!({
        "name": "claimgate",
        "wasm": wasm::path(),
        "configuration": setting.document,
        "allow_on_headers_stop_iteration": setting.takes_bodies(),
    });
    let mut config =
        json!({ "listen": ["127.0.0.1:0"], "workers": 1, "services": [service], "filters": [filter] });
    config["admin_listen"] = json!("127.0.0.1:0");
    let parsed = Config::parse(&config.to_string(), &repository());
    parsed.unwrap_or_else(|errors| panic!("{errors}"))
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

impl Gate for Hosted {
    fn answer(&mut self, request: &Request) -> Observed {
        self.proxied.answer(request)
    }
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
    let table = Table::load(&Material::load());
    let upstream = Arc::new(Upstream::start());
    run::run("host", &table.groups(Place::Host), |setting| Hosted::start(&upstream, setting));
}

#[test]
fn one_token_and_two_services_that_differ_in_each_rule_give_the_same_answers_warm_and_cold_in_the_host() {
    let upstream = Arc::new(Upstream::start());
    let rules = one_token::rules(&Material::load());
    one_token::check("host", &rules, |setting| Hosted::start(&upstream, setting));
}

/// The host logs through the process's one subscriber, so the gateways of all tests share a log.
static AUDIT: LazyLock<Arc<AuditLog>> = LazyLock::new(|| {
    let everything = tracing_subscriber::fmt().with_max_level(Level::TRACE);
    everything.with_ansi(false).with_writer(|| Log).init();
    Arc::new(AuditLog::of("host"))
});
