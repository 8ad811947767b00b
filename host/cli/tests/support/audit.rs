//! The filter's audit lines, by the client that they are about, or the gate where that does not tell.

use crate::support::traces;
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Condvar, Mutex};
use std::time::Duration;

/// What the gate said about each client's request. Every client here sends one request.
///
/// An engine that gives a client's address without its port cannot tell one from another. There a line goes by the
/// name of its filter, whose requests come one after the other.
pub(crate) struct AuditLog {
    /// The gate's name in the traces.
    pub(crate) place: &'static str,
    lines: Mutex<BTreeMap<String, AuditLine>>,
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
        let Some((about, outcome)) = parsed(line) else { return };
        self.lines.lock().unwrap().insert(about, AuditLine { outcome, text: line.to_owned() });
        self.grown.notify_all();
    }

    /// The line about a client's request, by the client's address or the filter's name. It is written after the client has its answer, so it is waited for;
    /// `None` if none comes.
    pub(crate) fn line(&self, about: &str) -> Option<AuditLine> {
        let lines = self.lines.lock().unwrap();
        let awaited = self.grown.wait_timeout_while(lines, DEADLINE, |lines| !lines.contains_key(about));
        awaited.unwrap().0.remove(about)
    }
}

fn parsed(line: &str) -> Option<(String, String)> {
    let (_, json) = line.split_once("claimgate audit ")?;
    let members: Value = serde_json::Deserializer::from_str(json).into_iter().next()?.ok()?;
    let client = members["client"].as_str()?;
    let about = if client.parse::<SocketAddr>().is_ok() { client } else { filter(line)? };
    let outcome = match (members["outcome"].as_str()?, members["grounds"].as_str()) {
        ("denied", _) => members["reason"].as_str()?,
        (_, Some("authenticated")) => "permitted",
        (_, grounds) => grounds?,
    };
    Some((about.to_owned(), outcome.to_owned()))
}

/// The filter's name, as this project's host writes it behind the message.
fn filter(line: &str) -> Option<&str> {
    Some(line.rsplit_once(" plugin=")?.1.trim_end().trim_matches('"'))
}

/// How long a line may take.
const DEADLINE: Duration = Duration::from_secs(10);
