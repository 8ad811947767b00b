//! Strict JSON (RFC 8259): no duplicate members at any depth, and bounds on depth, members and items.
//!
//! Two parsers that disagree about a duplicate member let a token mean one thing to the gate and another to
//! the service behind it, so none is accepted (RFC 7515 4, RFC 7519 4). One pass; nothing is kept of a text
//! that is refused.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Number;

use crate::denial::shown;

mod parse;

/// A JSON value. Objects keep the order of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// An `i64`, a `u64`, or a finite `f64`; what does not fit the first two is the third, exact to about 15
    /// digits (serde_json rounds the last bit either way).
    Number(Number),
    /// Text, escapes resolved.
    String(Box<str>),
    /// `[..]`
    Array(Box<[Self]>),
    /// `{..}`
    Object(Object),
}

/// Members of a JSON object, each name once, in the order of the text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Object(Box<[(Box<str>, Value)]>);

/// How deep and how large a document may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Arrays and objects inside each other, 1 to 127.
    pub depth: u8,
    /// Members of all objects of the document together.
    pub members: usize,
    /// Items of all arrays of the document together.
    pub items: usize,
}

/// Why a text was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JsonError {
    /// A name occurs twice in one object.
    DuplicateMember {
        /// The name, safe to log.
        name: Box<str>,
        /// Where the object ends.
        at: Position,
    },
    /// Not JSON, or not UTF-8.
    Syntax {
        /// The parser's words; they hold nothing of the text.
        what: Box<str>,
        /// Where the text stops making sense.
        at: Position,
    },
    /// A limit was passed.
    TooComplex {
        /// Which limit.
        limit: Limit,
        /// What it allows.
        most: usize,
        /// Where it was passed.
        at: Position,
    },
}

/// A limit of [`Limits`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Arrays and objects inside each other.
    Depth,
    /// Members of all objects.
    Members,
    /// Items of all arrays.
    Items,
}

/// A place in a text; both count from 1, columns in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Line.
    pub line: usize,
    /// Byte of the line.
    pub column: usize,
}

impl Limits {
    /// For header and payload of a token.
    pub const TOKEN: Self = Self { depth: 16, members: 256, items: 1_000 };
    /// For bodies of clients.
    pub const BODY: Self = Self { depth: 32, members: 10_000, items: 10_000 };
    /// For documents of the operator and key sets of an issuer; their bytes are bounded elsewhere.
    pub const CONFIG: Self = Self { depth: 64, members: 2_000_000, items: 1_000_000 };
}

impl Value {
    /// Parses one document, with nothing but white space around it.
    ///
    /// # Errors
    /// Text that is not JSON, a member that occurs twice, or a limit that is passed.
    pub fn parse(text: &[u8], limits: &Limits) -> Result<Self, JsonError> {
        parse::document(text, limits)
    }

    /// An object with the members of this one and those of `other` that this one does not have. Itself, if either is none.
    #[must_use]
    pub fn beside(&self, other: &Self) -> Self {
        let (Self::Object(own), Self::Object(others)) = (self, other) else { return self.clone() };
        let more = others.0.iter().filter(|(name, _)| own.get(name).is_none());
        Self::Object(Object(own.0.iter().chain(more).cloned().collect()))
    }

    /// The text, if this is a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    /// The truth value, if this is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(truth) = self { Some(*truth) } else { None }
    }

    /// The number, if this is one.
    #[must_use]
    pub fn as_number(&self) -> Option<&Number> {
        if let Self::Number(number) = self { Some(number) } else { None }
    }

    /// The items, if this is an array.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Self]> {
        if let Self::Array(items) = self { Some(items) } else { None }
    }

    /// The members, if this is an object.
    #[must_use]
    pub fn as_object(&self) -> Option<&Object> {
        if let Self::Object(members) = self { Some(members) } else { None }
    }

    /// A member, if this is an object that has it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.as_object()?.get(name)
    }

    /// The value at a path of member names, one object level each; an empty path is the value itself.
    #[must_use]
    pub fn at(&self, path: &[Box<str>]) -> Option<&Self> {
        path.iter().try_fold(self, |value, name| value.get(name))
    }

    /// Bytes on the heap below this value, to account for what is kept.
    #[must_use]
    pub fn heap_size(&self) -> usize {
        match self {
            Self::Null | Self::Bool(_) | Self::Number(_) => 0,
            Self::String(text) => text.len(),
            Self::Array(items) => {
                sum(items.iter().map(|item| size_of::<Self>().saturating_add(item.heap_size())))
            }
            Self::Object(members) => sum(members.0.iter().map(member_size)),
        }
    }
}

fn member_size((name, value): &(Box<str>, Value)) -> usize {
    size_of::<(Box<str>, Value)>().saturating_add(name.len()).saturating_add(value.heap_size())
}

fn sum(sizes: impl Iterator<Item = usize>) -> usize {
    sizes.fold(0, usize::saturating_add)
}

impl Object {
    /// The members as they stand, or the name that occurs twice.
    fn new(members: Vec<(Box<str>, Value)>) -> Result<Self, Box<str>> {
        let mut names: Vec<&str> = members.iter().map(|(name, _)| &**name).collect();
        names.sort_unstable();
        let twice = names.windows(2).find_map(|pair| match pair {
            [one, other] if one == other => Some(shown(one)),
            _ => None,
        });
        twice.map_or_else(|| Ok(Self(members.into_boxed_slice())), Err)
    }

    /// The member with this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(found, _)| **found == *name).map(|(_, value)| value)
    }

    /// Names and values in the order of the text.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (&**name, value))
    }

    /// How many members.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether this is `{}`.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(truth) => serializer.serialize_bool(*truth),
            Self::Number(number) => number.serialize(serializer),
            Self::String(text) => serializer.serialize_str(text),
            Self::Array(items) => serializer.collect_seq(items),
            Self::Object(members) => members.serialize(serializer),
        }
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for (name, value) in self.iter() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// Compact JSON: no white space, members in the order of the text they came from.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DuplicateMember { name, at } => {
                write!(f, "expected each member once, found {name} twice in the object that ends at {at}")
            }
            Self::Syntax { what, at } => write!(f, "expected JSON, found at {at}: {what}"),
            Self::TooComplex { limit, most, at } => {
                write!(f, "expected at most {most} {limit}, found more at {at}")
            }
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Depth => "levels of arrays and objects",
            Self::Members => "members",
            Self::Items => "array items",
        })
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} column {}", self.line, self.column)
    }
}

impl core::error::Error for JsonError {}

#[cfg(test)]
mod tests;
