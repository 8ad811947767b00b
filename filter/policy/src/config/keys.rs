//! Every key of Kong's plugins, in one table per plugin: what it is, what it is unless set, and whether it works.
//!
//! The decoder checks documents against these tables, so a key cannot be accepted and then ignored, but for those that
//! have nothing to act on, whatever they say; the documentation of the config is made from them. Names and defaults are
//! Kong 3.14's where its versions differ; keys that were renamed stand under both names, and the few that are not Kong's
//! stand in [`OURS`] as well.

use super::error::{Report, describe};
use super::nearest::nearest;
use super::node::{Fields, Node};
use crate::json::Value;
use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;

mod acl;
mod application_registration;
mod group;
mod key_auth;
mod openid_connect;

pub use acl::ACL;
pub use application_registration::APPLICATION_REGISTRATION;
pub use group::Group;
pub use key_auth::KEY_AUTH;
pub use openid_connect::OPENID_CONNECT;
pub(super) use openid_connect::{KONGS_METHODS, METHODS};

/// One key of a plugin's config.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Kong's name.
    pub name: &'static str,
    /// What its value is.
    pub kind: Kind,
    /// What it is unless set.
    pub default: Default,
    /// Whether it works.
    pub status: Status,
    /// What it does, in one line.
    pub doc: &'static str,
}

/// What a key's value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`.
    Flag,
    /// A number; seconds unless the doc line says otherwise.
    Number,
    /// Text.
    Text,
    /// An array of texts.
    Texts,
    /// Text, or an array of texts.
    TextOrTexts,
    /// An array of arrays of texts.
    Paths,
    /// One of these texts.
    Choice(&'static [&'static str]),
    /// An array of these texts.
    Choices(&'static [&'static str]),
    /// An object.
    Record,
    /// An array of objects.
    Records,
    /// An array with one of these for each client id; `null` stands for none.
    PerClient(&'static Self),
}

/// What a key is unless set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Default {
    /// Nothing.
    Unset,
    /// A flag.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// A number with a fraction, as it is written.
    Decimal(&'static str),
    /// Text.
    Text(&'static str),
    /// An array of texts.
    Texts(&'static [&'static str]),
}

/// Whether a key works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It does what it does in Kong.
    Works,
    /// Not yet: any value but the default is a config error.
    Planned,
    /// It has nothing to act on here, and why: any value of its kind changes nothing.
    Inert(&'static str),
    /// Never, and why: any value but the default is a config error.
    Refused(&'static str),
}

/// A plugin and its keys.
#[derive(Debug, Clone, Copy)]
pub struct Plugin {
    /// Kong's name.
    pub name: &'static str,
    /// Whether it works.
    pub status: Status,
    /// Its keys, each once.
    pub keys: &'static [Key],
    /// Those without which it cannot be configured.
    pub required: &'static [&'static str],
}

/// Every plugin of which the config speaks.
pub static PLUGINS: [Plugin; 4] = [
    Plugin { name: "openid-connect", status: Status::Works, keys: &OPENID_CONNECT, required: &["issuer"] },
    Plugin {
        name: "application-registration",
        status: Status::Works,
        keys: &APPLICATION_REGISTRATION,
        required: &["display_name"],
    },
    Plugin { name: "acl", status: Status::Works, keys: &ACL, required: &[] },
    Plugin { name: "key-auth", status: Status::Works, keys: &KEY_AUTH, required: &[] },
];

/// Keys of these tables that Kong does not have.
pub static OURS: [&str; 4] =
    ["client_secret_expires_at", "consumer_claim_strict", "login_navigations_only", "maximum_expiration"];

impl Kind {
    /// Whether `value` is of this kind.
    fn is(self, value: &Value) -> bool {
        let all =
            |fits: &dyn Fn(&Value) -> bool| value.as_array().is_some_and(|items| items.iter().all(fits));
        match self {
            Self::Flag => matches!(value, Value::Bool(_)),
            Self::Number => matches!(value, Value::Number(_)),
            Self::Text => value.as_str().is_some(),
            Self::Texts => all(&|item| Self::Text.is(item)),
            Self::TextOrTexts => Self::Text.is(value) || Self::Texts.is(value),
            Self::Paths => all(&|item| Self::Texts.is(item)),
            Self::Choice(names) => value.as_str().is_some_and(|text| names.contains(&text)),
            Self::Choices(names) => all(&|item| Self::Choice(names).is(item)),
            Self::Record => value.as_object().is_some(),
            Self::Records => all(&|item| Self::Record.is(item)),
            Self::PerClient(kind) => all(&|item| *item == Value::Null || kind.is(item)),
        }
    }

