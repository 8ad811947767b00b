//! Errors and warnings of a file, of whichever kind it is, in one form.

use crate::command::clock;
use crate::document::{Document, FilterDocument, Refusal};
use claimgate_host::ConfigError;
use claimgate_policy::config::ConfigWarning;
use claimgate_policy::time::UnixTime;
use serde_json::{Value, json};
use std::fmt;

/// All that is to be said about a file.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) errors: Vec<Finding>,
    pub(super) warnings: Vec<Finding>,
}

/// One error or warning.
#[derive(Debug)]
pub(super) struct Finding {
    /// The filter whose document it is in; `None` for the file itself.
    filter: Option<String>,
    path: String,
    what: What,
}

#[derive(Debug)]
enum What {
    Error { expected: String, found: String, hint: Option<String> },
    Warning(String),
}

impl Findings {
    pub(super) fn of(document: &Document) -> Self {
        let mut findings = Self::default();
        if let Document::Gateway(Err(errors), _) = document {
            findings.errors.extend(errors.0.iter().map(of_gateway));
        }
        document.filters().iter().for_each(|filter| findings.add(filter));
        findings
    }

    fn add(&mut self, document: &FilterDocument) {
        let finding =
            |path: &str, what| Finding { filter: document.filter.clone(), path: path.to_owned(), what };
        let shown = |text: &str| document.secrets.hide(text).into_owned();
        match &document.config {
            Ok(config) => {
                let now = UnixTime::from_seconds(clock::unix_seconds());
                let expiring = config.expiring_secrets(now).map(|expiry| expiry.to_string());
                let expiring = expiring.map(|line| finding(EXPIRES, What::Warning(shown(&line))));
                let warning =
                    |warning: &ConfigWarning| finding(&warning.path, What::Warning(shown(&warning.message)));
                self.warnings.extend(config.warnings.iter().map(warning).chain(expiring));
            }
            Err(Refusal::References(errors)) => self.errors.extend(errors.0.iter().map(of_gateway)),
            Err(Refusal::Document(errors)) => self.errors.extend(errors.iter().map(|error| {
                let hint = error.hint.as_deref().map(shown);
                let (expected, found) = (shown(&error.expected), shown(&error.found));
                finding(&error.path, What::Error { expected, found, hint })
            })),
        }
    }
}

/// An error that the gateway's reader found, which shows no secrets.
fn of_gateway(error: &ConfigError) -> Finding {
    let hint = error.hint.clone().filter(|hint| !hint.is_empty());
    let what = What::Error { expected: error.expected.clone(), found: error.found.clone(), hint };
    Finding { filter: None, path: error.path.clone(), what }
}

impl Finding {
    pub(super) fn to_json(&self) -> Value {
        match &self.what {
            What::Error { expected, found, hint } => json!({
                "filter": self.filter,
                "path": self.path,
                "expected": expected,
                "found": found,
                "hint": hint,
            }),
            What::Warning(message) => json!({ "filter": self.filter, "path": self.path, "message": message }),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(filter) = &self.filter {
            write!(f, "filter {filter}: ")?;
        }
        write!(f, "{}: ", if self.path.is_empty() { "document" } else { &self.path })?;
        match &self.what {
            What::Warning(message) => f.write_str(message),
            What::Error { expected, found, hint } => {
                write!(f, "expected {expected}, found {found}")?;
                hint.iter().try_for_each(|hint| write!(f, "; {hint}"))
            }
        }
    }
}

/// The key that says when secrets run out.
const EXPIRES: &str = "client_secret_expires_at";
