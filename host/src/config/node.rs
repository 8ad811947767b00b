//! A walk over a YAML document that collects mistakes instead of stopping at the first.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fmt::Display;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use claimgate_secrets::Secrets;
use serde_norway::{Mapping, Value};

use super::error::ConfigError;
use super::secret::{self, Environment, Vault};

/// What the walk gathers: mistakes, the files that were read, and what references led to.
pub(super) struct Walk {
    directory: PathBuf,
    errors: RefCell<Vec<ConfigError>>,
    files: RefCell<Vec<PathBuf>>,
    vault: RefCell<Vault>,
}

/// What a walk has gathered.
pub(super) struct Gathered {
    pub(super) errors: Vec<ConfigError>,
    pub(super) files: Vec<PathBuf>,
    pub(super) secrets: Secrets,
}

impl Walk {
    pub(super) fn new(directory: &Path, files: Vec<PathBuf>, environment: Environment) -> Self {
        Self {
            directory: directory.to_path_buf(),
            errors: RefCell::default(),
            files: RefCell::new(files),
            vault: RefCell::new(Vault::new(environment)),
        }
    }

    pub(super) fn root<'a>(&'a self, value: &'a Value) -> Node<'a> {
        Node { walk: self, path: String::new(), value }
    }

    pub(super) fn finish(self) -> Gathered {
        let (secrets, referred) = self.vault.into_inner().finish();
        let mut files = self.files.into_inner();
        files.extend(referred);
        Gathered { errors: self.errors.into_inner(), files, secrets }
    }
}

/// A value and where it stands.
#[derive(Clone)]
pub(super) struct Node<'a> {
    walk: &'a Walk,
    path: String,
    value: &'a Value,
}

impl<'a> Node<'a> {
    /// Notes a mistake here.
    pub(super) fn fail(&self, expected: impl Display, found: impl Display, hint: &str) {
        self.walk.errors.borrow_mut().push(ConfigError {
            path: self.path.clone(),
            expected: expected.to_string(),
            found: found.to_string(),
            hint: (!hint.is_empty()).then(|| hint.to_owned()),
        });
    }

