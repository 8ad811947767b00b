//! Runs the binary, and ends what it started.

use crate::traces;
use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

/// What a command left.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs a command to its end.
pub(crate) fn claimgate<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Finished {
    claimgate_reading("", arguments)
}

/// Runs a command to its end, with something on its stdin.
pub(crate) fn claimgate_reading<S: AsRef<OsStr>>(
    stdin: &str,
    arguments: impl IntoIterator<Item = S>,
) -> Finished {
    claimgate_given(&[], stdin, arguments)
}

/// Runs a command to its end, with these variables in its environment and something on its stdin.
pub(crate) fn claimgate_given<S: AsRef<OsStr>>(
    environment: &[(&str, &str)],
    stdin: &str,
    arguments: impl IntoIterator<Item = S>,
) -> Finished {
    let arguments: Vec<S> = arguments.into_iter().collect();
    let mut command = command(&arguments);
    command.envs(environment.iter().copied());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let finished = Finished {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    };
    leave_traces(&finished, arguments.iter().map(AsRef::as_ref));
    finished
}

/// What is said may be read by everybody, but for the token that `token mint` is there to print.
fn leave_traces<'a>(finished: &Finished, mut arguments: impl Iterator<Item = &'a OsStr>) {
    traces::saw("cli.stderr", &finished.stderr);
    if arguments.any(|argument| argument == "mint") {
        let is_token = !finished.stdout.trim().contains(char::is_whitespace);
        let parts = finished.stdout.split('.').skip(1).filter(|_| is_token);
        parts.for_each(traces::hide);
    } else {
        traces::saw("cli.stdout", &finished.stdout);
    }
}

/// A command that keeps running; killed when dropped.
pub(crate) struct Serving {
    child: Child,
    lines: Receiver<String>,
}

impl Serving {
    /// Starts a command.
    pub(crate) fn start<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Self {
        let mut child = command(arguments).stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let (sender, lines) = mpsc::channel();
        // Ends with the command, or with the test.
        thread::spawn(move || {
            let mut heard =
                stderr.lines().map_while(Result::ok).inspect(|line| traces::saw("cli.stderr", line));
            heard.try_for_each(|line| sender.send(line))
        });
        Self { child, lines }
    }

    /// The next address that it says it listens on.
    pub(crate) fn address(&mut self) -> SocketAddr {
        let line = self.line_with("listening on http://");
        line.rsplit_once("http://").unwrap().1.parse().unwrap()
    }

    /// The next line on stderr that holds `text`; fails if the command ends, or is silent for long.
    pub(crate) fn line_with(&mut self, text: &str) -> String {
        let mut seen = Vec::new();
        while let Ok(line) = self.lines.recv_timeout(SILENCE) {
            if line.contains(text) {
                return line;
            }
            seen.push(line);
        }
        panic!("no line with {text:?} among {seen:#?}");
    }

    /// Sends a signal (`TERM`, `HUP`).
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
    }

    /// Waits for the end.
    pub(crate) fn wait(&mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn command<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_claimgate"));
    command.args(arguments).stderr(Stdio::piped());
    command
}

/// No line comes later than this, on the slowest machine that runs the tests.
const SILENCE: Duration = Duration::from_secs(60);
