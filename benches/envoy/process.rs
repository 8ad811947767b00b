//! Envoy and the gateway as processes of their own.

use crate::envoy::error::Error;
use crate::envoy::load::Server;
use std::collections::{BTreeMap, VecDeque};
use std::env;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Runs until it is dropped. Its log is read from a pipe to the end, so that writing it costs what it costs where
/// something collects logs.
pub(crate) struct Process {
    child: Child,
}

impl Process {
    /// Starts a program and waits until a line of its log tells where it listens.
    fn start(
        mut command: Command,
        listens: impl Fn(&str) -> Option<SocketAddr>,
    ) -> Result<(Self, SocketAddr), Error> {
        let program = command.get_program().to_string_lossy().into_owned();
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(Error::system(&*program))?;
        let (sender, lines) = mpsc::channel();
        if let Some(log) = child.stderr.take() {
            thread::spawn(move || {
                for line in BufReader::new(log).lines().map_while(Result::ok) {
                    // Nobody listens any more once the program takes requests.
                    drop(sender.send(line));
                }
            });
        }
        let process = Self { child };
        let mut last = VecDeque::new();
        while let Ok(line) = lines.recv_timeout(PATIENCE) {
            if let Some(address) = listens(&line) {
                return Ok((process, address));
            }
            last.push_back(line);
            if last.len() > LINES {
                last.pop_front();
            }
        }
        Err(Error::Start { program, log: Vec::from(last).join("\n") })
    }

    /// Something of the process that takes requests there.
    pub(crate) fn server(&self, address: SocketAddr) -> Server {
        Server { address, process: self.child.id() }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Each of these may be gone already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Envoy with one worker, and its listeners by name.
pub(crate) fn envoy(bootstrap: &Path) -> Result<(Process, BTreeMap<String, Server>), Error> {
    let mut command = Command::new(program(ENVOY)?);
    command.arg("--config-path").arg(bootstrap);
    command.args(["--concurrency", "1", "--disable-hot-restart", "--log-level", "info"]);
    let admin = std::cell::Cell::new(None);
    let (process, admin) = Process::start(command, |line| {
        if let Some((_, address)) = line.split_once("admin address: ") {
            admin.set(address.trim().parse().ok());
        }
        // Comes after the admin's address.
        line.contains("starting workers").then(|| admin.get()).flatten()
    })?;
    let text = ask(admin, "/listeners").map_err(Error::system("Envoy's admin listener"))?;
    let listeners = text.lines().filter_map(|line| {
        let (name, address) = line.split_once("::")?;
        Some((name.to_owned(), process.server(address.trim().parse().ok()?)))
    });
    let listeners = listeners.collect();
    Ok((process, listeners))
}

/// The gateway of this configuration.
pub(crate) fn gateway(config: &Path) -> Result<(Process, Server), Error> {
    let mut command = Command::new(program(GATEWAY)?);
    command.arg("run").arg("--config").arg(config).env("RUST_LOG", "info");
    let (process, address) = Process::start(command, |line| {
        line.split_once("listening on http://").and_then(|(_, address)| address.trim().parse().ok())
    })?;
    let server = process.server(address);
    Ok((process, server))
}

/// What the variable names.
fn program(name: &'static str) -> Result<PathBuf, Error> {
    env::var_os(name).map(PathBuf::from).ok_or(Error::Unset { name })
}

/// An answer of few lines, as its bytes come: with its head, and with the sizes of its chunks between the lines.
fn ask(address: SocketAddr, target: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream
        .write_all(format!("GET {target} HTTP/1.1\r\nhost: admin\r\nconnection: close\r\n\r\n").as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

/// Names the program of Envoy.
pub(crate) const ENVOY: &str = "CLAIMGATE_ENVOY";

/// Names the gateway's, a release build.
pub(crate) const GATEWAY: &str = "CLAIMGATE_GATEWAY";

/// How long a program may be silent while it starts.
const PATIENCE: Duration = Duration::from_secs(60);

/// How many lines of its log tell why it did not.
const LINES: usize = 20;
