//! What is wrong with a document: every error at once, each with the place where it stands.

use crate::denial::shown;
use crate::json::{JsonError, Value};
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt;

/// One error of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// Where, such as `services[2].plugins[0].config.leeway`; empty for the document as a whole.
    pub path: Box<str>,
    /// What should stand there.
    pub expected: Cow<'static, str>,
    /// What stands there. Never a secret.
    pub found: Cow<'static, str>,
    /// What to do about it, or why it is so.
    pub hint: Option<Cow<'static, str>>,
}

/// All errors of a document; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigErrors(Vec<ConfigError>);

/// What is valid, but probably not what was meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigWarning {
    /// Where.
    pub path: Box<str>,
    /// What happens, in one line.
    pub message: Cow<'static, str>,
}

/// Errors and warnings as they are collected.
#[derive(Debug, Default)]
pub(super) struct Report {
    errors: Vec<ConfigError>,
    warnings: Vec<ConfigWarning>,
}

impl ConfigErrors {
    /// In the order in which they were found.
    pub fn iter(&self) -> impl Iterator<Item = &ConfigError> {
        self.0.iter()
    }

    pub(super) fn syntax(error: &JsonError) -> Self {
        let path = Box::default();
        let (expected, found) = (Cow::Borrowed("strict JSON"), Cow::Borrowed("something else"));
        Self(Vec::from([ConfigError { path, expected, found, hint: Some(error.to_string().into()) }]))
    }

    pub(super) fn of_document(
        expected: impl Into<Cow<'static, str>>,
        found: impl Into<Cow<'static, str>>,
    ) -> Self {
        let error =
            ConfigError { path: Box::default(), expected: expected.into(), found: found.into(), hint: None };
        Self(Vec::from([error]))
    }

    /// For a document that is incomplete although nothing in it was found wrong: refused rather than filled up.
    pub(super) fn unexplained() -> Self {
        let expected = Cow::Borrowed("a complete config");
        let found = Cow::Borrowed("a part that is missing without a reason");
        let hint = Some(Cow::Borrowed("this is an error of the filter, please report it with the document"));
        Self(Vec::from([ConfigError { path: Box::default(), expected, found, hint }]))
    }
}

impl Report {
    pub(super) fn error(
        &mut self,
        path: &str,
        expected: impl Into<Cow<'static, str>>,
        found: impl Into<Cow<'static, str>>,
        hint: Option<Cow<'static, str>>,
    ) {
        let error = ConfigError { path: path.into(), expected: expected.into(), found: found.into(), hint };
        // What several routes share is wrong once.
        if !self.errors.contains(&error) {
            self.errors.push(error);
        }
    }

    pub(super) fn warn(&mut self, path: &str, message: impl Into<Cow<'static, str>>) {
        let warning = ConfigWarning { path: path.into(), message: message.into() };
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// How many errors there are.
    pub(super) fn errors(&self) -> usize {
        self.errors.len()
    }

    /// The warnings, if there is no error.
    pub(super) fn finish(self) -> Result<Vec<ConfigWarning>, ConfigErrors> {
        if self.errors.is_empty() { Ok(self.warnings) } else { Err(ConfigErrors(self.errors)) }
    }
}

/// A value in a few words.
pub(super) fn describe(value: &Value) -> Cow<'static, str> {
    match value {
        Value::Null => Cow::Borrowed("null"),
        Value::Bool(flag) => Cow::Borrowed(if *flag { "true" } else { "false" }),
        Value::Number(number) => Cow::Owned(number.to_string()),
        Value::String(text) => Cow::Owned(quoted(text)),
        Value::Array(items) if items.is_empty() => Cow::Borrowed("an empty array"),
        Value::Array(_) => Cow::Borrowed("an array"),
        Value::Object(_) => Cow::Borrowed("an object"),
    }
}

/// Text in quotes, safe to print and cut to a length.
pub(super) fn quoted(text: &str) -> alloc::string::String {
    format!("\"{}\"", shown(text))
}

/// `path: expected A, found B; hint`.
impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() { "document" } else { &self.path };
        write!(f, "{path}: expected {}, found {}", self.expected, self.found)?;
        match &self.hint {
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
    }
}

/// One line each.
impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, error) in self.0.iter().enumerate() {
            let newline = if position == 0 { "" } else { "\n" };
            write!(f, "{newline}{error}")?;
        }
        Ok(())
    }
}

impl fmt::Display for ConfigWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.message)
    }
}

impl core::error::Error for ConfigErrors {}