    /// In words.
    const fn text(self) -> &'static str {
        match self {
            Self::Flag => "true or false",
            Self::Number => "a number",
            Self::Text => "text",
            Self::Texts => "an array of texts",
            Self::TextOrTexts => "text, or an array of texts",
            Self::Paths => "an array of arrays of texts",
            Self::Choice(_) => "one of the texts that Kong knows there",
            Self::Choices(_) => "an array of texts that Kong knows there",
            Self::Record => "an object",
            Self::Records => "an array of objects",
            Self::PerClient(_) => "an array with an item for each client id",
        }
    }
}

impl Default {
    /// Whether `value` says the same. `null` and an empty list say the same as nothing, and texts may stand in any
    /// order: a list with several defaults is a set in Kong.
    #[must_use]
    pub fn is(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Flag(flag), Value::Bool(found)) => flag == found,
            (Self::Number(number), Value::Number(found)) => found.as_i64() == Some(*number),
            (Self::Decimal(number), Value::Number(found)) => found.to_string() == *number,
            (Self::Text(text), Value::String(found)) => *text == &**found,
            (Self::Texts(texts), Value::Array(found)) => {
                texts.len() == found.len()
                    && texts.iter().all(|text| found.iter().any(|found| found.as_str() == Some(text)))
            }
            (Self::Unset, Value::Array(found)) => found.is_empty(),
            (Self::Unset, Value::Object(found)) => found.is_empty(),
            (_, Value::Null) => true,
            _ => false,
        }
    }
}

/// Refuses members that are no key of the plugin, and keys that do not work, unless their value changes nothing:
/// a config that was dumped from Kong names every key.
pub(super) fn check(keys: &'static [Key], config: &Fields<'_>, report: &mut Report) {
    for (name, node) in config.members() {
        match keys.iter().find(|key| key.name == name) {
            None => refuse_unknown(keys, name, &node, report),
            Some(key) if key.default.is(node.value) => {}
            Some(key) => match key.status {
                Status::Works => {}
                Status::Inert(_) if key.kind.is(node.value) => {}
                Status::Inert(reason) => refuse(key.kind.text(), reason, &node, report),
                Status::Planned => refuse_unsupported(key, NOT_YET, &node, report),
                Status::Refused(reason) => refuse_unsupported(key, reason, &node, report),
            },
        }
    }
}

fn refuse_unknown(keys: &'static [Key], name: &str, node: &Node<'_>, report: &mut Report) {
    let hint = match nearest(name, keys.iter().map(|key| key.name)) {
        Some(name) => format!("did you mean {name}?"),
        None => String::from("remove it; a key that does nothing could be one that was to keep someone out"),
    };
    report.error(&node.path, "a key of this plugin", "an unknown key", Some(hint.into()));
}

fn refuse_unsupported(key: &Key, reason: &'static str, node: &Node<'_>, report: &mut Report) {
    match key.default {
        Default::Unset => refuse("no value", reason, node, report),
        other => refuse(format!("{other} or no value"), reason, node, report),
    }
}

/// Text is not shown: it may be a secret.
fn refuse(
    expected: impl Into<Cow<'static, str>>,
    reason: &'static str,
    node: &Node<'_>,
    report: &mut Report,
) {
    let found = match node.value {
        Value::String(_) => "text".into(),
        other => describe(other),
    };
    report.error(&node.path, expected, found, Some(reason.into()));
}

/// As it is written in JSON.
impl fmt::Display for Default {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unset => f.write_str("null"),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Decimal(number) => f.write_str(number),
            Self::Text(text) => write!(f, "\"{text}\""),
            Self::Texts(texts) => write!(f, "{texts:?}"),
        }
    }
}

const fn works(name: &'static str, kind: Kind, default: Default, doc: &'static str) -> Key {
    Key { name, kind, default, status: Status::Works, doc }
}

const fn planned(name: &'static str, kind: Kind, default: Default, doc: &'static str) -> Key {
    Key { name, kind, default, status: Status::Planned, doc }
}

/// A key that does nothing, for a reason.
const fn idle(name: &'static str, kind: Kind, default: Default, status: Status, doc: &'static str) -> Key {
    Key { name, kind, default, status, doc }
}

const NOT_YET: &str = "not supported yet";

#[cfg(test)]
mod tests;
