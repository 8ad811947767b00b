//! Cookies that the gateway has browsers keep: Kong's `session_cookie_*` and `authorization_cookie_*`.

use super::older::either;
use crate::config::error::{Report, quoted};
use crate::config::header_name::is_token;
use crate::config::node::{Fields, Node};
use crate::cookies::{CookieFamily, CookieRules, PARTS, SameSite};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;

/// Kong's names of the keys of one cookie.
pub(super) struct Keys {
    pub(super) name: &'static str,
    pub(super) path: &'static str,
    pub(super) domain: &'static str,
    /// And the older name.
    pub(super) same_site: (&'static str, &'static str),
    /// And the older name.
    pub(super) http_only: (&'static str, &'static str),
    pub(super) secure: &'static str,
    /// What the cookie is called, unless that is written.
    pub(super) called: &'static str,
}

/// Reads the rules of one cookie. `over_https`: whether browsers come over https for certain. `same_site`: what holds
/// unless it is written, which may depend on whether the cookie is `Secure`.
pub(super) fn decode(
    config: &Fields<'_>,
    keys: &Keys,
    over_https: bool,
    same_site: impl Fn(Option<bool>) -> SameSite,
    report: &mut Report,
) -> Option<CookieRules> {
    let written = config.member(keys.name);
    let name = written.as_ref().map_or(Some(keys.called), |node| name(node, report));
    let path = config.member(keys.path).map_or(Some("/"), |node| path(&node, report));
    let domain = optional(config, keys.domain, report, domain);
    let http_only = either(config, keys.http_only, report).map_or(Some(true), |node| node.flag(report));
    let secure = optional(config, keys.secure, report, Node::flag);
    let secure = secure?.or_else(|| over_https.then_some(true));
    let same_site = either(config, keys.same_site, report)
        .map_or_else(|| Some(same_site(secure)), |node| node.choice(&SAME_SITES, report));
    let (path, domain) = (path?, domain?);
    let host_prefix = written.is_none() && path == "/" && domain.is_none() && secure != Some(false);
    let rules = CookieRules {
        name: name?.into(),
        path: path.into(),
        domain,
        same_site: same_site?,
        http_only: http_only?,
        secure,
        host_prefix,
    };
    check(config, keys, &rules, report);
    if over_https && secure == Some(false) {
        report.warn(&config.path_of(keys.secure), NOT_SECURE);
    }
    Some(rules)
}

/// What browsers drop.
fn check(config: &Fields<'_>, keys: &Keys, rules: &CookieRules, report: &mut Report) {
    let begins =
        |prefix: &str| rules.name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    if rules.same_site == SameSite::None && rules.secure == Some(false) {
        let hint = "browsers drop a cookie of SameSite=None that is not Secure (RFC 6265bis 5.7)";
        report.error(&config.path_of(keys.secure), "true or no value", "false", Some(hint.into()));
    }
    if begins("__Host-") && (&*rules.path != "/" || rules.domain.is_some()) || begins_insecure(rules, begins)
    {
        let hint = "browsers drop it: __Host- asks for Path=/, Secure and no domain, __Secure- for Secure (RFC 6265bis \
                    4.1.3)";
        let expected = "a name without a prefix that the cookie does not deserve";
        report.error(&config.path_of(keys.name), expected, quoted(&rules.name), Some(hint.into()));
    }
}

fn begins_insecure(rules: &CookieRules, begins: impl Fn(&str) -> bool) -> bool {
    rules.secure == Some(false) && (begins("__Host-") || begins("__Secure-"))
}

/// A cookie that the config names.
pub(super) struct Named<'a> {
    /// The key that does.
    pub(super) key: &'static str,
    pub(super) name: &'a str,
    pub(super) host_prefix: bool,
    /// It is those of logins, under names that begin with this one.
    pub(super) logins: Option<&'a CookieFamily>,
}

