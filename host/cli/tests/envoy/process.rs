//! An Envoy of a test's own.

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
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Runs until it is dropped.
pub(crate) struct Envoy {
    child: Child,
    config: PathBuf,
    reader: Option<JoinHandle<()>>,
    admin: Option<SocketAddr>,
    pub(crate) audit: Arc<AuditLog>,
    /// The listeners by name.
    pub(crate) listeners: BTreeMap<String, SocketAddr>,
}

impl Envoy {
    /// Starts Envoy with one worker, and waits until it takes connections. `test` names its config file.
    pub(crate) fn start(test: &str, bootstrap: &Value) -> Self {
        let name = format!("envoy-{test}-{}.json", std::process::id());
        let config = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::write(&config, bootstrap.to_string()).unwrap();
        let mut child = command(&config).spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let audit = Arc::new(AuditLog::of("envoy"));
        let (sender, lines) = mpsc::channel();
        let reader = thread::spawn({
            let audit = Arc::clone(&audit);
            move || stderr.lines().map_while(Result::ok).for_each(|line| read(&audit, &sender, line))
        });
        let listeners = BTreeMap::new();
        let mut envoy = Self { child, config, reader: Some(reader), admin: None, audit, listeners };
        envoy.admin = Some(admin_when_ready(&lines));
        envoy.listeners = addresses(&envoy.admin("/listeners?format=json"));
        envoy
    }

    /// What the admin listener answers.
    pub(crate) fn admin(&self, target: &str) -> String {
        let admin = self.admin.unwrap_or_else(|| panic!("Envoy has not said where its admin listener is"));
        wire::send(admin, &Request::get(target, "admin"), ("x-marker", "none")).unwrap().body
    }
}

fn command(config: &Path) -> Command {
    let binary = env::var_os("CLAIMGATE_ENVOY");
    let binary =
        binary.unwrap_or_else(|| panic!("CLAIMGATE_ENVOY is not set: expected the path of an Envoy"));
    let mut command = Command::new(binary);
    command.arg("--config-path").arg(config);
    command.args(["--concurrency", "1", "--disable-hot-restart", "--log-level", "info"]);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

fn read(audit: &AuditLog, sender: &Sender<String>, line: String) {
    audit.read(&line);
    // Nobody listens any more once Envoy is ready.
    drop(sender.send(line));
}

/// Envoy's log tells the port of its admin listener, then that its workers start.
fn admin_when_ready(lines: &Receiver<String>) -> SocketAddr {
    let mut seen = Vec::new();
    let mut admin = None;
    while let Ok(line) = lines.recv_timeout(START) {
        if let Some((_, address)) = line.split_once("admin address: ") {
            admin = address.trim().parse().ok();
        }
        if line.contains("starting workers") {
            return admin.unwrap_or_else(|| {
                panic!("expected an admin address in the log, found\n{}", seen.join("\n"))
            });
        }
        seen.push(line);
    }
    panic!("Envoy did not start:\n{}", seen.join("\n"));
}

fn addresses(listeners: &str) -> BTreeMap<String, SocketAddr> {
    let answer: Value = serde_json::from_str(listeners).unwrap();
    let statuses = answer["listener_statuses"].as_array().unwrap();
    statuses.iter().map(|status| (status["name"].as_str().unwrap().to_owned(), address(status))).collect()
}

fn address(status: &Value) -> SocketAddr {
    let socket = &status["local_address"]["socket_address"];
    let port = u16::try_from(socket["port_value"].as_u64().unwrap()).unwrap();
    SocketAddr::new(socket["address"].as_str().unwrap().parse().unwrap(), port)
}

impl Drop for Envoy {
    fn drop(&mut self) {
        if !thread::panicking() {
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

/// How long Envoy may be silent while it starts.
const START: Duration = Duration::from_secs(60);
