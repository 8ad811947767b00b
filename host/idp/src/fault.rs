//! Endpoints that fail because a test wants them to.

use crate::endpoint::Kind;
use http::StatusCode;
use std::collections::BTreeMap;

/// What is wrong with which endpoint.
#[derive(Debug, Default)]
pub(crate) struct Faults(BTreeMap<Kind, (Fault, Option<u32>)>);

/// How an endpoint fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It answers with this status and nothing else.
    Status(StatusCode),
    /// It never answers.
    Hang,
    /// It answers 200 with a body that is no JSON.
    Garbage,
}

impl Faults {
    /// From now on the endpoint fails: for so many requests, or until it is told otherwise.
    pub(crate) fn set(&mut self, kind: Kind, fault: Fault, times: Option<u32>) {
        self.0.insert(kind, (fault, times));
    }

    /// It works again.
    pub(crate) fn clear(&mut self, kind: Kind) {
        self.0.remove(&kind);
    }

    /// What is wrong for the request that is there now.
    pub(crate) fn next(&mut self, kind: Kind) -> Option<Fault> {
        let (fault, times) = self.0.get_mut(&kind)?;
        let fault = *fault;
        if let Some(times) = times {
            *times = times.saturating_sub(1);
            if *times == 0 {
                self.0.remove(&kind);
            }
        }
        Some(fault)
    }

    /// Which endpoints fail.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = Kind> {
        self.0.keys().copied()
    }
}
