//! The config of the key-auth plugin.

use super::error::Report;
use super::header_name::HeaderName;
use super::node::{Fields, Node, every};
use super::rules::{ErrorRules, KeyAuth, KeyName, Redirects, Scheme, Scope};
use super::{keys, texts};
use alloc::boxed::Box;
use alloc::vec::Vec;

pub(super) fn decode(config: &Fields<'_>, scope: Scope, report: &mut Report) -> Option<KeyAuth> {
    keys::check(&keys::KEY_AUTH, config, report);
    let names = names(config, report);
    let in_header = config.flag("key_in_header", true, report);
    let in_query = config.flag("key_in_query", true, report);
    if !in_header && !in_query {
        report.error(&config.path, "key_in_header or key_in_query", "neither", None);
    }
    let realm = config.member("realm").map(|node| realm(&node, report));
    let anonymous = config.member("anonymous").map(|node| texts::value(&node, report));
    let hide_credentials = config.flag("hide_credentials", true, report);
    let run_on_preflight = config.flag("run_on_preflight", true, report);
    Some(KeyAuth {
        scope,
        names: names?,
        in_header,
        in_query,
        hide_credentials,
        run_on_preflight,
        anonymous: match anonymous {
            Some(name) => Some(name?.into()),
            None => None,
        },
        errors: ErrorRules {
            scheme: Scheme::Key,
            challenge_realm: realm.unwrap_or_else(|| Some(Box::default()))?,
            display_errors: false,
            expose_error_code: false,
            unauthorized_error_message: "Unauthorized".into(),
            forbidden_error_message: "Forbidden".into(),
            redirects: Redirects::default(),
        },
    })
}

fn names(config: &Fields<'_>, report: &mut Report) -> Option<Vec<KeyName>> {
    let Some(node) = config.member("key_names") else {
        return Some(Vec::from([KeyName { argument: "apikey".into(), header: "apikey".into() }]));
    };
    let items = node.items(report)?;
    if items.is_empty() {
        node.refuse("at least one name", report);
        return None;
    }
    every(&items, |item| name(item, report))
}

/// A name that can be a header's and an argument's alike. Other spellings of a header are told by letters, digits and
/// `-` alone.
fn name(node: &Node<'_>, report: &mut Report) -> Option<KeyName> {
    let header = HeaderName::read(node, report)?;
    let plain = header.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !plain || header.as_str() == "authorization" || header.as_str() == "cookie" {
        node.refuse("a name of letters, digits and -, other than authorization and cookie", report);
        return None;
    }
    Some(KeyName { argument: node.text(report)?.into(), header: header.as_str().into() })
}

/// It stands in quotes in the challenge.
fn realm(node: &Node<'_>, report: &mut Report) -> Option<Box<str>> {
    let text = node.text(report)?;
    let plain = |byte: u8| (b' '..=b'~').contains(&byte) && byte != b'"' && byte != b'\\';
    if text.len() <= 128 && text.bytes().all(plain) {
        return Some(text.into());
    }
    node.refuse("visible ASCII without quotes and backslashes, up to 128 bytes", report);
    None
}
