//! What an upstream saw, kept in a ring.

use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// The last [`CAPACITY`] requests.
#[derive(Debug, Default)]
pub struct Recorder {
    records: Mutex<VecDeque<Record>>,
}

/// A request that reached the upstream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// `GET`, `POST`, ...
    pub method: String,
    /// The request target as it came: path and query.
    pub path: String,
    /// Header fields in order of first occurrence, names in lower case. A value's bytes are taken as Latin-1,
    /// so that every value has one text and no two share one.
    pub headers: Vec<(String, String)>,
    /// The body, likewise as Latin-1 and cut to [`BODY_BYTES`]; empty if it broke off.
    pub body: String,
}

impl Recorder {
    /// What was seen, the oldest first; with a marker only requests whose `X-Marker` is exactly that.
    #[must_use]
    pub fn seen(&self, marker: Option<&str>) -> Vec<Record> {
        // A poisoned lock only says that another request's task panicked; the ring is whole.
        let records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = |record: &&Record| marker.is_none_or(|marker| record.header("x-marker") == Some(marker));
        records.iter().filter(wanted).cloned().collect()
    }

    /// Adds a request; the oldest goes when the ring is full.
    pub(super) fn note(&self, record: Record) {
        let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        if records.len() == CAPACITY {
            records.pop_front();
        }
        records.push_back(record);
    }
}

impl Record {
    /// The first value of a header; `name` in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn of(head: &Parts, body: &[u8]) -> Self {
        let body = body.iter().take(BODY_BYTES).copied().map(char::from).collect();
        Self { method: head.method.to_string(), path: target(head), headers: pairs(&head.headers), body }
    }
}

/// The request target: path and query in the usual form, the whole URI in the others.
pub(super) fn target(head: &Parts) -> String {
    head.uri.path_and_query().map_or_else(|| head.uri.to_string(), ToString::to_string)
}

/// A header's value as text, each byte one character.
pub(super) fn latin1(value: &HeaderValue) -> String {
    value.as_bytes().iter().copied().map(char::from).collect()
}

fn pairs(headers: &HeaderMap) -> Vec<(String, String)> {
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), latin1(value))).collect()
}

/// How much of a body is kept.
pub const BODY_BYTES: usize = 128 * 1024;

/// How many requests are kept.
pub const CAPACITY: usize = 1_000;
