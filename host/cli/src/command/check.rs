//! `claimgate check`.

use super::failure::Failure;
use super::{Answer, file};
use crate::document::{Document, FilterDocument};
use crate::output;
use clap::Args;
use finding::Findings;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Errors and warnings of a file.
mod finding;

/// The gateway's config with every default filled in.
mod effective;

/// Check a config file: the gateway's YAML or a filter's JSON document.
///
/// Prints every error with its place and what to do; warnings go to stderr. Filter documents inside of a gateway's file are checked
/// with it. The exit code is 0 if there is no error, and 1 if there is one.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  claimgate check claimgate.yaml
  claimgate check filter.json --effective
  claimgate check claimgate.yaml --json")]
pub(super) struct Check {
    /// The file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Print the config with every default filled in
    #[arg(long)]
    effective: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Check {
    pub(super) fn perform(&self) -> Result<Answer, Failure> {
        let document = Document::read(&self.file, &file::read(&self.file)?);
        let findings = Findings::of(&document);
        if self.json {
            output::line(&format!("{:#}", self.as_json(&document, &findings)))?;
        } else {
            self.as_text(&document, &findings)?;
        }
        Ok(if findings.errors.is_empty() { Answer::Yes } else { Answer::No })
    }

    fn as_text(&self, document: &Document, findings: &Findings) -> Result<(), Failure> {
        let file = self.file.display();
        for warning in &findings.warnings {
            output::progress(&format!("{file}: warning: {warning}"));
        }
        findings.errors.iter().try_for_each(|error| output::line(&format!("{file}: error: {error}")))?;
        let effective = if self.effective { effective_text(document) } else { None };
        match (effective, findings.errors.len()) {
            (Some(effective), 0) => output::line(&effective)?,
            (None, 0) => output::line(&format!("{file}: ok"))?,
            (_, 1) => output::line(&format!("{file}: 1 error"))?,
            (_, errors) => output::line(&format!("{file}: {errors} errors"))?,
        }
        Ok(())
    }

    fn as_json(&self, document: &Document, findings: &Findings) -> Value {
        let kind = match document {
            Document::Gateway(..) => "gateway",
            Document::Filter(_) => "filter",
        };
        let mut answer = json!({
            "file": self.file,
            "kind": kind,
            "ok": findings.errors.is_empty(),
            "errors": findings.errors.iter().map(finding::Finding::to_json).collect::<Vec<_>>(),
            "warnings": findings.warnings.iter().map(finding::Finding::to_json).collect::<Vec<_>>(),
        });
        let effective = if self.effective { effective(document) } else { None };
        if let (Value::Object(members), Some(effective)) = (&mut answer, effective) {
            members.insert("effective".to_owned(), effective);
        }
        answer
    }
}

/// The same as [`effective`] for a person: a filter's document in the order in which it is written.
fn effective_text(document: &Document) -> Option<String> {
    match document {
        Document::Gateway(..) => effective(document).map(|value| format!("{value:#}")),
        Document::Filter(filter) => filter.effective(),
    }
}

/// The document with every default filled in; `None` if a part of it has errors.
fn effective(document: &Document) -> Option<Value> {
    match document {
        Document::Gateway(Ok(gateway), filters) => {
            let mut value = effective::gateway(gateway);
            for filter in filters {
                let name = filter.filter.clone().unwrap_or_default();
                effective::insert_configuration(&mut value, &name, effective_filter(filter)?);
            }
            Some(value)
        }
        Document::Gateway(Err(_), _) => None,
        Document::Filter(filter) => effective_filter(filter),
    }
}

fn effective_filter(filter: &FilterDocument) -> Option<Value> {
    serde_json::from_str(&filter.effective()?).ok()
}
