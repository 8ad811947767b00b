//! An Envoy of a test's own.

use crate::log::Log;
use crate::support::audit::AuditLog;
use crate::support::table::Request;
use crate::support::{traces, wire};
use serde_json::Value;
use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

/// Runs until it is dropped.
pub(crate) struct Envoy {
    child: Child,
    config: PathBuf,
    reader: Option<JoinHandle<()>>,
    admin: Option<SocketAddr>,
    pub(crate) log: Arc<Log>,
    pub(crate) audit: Arc<AuditLog>,
    /// The listeners by name, as they were when Envoy was ready.
    pub(crate) listeners: BTreeMap<String, SocketAddr>,
}

impl Envoy {
    /// Starts Envoy with one worker, and waits until it takes connections. `test` names its config file.
    pub(crate) fn start(test: &str, bootstrap: &Value) -> Self {
        Self::with_workers(1, test, bootstrap)
    }

    /// The same with so many workers.
    pub(crate) fn with_workers(workers: usize, test: &str, bootstrap: &Value) -> Self {
        let started = Self::ready(Self::spawn(&[], workers, test, bootstrap));
        started.unwrap_or_else(|log| panic!("Envoy did not start:\n{log}"))
    }

    /// As [`Self::start`]; the whole log of an Envoy that gives up.
    pub(crate) fn try_start(test: &str, bootstrap: &Value) -> Result<Self, String> {
        Self::try_start_given(&[], test, bootstrap)
    }

    /// As [`Self::try_start`], with more variables in its environment.
    pub(crate) fn try_start_given(
        variables: &[(&str, &str)],
        test: &str,
        bootstrap: &Value,
    ) -> Result<Self, String> {
        Self::ready(Self::spawn(variables, 1, test, bootstrap))
    }

    fn ready(mut envoy: Self) -> Result<Self, String> {
        // Its log tells the port of its admin listener, then that its workers start.
        if envoy.log.line("starting workers").is_none() {
            return Err(envoy.log.whole());
        }
        let admin = envoy.log.line(ADMIN);
        envoy.admin = admin.and_then(|line| line.split_once(ADMIN)?.1.trim().parse().ok());
        envoy.listeners = addresses(&envoy.admin("/listeners?format=json"));
        Ok(envoy)
    }

    fn spawn(variables: &[(&str, &str)], workers: usize, test: &str, bootstrap: &Value) -> Self {
        let name = format!("envoy-{test}-{}.json", std::process::id());
        let config = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::write(&config, bootstrap.to_string()).unwrap();
        let mut child = command(&config, workers).envs(variables.iter().copied()).spawn().unwrap();
        let stderr = child.stderr.take().unwrap();
        let (audit, log) = (Arc::new(AuditLog::of("envoy")), Arc::new(Log::default()));
        let reader = thread::spawn({
            let (audit, log) = (Arc::clone(&audit), Arc::clone(&log));
            move || read(stderr, &audit, &log)
        });
        let listeners = BTreeMap::new();
        Self { child, config, reader: Some(reader), admin: None, log, audit, listeners }
    }

    /// What the admin listener answers.
    pub(crate) fn admin(&self, target: &str) -> String {
        let admin = self.admin.unwrap_or_else(|| panic!("Envoy has not said where its admin listener is"));
        wire::send(admin, &Request::get(target, "admin"), ("x-marker", "none")).unwrap().body
    }

    /// The sum of the counters and gauges of these names; what Envoy has not counted yet is nothing.
    pub(crate) fn count(&self, names: &[&str]) -> u64 {
        let stats = self.admin("/stats");
        let numbers = stats.lines().filter_map(|line| {
            let (name, number) = line.split_once(": ")?;
            names.contains(&name).then(|| number.parse::<u64>().unwrap())
        });
        numbers.sum()
    }

    /// Bytes of Envoy's memory that are no file's.
    pub(crate) fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }

    /// How often Envoy has reached out for the upstream, whatever came of it.
    pub(crate) fn attempts(&self) -> u64 {
        self.count(&["cluster.echo.upstream_rq_total", "cluster.echo.upstream_rq_pending_total"])
    }
}

fn command(config: &Path, workers: usize) -> Command {
    let binary = env::var_os("CLAIMGATE_ENVOY");
    let binary =
        binary.unwrap_or_else(|| panic!("CLAIMGATE_ENVOY is not set: expected the path of an Envoy"));
    let mut command = Command::new(binary);
    command.arg("--config-path").arg(config);
    command.args(["--concurrency", &workers.to_string()]);
    command.args(["--disable-hot-restart", "--log-level", "info"]);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

fn read(stderr: ChildStderr, audit: &AuditLog, log: &Log) {
    for line in BufReader::new(stderr).lines().map_while(Result::ok) {
        audit.read(&line);
        log.add(line);
    }
    log.end();
}

fn addresses(listeners: &str) -> BTreeMap<String, SocketAddr> {
    let answer: Value = serde_json::from_str(listeners).unwrap();
    // Absent where there are none.
    let statuses = answer["listener_statuses"].as_array().into_iter().flatten();
    statuses.map(|status| (status["name"].as_str().unwrap().to_owned(), address(status))).collect()
}

fn address(status: &Value) -> SocketAddr {
    let socket = &status["local_address"]["socket_address"];
    let port = u16::try_from(socket["port_value"].as_u64().unwrap()).unwrap();
    SocketAddr::new(socket["address"].as_str().unwrap().parse().unwrap(), port)
}

impl Drop for Envoy {
    fn drop(&mut self) {
        if self.admin.is_some() && !thread::panicking() {
            traces::saw("envoy.metrics", &self.admin("/stats"));
            traces::saw("envoy.metrics", &self.admin("/stats/prometheus"));
        }
        // Each of these may be gone already.
        drop(self.child.kill());
        drop(self.child.wait());
        drop(self.reader.take().map(JoinHandle::join));
        drop(fs::remove_file(&self.config));
    }
}

/// What stands in front of the address of the admin listener.
const ADMIN: &str = "admin address: ";
