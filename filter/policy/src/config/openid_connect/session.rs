//! How sessions are kept.

use super::cookies;
use super::older::either;
use super::people::Known;
use crate::config::client_secret::{UNRESOLVED, is_reference};
use crate::config::error::{Report, describe, quoted};
use crate::config::keys::KONGS_METHODS;
use crate::config::node::{Fields, Node, every, one_of};
use crate::config::rules::{Method, Methods, SessionRules};
use crate::cookies::SameSite;
use crate::json::Value;
use crate::session::Timeouts;
use alloc::format;
use alloc::vec::Vec;

/// Everything is read, so that nothing wrong is accepted; kept if `methods` have sessions.
#[allow(clippy::option_option, reason = "as for every key: an error is no value")]
pub(super) fn decode(
    config: &Fields<'_>,
    known: &Known<'_>,
    report: &mut Report,
) -> Option<Option<SessionRules>> {
    let storage = in_cookies(config, report);
    let cookie = cookies::decode(config, &COOKIE, known.over_https, |_| SameSite::Lax, report);
    let audience = config.member("session_audience").map_or(Some("default"), |node| audience(&node, report));
    let timeouts = timeouts(config, report);
    let disabled = every(config.items("disable_session", report), |node| method(&node, report));
    let refreshes = config.flag("refresh_tokens", true, report);
    // Whatever it says: a session holds no decision.
    config.flag("reverify", false, report);
    let ends_at_unauthorized = config.flag("unauthorized_destroy_session", true, report);
    let ends_at_forbidden = config.flag("forbidden_destroy_session", true, report);
    storage?;
    let (cookie, audience, timeouts, disabled) = (cookie?, audience?, timeouts?, disabled?);
    if !known.methods.session {
        return Some(None);
    }
    warn(config, &timeouts, report);
    Some(Some(SessionRules {
        keys: known.keys("session")?,
        cookie,
        audience: audience.into(),
        timeouts,
        disabled: disabled.into_iter().flatten().collect(),
        refreshes,
        ends_at_unauthorized,
        ends_at_forbidden,
    }))
}

/// What seals cookies, the present one first; none where nothing is written. Never shown, whatever it is.
pub(super) fn secrets<'a>(
    config: &Fields<'a>,
    methods: &Methods,
    report: &mut Report,
) -> Option<Vec<&'a str>> {
    let secrets = match config.member("session_secret") {
        Some(node) if node.value.as_array().is_some() || node.is_empty() => {
            every(&node.items(report)?, |item| secret(item, report))?
        }
        Some(node) => Vec::from([secret(&node, report)?]),
        None => Vec::new(),
    };
    let of_session = methods.session.then_some("session");
    let of_login = methods.authorization_code.then_some("authorization_code");
    if let Some(method) = of_session.or(of_login).filter(|_| secrets.is_empty()) {
        let hint = format!(
            "auth_methods has {method}, whose cookie it seals; every gateway needs the same: openssl rand -base64 32"
        );
        report.error(&config.path_of("session_secret"), LENGTH, "nothing", Some(hint.into()));
        return None;
    }
    Some(secrets)
}

fn secret<'a>(node: &Node<'a>, report: &mut Report) -> Option<&'a str> {
    let (found, hint) = match node.value {
        Value::String(text) if is_reference(text) => ("a reference".into(), Some(UNRESOLVED.into())),
        Value::String(text) if text.len() > LONGEST => (format!("{} bytes", text.len()), None),
        Value::String(text) if text.len() >= SHORTEST => return Some(text),
        Value::String(text) => (format!("{} bytes", text.len()), Some(WEAK.into())),
        _ => ("a value that is no text".into(), None),
    };
    report.error(&node.path, LENGTH, found, hint);
    None
}

fn in_cookies(config: &Fields<'_>, report: &mut Report) -> Option<()> {
    let Some(node) = config.member("session_storage") else { return Some(()) };
    if node.value.as_str() == Some("cookie") {
        return Some(());
    }
    let hint = "a session is in its cookie as a whole: gateways share nothing, and none has to be asked";
    report.error(&node.path, "cookie", describe(node.value), Some(hint.into()));
    None
}

fn audience<'a>(node: &Node<'a>, report: &mut Report) -> Option<&'a str> {
    let text = node.text(report)?;
    if text.len() <= LONGEST_AUDIENCE && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Some(text);
    }
    node.refuse("1 to 64 visible characters of ASCII", report);
    None
}

/// One of Kong's methods; the inner `None` for those that begin no session here.
#[allow(clippy::option_option, reason = "as for every key: an error is no value")]
fn method(node: &Node<'_>, report: &mut Report) -> Option<Option<Method>> {
    let written = node.text(report)?;
    if !KONGS_METHODS.contains(&written) {
        report.error(&node.path, one_of(KONGS_METHODS.into_iter()), quoted(written), None);
        return None;
    }
    Some(Method::NAMES.iter().find(|(name, _)| *name == written).map(|(_, method)| *method))
}

fn timeouts(config: &Fields<'_>, report: &mut Report) -> Option<Timeouts> {
    let absolute = timeout(config.member(ABSOLUTE), 86_400, report);
    let rolling = either(config, (ROLLING, "session_cookie_lifetime"), report);
    let rolling = timeout(rolling, 3_600, report);
    let idling = either(config, (IDLING, "session_cookie_idletime"), report);
    let idling = timeout(idling, 900, report);
    Some(Timeouts { absolute: absolute?, rolling: rolling?, idling: idling? })
}

/// 0: none.
#[allow(clippy::option_option, reason = "as for every key: an error is no value")]
fn timeout(node: Option<Node<'_>>, unset: i64, report: &mut Report) -> Option<Option<i64>> {
    let seconds = node.map_or(Some(unset), |node| node.whole(" of seconds", 0, YEAR, report))?;
    Some(Some(seconds).filter(|seconds| *seconds > 0))
}

/// Timeouts that are never reached, for another ends the session before.
fn warn(config: &Fields<'_>, timeouts: &Timeouts, report: &mut Report) {
    let pairs = [
        ((ROLLING, timeouts.rolling), (ABSOLUTE, timeouts.absolute)),
        ((IDLING, timeouts.idling), (ROLLING, timeouts.rolling)),
    ];
    for ((name, longer), (other, shorter)) in pairs {
        if let (Some(longer), Some(shorter)) = (longer, shorter)
            && longer > shorter
        {
            let message = format!("{longer} s are never reached: {other} ends a session after {shorter} s");
            report.warn(&config.path_of(name), message);
        }
    }
}

pub(super) const COOKIE: cookies::Keys = cookies::Keys {
    name: "session_cookie_name",
    path: "session_cookie_path",
    domain: "session_cookie_domain",
    same_site: ("session_cookie_same_site", "session_cookie_samesite"),
    http_only: ("session_cookie_http_only", "session_cookie_httponly"),
    secure: "session_cookie_secure",
    called: "session",
};

const ABSOLUTE: &str = "session_absolute_timeout";
const ROLLING: &str = "session_rolling_timeout";
const IDLING: &str = "session_idling_timeout";

const LENGTH: &str = "a secret of 32 to 1024 bytes";
const WEAK: &str = "who guesses it can log in as anybody; make one with: openssl rand -base64 32";

/// Bytes of a secret, at least.
const SHORTEST: usize = 32;
const LONGEST: usize = 1_024;

const LONGEST_AUDIENCE: usize = 64;
const YEAR: i64 = 31_536_000;
