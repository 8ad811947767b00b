//! How a caller may authenticate: Kong's `auth_methods`, and where what it authenticates with is looked for.

use super::credential::parameter_places;
use super::finds_endpoints;
use crate::config::Source;
use crate::config::error::{Report, quoted};
use crate::config::header_name::HeaderName;
use crate::config::keys::{KONGS_METHODS, METHODS};
use crate::config::node::{Fields, Node, one_of};
use crate::config::rules::{KeyName, Methods, Places};
use alloc::format;
use alloc::vec::Vec;

pub(super) fn decode(config: &Fields<'_>, source: Option<&Source>, report: &mut Report) -> Option<Methods> {
    let places = |name, report: &mut Report| parameter_places(config, name, report);
    let client_credentials = places("client_credentials_param_type", report);
    let password = places("password_param_type", report);
    let refresh_token = places("refresh_token_param_type", report);
    let name = config.member("refresh_token_param_name").map(|node| parameter_name(&node, report));
    let named = match config.member("auth_methods") {
        Some(node) => named(&node, report)?,
        None => unset(config, source),
    };
    let on = |method| named.contains(&method);
    let methods = Methods {
        bearer: on("bearer"),
        session: on("session"),
        authorization_code: on("authorization_code"),
        introspection: on("introspection"),
        userinfo: on("userinfo"),
        client_credentials: Some(client_credentials?).filter(|_| on("client_credentials")),
        password: Some(password?).filter(|_| on("password")),
        refresh_token: match name {
            _ if !on("refresh_token") => None,
            Some(name) => Some((refresh_token?, name?)),
            None => {
                let hint = "auth_methods has refresh_token";
                let path = config.path_of("refresh_token_param_name");
                report.error(&path, "the name of the refresh token", "nothing", Some(hint.into()));
                return None;
            }
        },
    };
    warn(config, &methods, report);
    Some(methods)
}

/// What is on where nothing is said: what the config holds the needs of, but for what lets a gateway see passwords, or
/// takes tokens that were made for others.
fn unset(config: &Fields<'_>, source: Option<&Source>) -> Vec<&'static str> {
    let has = |name| config.member(name).is_some_and(|node| !node.is_empty());
    let client = |endpoint| has("client_id") && (has(endpoint) || source.is_some_and(finds_endpoints));
    let searches = config.member("search_user_info").and_then(|node| node.value.as_bool()) == Some(true);
    let logs_in = client("token_endpoint") && client("authorization_endpoint");
    let all = [
        ("session", has("session_secret")),
        ("authorization_code", has("session_secret") && logs_in),
        ("bearer", true),
        ("client_credentials", client("token_endpoint")),
        ("introspection", client("introspection_endpoint")),
        ("userinfo", has("userinfo_endpoint") && !searches),
    ];
    all.into_iter().filter(|(_, on)| *on).map(|(name, _)| name).collect()
}

fn named(node: &Node<'_>, report: &mut Report) -> Option<Vec<&'static str>> {
    let items = node.items(report)?;
    let written: Vec<&str> = items.iter().filter_map(|item| item.text(report)).collect();
    if KONGS_METHODS.iter().all(|method| written.contains(method)) {
        let hint = format!(
            "this is Kong's default; leave out {}, and whatever is not meant",
            one_of(OTHERS.iter().map(|(name, _)| *name)).replace(" or ", " and ")
        );
        report.error(&node.path, "the methods that callers use", "all nine", Some(hint.into()));
        return None;
    }
    if items.is_empty() {
        node.refuse(format!("at least one of {}", one_of(METHODS.into_iter())), report);
        return None;
    }
    let methods: Vec<Option<&'static str>> =
        written.iter().map(|method| working(method, node, report)).collect();
    methods.into_iter().collect::<Option<Vec<_>>>().filter(|methods| methods.len() == items.len())
}

fn working(method: &str, node: &Node<'_>, report: &mut Report) -> Option<&'static str> {
    let works = METHODS.into_iter().find(|known| *known == method);
    if works.is_none() {
        let reason = OTHERS.iter().find(|(name, _)| *name == method).map(|(_, reason)| (*reason).into());
        report.error(&node.path, one_of(METHODS.into_iter()), quoted(method), reason);
    }
    works
}

/// A name that can be an argument's and, with `-` for `_`, a header's.
fn parameter_name(node: &Node<'_>, report: &mut Report) -> Option<KeyName> {
    let header = HeaderName::read(node, report)?.with_dashes();
    let plain = header.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !plain || TAKEN.contains(&header.as_str()) {
        node.refuse("a name of letters, digits, _ and - that no other credential has", report);
        return None;
    }
    Some(KeyName { argument: node.text(report)?.into(), header: header.as_str().into() })
}

fn warn(config: &Fields<'_>, methods: &Methods, report: &mut Report) {
    let path = config.path_of("auth_methods");
    if methods.password.is_some() {
        report.warn(&path, PASSWORD);
    }
    if methods.refresh_token.is_some() {
        report.warn(&path, REFRESH_TOKEN);
    }
    let in_header = |places: Places| places.header;
    if methods.basic_is_a_password() && methods.client_credentials.is_some_and(in_header) {
        report.warn(&path, BASIC);
    }
}

/// What Kong has besides, and why it is not here.
const OTHERS: [(&str, &str); 1] =
    [("kong_oauth2", "these are tokens of another plugin of Kong's, oauth2, which is not here")];

/// Names of headers and arguments that hold other credentials.
const TAKEN: [&str; 9] = [
    "access-token",
    "authorization",
    "client-id",
    "client-secret",
    "cookie",
    "password",
    "set-cookie",
    "username",
    "x-access-token",
];

const PASSWORD: &str = "password lets the gateway, and whoever reads what is sent to it, see users' passwords, and leaves \
                        no room for a second factor (RFC 9700 2.4: it must not be used)";

const REFRESH_TOKEN: &str = "refresh_token lets the gateway, and whoever reads what is sent to it, see tokens that get \
                             others; a client should send them to the identity provider itself";

const BASIC: &str = "Authorization: Basic is taken for a user's name and password, never for a client's id and secret; \
                     leave header out of password_param_type, or password out of auth_methods";
