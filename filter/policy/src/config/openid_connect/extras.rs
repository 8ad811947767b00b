//! What is sent along to an endpoint: Kong's keys that end in `_args_*` and `_headers_*`.

use super::headers::settable;
use crate::config::error::{Report, quoted};
use crate::config::header_name::HeaderName;
use crate::config::node::{Fields, Node, every};
use crate::headers::header_value;
use crate::provider::Extras;
use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;

/// Kong's names of the keys of one endpoint.
pub(super) struct Keys {
    names: &'static str,
    values: &'static str,
    client: &'static str,
    client_headers: Option<&'static str>,
    header_names: &'static str,
    header_values: &'static str,
    header_client: &'static str,
}

pub(super) fn decode(config: &Fields<'_>, keys: &Keys, report: &mut Report) -> Option<Extras> {
    let arguments = zipped(config, (keys.names, keys.values), report, argument, value);
    let client = every(config.items(keys.client, report), |node| clients_argument(&node, report));
    let by_header = keys.client_headers.map_or(Vec::new(), |name| config.items(name, report));
    let by_header = every(by_header, |node| argument(&node, report));
    let headers = zipped(config, (keys.header_names, keys.header_values), report, header, header_text);
    let of_client = every(config.items(keys.header_client, report), |node| header(&node, report));
    let extras = Extras {
        arguments: arguments?,
        client_arguments: client?,
        client_header_arguments: by_header?,
        headers: headers?,
        client_headers: of_client?,
    };
    refuse_repeated(config, keys, &extras, report);
    Some(extras)
}

/// Two lists whose items belong together by their places.
fn zipped<'a, N, V>(
    config: &Fields<'a>,
    (names, values): (&str, &str),
    report: &mut Report,
    name: impl Fn(&Node<'a>, &mut Report) -> Option<N>,
    value: impl Fn(&Node<'a>, &mut Report) -> Option<V>,
) -> Option<Vec<(N, V)>> {
    let (name_nodes, value_nodes) = (config.items(names, report), config.items(values, report));
    if name_nodes.len() != value_nodes.len() {
        let expected = format!("as many values as {names} has names: {}", name_nodes.len());
        report.error(&config.path_of(values), expected, format!("{}", value_nodes.len()), None);
        return None;
    }
    every(name_nodes.iter().zip(&value_nodes), |(name_node, value_node)| {
        let found = (name(name_node, report), value(value_node, report));
        Some((found.0?, found.1?))
    })
}

/// An argument whose value the config says.
fn argument(node: &Node<'_>, report: &mut Report) -> Option<Box<str>> {
    if node.value.as_str() == Some("scope") {
        node.refuse("another argument; scopes says the scopes", report);
        return None;
    }
    clients_argument(node, report)
}

/// An argument whose value is the client's. None of those that the gateway itself answers for.
fn clients_argument(node: &Node<'_>, report: &mut Report) -> Option<Box<str>> {
    let text = node.text(report)?;
    let plain = text.len() <= LONGEST_NAME && text.bytes().all(|byte| byte.is_ascii_graphic());
    if !plain {
        report.error(&node.path, "1 to 128 visible characters of ASCII", quoted(text), None);
        return None;
    }
    if OWN.contains(&text) {
        let hint = "the gateway says itself who asks, and for what";
        report.error(&node.path, "another argument", quoted(text), Some(hint.into()));
        return None;
    }
    Some(text.into())
}

/// The argument that holds the token to introspect: `token`, or one that holds nothing else.
pub(super) fn token_argument(node: &Node<'_>, report: &mut Report) -> Option<Box<str>> {
    match node.value.as_str() {
        Some("token") => Some("token".into()),
        Some("scope" | "token_type_hint") => {
            node.refuse("another argument", report);
            None
        }
        _ => clients_argument(node, report),
    }
}

/// A value. It may be a secret, so it is not shown.
fn value(node: &Node<'_>, report: &mut Report) -> Option<Box<str>> {
    let text =
        node.value.as_str().filter(|text| text.len() <= LONGEST_VALUE && !text.chars().any(char::is_control));
    if text.is_none() {
        let expected = "text of at most 1024 bytes without control characters";
        report.error(&node.path, expected, "something else", None);
    }
    text.map(Into::into)
}

fn header(node: &Node<'_>, report: &mut Report) -> Option<HeaderName> {
    let name = settable(node, report)?;
    if MESSAGE.contains(&name.as_str()) {
        node.refuse("a header other than those of every request", report);
        return None;
    }
    Some(name)
}

/// A header's value. It may be a secret, so it is not shown.
fn header_text(node: &Node<'_>, report: &mut Report) -> Option<Box<str>> {
    let text = node.value.as_str().filter(|text| header_value(text).is_some());
    if text.is_none() {
        report.error(
            &node.path,
            "visible ASCII with inner spaces, at most 1024 bytes",
            "something else",
            None,
        );
    }
    text.map(Into::into)
}

/// Two values of the config's for one name: which counts could not be told.
fn refuse_repeated(config: &Fields<'_>, keys: &Keys, extras: &Extras, report: &mut Report) {
    let arguments = extras.arguments.iter().map(|(name, _)| &**name).collect();
    let headers = extras.headers.iter().map(|(name, _)| name.as_str()).collect();
    for (key, names) in [(keys.names, arguments), (keys.header_names, headers)] {
        let mut names: Vec<&str> = names;
        names.sort_unstable();
        let twice = names.windows(2).find_map(|pair| match pair {
            [one, other] if one == other => Some(*one),
            _ => None,
        });
        if let Some(name) = twice {
            report.error(&config.path_of(key), "each name once", format!("{} twice", quoted(name)), None);
        }
    }
}

pub(super) const TOKEN: Keys = Keys {
    names: "token_post_args_names",
    values: "token_post_args_values",
    client: "token_post_args_client",
    client_headers: None,
    header_names: "token_headers_names",
    header_values: "token_headers_values",
    header_client: "token_headers_client",
};

pub(super) const INTROSPECTION: Keys = Keys {
    names: "introspection_post_args_names",
    values: "introspection_post_args_values",
    client: "introspection_post_args_client",
    client_headers: Some("introspection_post_args_client_headers"),
    header_names: "introspection_headers_names",
    header_values: "introspection_headers_values",
    header_client: "introspection_headers_client",
};

pub(super) const USERINFO: Keys = Keys {
    names: "userinfo_query_args_names",
    values: "userinfo_query_args_values",
    client: "userinfo_query_args_client",
    client_headers: None,
    header_names: "userinfo_headers_names",
    header_values: "userinfo_headers_values",
    header_client: "userinfo_headers_client",
};

/// Arguments that say who asks, and for what (RFC 6749, RFC 7521, RFC 7662).
const OWN: [&str; 14] = [
    "access_token",
    "assertion",
    "client_assertion",
    "client_assertion_type",
    "client_id",
    "client_secret",
    "code",
    "code_verifier",
    "grant_type",
    "password",
    "redirect_uri",
    "refresh_token",
    "token",
    "username",
];

/// Headers that every request has.
const MESSAGE: [&str; 3] = ["accept", "content-encoding", "content-type"];

const LONGEST_NAME: usize = 128;
const LONGEST_VALUE: usize = 1024;