    /// A map whose keys are all known.
    pub(super) fn fields(&self, known: &[&str]) -> Option<Fields<'a>> {
        let Value::Mapping(map) = self.value else {
            self.fail("a map", kind(self.value), "");
            return None;
        };
        for key in map.keys() {
            if key.as_str().is_none_or(|key| !known.contains(&key)) {
                let hint = "correct or remove the key; a key that is not known would be ignored in silence";
                self.fail(format_args!("one of the keys {}", known.join(", ")), shown(key), hint);
            }
        }
        Some(Fields { node: self.clone(), map })
    }

    /// The elements of a list.
    pub(super) fn items(&self) -> Vec<Self> {
        let Value::Sequence(items) = self.value else {
            self.fail("a list", kind(self.value), "put `- ` or [] around it");
            return Vec::new();
        };
        let at = |(index, value)| Node { walk: self.walk, path: format!("{}[{index}]", self.path), value };
        items.iter().enumerate().map(at).collect()
    }

    /// A string that is not empty.
    pub(super) fn string(&self) -> Option<&'a str> {
        match self.value {
            Value::String(text) if !text.is_empty() => Some(text),
            Value::String(_) => {
                self.fail("a string", "an empty one", "");
                None
            }
            other => {
                self.fail("a string", kind(other), "put it in quotes");
                None
            }
        }
    }

    pub(super) fn boolean(&self) -> Option<bool> {
        let found = self.value.as_bool();
        if found.is_none() {
            self.fail("true or false", kind(self.value), "");
        }
        found
    }

    /// A whole number from `least` to `most`.
    pub(super) fn integer(&self, least: u64, most: u64) -> Option<u64> {
        let found = self.value.as_u64().filter(|number| (least..=most).contains(number));
        if found.is_none() {
            self.fail(format_args!("a whole number from {least} to {most}"), shown(self.value), "");
        }
        found
    }

    /// A string as the caller's type.
    pub(super) fn parse<T>(&self, expected: &str, hint: &str, of: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.string()?;
        let parsed = of(text);
        if parsed.is_none() {
            self.fail(expected, format_args!("{text:?}"), hint);
        }
        parsed
    }

    /// The content of the file that is named here, and its full name.
    pub(super) fn file(&self, hint: &str) -> Option<(PathBuf, Bytes)> {
        let name = self.walk.directory.join(self.string()?);
        self.walk.files.borrow_mut().push(name.clone());
        match std::fs::read(&name) {
            Ok(content) => Some((name, content.into())),
            Err(error) => {
                self.fail("a file that can be read", format_args!("{}: {error}", name.display()), hint);
                None
            }
        }
    }

    /// Whether a reference stands here.
    pub(super) fn is_reference(&self) -> bool {
        self.value.as_str().is_some_and(secret::is_reference)
    }

    /// A string, or what the reference leads to that stands here.
    pub(super) fn secret(&self) -> Option<String> {
        let text = self.string()?;
        match self.walk.vault.borrow_mut().open(text, &self.walk.directory) {
            None => Some(text.to_owned()),
            Some(Ok(value)) => Some(value),
            Some(Err(error)) => {
                self.walk.errors.borrow_mut().push(ConfigError { path: self.path.clone(), ..error });
                None
            }
        }
    }

    /// A document that stands here, or in a file of this directory, with its references resolved.
    pub(super) fn resolved(&self, document: Bytes, directory: Option<&Path>) -> Option<Bytes> {
        let directory = directory.unwrap_or(&self.walk.directory);
        match self.walk.vault.borrow_mut().resolve(&document, directory) {
            Ok(resolved) => Some(resolved.unwrap_or(document)),
            Err(errors) => {
                let below = |path: &str| match path.starts_with('[') || path.is_empty() {
                    true => format!("{}{path}", self.path),
                    false => format!("{}.{path}", self.path),
                };
                let errors =
                    errors.into_iter().map(|error| ConfigError { path: below(&error.path), ..error });
                self.walk.errors.borrow_mut().extend(errors);
                None
            }
        }
    }

    /// A variable of the process.
    pub(super) fn variable(&self, name: &str) -> Option<OsString> {
        self.walk.vault.borrow().variable(name)
    }

    /// The value itself.
    pub(super) fn value(&self) -> &'a Value {
        self.value
    }
}

/// A map in the document.
pub(super) struct Fields<'a> {
    node: Node<'a>,
    map: &'a Mapping,
}

impl<'a> Fields<'a> {
    /// The value of a key; null counts as absent.
    pub(super) fn optional(&self, key: &str) -> Option<Node<'a>> {
        let value = self.map.get(key).filter(|value| !value.is_null())?;
        let dot = if self.node.path.is_empty() { "" } else { "." };
        Some(Node { walk: self.node.walk, path: format!("{}{dot}{key}", self.node.path), value })
    }

    /// The value of a key that must be there.
    pub(super) fn required(&self, key: &str) -> Option<Node<'a>> {
        let found = self.optional(key);
        if found.is_none() {
            self.node.fail(format_args!("the key {key}"), "none", "");
        }
        found
    }

    /// The name of this thing, which no other of its kind may have.
    pub(super) fn name(&self, names: &mut BTreeSet<String>, kind: &str) -> Option<String> {
        let node = self.required("name")?;
        let name = node.string()?;
        if !names.insert(name.to_owned()) {
            node.fail(format_args!("a name that no other {kind} has"), format_args!("{name:?}"), "");
        }
        Some(name.to_owned())
    }

    /// The elements of a list; none if it is absent.
    pub(super) fn list(&self, key: &str) -> Vec<Node<'a>> {
        self.optional(key).map_or_else(Vec::new, |node| node.items())
    }

    /// A boolean with a default.
    pub(super) fn flag(&self, key: &str, default: bool) -> bool {
        self.optional(key).and_then(|node| node.boolean()).unwrap_or(default)
    }

    /// The map as a node, for mistakes that concern it as a whole.
    pub(super) fn node(&self) -> &Node<'a> {
        &self.node
    }
}

/// What kind of value it is. Values themselves are not shown: one may be a secret in the wrong place.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Sequence(_) => "a list",
        Value::Mapping(_) => "a map",
        Value::Tagged(_) => "a tagged value",
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => format!("{text:?}"),
        other => kind(other).to_owned(),
    }
}
