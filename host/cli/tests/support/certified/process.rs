//! The provider's process: `host/cli/tests/oidc-provider/server.js` with keys that a test chooses.

use crate::support::file::repository;
use crate::support::port::Held;
use crate::support::table::Request;
use crate::support::{traces, wait, wire};
use claimgate::mint::{Signer, SigningAlgorithm};
use serde_json::{Value, json};
use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

/// A provider that runs until it is dropped.
pub(crate) struct Certified {
    /// Of every client that has a secret.
    pub(crate) secret: String,
    /// With which the clients sign that have a key.
    pub(crate) client_keys: Keys,
    settings: PathBuf,
    child: Child,
    /// It stays its own while it is dead.
    port: Held,
    lines: Arc<Mutex<Vec<String>>>,
}

/// That of a provider's process.
pub(crate) struct Death {
    process: u32,
    port: u16,
}

/// A key for each algorithm that the provider, or its clients, sign with.
pub(crate) struct Keys([Signer; 2]);

impl Certified {
    /// Starts one that signs with these keys, on a free port. `test` names its file.
    pub(crate) fn start(test: &str, keys: &Keys) -> Self {
        let name = format!("oidc-provider-{test}-{}.json", std::process::id());
        let settings = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        // What must be escaped in a form is in it.
        let secret = format!("{}:%+&= .............", traces::canary("secret"));
        let client_keys = Keys::new("client");
        let port = Held::port();
        write(&settings, port.address, &[keys], (&secret, &client_keys));
        let lines = Arc::default();
        let child = spawn(&settings, &lines);
        listens(&lines, 0);
        Self { secret, client_keys, settings, child, port, lines }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.port.address
    }

    /// Its issuer's URL.
    pub(crate) fn issuer(&self) -> String {
        format!("http://{}", self.address())
    }

    /// Ends it at once, whatever it is doing.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again at its address, with these keys: of those of an algorithm the first signs. What it has given out
    /// it knows no more.
    pub(crate) fn start_again(&mut self, keys: &[&Keys]) {
        let before = self.lines.lock().unwrap().len();
        write(&self.settings, self.address(), keys, (&self.secret, &self.client_keys));
        self.child = spawn(&self.settings, &self.lines);
        listens(&self.lines, before);
    }

    /// Kills it, and starts it again.
    pub(crate) fn restart(&mut self, keys: &[&Keys]) {
        self.kill();
        self.start_again(keys);
    }

    /// It takes connections and says nothing from now on, until it is killed.
    pub(crate) fn freeze(&self) {
        signal("STOP", self.child.id());
    }

    /// To be brought about by somebody else.
    pub(crate) fn death(&self) -> Death {
        Death { process: self.child.id(), port: self.address().port() }
    }

    /// How often it was asked for something since it was started: `POST /token`.
    pub(crate) fn asked(&self, what: &str) -> u64 {
        let request = Request::get("/asked", &self.address().to_string());
        let answer = wire::send(self.address(), &request, ("x-marker", "asked")).unwrap();
        let counts: Value = serde_json::from_str(&answer.body).unwrap();
        counts[what].as_u64().unwrap_or(0)
    }
}

impl Death {
    /// Whether something was sent to it that it has not read: the kernel's table of connections says so (proc_net_tcp,
    /// columns `local_address` and `tx_queue:rx_queue`).
    pub(crate) fn is_asked(&self) -> bool {
        let table = fs::read_to_string("/proc/net/tcp").unwrap();
        let port = format!(":{:04X}", self.port);
        let unread = |line: &str| {
            let columns: Vec<&str> = line.split_whitespace().collect();
            columns[1].ends_with(&port) && columns[3] == ESTABLISHED && !columns[4].ends_with(":00000000")
        };
        table.lines().skip(1).any(unread)
    }

    pub(crate) fn comes(&self) {
        signal("KILL", self.process);
    }
}

fn signal(name: &str, process: u32) {
    let sent = Command::new("kill").args([format!("-{name}"), process.to_string()]).status().unwrap();
    assert!(sent.success());
}

impl Keys {
    /// New ones, whose names begin so.
    pub(crate) fn new(name: &str) -> Self {
        Self([SigningAlgorithm::Rs256, SigningAlgorithm::Es256].map(|algorithm| {
            let signer = Signer::generate(algorithm, &format!("{name}-{}", algorithm.name())).unwrap();
            traces::hide(signer.private_jwk().unwrap()["d"].as_str().unwrap());
            signer
        }))
    }

    /// The private key of an algorithm.
    pub(crate) fn private_jwk(&self, algorithm: &str) -> Value {
        self.of(algorithm).private_jwk().unwrap()
    }

    fn of(&self, algorithm: &str) -> &Signer {
        self.0.iter().find(|signer| signer.algorithm().name() == algorithm).unwrap()
    }

    fn all(&self) -> impl Iterator<Item = Value> {
        self.0.iter().map(|signer| signer.private_jwk().unwrap())
    }

    fn public(&self) -> Value {
        ["RS256", "ES256"]
            .map(|name| (name.to_owned(), self.of(name).public_jwk().unwrap()))
            .into_iter()
            .collect()
    }
}

fn write(settings: &Path, address: SocketAddr, keys: &[&Keys], (secret, client_keys): (&str, &Keys)) {
    let keys: Vec<Value> = keys.iter().flat_map(|keys| keys.all()).collect();
    let (host, port) = (address.ip(), address.port());
    let text = json!({ "host": host, "port": port, "keys": keys, "secret": secret, "client_keys": client_keys.public() });
    fs::write(settings, text.to_string()).unwrap();
}

fn spawn(settings: &Path, lines: &Arc<Mutex<Vec<String>>>) -> Child {
    let package = env::var_os("CLAIMGATE_OIDC_PROVIDER");
    let package = package
        .unwrap_or_else(|| panic!("CLAIMGATE_OIDC_PROVIDER is not set: expected the path of oidc-provider"));
    let mut command = Command::new("node");
    command.arg(repository().join("host/cli/tests/oidc-provider/server.js")).arg(package).arg(settings);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let (stdout, lines) = (child.stdout.take().unwrap(), Arc::clone(lines));
    thread::spawn(move || read(stdout, &lines));
    child
}

fn read(stdout: ChildStdout, lines: &Mutex<Vec<String>>) {
    for line in BufReader::new(stdout).lines().map_while(Result::ok) {
        lines.lock().unwrap().push(line);
    }
}

/// Waits until it does, as a line says from this one on.
fn listens(lines: &Mutex<Vec<String>>, from: usize) {
    wait::until("the provider listens", || {
        let lines = lines.lock().unwrap();
        lines.iter().skip(from).find(|line| *line == "listening").map(drop)
    });
}

impl Drop for Certified {
    fn drop(&mut self) {
        // Each of these may be gone already.
        drop(self.child.kill());
        drop(self.child.wait());
        drop(fs::remove_file(&self.settings));
    }
}

/// The state of a connection, in the kernel's table.
const ESTABLISHED: &str = "01";
