//! Reading the document: a value together with the place where it stands, so that every error can name it.

use super::error::{Report, describe};
use super::members::Object;
use super::nearest::nearest;
use crate::denial::shown;
use crate::json::{self, Value};
use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Node<'a> {
    pub(super) path: String,
    pub(super) value: &'a Value,
}

/// An object and where it stands. A member that is `null` counts as absent, as in Kong.
#[derive(Debug, Clone)]
pub(super) struct Fields<'a> {
    pub(super) path: String,
    /// `None` for Kong's empty object, which its encoder writes as `[]`.
    object: Option<&'a json::Object>,
}

impl<'a> Node<'a> {
    pub(super) fn refuse(&self, expected: impl Into<Cow<'static, str>>, report: &mut Report) {
        report.error(&self.path, expected, describe(self.value), None);
    }

    /// Whether it is an array or object with nothing in it.
    pub(super) fn is_empty(&self) -> bool {
        match self.value {
            Value::Array(items) => items.is_empty(),
            Value::Object(object) => object.is_empty(),
            _ => false,
        }
    }

    /// The members of an object; `None` for anything else, of which somebody else complains.
    pub(super) fn as_fields(&self) -> Option<Fields<'a>> {
        let Value::Object(object) = self.value else { return None };
        Some(Fields { path: self.path.clone(), object: Some(object) })
    }

    pub(super) fn fields(&self, report: &mut Report) -> Option<Fields<'a>> {
        let object = match self.value {
            Value::Object(object) => Some(object),
            Value::Array(items) if items.is_empty() => None,
            _ => {
                self.refuse("an object", report);
                return None;
            }
        };
        Some(Fields { path: self.path.clone(), object })
    }

    /// The items of an array. Kong's encoder writes an empty one as `{}`.
    pub(super) fn items(&self, report: &mut Report) -> Option<Vec<Self>> {
        let items: &[Value] = match self.value {
            Value::Array(items) => items,
            Value::Object(object) if object.is_empty() => &[],
            _ => {
                self.refuse("an array", report);
                return None;
            }
        };
        let node = |(index, value)| Node { path: format!("{}[{index}]", self.path), value };
        Some(items.iter().enumerate().map(node).collect())
    }

    pub(super) fn text(&self, report: &mut Report) -> Option<&'a str> {
        match self.value {
            Value::String(text) if !text.is_empty() => Some(text),
            _ => {
                self.refuse("text that is not empty", report);
                None
            }
        }
    }

    pub(super) fn flag(&self, report: &mut Report) -> Option<bool> {
        match self.value {
            Value::Bool(flag) => Some(*flag),
            _ => {
                self.refuse("true or false", report);
                None
            }
        }
    }

    /// A whole number from `least` to `most`; `unit` ends the sentence, such as ` of seconds`.
    pub(super) fn whole(&self, unit: &str, least: i64, most: i64, report: &mut Report) -> Option<i64> {
        let number =
            self.value.as_number().and_then(|number| number.as_i64().or_else(|| integral(number.as_f64()?)));
        let number = number.filter(|number| (least..=most).contains(number));
        if number.is_none() {
            self.refuse(format!("a whole number{unit} from {least} to {most}"), report);
        }
        number
    }

    /// One of the names of `choices`, as the value that stands beside it.
    pub(super) fn choice<T: Copy>(&self, choices: &[(&'static str, T)], report: &mut Report) -> Option<T> {
        let written = self.value.as_str();
        let chosen = choices.iter().find(|(name, _)| Some(*name) == written).map(|(_, choice)| *choice);
        if chosen.is_none() {
            self.refuse(one_of(choices.iter().map(|(name, _)| *name)), report);
        }
        chosen
    }
}

impl<'a> Fields<'a> {
    /// The path of a member, there or not; safe to print.
    pub(super) fn path_of(&self, name: &str) -> String {
        let dot = if self.path.is_empty() { "" } else { "." };
        format!("{}{dot}{}", self.path, shown(name))
    }

    pub(super) fn members(&self) -> impl Iterator<Item = (&'a str, Node<'a>)> {
        let members = self.object.into_iter().flat_map(json::Object::iter);
        members.map(|(name, value)| (name, Node { path: self.path_of(name), value }))
    }

    pub(super) fn member(&self, name: &str) -> Option<Node<'a>> {
        let value = self.object?.get(name).filter(|value| **value != Value::Null)?;
        Some(Node { path: self.path_of(name), value })
    }

    /// Whether the member stands there as an explicit `null`.
    pub(super) fn is_null(&self, name: &str) -> bool {
        self.object.and_then(|object| object.get(name)) == Some(&Value::Null)
    }

    /// The member; an error that says what `expected` is if it is not there.
    pub(super) fn required(
        &self,
        name: &str,
        expected: &'static str,
        report: &mut Report,
    ) -> Option<Node<'a>> {
        let member = self.member(name);
        if member.is_none() {
            report.error(&self.path_of(name), expected, "nothing", None);
        }
        member
    }

    /// Refuses members that are not in the table of `object`.
    pub(super) fn only(&self, object: &Object, report: &mut Report) {
        for (name, _) in self.members().filter(|(name, _)| object.names().all(|known| known != *name)) {
            self.refuse_unknown(name, object, report);
        }
    }

    fn refuse_unknown(&self, name: &str, object: &Object, report: &mut Report) {
        let hint = match nearest(name, object.names()) {
            Some(name) => format!("did you mean {name}?"),
            None => format!("known are {}", object.names().collect::<Vec<_>>().join(", ")),
        };
        report.error(&self.path_of(name), "a known member", "an unknown one", Some(hint.into()));
    }

    pub(super) fn flag(&self, name: &str, default: bool, report: &mut Report) -> bool {
        self.member(name).and_then(|node| node.flag(report)).unwrap_or(default)
    }

    /// The nodes of an array member; none if it is absent.
    pub(super) fn items(&self, name: &str, report: &mut Report) -> Vec<Node<'a>> {
        self.member(name).and_then(|node| node.items(report)).unwrap_or_default()
    }

    /// The texts of an array member; `None` if it is absent. Items that are not text are errors.
    pub(super) fn texts(&self, name: &str, report: &mut Report) -> Option<Vec<&'a str>> {
        let items = self.member(name)?.items(report)?;
        Some(items.iter().filter_map(|item| item.text(report)).collect())
    }
}

/// Every item, or `None` where one cannot be read; the errors of all are reported.
pub(super) fn every<I, T>(
    items: impl IntoIterator<Item = I>,
    read: impl FnMut(I) -> Option<T>,
) -> Option<Vec<T>> {
    let read: Vec<Option<T>> = items.into_iter().map(read).collect();
    read.into_iter().collect()
}

/// `a, b or c`.
pub(super) fn one_of<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

/// `5.0` is a whole number in JSON, where there is but one kind of number.
fn integral(float: f64) -> Option<i64> {
    #[allow(
        clippy::cast_possible_truncation,
        reason = "a cast saturates, and the line below compares exactly"
    )]
    let whole = float as i64;
    #[allow(clippy::cast_precision_loss, reason = "whatever was lost makes the two differ")]
    let same = whole as f64 == float;
    same.then_some(whole)
}
