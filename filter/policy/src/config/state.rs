//! Callers and keys that are pushed into shared data: the document says how to know them, and where they come from.

use super::error::{Report, describe};
use super::node::{Fields, Node};
use super::{members, texts};
use crate::capabilities::CalloutTarget;
use crate::shared::{MacKey, Names, Reader};
use alloc::boxed::Box;
use alloc::format;
use core::net::Ipv6Addr;

/// Says that callers, and the keys of sources that have none in the document, stand in shared data.
#[derive(Debug, Clone)]
pub struct PushedState {
    /// What seals them.
    pub key: MacKey,
    /// Where a publisher gets them; `None` where somebody else writes them.
    pub feed: Option<Feed>,
}

/// Where a publisher gets what it writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// A cluster of Envoy's, an upstream of this project's host, or `host:port` on Kong's engine.
    pub upstream: Box<str>,
    /// `:authority` of the requests.
    pub authority: Box<str>,
    /// What stands in front of every page's name.
    pub path: Box<str>,
    /// The name of the first page.
    pub first: Box<str>,
    /// Seconds from one look for changes to the next.
    pub poll_seconds: i64,
}

impl Feed {
    /// Whether an engine that names the targets of calls like this can call the feed. Kong's traps on a port that is
    /// none, with every request of the worker.
    #[must_use]
    pub fn suits(&self, target: CalloutTarget) -> bool {
        match target {
            CalloutTarget::Cluster | CalloutTarget::Origin => true,
            CalloutTarget::HostPort => is_host_port(&self.upstream),
        }
    }
}

/// A name, an IPv4 address or an IPv6 address in brackets, with a port or without.
fn is_host_port(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (text, None),
    };
    let is_port = |port: &str| {
        port.bytes().all(|digit| digit.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0)
    };
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let is_host = match host.strip_prefix('[').map(|host| host.strip_suffix(']')) {
        Some(address) => address.is_some_and(|address| address.parse::<Ipv6Addr>().is_ok()),
        None => !host.is_empty() && host.bytes().all(is_name),
    };
    is_host && port.is_none_or(is_port)
}

impl PushedState {
    /// What requests read it by.
    #[must_use]
    pub fn reader(&self, realm: &str) -> Reader {
        Reader::new(Names::new(realm, &self.key), self.key.clone())
    }
}

/// Reads `state`; `None` inside if it is not there. What it says to be elsewhere must not stand in the document too:
/// which of the two holds could not be told.
pub(super) fn decode(document: &Fields<'_>, report: &mut Report) -> Option<Option<PushedState>> {
    let Some(node) = document.member("state") else { return Some(None) };
    for list in ["consumers", "applications"] {
        if let Some(node) = document.member(list).filter(|node| !node.is_empty()) {
            let hint = "with state, callers stand in shared data alone; move them there, or leave state out";
            report.error(&node.path, "nothing beside state", describe(node.value), Some(hint.into()));
        }
    }
    state(&node, report).map(Some)
}

fn state(node: &Node<'_>, report: &mut Report) -> Option<PushedState> {
    let fields = node.fields(report)?;
    fields.only(&members::STATE, report);
    let key = fields.required("key", "32 random bytes as base64url", report);
    let key = key.and_then(|node| key_of(&node, report));
    let feed = match fields.member("feed") {
        Some(node) => Some(feed(&node, report)?),
        None => None,
    };
    Some(PushedState { key: key?, feed })
}

/// Never shows what stands there.
fn key_of(node: &Node<'_>, report: &mut Report) -> Option<MacKey> {
    let parsed = MacKey::parse(node.text(report)?);
    parsed
        .map_err(|error| {
            let hint = "openssl rand -base64 32 | tr '+/' '-_' | tr -d '='";
            report.error(
                &node.path,
                "32 random bytes as base64url without padding",
                "another text",
                Some(format!("{error}; make one with: {hint}").into()),
            );
        })
        .ok()
}

fn feed(node: &Node<'_>, report: &mut Report) -> Option<Feed> {
    let fields = node.fields(report)?;
    fields.only(&members::FEED, report);
    let upstream = fields.required("upstream", "a cluster, or host:port on Kong's engine", report);
    let upstream = upstream.and_then(|node| texts::value(&node, report));
    let authority = text(&fields, "authority", upstream.unwrap_or_default(), report);
    let path = fields.member("path").map_or(Some("/"), |node| path(&node, report));
    let first = text(&fields, "first", "snapshot.json", report);
    let poll_seconds = fields.member("poll_seconds");
    let poll_seconds =
        poll_seconds.map_or(Some(1), |node| node.whole(" of seconds", 1, LONGEST_POLL, report));
    Some(Feed {
        upstream: upstream?.into(),
        authority: authority?.into(),
        path: path?.into(),
        first: first?.into(),
        poll_seconds: poll_seconds?,
    })
}

fn text<'a>(fields: &Fields<'a>, name: &str, unset: &'a str, report: &mut Report) -> Option<&'a str> {
    fields.member(name).map_or(Some(unset), |node| texts::value(&node, report))
}

fn path<'a>(node: &Node<'a>, report: &mut Report) -> Option<&'a str> {
    let path = texts::value(node, report)?;
    if !path.starts_with('/') {
        node.refuse("a path that begins with a slash", report);
        return None;
    }
    Some(path)
}

const LONGEST_POLL: i64 = 3600;

#[cfg(test)]
mod tests;
