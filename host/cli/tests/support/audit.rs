//! The filter's audit lines, by the client that they are about.

use crate::support::traces;
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Condvar, Mutex};
use std::time::Duration;

/// What the gate said about each client's request. Every client here sends one request.
pub(crate) struct AuditLog {
    /// The gate's name in the traces.
    pub(crate) place: &'static str,
    lines: Mutex<BTreeMap<SocketAddr, AuditLine>>,
    grown: Condvar,
}

/// A line about one request.
pub(crate) struct AuditLine {
    /// `permitted`, the grounds of a request that was forwarded on others, or the refusal's name.
    pub(crate) outcome: String,
    /// The whole line.
    pub(crate) text: String,
}

impl AuditLog {
    /// No lines yet.
    pub(crate) fn of(place: &'static str) -> Self {
        Self { place, lines: Mutex::default(), grown: Condvar::new() }
    }

    /// Takes in a line of a log, whatever stands in it.
    pub(crate) fn read(&self, line: &str) {
        traces::saw(&format!("{}.log", self.place), line);
        let Some((client, outcome)) = parsed(line) else { return };
        self.lines.lock().unwrap().insert(client, AuditLine { outcome, text: line.to_owned() });
        self.grown.notify_all();
    }

    /// The line about a client's request. It is written after the client has its answer, so it is waited for;
    /// `None` if none comes.
    pub(crate) fn line(&self, client: SocketAddr) -> Option<AuditLine> {
        let lines = self.lines.lock().unwrap();
        let awaited = self.grown.wait_timeout_while(lines, DEADLINE, |lines| !lines.contains_key(&client));
        awaited.unwrap().0.remove(&client)
    }
}

fn parsed(line: &str) -> Option<(SocketAddr, String)> {
    let (_, json) = line.split_once("claimgate audit ")?;
    let members: Value = serde_json::Deserializer::from_str(json).into_iter().next()?.ok()?;
    let client = members["client"].as_str()?.parse().ok()?;
    let outcome = match (members["outcome"].as_str()?, members["grounds"].as_str()) {
        ("denied", _) => members["reason"].as_str()?,
        (_, Some("authenticated")) => "permitted",
        (_, grounds) => grounds?,
    };
    Some((client, outcome.to_owned()))
}

/// How long a line may take.
const DEADLINE: Duration = Duration::from_secs(10);
