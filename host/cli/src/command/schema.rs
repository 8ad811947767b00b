//! `claimgate schema`.

use super::Answer;
use super::failure::Failure;
use crate::output;
use crate::reference;
use clap::Args;

/// Print the JSON Schema of a filter's document, for editors and validators.
///
/// What the schema refuses, the filter refuses; `claimgate check` finds more, such as names that are taken twice and
/// keys that cannot be used.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  claimgate schema > claimgate.schema.json
  claimgate schema --markdown")]
pub(super) struct Schema {
    /// Print the same as tables for people, with the keys that do not work yet or are refused, and why
    #[arg(long)]
    markdown: bool,
}

impl Schema {
    pub(super) fn perform(&self) -> Result<Answer, Failure> {
        if self.markdown {
            output::line(reference::markdown().trim_end())?;
        } else {
            output::line(&format!("{:#}", reference::schema()))?;
        }
        Ok(Answer::Yes)
    }
}
