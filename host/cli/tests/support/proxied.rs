//! A gate behind a socket: the client's end, the upstream's end and the audit log, seen together.

use crate::support::audit::AuditLog;
use crate::support::observed::{Effect, Observed, Refusal};
use crate::support::run::Gate;
use crate::support::table::Request;
use crate::support::traces;
use crate::support::upstream::Upstream;
use crate::support::wire::{self, Answer};
use claimgate::echo::record::Record;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

/// A listener with the filter in front of the upstream.
#[derive(Clone)]
pub(crate) struct Proxied {
    pub(crate) address: SocketAddr,
    pub(crate) upstream: Arc<Upstream>,
    pub(crate) audit: Arc<AuditLog>,
    /// The filter's name, where audit lines go by it.
    pub(crate) filter: Option<String>,
}

impl Gate for Proxied {
    fn answer(&mut self, request: &Request) -> Observed {
        let marker = self.upstream.marker();
        let answer = match wire::send(self.address, request, ("x-marker", &marker)) {
            Ok(answer) => answer,
            Err(error) => return Observed::unclear(error.to_string()),
        };
        let effect = match &*self.upstream.seen(&marker) {
            [] => {
                traces::saw(&format!("{}.answers", self.audit.place), &shown(&answer));
                Effect::Refused(refusal(&answer))
            }
            [record] => Effect::Forwarded(headers(record)),
            records => {
                Effect::Unclear(format!("expected at most one request at the upstream, found {records:?}"))
            }
        };
        let about = self.filter.clone().unwrap_or_else(|| answer.client.to_string());
        let line = self.audit.line(&about).inspect(|line| assert_no_secret(&line.text, request));
        Observed { outcome: line.map(|line| line.outcome), effect, client: by_name(&answer.headers) }
    }
}

/// An answer as anybody may see it. A logout takes the person's own ID token to the provider by way of its browser.
fn shown(answer: &Answer) -> String {
    let headers = answer.headers.iter().map(|(name, value)| match value.split_once("id_token_hint=") {
        Some((before, _)) if name == "location" => format!("{name}: {before}"),
        _ => format!("{name}: {value}"),
    });
    format!("{} {:?} {}", answer.status, headers.collect::<Vec<_>>(), answer.body)
}

/// A log is read by more people than may use the token: no line holds a canary or a signature.
fn assert_no_secret(line: &str, request: &Request) {
    assert!(!line.contains("c4n4ry"), "{line}");
    let signatures =
        request.headers.iter().filter_map(|(_, value)| value.rsplit_once('.')).map(|(_, last)| last);
    for signature in signatures.filter(|signature| signature.len() > SHORTEST_SIGNATURE) {
        assert!(!line.contains(signature), "{line}");
    }
}

fn refusal(answer: &Answer) -> Refusal {
    Refusal {
        status: answer.status,
        challenge: answer.header("www-authenticate").map(str::to_owned),
        content_type: answer.header("content-type").map(str::to_owned),
        body: answer.body.clone(),
    }
}

fn headers(record: &Record) -> BTreeMap<String, Vec<String>> {
    let mut headers = by_name(&record.headers);
    headers.insert(":path".to_owned(), vec![record.path.clone()]);
    headers.insert(":body".to_owned(), vec![record.body.clone()]);
    headers
}

fn by_name(headers: &[(String, String)]) -> BTreeMap<String, Vec<String>> {
    let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in headers {
        values.entry(name.clone()).or_default().push(value.clone());
    }
    values
}

/// Characters; what is shorter is not taken for a signature.
const SHORTEST_SIGNATURE: usize = 40;