/// Refuses cookies of which one would be taken for another, or for a part of it.
pub(super) fn refuse_same(config: &Fields<'_>, cookies: &[Named<'_>], report: &mut Report) {
    for (place, cookie) in cookies.iter().enumerate() {
        for other in cookies.iter().take(place) {
            if cookie.meets(other) || cookie.takes(other) || other.takes(cookie) {
                let Named { key, name, .. } = cookie;
                let hint = format!(
                    "a long cookie is several: {name}, {name}2 to {name}{PARTS}; one of a login has a dash and eight \
                     characters after its name"
                );
                let expected = "a name that is neither that of another cookie nor of a part of one";
                report.error(&config.path_of(key), expected, quoted(name), Some(hint.into()));
            }
        }
    }
}

impl<'a> Named<'a> {
    pub(super) fn ours(key: &'static str, rules: &'a CookieRules) -> Self {
        Self { key, name: &rules.name, host_prefix: rules.host_prefix, logins: None }
    }

    /// Whether the two have the name of a part in common.
    fn meets(&self, other: &Named<'_>) -> bool {
        meet(self.name, other.name)
            || self.host_prefix && meet(&host(self.name), other.name)
            || other.host_prefix && meet(self.name, &host(other.name))
    }

    /// Whether a part of the other is one of these.
    fn takes(&self, other: &Named<'_>) -> bool {
        let mut pairs = (1..=PARTS).map(|place| match place {
            1 => format!("{}=", other.name),
            place => format!("{}{place}=", other.name),
        });
        let Some(logins) = self.logins else { return false };
        pairs.any(|pair| logins.owns(pair.as_bytes()))
    }
}

fn host(name: &str) -> String {
    format!("__Host-{name}")
}

fn meet(one: &str, other: &str) -> bool {
    let is_part = |name: &str, of: &str| (2..=PARTS).any(|place| *name == format!("{of}{place}"));
    one == other || is_part(one, other) || is_part(other, one)
}

/// What is absent is no error; what is there and wrong is.
#[allow(clippy::option_option, reason = "absent, wrong and right are three things")]
fn optional<'a, T>(
    config: &Fields<'a>,
    name: &str,
    report: &mut Report,
    read: impl Fn(&Node<'a>, &mut Report) -> Option<T>,
) -> Option<Option<T>> {
    match config.member(name) {
        Some(node) => read(&node, report).map(Some),
        None => Some(None),
    }
}

/// A cookie's name is a token (RFC 6265 4.1.1).
fn name<'a>(node: &Node<'a>, report: &mut Report) -> Option<&'a str> {
    let text = node.text(report)?;
    if text.len() <= LONGEST_NAME && text.bytes().all(is_token) {
        return Some(text);
    }
    let hint = "letters, digits and !#$%&'*+-.^_`|~ make a name (RFC 6265 4.1.1)";
    report.error(&node.path, "a cookie's name of at most 64 characters", quoted(text), Some(hint.into()));
    None
}

fn path<'a>(node: &Node<'a>, report: &mut Report) -> Option<&'a str> {
    let text = node.text(report)?;
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b';');
    if plain && text.starts_with('/') && text.len() <= LONGEST {
        return Some(text);
    }
    node.refuse("a path that begins with a slash, of visible ASCII without semicolons", report);
    None
}

/// Browsers pass over a leading dot (RFC 6265 5.2.3).
fn domain(node: &Node<'_>, report: &mut Report) -> Option<Box<str>> {
    let text = node.text(report)?;
    let bare = text.strip_prefix('.').unwrap_or(text);
    let plain = bare.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
    if plain && !bare.is_empty() && bare.len() <= LONGEST {
        return Some(bare.into());
    }
    node.refuse("a domain of letters, digits, dots and dashes", report);
    None
}

/// And `off`, which Kong's versions up to 2 have.
const SAME_SITES: [(&str, SameSite); 5] = [
    ("Strict", SameSite::Strict),
    ("Lax", SameSite::Lax),
    ("None", SameSite::None),
    ("Default", SameSite::Default),
    ("off", SameSite::Lax),
];

const NOT_SECURE: &str =
    "the cookie goes over http too, although redirect_uri is https: who is on the way can take it";

const LONGEST_NAME: usize = 64;

/// Of a path or a domain.
const LONGEST: usize = 256;
