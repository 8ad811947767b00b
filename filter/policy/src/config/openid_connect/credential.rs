//! Where a token is looked for, and what becomes of it.

use crate::config::error::{Report, quoted};
use crate::config::header_name::{HeaderName, is_token};
use crate::config::node::{Fields, Node, one_of};
use crate::config::rules::{CredentialRules, Places};
use crate::config::texts;
use alloc::boxed::Box;

pub(super) fn decode(config: &Fields<'_>, report: &mut Report) -> Option<CredentialRules> {
    let places = places(config, report);
    let header_name = config.member("bearer_token_header_name").map(|node| HeaderName::read(&node, report));
    let cookie_name = config.member("bearer_token_cookie_name").map(|node| cookie_name(&node, report));
    let anonymous = config.member("anonymous").map(|node| texts::value(&node, report));
    let hide_credentials = config.flag("hide_credentials", true, report);
    let run_on_preflight = config.flag("run_on_preflight", true, report);
    let rules = CredentialRules {
        places: places?,
        header_name: inside(header_name)?,
        cookie_name: inside(cookie_name)?.map(Into::into),
        hide_credentials,
        run_on_preflight,
        anonymous: inside(anonymous)?.map(Box::from),
    };
    check_cookie(config, &rules, report);
    Some(rules)
}

/// What is absent is no error; what is there and wrong is.
#[allow(clippy::option_option, reason = "absent, wrong and right are three things")]
fn inside<T>(read: Option<Option<T>>) -> Option<Option<T>> {
    match read {
        Some(value) => value.map(Some),
        None => Some(None),
    }
}

fn places(config: &Fields<'_>, report: &mut Report) -> Option<Places> {
    places_of(config, "bearer_token_param_type", &["header", "query", "body", "cookie"], report)
}

/// Where another credential than a token is looked for: not in cookies, which browsers send by themselves.
pub(super) fn parameter_places(config: &Fields<'_>, name: &str, report: &mut Report) -> Option<Places> {
    places_of(config, name, &["header", "query", "body"], report)
}

/// The header alone, where nothing is said: addresses end up in logs, and a body makes the gateway wait.
fn places_of(config: &Fields<'_>, name: &str, known: &[&str], report: &mut Report) -> Option<Places> {
    let Some(node) = config.member(name) else {
        return Some(Places { header: true, ..Places::default() });
    };
    let mut places = Places::default();
    let mut sound = true;
    let items = node.items(report)?;
    for item in &items {
        match item.value.as_str().filter(|place| known.contains(place)) {
            Some("header") => places.header = true,
            Some("query") => places.query = true,
            Some("body") => places.body = true,
            Some("cookie") => places.cookie = true,
            _ => {
                item.refuse(one_of(known.iter().copied()), report);
                sound = false;
            }
        }
    }
    if items.is_empty() {
        let all = one_of(known.iter().copied()).replace(" or ", " and ");
        node.refuse(alloc::format!("at least one of {all}"), report);
        return None;
    }
    sound.then_some(places)
}

/// A cookie's name is a token (RFC 6265 4.1.1).
fn cookie_name<'a>(node: &Node<'a>, report: &mut Report) -> Option<&'a str> {
    let text = node.text(report)?;
    if text.len() <= LONGEST_NAME && text.bytes().all(is_token) {
        return Some(text);
    }
    let hint = "letters, digits and !#$%&'*+-.^_`|~ make a name (RFC 6265 4.1.1)";
    report.error(&node.path, "a cookie's name", quoted(text), Some(hint.into()));
    None
}

/// A place without a name would never be looked into, and a name without a place neither.
fn check_cookie(config: &Fields<'_>, rules: &CredentialRules, report: &mut Report) {
    let name = "bearer_token_cookie_name";
    match (rules.places.cookie, &rules.cookie_name) {
        (true, None) => {
            let hint = "bearer_token_param_type has cookie";
            report.error(&config.path_of(name), "the name of the cookie", "nothing", Some(hint.into()));
        }
        (false, Some(_)) => {
            let hint = "add cookie to bearer_token_param_type";
            report.error(
                &config.path_of(name),
                "no value",
                "a cookie that is not looked into",
                Some(hint.into()),
            );
        }
        _ => {}
    }
}

const LONGEST_NAME: usize = 128;
