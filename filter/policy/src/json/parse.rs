//! From text to [`Value`] in one pass: serde_json reads, a seed counts and refuses.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::fmt;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

use super::{JsonError, Limit, Limits, Object, Position, Value};

pub(super) fn document(text: &[u8], limits: &Limits) -> Result<Value, JsonError> {
    let budget = Budget::new(limits);
    let mut reader = serde_json::Deserializer::from_slice(text);
    let seed = Seed { budget: &budget, depth: limits.depth };
    seed.deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value))
        .map_err(|error| budget.explain(&error))
}

/// What is left of the limits, and which of our own rules ended the parse (serde carries only text).
struct Budget<'a> {
    limits: &'a Limits,
    members: Cell<usize>,
    items: Cell<usize>,
    fault: RefCell<Option<Fault>>,
}

enum Fault {
    Duplicate(Box<str>),
    Limit(Limit),
}

impl<'a> Budget<'a> {
    fn new(limits: &'a Limits) -> Self {
        Self {
            limits,
            members: Cell::new(limits.members),
            items: Cell::new(limits.items),
            fault: RefCell::new(None),
        }
    }

    fn take<E: Error>(&self, left: &Cell<usize>, limit: Limit) -> Result<(), E> {
        match left.get().checked_sub(1) {
            Some(rest) => {
                left.set(rest);
                Ok(())
            }
            None => Err(self.stop(Fault::Limit(limit))),
        }
    }

    fn stop<E: Error>(&self, fault: Fault) -> E {
        self.fault.replace(Some(fault));
        E::custom("refused")
    }

    fn explain(&self, error: &serde_json::Error) -> JsonError {
        let at = Position { line: error.line(), column: error.column() };
        match self.fault.take() {
            Some(Fault::Duplicate(name)) => JsonError::DuplicateMember { name, at },
            Some(Fault::Limit(limit)) => JsonError::TooComplex { limit, most: self.most(limit), at },
            None => JsonError::Syntax { what: without_position(error), at },
        }
    }

    fn most(&self, limit: Limit) -> usize {
        match limit {
            Limit::Depth => usize::from(self.limits.depth),
            Limit::Members => self.limits.members,
            Limit::Items => self.limits.items,
        }
    }
}

/// serde_json ends its messages with the position, which we keep apart.
fn without_position(error: &serde_json::Error) -> Box<str> {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or_default().into()
}

/// Reads one value; `depth` is how many more levels may be opened.
#[derive(Clone, Copy)]
struct Seed<'a> {
    budget: &'a Budget<'a>,
    depth: u8,
}

impl Seed<'_> {
    fn below<E: Error>(self) -> Result<Self, E> {
        match self.depth.checked_sub(1) {
            Some(depth) => Ok(Self { depth, ..self }),
            None => Err(self.budget.stop(Fault::Limit(Limit::Depth))),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<Value, E> {
        Ok(Value::Bool(truth))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        Number::from_f64(number).map(Value::Number).ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.into()))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Value, E> {
        Ok(Value::String(text.into_boxed_str()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let below = self.below()?;
        let mut found = Vec::new();
        while let Some(item) = items.next_element_seed(below)? {
            self.budget.take(&self.budget.items, Limit::Items)?;
            found.push(item);
        }
        Ok(Value::Array(found.into_boxed_slice()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let below = self.below()?;
        let mut found = Vec::new();
        while let Some(name) = members.next_key_seed(Name)? {
            self.budget.take(&self.budget.members, Limit::Members)?;
            found.push((name, members.next_value_seed(below)?));
        }
        Object::new(found).map(Value::Object).map_err(|name| self.budget.stop(Fault::Duplicate(name)))
    }
}

/// Reads a member's name.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Box<str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Box<str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name {
    type Value = Box<str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Box<str>, E> {
        Ok(name.into())
    }
}
