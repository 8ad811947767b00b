//! The attributes by which a route matches.

use super::error::{Report, describe, quoted};
use super::header_name::is_token;
use super::node::{Fields, Node, every};
use super::rules::Rules;
use super::{Route, members, texts};
use crate::json::Value;
use crate::route::{HeaderMatch, HostPattern, PathPrefix};
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;

mod claimed;

pub(super) use claimed::ClaimedHeaders;

/// What a request must have to match a route.
#[derive(Debug)]
pub(super) struct Attributes {
    hosts: Vec<HostPattern>,
    paths: Vec<PathPrefix>,
    methods: Vec<Box<str>>,
    headers: Vec<HeaderMatch>,
}

impl Attributes {
    pub(super) fn into_route(self, id: Arc<str>, name: Arc<str>, rules: Rules) -> Route {
        let Self { hosts, paths, methods, headers } = self;
        Route { id, name, hosts, paths, methods, headers, rules }
    }
}

/// Reads a route's attributes; at least one must be there, as in Kong. Headers are noted in `claimed`.
pub(super) fn attributes(
    fields: &Fields<'_>,
    claimed: &mut ClaimedHeaders,
    report: &mut Report,
) -> Option<Attributes> {
    fields.only(&members::ROUTE, report);
    let hosts = every(fields.items("hosts", report), |node| host(&node, report));
    let paths = every(fields.items("paths", report), |node| path(&node, report));
    let methods = every(fields.items("methods", report), |node| method(&node, report));
    let headers = headers(fields, claimed, report);
    let given = |name: &&str| fields.member(name).is_some_and(|node| !node.is_empty());
    if !["hosts", "paths", "methods", "headers"].iter().any(given) {
        report.error(&fields.path, "at least one of hosts, paths, methods and headers", "none", None);
    }
    Some(Attributes { hosts: hosts?, paths: paths?, methods: methods?, headers: headers? })
}

fn host(node: &Node<'_>, report: &mut Report) -> Option<HostPattern> {
    let text = node.text(report)?;
    let pattern = HostPattern::parse(text);
    if pattern.is_none() {
        let hint = "one wildcard may stand for the first or the last labels; ports are not supported yet";
        report.error(&node.path, "a host, *.host or host.*", quoted(text), Some(hint.into()));
    }
    pattern
}

fn path(node: &Node<'_>, report: &mut Report) -> Option<PathPrefix> {
    let text = node.text(report)?;
    let prefix = PathPrefix::parse(text);
    if prefix.is_none() {
        let hint = match text.strip_prefix('~') {
            Some(_) => "regular expressions are not supported yet",
            None => {
                "a path with dot segments, //, \\ or an encoded / is refused in requests, so it could never match"
            }
        };
        report.error(
            &node.path,
            "a path prefix that starts with / and has one reading",
            quoted(text),
            Some(hint.into()),
        );
    }
    prefix
}

/// Methods are case-sensitive (RFC 9110 9.1); Kong takes upper case only.
fn method(node: &Node<'_>, report: &mut Report) -> Option<Box<str>> {
    let text = node.text(report)?;
    if text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'-') {
        return Some(text.into());
    }
    node.refuse("a method in upper case", report);
    None
}

fn headers(
    fields: &Fields<'_>,
    claimed: &mut ClaimedHeaders,
    report: &mut Report,
) -> Option<Vec<HeaderMatch>> {
    let Some(fields) = fields.member("headers") else { return Some(Vec::new()) };
    let fields = fields.fields(report)?;
    let members = fields.members().inspect(|(name, node)| claimed.add(name, node));
    every(members, |(name, node)| header(name, &node, report))
}

fn header(name: &str, node: &Node<'_>, report: &mut Report) -> Option<HeaderMatch> {
    if name.is_empty() || !name.bytes().all(is_token) || name.eq_ignore_ascii_case("host") {
        report.error(&node.path, "a header name other than host", quoted(name), None);
        return None;
    }
    let values = every(node.items(report)?, |node| header_value(&node, report))?;
    if values.is_empty() {
        node.refuse("at least one value", report);
        return None;
    }
    Some(HeaderMatch { name: name.to_ascii_lowercase().into(), values })
}

fn header_value(node: &Node<'_>, report: &mut Report) -> Option<Box<str>> {
    let text = texts::value(node, report)?;
    if text.starts_with("~*") {
        let hint = Some("regular expressions are not supported yet".into());
        report.error(&node.path, "a plain value", describe(&Value::String(text.into())), hint);
        return None;
    }
    Some(text.into())
}
