//! One line per request for the log: `claimgate audit ` and a JSON object.
//!
//! | member | content |
//! |---|---|
//! | `when` | the time of the decision, Unix seconds |
//! | `service`, `route` | names from the config |
//! | `consumer` | `id`, `username`, `custom_id` |
//! | `application` | `id`, `name` |
//! | `client` | the client's address, as the engine gives it (Envoy: with port) |
//! | `method`, `path` | of the request; never the query |
//! | `outcome` | `permitted`, `reported` (forwarded, but would have been refused), `denied`, or `answered` by the gateway |
//! | `grounds` | of a permit: `authenticated`, `anonymous`, `preflight` or `reported`; of an answer: what was done |
//! | `reason`, `detail` | of a refusal, also one that was passed over: its name, and what was expected and found |
//! | `clock_offset` | of a refusal about times, where clocks may be why: seconds that the provider's is ahead of ours |
//! | `claims`, `claims_proven` | the token's claims that the config names, and whether its signature was valid |
//! | `warning` | what is strange about the caller, whatever the outcome |
//! | `kid`, `token_id` | of the token; the client's word unless the signature was valid |
//! | `status` | of the answer |
//!
//! What is not known is left out. What a client wrote is cut, and characters that could deceive whoever reads the
//! line (controls, bidirectional marks) are escaped. There is no token in a line, and no part of a signature.

use crate::host::{Host, Level};
use claimgate_policy::Denial;
use claimgate_policy::denial::shown_to;
use claimgate_policy::gate::{Facts, LoggedClaims, Outcome};
use claimgate_policy::permit::Grounds;
use claimgate_policy::registry::Record;
use claimgate_policy::request::RequestHead;
use claimgate_policy::time::UnixTime;
use serde::{Serialize, Serializer};

/// What a line needs from the moment of the decision.
#[derive(Debug)]
pub(crate) struct Entry {
    when: Option<UnixTime>,
    subject: Option<Subject>,
}

/// Where the request went.
#[derive(Debug, Clone, Copy)]
pub(crate) enum End {
    /// Upstream, on these grounds; the engine knows the answer's status.
    Upstream(Grounds),
    /// Nowhere: the gate's own answer had this status.
    Answered(u16),
    /// Nowhere, without an answer of the gate.
    Nowhere,
}

#[derive(Debug)]
struct Subject {
    method: Box<str>,
    path: Box<str>,
}

impl Entry {
    /// Notes the time and the request. `head` is absent if the engine did not tell it.
    pub(crate) fn new(when: Option<UnixTime>, head: Option<&RequestHead<'_>>) -> Self {
        let subject = |head: &RequestHead<'_>| Subject { method: text(head.method), path: text(head.path()) };
        Self { when, subject: head.map(subject) }
    }

    /// Writes the line.
    pub(crate) fn write(&self, host: &dyn Host, facts: &Facts, outcome: &Outcome, end: End) {
        let denial = outcome.denial().or_else(|| facts.overlooked());
        let client = host.property(&["source", "address"]).ok();
        let line = Line {
            when: self.when.map(UnixTime::seconds),
            service: facts.service.as_deref(),
            route: facts.route.as_deref(),
            consumer: facts.caller.as_deref().map(Consumer::of),
            application: facts.caller.as_deref().and_then(Application::of),
            client: client.as_deref().map(text),
            method: self.subject.as_ref().map(|subject| &*subject.method),
            path: self.subject.as_ref().map(|subject| &*subject.path),
            outcome: outcome.name(),
            grounds: end.grounds().or_else(|| outcome.grounds()),
            reason: denial.map(Denial::name),
            detail: denial.map(ToString::to_string),
            clock_offset: facts.clock_offset.filter(|_| denial.is_some()),
            claims: facts.claims.as_ref().map(Claims),
            claims_proven: facts.claims.as_ref().map(|claims| claims.proven),
            warning: facts.warning,
            kid: facts.kid(),
            token_id: facts.token_id(),
            status: end.status().or_else(|| response_code(host)),
        };
        if let Ok(json) = serde_json::to_string(&line) {
            host.log(Level::Info, &format!("claimgate audit {json}"));
        }
    }
}

impl End {
    const fn grounds(self) -> Option<&'static str> {
        match self {
            Self::Upstream(grounds) => Some(grounds.name()),
            Self::Answered(_) | Self::Nowhere => None,
        }
    }

    const fn status(self) -> Option<u16> {
        match self {
            Self::Answered(status) => Some(status),
            Self::Upstream(_) | Self::Nowhere => None,
        }
    }
}

#[derive(Serialize)]
struct Line<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    when: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    route: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    consumer: Option<Consumer<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    application: Option<Application<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<Box<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    grounds: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    clock_offset: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    claims: Option<Claims<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    claims_proven: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<Box<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_id: Option<Box<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
}

struct Claims<'a>(&'a LoggedClaims);

#[derive(Serialize)]
struct Consumer<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_id: Option<&'a str>,
}

#[derive(Serialize)]
struct Application<'a> {
    id: &'a str,
    name: &'a str,
}

impl<'a> Consumer<'a> {
    fn of(record: &'a Record) -> Self {
        let consumer = &record.consumer;
        Self {
            id: consumer.id.as_deref(),
            username: consumer.username.as_deref(),
            custom_id: consumer.custom_id.as_deref(),
        }
    }
}

impl<'a> Application<'a> {
    fn of(record: &'a Record) -> Option<Self> {
        record.application.as_ref().map(|application| Self { id: &application.id, name: &application.name })
    }
}

/// An object of names and shortened values.
impl Serialize for Claims<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.values.iter().map(|(name, value)| (name, value)))
    }
}

/// Bytes as text that is safe to print, cut to [`LONGEST`]; what is not UTF-8 is replaced.
fn text(bytes: &[u8]) -> Box<str> {
    shown_to(&String::from_utf8_lossy(bytes), LONGEST)
}

/// The status that the client got: eight bytes, little-endian, on Envoy; digits on nginx.
fn response_code(host: &dyn Host) -> Option<u16> {
    let code = host.property(&["response", "code"]).ok()?;
    match <[u8; 8]>::try_from(&*code) {
        Ok(bytes) => u16::try_from(i64::from_le_bytes(bytes)).ok(),
        Err(_) => str::from_utf8(&code).ok()?.parse().ok(),
    }
}

/// The longest method, path or address in a line, characters before they are escaped.
const LONGEST: usize = 1024;

#[cfg(test)]
mod tests;
