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
    headers: Option<HeaderKeys>,
    /// Arguments that the gateway answers for.
    own: &'static [&'static str],
}

/// Those about headers.
struct HeaderKeys {
    names: &'static str,
    values: &'static str,
    client: &'static str,
}

pub(super) fn decode(config: &Fields<'_>, keys: &Keys, report: &mut Report) -> Option<Extras> {
    let argument = |node: &Node<'_>, report: &mut Report| argument(node, keys.own, report);
    let arguments = zipped(config, (keys.names, keys.values), report, argument, value);
    let client = every(config.items(keys.client, report), |node| clients_argument(&node, keys.own, report));
    let by_header = keys.client_headers.map_or(Vec::new(), |name| config.items(name, report));
    let by_header = every(by_header, |node| argument(&node, report));
    let (headers, of_client) = match &keys.headers {
        Some(keys) => (
            zipped(config, (keys.names, keys.values), report, header, header_text),
            every(config.items(keys.client, report), |node| header(&node, report)),
        ),
        None => (Some(Vec::new()), Some(Vec::new())),
    };
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
fn argument(node: &Node<'_>, own: &[&str], report: &mut Report) -> Option<Box<str>> {
    if node.value.as_str() == Some("scope") {
        node.refuse("another argument; scopes says the scopes", report);
        return None;
    }
    clients_argument(node, own, report)
}

/// An argument whose value is the client's. None of those that the gateway itself answers for.
fn clients_argument(node: &Node<'_>, own: &[&str], report: &mut Report) -> Option<Box<str>> {
    let text = node.text(report)?;
    let plain = text.len() <= LONGEST_NAME && text.bytes().all(|byte| byte.is_ascii_graphic());
    if !plain {
        report.error(&node.path, "1 to 128 visible characters of ASCII", quoted(text), None);
        return None;
    }
    if own.contains(&text) {
        let hint = "the gateway says itself who asks, and for what";
        report.error(&node.path, "another argument", quoted(text), Some(hint.into()));
        return None;
    }
    Some(text.into())
}

/// The argument that holds the token to introspect or to revoke: `token`, or one that holds nothing else.
pub(super) fn token_argument(node: &Node<'_>, report: &mut Report) -> Option<Box<str>> {
    match node.value.as_str() {
        Some("token") => Some("token".into()),
        Some("scope" | "token_type_hint") => {
            node.refuse("another argument", report);
            None
        }
        _ => clients_argument(node, &OWN, report),
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
    let header_names = keys.headers.as_ref().map_or(keys.names, |keys| keys.names);
    for (key, names) in [(keys.names, arguments), (header_names, headers)] {
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
    headers: Some(HeaderKeys {
        names: "token_headers_names",
        values: "token_headers_values",
        client: "token_headers_client",
    }),
    own: &OWN,
};

pub(super) const INTROSPECTION: Keys = Keys {
    names: "introspection_post_args_names",
    values: "introspection_post_args_values",
    client: "introspection_post_args_client",
    client_headers: Some("introspection_post_args_client_headers"),
    headers: Some(HeaderKeys {
        names: "introspection_headers_names",
        values: "introspection_headers_values",
        client: "introspection_headers_client",
    }),
    own: &OWN,
};

pub(super) const USERINFO: Keys = Keys {
    names: "userinfo_query_args_names",
    values: "userinfo_query_args_values",
    client: "userinfo_query_args_client",
    client_headers: None,
    headers: Some(HeaderKeys {
        names: "userinfo_headers_names",
        values: "userinfo_headers_values",
        client: "userinfo_headers_client",
    }),
    own: &OWN,
};

pub(super) const AUTHORIZATION: Keys = Keys {
    names: "authorization_query_args_names",
    values: "authorization_query_args_values",
    client: "authorization_query_args_client",
    client_headers: None,
    headers: None,
    own: &OF_LOGINS,
};

/// Arguments of an authorization request that the flow itself sets (RFC 6749 4.1.1, RFC 7636 4.3, OIDC Core 3.1.2.1), or
/// that would take their place (RFC 9101 5).
const OF_LOGINS: [&str; 12] = [
    "client_id",
    "client_secret",
    "code_challenge",
    "code_challenge_method",
    "nonce",
    "redirect_uri",
    "request",
    "request_uri",
    "response_mode",
    "response_type",
    "scope",
    "state",
];

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
