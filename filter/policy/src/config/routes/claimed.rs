//! Headers by which routes match: none may be the gateway's own, or the client's word on who it is would pick the
//! rules that it is judged by.

use crate::config::Service;
use crate::config::error::{Report, quoted};
use crate::config::node::Node;
use crate::headers::OwnedHeaders;
use alloc::string::String;
use alloc::vec::Vec;

/// Every header by which a route matches, and where it stands.
#[derive(Debug, Default)]
pub(in crate::config) struct ClaimedHeaders(Vec<(String, String)>);

impl ClaimedHeaders {
    pub(super) fn add(&mut self, name: &str, node: &Node<'_>) {
        self.0.push((name.into(), node.path.clone()));
    }

    /// Refuses those that the gateway owns: Kong's, and those that any of the services sets.
    pub(in crate::config) fn refuse_owned(&self, services: &[Service], report: &mut Report) {
        let owned = OwnedHeaders::of(services);
        for (name, path) in self.0.iter().filter(|(name, _)| owned.owns(name.as_bytes())) {
            let hint =
                "the gateway sets it for the upstream, so what a client sends there must decide nothing";
            report.error(path, "a header that the gateway does not set", quoted(name), Some(hint.into()));
        }
    }
}
